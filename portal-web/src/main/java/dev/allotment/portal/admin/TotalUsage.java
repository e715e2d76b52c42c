// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Usage;
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
 * The total usage of all tenants on each of the last days. Past days do not change, so they are read only once, in
 * batches. The cost therefore hardly depends on the number of tenants. Thread-safe.
 */
final class TotalUsage {
    private static final int PAGE = 1000;

    private final Map<LocalDate, Total> past = new ConcurrentHashMap<>();

    /** Returns the trends of users and storage. */
    List<Trend> trends(Saas saas, Instant now) {
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        LocalDate first = Trend.firstDay(today);
        past.keySet().removeIf(day -> day.isBefore(first));
        Map<LocalDate, Total> days = new HashMap<>();
        for (LocalDate day = first; !day.isAfter(today); day = day.plusDays(1)) {
            Total known = past.get(day);
            Total total = known == null ? read(saas, day) : known;
            // Usage that was read on the last day may still be stored after the next day has started.
            if (day.isBefore(today.minusDays(1))) {
                past.put(day, total);
            }
            if (total.databases() > 0) {
                days.put(day, total);
            }
        }
        return List.of(
                Trend.of("Users", today, numbers(days, Total::users), UsageDays::users),
                Trend.of(
                        "Storage",
                        today,
                        numbers(days, Total::bytes),
                        dev.allotment.portal.databases.UsageMeter::bytes));
    }

    private static Map<LocalDate, Long> numbers(Map<LocalDate, Total> days, ToLongFunction<Total> number) {
        Map<LocalDate, Long> numbers = new HashMap<>();
        days.forEach((day, total) -> numbers.put(day, number.applyAsLong(total)));
        return numbers;
    }

    private static Total read(Saas saas, LocalDate day) {
        Query<Usage> onDay = Query.where(
                        Filter.equal(Usage.DAY, day.atStartOfDay().toInstant(ZoneOffset.UTC)))
                .orderBy(Usage.ID);
        Total total = new Total(0, 0, 0);
        List<Usage> page = saas.usage().list(onDay.page(0, PAGE));
        for (int offset = PAGE; !page.isEmpty(); offset += PAGE) {
            for (Usage each : page) {
                total = new Total(
                        total.databases() + 1,
                        total.users() + each.users(),
                        total.bytes() + each.databaseSizeBytes() + each.fileSizeBytes());
            }
            page = page.size() < PAGE ? List.of() : saas.usage().list(onDay.page(offset, PAGE));
        }
        return total;
    }

    /** The totals of one day. */
    private record Total(long databases, long users, long bytes) {}
}
