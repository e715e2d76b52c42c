// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.Saas;
import dev.allotment.portal.admin.OverviewView.Column;
import dev.allotment.portal.admin.OverviewView.Columns;
import dev.allotment.portal.admin.OverviewView.Day;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The numbers of two kinds of events on each of the last days, drawn as pairs of columns. */
final class DailyCounts {
    private static final int DAYS = 30;
    private static final int PITCH = 20;
    private static final int WIDTH = 7;
    private static final int HEIGHT = 100;
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH);

    private final LocalDate first;
    private final List<Long> ones;
    private final List<Long> twos;

    private DailyCounts(LocalDate first, List<Long> ones, List<Long> twos) {
        this.first = first;
        this.ones = ones;
        this.twos = twos;
    }

    static DailyCounts read(Saas saas, Instant now, List<EventType> one, List<EventType> two) {
        LocalDate first = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(DAYS - 1);
        return new DailyCounts(first, counts(saas, first, one), counts(saas, first, two));
    }

    /** Lets the database count, with an index on type and time, which is of no use for several types at once. */
    private static List<Long> counts(Saas saas, LocalDate first, List<EventType> types) {
        List<Long> counts = new ArrayList<>();
        for (int i = 0; i < DAYS; i++) {
            Instant start = first.plusDays(i).atStartOfDay().toInstant(ZoneOffset.UTC);
            Instant end = first.plusDays(i + 1).atStartOfDay().toInstant(ZoneOffset.UTC);
            counts.add(types.stream()
                    .mapToLong(type -> saas.events()
                            .count(Filter.and(
                                    Filter.equal(Event.TYPE, type),
                                    Filter.compare(Event.AT, Operator.GREATER_OR_EQUAL, start),
                                    Filter.compare(Event.AT, Operator.LESS, end))))
                    .sum());
        }
        return counts;
    }

    Columns columns() {
        long max = 1;
        for (int i = 0; i < DAYS; i++) {
            max = Math.max(max, Math.max(ones.get(i), twos.get(i)));
        }
        List<Column> columns = new ArrayList<>();
        List<Day> days = new ArrayList<>();
        for (int i = 0; i < DAYS; i++) {
            String day = DAY.format(first.plusDays(i));
            add(columns, "one", i * PITCH + 2, ones.get(i), max, day + ": " + counted(ones.get(i), "sign-up"));
            add(columns, "two", i * PITCH + 2 + WIDTH + 1, twos.get(i), max, day + ": " + twos.get(i) + " created");
            days.add(new Day(day, ones.get(i), twos.get(i)));
        }
        String summary = counted(sum(ones), "sign-up") + " and " + counted(sum(twos), "database")
                + " created in the last " + DAYS + " days; the busiest day had " + max + ".";
        List<String> labels =
                List.of(DAY.format(first), DAY.format(first.plusDays(DAYS / 2)), DAY.format(first.plusDays(DAYS - 1L)));
        return new Columns(summary, max, columns, labels, days);
    }

    private static void add(List<Column> columns, String series, int x, long count, long max, String title) {
        if (count > 0) {
            int height = Math.max(2, (int) (count * HEIGHT / max));
            columns.add(new Column(series, x, HEIGHT - height, WIDTH, height, title));
        }
    }

    private static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private static long sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }
}
