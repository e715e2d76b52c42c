// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.event;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * How far events were read: the greatest id, and the ids before it that have no event yet. Their transactions may still
 * be running, or they were rolled back.
 */
public final class EventPosition {
    /** More than can be in progress. Beyond it, the lowest ids are given up. */
    static final int MOST = 10_000;

    /** How many runs of missing ids fit into an address. Beyond it, a text leaves out the lowest ones. */
    private static final int MOST_RUNS = 1000;

    private static final int RADIX = 36;

    private long last;
    private final NavigableSet<Long> missing = new TreeSet<>();

    EventPosition(long last) {
        this.last = last;
    }

    /**
     * Returns a position.
     *
     * @param missing numbers, and ranges such as {@code 5-9}
     */
    public static EventPosition of(long last, Collection<String> missing) {
        EventPosition position = new EventPosition(last);
        for (String each : missing) {
            int dash = each.indexOf('-');
            long first = Long.parseLong(dash < 0 ? each : each.substring(0, dash));
            position.miss(first, Long.parseLong(each.substring(dash + 1)));
        }
        return position;
    }

    /**
     * The position of a text that {@link #text} returned.
     *
     * @throws NumberFormatException if it is another text
     */
    static EventPosition parse(String text) {
        String[] parts = text.split("\\.", -1);
        EventPosition position = new EventPosition(Long.parseLong(parts[0]));
        long after = position.last;
        for (int i = 1; i < parts.length - 1; i++) {
            String[] run = parts[i].split("-", -1);
            long distance = Long.parseLong(run[0], RADIX);
            long length = run.length == 1 ? 1 : Long.parseLong(run[1], RADIX);
            long end = after - distance;
            after = end - length + 1;
            if (distance < 1 || length < 1 || length > MOST || after < 1 || i > MOST_RUNS || run.length > 2) {
                throw new NumberFormatException();
            }
            position.miss(after, end);
        }
        if (position.last < 0 || parts.length == 1 || !parts[parts.length - 1].isEmpty()) {
            throw new NumberFormatException();
        }
        return position;
    }

    /**
     * The position as one short text: the greatest id, then the runs of missing ids, from the last one on. A run is the
     * distance from its end to what is after it, and its length, if that is more than one.
     */
    String text() {
        StringBuilder text = new StringBuilder().append(last).append('.');
        long after = last;
        Long end = missing.isEmpty() ? null : missing.last();
        for (int run = 0; end != null && run < MOST_RUNS; run++) {
            long start = end;
            while (missing.contains(start - 1)) {
                start--;
            }
            text.append(Long.toString(after - end, RADIX));
            if (start < end) {
                text.append('-').append(Long.toString(end - start + 1, RADIX));
            }
            text.append('.');
            after = start;
            end = missing.lower(start);
        }
        return text.toString();
    }

    /** The greatest id. */
    public long last() {
        return last;
    }

    /** The missing ids. */
    NavigableSet<Long> missing() {
        return missing;
    }

    /** Notes an event. The ids between the greatest one and this one are missing from now on. */
    void pass(long id) {
        missing.remove(id);
        if (id > last) {
            miss(last + 1, id - 1);
            last = id;
        }
    }

    /** Adds missing ids. */
    void miss(long first, long end) {
        for (long id = Math.max(first, end - MOST + 1); id <= end; id++) {
            missing.add(id);
        }
        while (missing.size() > MOST) {
            missing.pollFirst();
        }
    }

    /** The missing ids as numbers and ranges. */
    public List<String> missingTexts() {
        List<String> texts = new ArrayList<>();
        Long first = missing.isEmpty() ? null : missing.first();
        while (first != null) {
            long end = first;
            while (missing.contains(end + 1)) {
                end++;
            }
            texts.add(first == end ? Long.toString(end) : first + "-" + end);
            first = missing.higher(end);
        }
        return texts;
    }
}
