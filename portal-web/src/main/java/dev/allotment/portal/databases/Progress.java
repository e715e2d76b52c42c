// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.portal.databases.ProgressView.Step;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.PortalJson;
import dev.allotment.text.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Describes the progress of creating a database. */
final class Progress {
    private static final List<String> KEYS = List.of("", "database", "configured", "opened");
    private static final List<String> TEXTS =
            List.of("progress.reserve", "progress.create", "progress.set-up", "progress.open");

    private Progress() {}

    /** The number of finished steps. */
    private static int done(Operation operation) {
        if (operation.state() == OperationState.DONE) {
            return TEXTS.size();
        }
        return Math.max(0, KEYS.indexOf(operation.step())) + 1;
    }

    static String phase(Operation operation) {
        return switch (operation.state()) {
            case RUNNING, PAUSED -> "running";
            case DONE -> "done";
            case FAILED -> "failed";
        };
    }

    static int percent(Operation operation) {
        return operation.state() == OperationState.DONE
                ? 100
                : Math.max(operation.percent(), 100 * done(operation) / (TEXTS.size() + 1));
    }

    static List<Step> steps(Operation operation, Texts texts) {
        int done = done(operation);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < TEXTS.size(); i++) {
            steps.add(new Step(texts.text(TEXTS.get(i)), i < done ? "done" : i == done ? "now" : "later"));
        }
        return steps;
    }

    /** The progress as the page's script reads it. */
    static String json(Operation operation) {
        return PortalJson.object(
                Map.of("percent", percent(operation), "done", done(operation), "phase", phase(operation)));
    }

    /** Returns what the user is shown about a failed creation, without internal details. */
    static Message error(Operation operation, Texts texts) {
        return operation.state() == OperationState.FAILED
                ? reason(operation, texts).orElseGet(() -> Message.of(texts.text("progress.failed")))
                : Message.of("");
    }

    /** Returns why an operation failed, if the user can do something about it. */
    static Optional<Message> reason(Operation operation, Texts texts) {
        String code = operation.errorCode();
        return operation.state() != OperationState.FAILED
                        || code == null
                        || code.startsWith("backend.")
                        || code.startsWith("backup.store-")
                        || code.startsWith("backup.key-")
                        || code.startsWith("operation.")
                ? Optional.empty()
                : Optional.ofNullable(operation.errorMessage()).map(each -> Message.of(texts, code, each));
    }
}
