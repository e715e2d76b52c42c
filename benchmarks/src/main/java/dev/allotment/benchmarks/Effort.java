// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

/** How long to measure: quickly, to see changes, or fully, to publish figures. */
enum Effort {
    QUICK(1_000, 60, 15, 48, 3, 2, 60, 1, 100, 100_000),
    FULL(10_000, 500, 60, 240, 5, 5, 200, 3, 1_000, 1_000_000);

    private final int calls;
    private final int warmUp;
    private final int creations;
    private final int crowd;
    private final int rounds;
    private final int seconds;
    private final int logins;
    private final int starts;
    private final int databases;
    private final int tenants;

    Effort(
            int calls,
            int warmUp,
            int creations,
            int crowd,
            int rounds,
            int seconds,
            int logins,
            int starts,
            int databases,
            int tenants) {
        this.calls = calls;
        this.warmUp = warmUp;
        this.creations = creations;
        this.crowd = crowd;
        this.rounds = rounds;
        this.seconds = seconds;
        this.logins = logins;
        this.starts = starts;
        this.databases = databases;
        this.tenants = tenants;
    }

    /** The number of other calls before databases are created, as on a working server. */
    int calls() {
        return calls;
    }

    /**
     * The number of databases that are created before the measurement. More of them let Java compile more of the code.
     */
    int warmUp() {
        return warmUp;
    }

    int creations() {
        return creations;
    }

    /** The number of databases that several clients create at the same time. */
    int crowd() {
        return crowd;
    }

    /** How often the candidates alternate. */
    int rounds() {
        return rounds;
    }

    /** The duration of each turn of a throughput measurement. */
    int seconds() {
        return seconds;
    }

    int logins() {
        return logins;
    }

    int starts() {
        return starts;
    }

    /** The number of real databases on one server. */
    int databases() {
        return databases;
    }

    /** The number of tenants in the larger of two catalogs. */
    int tenants() {
        return tenants;
    }
}
