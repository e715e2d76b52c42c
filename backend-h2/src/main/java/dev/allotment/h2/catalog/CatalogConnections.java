// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.catalog;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.h2.engine.H2Engine;
import dev.allotment.h2.files.DatabaseFiles;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections to the catalog. They stay open after use, and the database is open as long as one of them.
 * Thread-safe.
 *
 * <p>This is neither a pool like HikariCP nor a {@link dev.allotment.jdbc.Router}. H2 runs in this process, so there
 * is no network to watch with a thread. Every call uses this one database, so waiting callers are served in no
 * particular order: the router's order of arrival would pass each connection from thread to thread. See ADR 15.
 */
public final class CatalogConnections implements Connections, AutoCloseable {
    /** One for the leases, one for the work of dead nodes, and one more. */
    private static final int FOR_MAINTENANCE = 3;

    private static final int FOR_HEALTH = 1;

    private final H2Engine engine;
    private final DatabaseFiles files;
    private final Duration timeout;
    private final Seats callers;
    private final Seats maintenance = new Seats(FOR_MAINTENANCE);
    private final Seats health = new Seats(FOR_HEALTH);
    /** The most recently used connection comes first. */
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();

    private volatile boolean closed;

    /**
     * Creates an object without connections.
     *
     * @param max connections that callers have at once
     * @param timeout how long a caller waits for a connection
     */
    public CatalogConnections(H2Engine engine, DatabaseFiles files, int max, Duration timeout) {
        this.engine = engine;
        this.files = files;
        this.timeout = timeout;
        this.callers = new Seats(max);
    }

    /** Connections for the maintenance of the node, which does not wait for callers. */
    public Connections forMaintenance() {
        return maintenance;
    }

    /** Connections for health checks, which wait neither for callers nor for the maintenance. */
    public Connections forHealth() {
        return health;
    }

    @Override
    public Connection acquire() throws SQLException {
        return callers.acquire();
    }

    @Override
    public void release(Connection connection, boolean reusable) {
        callers.release(connection, reusable);
    }

    /** The right to have a number of the connections at once. */
    private final class Seats implements Connections {
        private final int max;
        private final Semaphore free;

        Seats(int max) {
            this.max = max;
            this.free = new Semaphore(max);
        }

        @Override
        public Connection acquire() throws SQLException {
            CatalogConnections.this.checkNotClosed();
            awaitFree();
            boolean acquired = false;
            try {
                Connection connection = idle();
                connection = connection == null ? engine.connect(files) : connection;
                acquired = true;
                return connection;
            } finally {
                if (!acquired) {
                    free.release();
                }
            }
        }

        private void awaitFree() {
            try {
                if (!free.tryAcquire() && !free.tryAcquire(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw SaasException.unavailable(
                            ErrorCodes.BACKEND_UNAVAILABLE,
                            "All connections to the catalog are in use, at most " + max
                                    + ", and none became free within " + timeout.toMillis()
                                    + " ms. Try again, or raise pool.size.",
                            null);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE, "Waiting for a connection to the catalog was interrupted.", e);
            }
        }

        @Override
        public void checkNotClosed() {
            CatalogConnections.this.checkNotClosed();
        }

        @Override
        public void release(Connection connection, boolean reusable) {
            if (reusable) {
                idle.addFirst(connection);
            } else {
                H2Engine.discard(connection);
            }
            free.release();
            if (closed) {
                closeIdle();
            }
        }
    }

    /** An idle connection that still works; null if there is none. If H2 had to close the database, none works. */
    private @Nullable Connection idle() throws SQLException {
        while (true) {
            Connection connection = idle.pollFirst();
            if (connection == null || (!H2Engine.isBroken(connection) && connection.isValid(0))) {
                return connection;
            }
            H2Engine.discard(connection);
        }
    }

    /**
     * Refuses use after closing.
     *
     * @throws SaasException {@code backend.closed}
     */
    @Override
    public void checkNotClosed() {
        if (closed) {
            throw Failures.closed();
        }
    }

    /** Closes the idle connections. Those in use are closed when they are released. */
    @Override
    public void close() {
        closed = true;
        closeIdle();
    }

    /** Closes the connections that are not in use. */
    public void closeIdle() {
        for (Connection each = idle.pollFirst(); each != null; each = idle.pollFirst()) {
            Connections.close(each);
        }
    }
}
