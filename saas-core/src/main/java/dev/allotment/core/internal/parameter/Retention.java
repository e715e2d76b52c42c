// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.parameter;

import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.core.internal.rule.LimitNumbers;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** For how many days the catalog keeps records of what happened. 0: for ever. */
public enum Retention {
    /** Entries of the audit log. */
    EVENTS(Parameter.EVENT_RETENTION_DAYS, 730, 1),

    /**
     * Operations that have ended. A repeated idempotency key returns their result for that long. Their markers in
     * tenant databases are needed for 90 days, and only the catalog shows which ones are older.
     */
    OPERATIONS(Parameter.OPERATION_RETENTION_DAYS, 365, 120),

    /** Usage by day. */
    USAGE(Parameter.USAGE_RETENTION_DAYS, 1096, 1),

    /** Events that a listener has not received, such as one that was removed. */
    DELIVERIES(Parameter.DELIVERY_RETENTION_DAYS, 30, 1);

    private static final List<String> KEYS =
            List.of(Retention.values()).stream().map(each -> each.key).toList();

    private final String key;
    private final int days;
    private final int least;

    Retention(String key, int days, int least) {
        this.key = key;
        this.days = days;
        this.least = least;
    }

    /** Returns the time before which records are deleted; empty if they are kept for ever. */
    public Optional<Instant> end(Transaction tx, Instant now) {
        int kept = MainParameters.value(tx, key).map(Integer::parseInt).orElse(days);
        return kept == 0 ? Optional.empty() : Optional.of(now.minus(Duration.ofDays(kept)));
    }

    static boolean isKey(String key) {
        return KEYS.contains(key);
    }

    static String check(String key, String value) {
        int kept = LimitNumbers.checkedLimit(key, value);
        for (Retention each : values()) {
            if (each.key.equals(key) && kept != 0 && kept < each.least) {
                throw SaasException.invalid(
                        ErrorCodes.CONFIGURATION_INVALID,
                        "Parameter " + key + " must be at least " + each.least + " days, or 0 for no limit; found "
                                + kept + ".");
            }
        }
        return Integer.toString(kept);
    }
}
