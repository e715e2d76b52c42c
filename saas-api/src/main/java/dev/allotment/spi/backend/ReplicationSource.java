// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import java.util.List;

/**
 * What another server has to know to replicate a database.
 *
 * @param address how it reaches the database, for a backend of the same dialect. It may contain a password, so it is
 *     neither logged nor stored by the core
 * @param obstacles why the database cannot be replicated from its server, for an operator, as parts of a sentence;
 *     empty if it can
 */
public record ReplicationSource(String address, List<String> obstacles) {
    /** Copies the list. */
    public ReplicationSource {
        obstacles = List.copyOf(obstacles);
    }

    /** Without the address. */
    @Override
    public String toString() {
        return "ReplicationSource" + obstacles;
    }
}
