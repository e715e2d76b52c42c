// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Operation;
import dev.allotment.OperationKind;
import java.time.Duration;
import java.util.Locale;

/** What programs call things, as people do. */
final class Words {
    private static final int SECONDS_PER_MINUTE = 60;

    private Words() {}

    /** Such as {@code Create database}. */
    static String operation(OperationKind kind) {
        return sentence(kind.name().replace("TENANT", "DATABASE"));
    }

    /** Such as {@code Database created}. */
    static String event(Enum<?> type) {
        return sentence(type.name().replace("TENANT", "DATABASE"));
    }

    /** How far something is that is being done, such as {@code 33 %, done: database}. */
    static String progress(Operation operation) {
        String step = operation.step();
        String far = step.equals("queued")
                ? "Waits to be begun"
                : operation.percent() + " %" + (step.isEmpty() ? "" : ", done: " + step);
        int attempts = operation.attempts();
        return attempts == 0
                ? far
                : far + "; failed " + (attempts == 1 ? "once" : attempts + " times") + ", tried again";
    }

    /** Such as {@code 350 ms}, {@code 2.5 s} or {@code 3 min}. */
    static String duration(Duration duration) {
        long millis = Math.max(0, duration.toMillis());
        if (millis < 1000) {
            return millis + " ms";
        }
        return duration.toSeconds() < SECONDS_PER_MINUTE
                ? String.format(Locale.ROOT, "%.1f s", millis / 1000.0)
                : duration.toMinutes() + " min";
    }

    private static String sentence(String constant) {
        String text = constant.toLowerCase(Locale.ROOT).replace('_', ' ');
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
