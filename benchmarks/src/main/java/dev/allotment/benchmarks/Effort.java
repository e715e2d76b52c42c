// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

/** How long to measure: to see whether something changed, or to write figures down. */
enum Effort {
    QUICK(15, 3, 2, 60, 1),
    FULL(60, 5, 5, 200, 3);

    private final int creations;
    private final int rounds;
    private final int seconds;
    private final int logins;
    private final int starts;

    Effort(int creations, int rounds, int seconds, int logins, int starts) {
        this.creations = creations;
        this.rounds = rounds;
        this.seconds = seconds;
        this.logins = logins;
        this.starts = starts;
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
