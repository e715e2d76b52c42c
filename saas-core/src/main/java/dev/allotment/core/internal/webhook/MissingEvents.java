// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The ids that have no event yet, although a later id has one: their transactions may still be running, or they were
 * rolled back. As text, numbers and ranges.
 */
final class MissingEvents {
    /** More than can be in progress. Beyond it, the lowest ids are given up. */
    static final int MOST = 10_000;

    private final NavigableSet<Long> ids = new TreeSet<>();

    static MissingEvents of(List<String> texts) {
        MissingEvents missing = new MissingEvents();
        for (String each : texts) {
            int dash = each.indexOf('-');
            long first = Long.parseLong(dash < 0 ? each : each.substring(0, dash));
            missing.addBetween(first - 1, Long.parseLong(each.substring(dash + 1)) + 1);
        }
        return missing;
    }

    NavigableSet<Long> ids() {
        return ids;
    }

    /** Adds all ids between two, without these. */
    void addBetween(long low, long high) {
        for (long id = Math.max(low + 1, high - MOST); id < high; id++) {
            ids.add(id);
        }
        while (ids.size() > MOST) {
            ids.pollFirst();
        }
    }

    List<String> texts() {
        List<String> texts = new ArrayList<>();
        long first = 0;
        long last = 0;
        for (long id : ids) {
            if (first > 0 && id == last + 1) {
                last = id;
                continue;
            }
            if (first > 0) {
                texts.add(text(first, last));
            }
            first = id;
            last = id;
        }
        if (first > 0) {
            texts.add(text(first, last));
        }
        return texts;
    }

    private static String text(long first, long last) {
        return first == last ? Long.toString(first) : first + "-" + last;
    }
}
