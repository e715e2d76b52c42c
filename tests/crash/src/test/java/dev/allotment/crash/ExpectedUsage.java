// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What both sides must have, by what the documentation of billing says and by no code of the product. It knows what
 * was stored when, and what the clock showed.
 */
final class ExpectedUsage {
    private static final Duration CLOSING = Duration.ofHours(2);

    private static final class Life {
        private final LocalDate first;
        private @Nullable LocalDate last;
        private long stored;
        private final Map<LocalDate, Long> days = new HashMap<>();

        Life(LocalDate first) {
            this.first = first;
        }
    }

    private final Map<String, Life> lives = new LinkedHashMap<>();

    void created(String customer, Instant now) {
        lives.put(customer, new Life(day(now)));
    }

    /** The last reading of a day counts, and a reading belongs to the day that the clock shows. */
    void stored(String customer, long megabytes, Instant now) {
        Life life = of(customer);
        life.stored = megabytes;
        life.days.put(day(now), megabytes);
    }

    void deleted(String customer, Instant now) {
        Life life = of(customer);
        life.last = day(now);
        life.days.put(day(now), life.stored);
    }

    /** All due work was done: all tenants were read, and the days that have ended have a value. */
    void settled(Instant now) {
        LocalDate today = day(now);
        for (Life life : lives.values()) {
            if (life.last == null && !life.first.isAfter(today)) {
                life.days.put(today, life.stored);
                for (LocalDate day = life.first; !day.isAfter(closed(now)); day = day.plusDays(1)) {
                    life.days.putIfAbsent(day, life.stored);
                }
            }
        }
    }

    /** The customers that had a tenant at a time and still have it. */
    List<String> inUse(Instant at) {
        return lives.entrySet().stream()
                .filter(each ->
                        each.getValue().last == null && !each.getValue().first.isAfter(day(at)))
                .map(Map.Entry::getKey)
                .toList();
    }

    long stored(String customer) {
        return of(customer).stored;
    }

    private Life of(String customer) {
        return Objects.requireNonNull(lives.get(customer));
    }

    /** The values by customer and day, of all days that are closed by now. */
    Map<String, Map<LocalDate, Long>> days(Instant now) {
        Map<String, Map<LocalDate, Long>> days = new TreeMap<>();
        lives.forEach((customer, life) -> {
            Map<LocalDate, Long> values = new HashMap<>(life.days);
            values.keySet().removeIf(each -> each.isAfter(closed(now)));
            days.put(customer, values);
        });
        return days;
    }

    /** The last day that is closed. */
    static LocalDate closed(Instant now) {
        return day(now.minus(CLOSING)).minusDays(1);
    }

    static LocalDate day(Instant at) {
        return LocalDate.ofInstant(at, ZoneOffset.UTC);
    }
}
