// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import dev.allotment.Internal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What this process has done since it started.
 *
 * @param parts the parts of the maintenance that have run, by name
 * @param takenOver operations that this process took over from other nodes, which had started them and did not leave
 *     them
 * @param lostLeases operations that this process had to leave, because another node or a superseding operation took
 *     them
 * @param wrongPasswords sign-ins and calls with an unknown login or a wrong password
 * @param refusedUnread sign-ins and calls whose password was not checked, because there had been too many failures
 * @param wrongKeys calls with an unknown API key
 * @param pools the pools of connections to all database servers that this process is connected to
 */
public record NodeStatistics(
        List<Part> parts,
        long takenOver,
        long lostLeases,
        long wrongPasswords,
        long refusedUnread,
        long wrongKeys,
        List<Pool> pools) {
    /** Copies the lists. Only the control plane creates one. */
    @Internal
    public NodeStatistics {
        parts = List.copyOf(parts);
        pools = List.copyOf(pools);
    }

    /**
     * A part of the maintenance.
     *
     * @param name a word such as {@code tenants}
     * @param succeededAt when it last ran without a failure; null: never
     * @param failures how often it failed
     */
    public record Part(String name, @Nullable Instant succeededAt, long failures) {
        /** Only the control plane creates one. */
        @Internal
        public Part {}
    }

    /**
     * How much of a pool of connections is in use now.
     *
     * @param server the name of the database server
     * @param name a word of a fixed set, such as {@code catalog}
     * @param busy connections that callers have
     * @param idle open connections that no caller has
     * @param waiting callers that wait for a connection
     * @param max connections that may be open at once
     */
    public record Pool(String server, String name, int busy, int idle, int waiting, int max) {
        /** Only the control plane creates one. */
        @Internal
        public Pool {}
    }
}
