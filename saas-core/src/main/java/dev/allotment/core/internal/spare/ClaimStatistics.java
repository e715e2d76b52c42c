// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.spare;

import java.util.concurrent.atomic.LongAdder;

/** How often a new database took a spare over, in this process, and how often it had to be copied. Thread-safe. */
public final class ClaimStatistics {
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    public void hit(long took) {
        hits.increment();
        nanos.add(took);
    }

    public void miss() {
        misses.increment();
    }

    long hits() {
        return hits.sum();
    }

    long misses() {
        return misses.sum();
    }

    long nanos() {
        return nanos.sum();
    }
}
