// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

/** How long to measure: to see whether something changed, or to write figures down. */
enum Effort {
    QUICK(1_000, 60, 15, 3, 2, 60, 1),
    FULL(10_000, 500, 60, 5, 5, 200, 3);

    private final int calls;
    private final int warmUp;
    private final int creations;
    private final int rounds;
    private final int seconds;
    private final int logins;
    private final int starts;

    Effort(int calls, int warmUp, int creations, int rounds, int seconds, int logins, int starts) {
        this.calls = calls;
        this.warmUp = warmUp;
        this.creations = creations;
        this.rounds = rounds;
        this.seconds = seconds;
        this.logins = logins;
        this.starts = starts;
    }

    /** How many other calls are answered before databases are made, as by a server that is at work. */
    int calls() {
        return calls;
    }

    /**
     * How many databases are made before any counts: the longer, the more of the code is compiled that a server runs
     * all day.
     */
    int warmUp() {
        return warmUp;
    }

    int creations() {
        return creations;
    }

    /** How often candidates take turns. */
    int rounds() {
        return rounds;
    }

    /** How long each turn of a measurement of throughput is. */
    int seconds() {
        return seconds;
    }

    int logins() {
        return logins;
    }

    int starts() {
        return starts;
    }
}
