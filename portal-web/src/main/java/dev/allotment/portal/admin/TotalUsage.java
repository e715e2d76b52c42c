// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Saas;
import dev.allotment.UsageRecords.Total;
import dev.allotment.portal.databases.Trend;
import dev.allotment.portal.databases.UsageDays;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/**
 * The total usage of all tenants on each of the last days. The database adds it up. Past days do not change, so
 * they are read only once. Thread-safe.
 */
final class TotalUsage {
    private final Map<LocalDate, Total> past = new ConcurrentHashMap<>();

    /** Returns the trends of users and storage. */
    List<Trend> trends(Saas saas, Instant now) {
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        LocalDate first = Trend.firstDay(today);
        past.keySet().removeIf(day -> day.isBefore(first));
        Map<LocalDate, Total> days = new HashMap<>();
        for (LocalDate day = first; !day.isAfter(today); day = day.plusDays(1)) {
            Total known = past.get(day);
            Total total = known == null ? saas.usage().total(day) : known;
            // Usage that was read on the last day may still be stored after the next day has started.
            if (day.isBefore(today.minusDays(1))) {
                past.put(day, total);
            }
            if (total.tenants() > 0) {
                days.put(day, total);
            }
        }
        return List.of(
                Trend.of("Users", today, numbers(days, Total::users), UsageDays::users),
                Trend.of(
                        "Storage",
                        today,
                        numbers(days, total -> total.databaseSizeBytes() + total.fileSizeBytes()),
                        dev.allotment.portal.databases.UsageMeter::bytes));
    }

    private static Map<LocalDate, Long> numbers(Map<LocalDate, Total> days, ToLongFunction<Total> number) {
        Map<LocalDate, Long> numbers = new HashMap<>();
        days.forEach((day, total) -> numbers.put(day, number.applyAsLong(total)));
        return numbers;
    }
}
