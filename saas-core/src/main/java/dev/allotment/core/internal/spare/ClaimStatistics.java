// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.spare;

import java.util.concurrent.atomic.LongAdder;

/** Counts how often this process claimed a spare for a new tenant, and how often it had to copy. Thread-safe. */
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
