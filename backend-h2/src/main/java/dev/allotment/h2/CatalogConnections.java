// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
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
 * The connections to the catalog, which are kept open after use: the database is open as long as one of them. In this process
 * there is nothing of them to be watched over, so no thread does. Thread-safe.
 */
final class CatalogConnections implements Connections, AutoCloseable {
    private final H2Engine engine;
    private final DatabaseFiles files;
    private final int most;
    private final Duration patience;
    private final Semaphore free;
    /** The one that was used last comes first. */
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();

    private volatile boolean closed;

    /**
     * No connection yet.
     *
     * @param most at once
     * @param patience how long a caller waits for others
     */
    CatalogConnections(H2Engine engine, DatabaseFiles files, int most, Duration patience) {
        this.engine = engine;
        this.files = files;
        this.most = most;
        this.patience = patience;
        this.free = new Semaphore(most);
    }

    @Override
    public Connection acquire() throws SQLException {
        checkNotClosed();
        awaitFree();
        boolean taken = false;
        try {
            Connection connection = idle();
            connection = connection == null ? engine.connect(files) : connection;
            taken = true;
            return connection;
        } finally {
            if (!taken) {
                free.release();
            }
        }
    }

    private void awaitFree() {
        try {
            // In no order, unless there is none: those who wait in a row would hand each on from thread to thread.
            if (!free.tryAcquire() && !free.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        "No connection to the catalog got free within " + patience.toMillis() + " ms; at most " + most
                                + " are open at once. Try again, or allow for more.",
                        null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SaasException.unavailable(
                    ErrorCodes.BACKEND_UNAVAILABLE, "Waiting for a connection to the catalog was interrupted.", e);
        }
    }

    /** One that lives: where H2 had to close the database, all have died. */
    private @Nullable Connection idle() throws SQLException {
        while (true) {
            Connection connection = idle.pollFirst();
            if (connection == null || connection.isValid(0)) {
                return connection;
            }
            Connections.close(connection);
        }
    }

    @Override
    public void release(Connection connection, boolean reusable) {
        if (reusable) {
            idle.addFirst(connection);
        } else {
            Connections.close(connection);
        }
        free.release();
        if (closed) {
            closeIdle();
        }
    }

    /**
     * Refuses use after closing.
     *
     * @throws SaasException {@code backend.closed}
     */
    void checkNotClosed() {
        if (closed) {
            throw Failures.closed();
        }
    }

    /** Closes the idle connections; those in use are closed when they are given back. */
    @Override
    public void close() {
        closed = true;
        closeIdle();
    }

    /** Closes those that nobody uses. */
    void closeIdle() {
        for (Connection each = idle.pollFirst(); each != null; each = idle.pollFirst()) {
            Connections.close(each);
        }
    }
}
