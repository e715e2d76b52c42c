// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.portal.databases.TenantWords;
import java.time.Duration;
import java.util.Locale;

/** Turns constants into words for people. */
final class Words {
    private static final int SECONDS_PER_MINUTE = 60;

    private Words() {}

    /** Returns words such as {@code Database created}. */
    static String event(Enum<?> type) {
        return TenantWords.sentence(type.name().replace("TENANT", "DATABASE"));
    }

    /** Turns the name of a field into words, such as {@code Unknown groups}. */
    static String field(String name) {
        return TenantWords.sentence(name.replaceAll("([a-z])([A-Z])", "$1_$2"));
    }

    /** Describes the progress of an operation, such as {@code 33%, last step: database}. */
    static String progress(Operation operation) {
        String step = operation.step();
        if (operation.state() != OperationState.RUNNING) {
            return operation.state() == OperationState.DONE
                    ? "Finished"
                    : "Failed" + (step.isEmpty() ? "" : ", last step: " + step);
        }
        String progress = step.equals("queued")
                ? "Waiting to start"
                : operation.percent() + "%" + (step.isEmpty() ? "" : ", last step: " + step);
        int attempts = operation.attempts();
        return attempts == 0
                ? progress
                : progress + "; failed " + (attempts == 1 ? "once" : attempts + " times") + ", retrying";
    }

    /** Formats a duration, such as {@code 350 ms}, {@code 2.5 s} or {@code 3 min}. */
    static String duration(Duration duration) {
        long millis = Math.max(0, duration.toMillis());
        if (millis < 1000) {
            return millis + " ms";
        }
        return duration.toSeconds() < SECONDS_PER_MINUTE
                ? String.format(Locale.ROOT, "%.1f s", millis / 1000.0)
                : duration.toMinutes() + " min";
    }
}
