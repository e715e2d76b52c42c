// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.usage;

import dev.allotment.CustomerId;
import dev.allotment.Event;
import dev.allotment.EventType;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the event {@link EventType#USAGE_CLOSED} says, so that a message about it is the same whenever it is made.
 *
 * @param usage the number of the row
 * @param day its start in UTC
 * @param customerId the customer that had the tenant when the day was closed for the first time; null: none
 * @param revision counted from 1
 * @param values by metric
 * @param before the values of the revision before, by metric
 */
public record ClosedDay(
        long usage,
        Instant day,
        @Nullable CustomerId customerId,
        int revision,
        Map<String, String> values,
        Map<String, String> before) {
    private static final String CUSTOMER = "customer";
    private static final String VALUE = "value.";
    private static final String BEFORE = "before.";

    Map<String, String> details() {
        Map<String, String> details = new HashMap<>(Map.of(
                "usage", Long.toString(usage), "day", date().toString(), "revision", Integer.toString(revision)));
        if (customerId != null) {
            details.put(CUSTOMER, customerId.toString());
        }
        values.forEach((metric, value) -> details.put(VALUE + metric, value));
        before.forEach((metric, value) -> details.put(BEFORE + metric, value));
        return details;
    }

    public static ClosedDay of(Event event) {
        Map<String, String> values = new HashMap<>();
        Map<String, String> before = new HashMap<>();
        event.details().forEach((key, value) -> {
            if (key.startsWith(VALUE)) {
                values.put(key.substring(VALUE.length()), value);
            } else if (key.startsWith(BEFORE)) {
                before.put(key.substring(BEFORE.length()), value);
            }
        });
        String customer = event.details().get(CUSTOMER);
        return new ClosedDay(
                Long.parseLong(event.details().getOrDefault("usage", "0")),
                LocalDate.parse(event.details().getOrDefault("day", ""))
                        .atStartOfDay(ZoneOffset.UTC)
                        .toInstant(),
                customer == null ? null : new CustomerId(Long.parseLong(customer)),
                Integer.parseInt(event.details().getOrDefault("revision", "0")),
                values,
                before);
    }

    public LocalDate date() {
        return LocalDate.ofInstant(day, ZoneOffset.UTC);
    }

    /** Whether the day or the revision before has a value of a metric. */
    public boolean has(String metric) {
        return values.containsKey(metric) || before.containsKey(metric);
    }

    /** 0 if the metric is gone, such as that of a record quota that was removed. */
    public long value(String metric) {
        return Long.parseLong(values.getOrDefault(metric, "0"));
    }

    /** How much more the value is than in the revision before. */
    public long delta(String metric) {
        return value(metric) - Long.parseLong(before.getOrDefault(metric, "0"));
    }
}
