// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.protocol;

import dev.allotment.PlainText;
import dev.allotment.SaasException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Writes one line when something is temporarily unavailable. Callers decide how often that happens, so further lines
 * with the same code are counted for a while instead of written. The line also has what the cause of the failure says.
 * Thread-safe.
 */
public final class UnavailableLog {
    private static final long PERIOD_NANOS = 10_000_000_000L;
    private static final int MAX_REASON = 200;

    private final Consumer<String> lines;
    private final LongSupplier ticker;
    private final Map<String, Long> writtenAt = new HashMap<>();
    private final Map<String, Integer> omitted = new HashMap<>();

    /**
     * Creates a log.
     *
     * @param lines writes a warning
     */
    public UnavailableLog(Consumer<String> lines) {
        this(lines, System::nanoTime);
    }

    /**
     * Creates a log with another source of time.
     *
     * @param ticker in nanoseconds
     */
    public UnavailableLog(Consumer<String> lines, LongSupplier ticker) {
        this.lines = lines;
        this.ticker = ticker;
    }

    /**
     * Logs a failure, or counts it.
     *
     * @param what could not be done, such as {@code "A call"}
     */
    public void log(String what, SaasException failure) {
        String code = failure.code();
        int more;
        synchronized (this) {
            Long last = writtenAt.get(code);
            long now = ticker.getAsLong();
            if (last != null && now - last < PERIOD_NANOS) {
                omitted.merge(code, 1, Integer::sum);
                return;
            }
            writtenAt.put(code, now);
            Integer counted = omitted.remove(code);
            more = counted == null ? 0 : counted;
        }
        lines.accept(what + " is temporarily unavailable: code=" + code + " " + failure.getMessage()
                + reason(failure)
                + (more == 0 ? "" : " (and " + more + " times more since the last line)"));
    }

    /**
     * The message is for callers, and often leaves out what an operator has to know, such as a file. A tenant may have
     * written some of it.
     */
    private static String reason(SaasException failure) {
        Throwable cause = failure.getCause();
        String whole = cause == null || cause.getMessage() == null
                ? ""
                : cause.getMessage().lines().findFirst().orElse("");
        String text = PlainText.of(whole, MAX_REASON);
        return text.isEmpty() || String.valueOf(failure.getMessage()).contains(text) ? "" : " [" + text + "]";
    }
}
