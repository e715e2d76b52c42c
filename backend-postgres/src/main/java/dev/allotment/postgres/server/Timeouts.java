// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import java.time.Duration;

/**
 * How long the server works and waits for this process. Applications keep locks in their databases, scripts run code of
 * tenants, and processes freeze while they have locks. None of these may stop the others.
 *
 * @param lock how long a statement in a tenant database waits for a lock
 * @param statement how long a statement takes there, except for scripts
 * @param script how long a script takes
 * @param piece how long a statement or a piece of rows takes when a database is copied from another server
 * @param turn how long an operation on a database waits for another operation on it
 * @param silence how long a process may send nothing in a transaction or with a lock, before the server ends its
 *     session
 */
public record Timeouts(
        Duration lock, Duration statement, Duration script, Duration piece, Duration turn, Duration silence) {
    /** How long the server has to report that it canceled a statement. After that, the connection is closed. */
    public static final Duration GRACE = Duration.ofSeconds(5);

    public static final Timeouts DEFAULT = new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1));
}
