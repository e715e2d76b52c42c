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
 * @param catalog how long a statement in the catalog takes, except for migrations
 * @param silence how long a process may send nothing in a transaction or with a lock, before the server ends its
 *     session
 * @param grace how long the server has to report that it canceled a statement. After that, the connection is closed
 */
public record Timeouts(
        Duration lock,
        Duration statement,
        Duration script,
        Duration piece,
        Duration turn,
        Duration catalog,
        Duration silence,
        Duration grace) {
    /**
     * If a server does not answer, a call ends within a minute: after {@link #server} and the grace, plus two seconds
     * for
     * a connection that it already had, plus the time to open a new one.
     */
    public static final Timeouts DEFAULT = new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofSeconds(5));

    /** How long a migration of the catalog may take. */
    static final Duration MIGRATION = Duration.ofHours(1);

    /** How long the server may take to copy or to drop an empty database. */
    private static final Duration LONG = Duration.ofMinutes(10);

    /** A slow server copies this many bytes in a second. */
    private static final long BYTES_PER_SECOND = 5_000_000;

    /** How long a statement about one database or role takes, including the wait for another operation on it. */
    Duration server() {
        return turn.plus(statement);
    }

    /** How long the server may take to copy a database of this size. */
    static Duration copying(long bytes) {
        return LONG.plusSeconds(bytes / BYTES_PER_SECOND);
    }

    /** How long this process waits for a statement that the server cancels after some time. */
    int waiting(Duration statement) {
        return Math.toIntExact(statement.plus(grace).toMillis());
    }
}
