// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import java.time.Duration;

/**
 * How long the server works and waits for this process at most. Applications hold locks in their databases and have code that
 * scripts set off; processes freeze while they hold locks. None of them may stop the others.
 *
 * @param lock a statement in a client database waits for a lock
 * @param statement a statement takes there, but a script
 * @param script a script takes
 * @param piece a statement takes, or a piece of rows, with which a copy is made of a database of another server
 * @param turn whoever makes, copies, renames or drops a database waits for others who do
 * @param silence a process may be silent in the middle of something, until the server ends its session with what it holds
 */
public record Timeouts(
        Duration lock, Duration statement, Duration script, Duration piece, Duration turn, Duration silence) {
    /** For the server to tell that it has ended something; code of an application that does not listen is cut off then. */
    public static final Duration GRACE = Duration.ofSeconds(5);

    public static final Timeouts DEFAULT = new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1));
}
