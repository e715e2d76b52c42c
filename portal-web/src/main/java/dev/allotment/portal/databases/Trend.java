// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.text.PortalTexts;
import dev.allotment.text.Texts;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * The course of a number over the last days, drawn as a line.
 *
 * @param label the name of the number
 * @param now the last value
 * @param max the largest value, which is the top of the line; its bottom is 0
 * @param first the first day
 * @param last the last day
 * @param points the points of the line, in units of {@link #WIDTH} and {@link #HEIGHT}
 * @param summary describes the line for readers who cannot see it
 */
public record Trend(String label, String now, String max, String first, String last, String points, String summary) {
    /** The number of days that are shown. */
    public static final int DAYS = 30;
    /** A dimension of the drawing. */
    public static final int WIDTH = 290;
    /** A dimension of the drawing. */
    public static final int HEIGHT = 48;

    /** An empty trend. */
    public static final Trend NONE = new Trend("", "", "", "", "", "", "");

    private static final int TOP = 2;

    /** Whether there are values for at least two days to draw. */
    public boolean drawn() {
        return !points.isEmpty();
    }

    /** Returns the points of the area below the line. */
    public String surface() {
        return points.substring(0, points.indexOf(',')) + "," + HEIGHT + " " + points + " "
                + points.substring(points.lastIndexOf(' ') + 1, points.lastIndexOf(',')) + "," + HEIGHT;
    }

    /** Returns the first day that is shown. */
    public static LocalDate firstDay(LocalDate today) {
        return today.minusDays(DAYS - 1L);
    }

    /**
     * Draws values by day; skips days without a value.
     *
     * @param text formats a value with its unit
     */
    public static Trend of(String label, LocalDate today, Map<LocalDate, Long> numbers, LongFunction<String> text) {
        return of(label, today, numbers, text, PortalTexts.ENGLISH);
    }

    static Trend of(
            String label, LocalDate today, Map<LocalDate, Long> numbers, LongFunction<String> text, Texts texts) {
        SortedMap<LocalDate, Long> days = new TreeMap<>(numbers).tailMap(firstDay(today));
        if (days.size() < 2) {
            return NONE;
        }
        Collection<Long> values = days.values();
        long min = values.stream().mapToLong(Long::longValue).min().orElse(0);
        long max = values.stream().mapToLong(Long::longValue).max().orElse(0);
        long now = List.copyOf(values).get(values.size() - 1);
        StringBuilder points = new StringBuilder();
        days.forEach((day, value) -> {
            long x = WIDTH * (day.toEpochDay() - firstDay(today).toEpochDay()) / (DAYS - 1);
            long y = HEIGHT - Math.round((double) value * (HEIGHT - TOP) / Math.max(1, max));
            points.append(points.isEmpty() ? "" : " ").append(x).append(',').append(y);
        });
        String start = texts.dayOfMonth(firstDay(today));
        String end = texts.dayOfMonth(today);
        String summary = texts.text(
                "trend.summary",
                label,
                texts.dayOfMonth(days.firstKey()),
                texts.dayOfMonth(days.lastKey()),
                text.apply(min),
                text.apply(max),
                text.apply(now));
        return new Trend(label, text.apply(now), text.apply(max), start, end, points.toString(), summary);
    }
}
