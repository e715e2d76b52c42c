// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Jdbis;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The connections to the catalog, which are kept open after use: the database is open as long as one of them. In this process
 * there is nothing of them to be watched over, so no thread does. Thread-safe.
 */
final class CatalogConnections implements Connections, AutoCloseable {
    private final Engine engine;
    private final DatabaseFiles files;
    private final int most;
    private final Duration patience;
    private final Semaphore free;
    /** The one that was used last comes first. */
    private final Deque<Handle> idle = new ConcurrentLinkedDeque<>();

    private volatile boolean closed;

    /**
     * No connection yet.
     *
     * @param most at once
     * @param patience how long a caller waits for others
     */
    CatalogConnections(Engine engine, DatabaseFiles files, int most, Duration patience) {
        this.engine = engine;
        this.files = files;
        this.most = most;
        this.patience = patience;
        this.free = new Semaphore(most);
    }

    @Override
    public Handle take() {
        checkNotClosed();
        awaitFree();
        boolean taken = false;
        try {
            Handle handle = idle();
            handle = handle == null ? Jdbis.on(engine.connect(files)) : handle;
            taken = true;
            return handle;
        } catch (SQLException e) {
            throw new ConnectionException(e);
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
    private @Nullable Handle idle() throws SQLException {
        while (true) {
            Handle handle = idle.pollFirst();
            if (handle == null || handle.getConnection().isValid(0)) {
                return handle;
            }
            handle.close();
        }
    }

    @Override
    public void giveBack(Handle handle, boolean reusable) {
        if (reusable) {
            idle.addFirst(handle);
        } else {
            handle.close();
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
        for (Handle each = idle.pollFirst(); each != null; each = idle.pollFirst()) {
            each.close();
        }
    }
}
