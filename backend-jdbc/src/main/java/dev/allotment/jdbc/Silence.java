// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a thread may still use a connection that it had when a server did not answer in time. Otherwise a
 * call would wait as long again for each connection that it has, if they all died at once. For use by one thread.
 */
public final class Silence {
    private static final int SECONDS = 2;

    /** When a server did not answer this thread in time, on the clock of {@link System#nanoTime}. */
    private static final ThreadLocal<@Nullable Long> LAST = new ThreadLocal<>();

    private final Connection connection;
    private long trustedSince = System.nanoTime();
    private boolean dead;

    /** @param connection that this thread has just taken */
    public Silence(Connection connection) {
        this.connection = connection;
    }

    /** Notes how a statement of this thread failed. */
    public static void note(SqlDialect.Failure failure) {
        if (failure == SqlDialect.Failure.SILENT) {
            LAST.set(System.nanoTime());
        }
    }

    /** Whether the connection is dead. Asks its server for two seconds if some server was silent since it was taken. */
    public boolean isDead() {
        Long last = LAST.get();
        if (!dead && last != null && last - trustedSince > 0) {
            dead = !answers();
            trustedSince = System.nanoTime();
        }
        return dead;
    }

    /**
     * Refuses to use a dead connection.
     *
     * @throws SQLException with the state of a lost connection
     */
    public void check() throws SQLException {
        if (isDead()) {
            throw new SQLException("The connection was lost while another one waited for its server", "08006");
        }
    }

    private boolean answers() {
        try {
            return connection.isValid(SECONDS);
        } catch (SQLException e) {
            return false;
        }
    }
}
