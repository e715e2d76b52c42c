// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import java.time.Duration;
import java.util.List;

/**
 * Changes a database or its role although sessions of tenants have locks on it. A tenant may change its own role and
 * its own database in a transaction, and then stay idle or prepare the transaction. So a change waits for a moment
 * only. Then it ends the sessions that may be in its way, and tries again. Thread-safe.
 */
final class ForcedChange {
    static final Duration LOCK_TIMEOUT = Duration.ofMillis(200);

    /** How long sessions may come back with new locks, before the change fails. */
    private static final Duration GIVE_UP = Duration.ofSeconds(20);

    private final PreparedTransactions prepared;

    ForcedChange(ServerAccess access) {
        this.prepared = new PreparedTransactions(access);
    }

    /** Ends the sessions that may be in the way. */
    @FunctionalInterface
    interface Removal {
        void run();
    }

    /** Executes statements in one transaction. Ends only sessions that may block them. */
    void atomically(ServerSession session, DatabaseStatus there, List<String> statements) {
        atomically(session, statements, () -> removeObstacles(session, there));
    }

    /** Executes statements in one transaction. */
    static void atomically(ServerSession session, List<String> statements, Removal obstacles) {
        untilUnobstructed(session, () -> session.atomically(LOCK_TIMEOUT, statements), obstacles);
    }

    /**
     * Commits a transaction that was started, unless it is blocked.
     *
     * @return false if it was blocked; it is rolled back then
     */
    static boolean tryCommit(ServerSession session, List<String> statements) {
        try {
            session.commit(LOCK_TIMEOUT, statements);
            return true;
        } catch (RuntimeException e) {
            if (SqlStates.isObstructed(e)) {
                session.recover();
                return false;
            }
            throw e;
        }
    }

    /** Runs statements that are their own transactions. Ends only sessions that may block them. */
    void run(ServerSession session, DatabaseStatus there, Runnable statements) {
        run(session, statements, () -> removeObstacles(session, there));
    }

    /** Runs statements that are their own transactions. */
    static void run(ServerSession session, Runnable statements, Removal obstacles) {
        untilUnobstructed(session, () -> session.withLockTimeout(LOCK_TIMEOUT, statements), obstacles);
    }

    private static void untilUnobstructed(ServerSession session, Runnable attempt, Removal obstacles) {
        long start = System.nanoTime();
        while (true) {
            try {
                attempt.run();
                return;
            } catch (RuntimeException e) {
                if (!SqlStates.isObstructed(e) || System.nanoTime() - start > GIVE_UP.toNanos()) {
                    throw e;
                }
                session.recover();
                obstacles.run();
            }
        }
    }

    /** Ends the sessions and prepared transactions of tenants that may block a change of a database or of its role. */
    void removeObstacles(ServerSession session, DatabaseStatus there) {
        ActiveSessions.endObstacles(session, there);
        prepared.rollBackObstacles(session, there);
    }
}
