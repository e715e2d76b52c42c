// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * How a number went over the last days, as a line.
 *
 * @param label what it is
 * @param now the last number
 * @param most the largest number, at the top of the line; its foot is 0
 * @param first the first day
 * @param last the last day
 * @param points of the line, in units of {@link #WIDTH} and {@link #HEIGHT}
 * @param summary what it shows, in words
 */
public record Trend(String label, String now, String most, String first, String last, String points, String summary) {
    /** How many days are shown. */
    public static final int DAYS = 30;
    /** Of the drawing. */
    public static final int WIDTH = 290;
    /** Of the drawing. */
    public static final int HEIGHT = 48;

    /** Nothing to be seen. */
    public static final Trend NONE = new Trend("", "", "", "", "", "", "");

    private static final int TOP = 2;
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH);

    /** Whether there is something to be seen: numbers of two days at least. */
    public boolean drawn() {
        return !points.isEmpty();
    }

    /** The surface below the line. */
    public String surface() {
        return points.substring(0, points.indexOf(',')) + "," + HEIGHT + " " + points + " "
                + points.substring(points.lastIndexOf(' ') + 1, points.lastIndexOf(',')) + "," + HEIGHT;
    }

    /** The first of the days that are shown. */
    public static LocalDate firstDay(LocalDate today) {
        return today.minusDays(DAYS - 1L);
    }

    /**
     * Draws numbers by day; days without one are passed over.
     *
     * @param text a number, with its unit
     */
    public static Trend of(String label, LocalDate today, Map<LocalDate, Long> numbers, LongFunction<String> text) {
        SortedMap<LocalDate, Long> days = new TreeMap<>(numbers).tailMap(firstDay(today));
        if (days.size() < 2) {
            return NONE;
        }
        Collection<Long> values = days.values();
        long least = values.stream().mapToLong(Long::longValue).min().orElse(0);
        long most = values.stream().mapToLong(Long::longValue).max().orElse(0);
        long now = List.copyOf(values).get(values.size() - 1);
        StringBuilder points = new StringBuilder();
        days.forEach((day, value) -> {
            long x = WIDTH * (day.toEpochDay() - firstDay(today).toEpochDay()) / (DAYS - 1);
            long y = HEIGHT - Math.round((double) value * (HEIGHT - TOP) / Math.max(1, most));
            points.append(points.isEmpty() ? "" : " ").append(x).append(',').append(y);
        });
        String begin = DAY.format(firstDay(today));
        String end = DAY.format(today);
        String summary = label + " from " + DAY.format(days.firstKey()) + " to " + DAY.format(days.lastKey()) + ": "
                + text.apply(least) + " at least, " + text.apply(most) + " at most, " + text.apply(now)
                + " at the end.";
        return new Trend(label, text.apply(now), text.apply(most), begin, end, points.toString(), summary);
    }
}
