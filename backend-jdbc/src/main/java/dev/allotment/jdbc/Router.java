// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Connections to the many databases of one server: kept open after use for the next one, up to a ceiling for all of them
 * together, where the one that was not used for longest is closed to make room. Without a thread of its own. Thread-safe.
 *
 * @param <K> names a database; a value type
 */
public final class Router<K> implements AutoCloseable {
    /** A connection that was used so short a time ago is not asked whether it still lives. */
    private static final long TRUSTED_NANOS = Duration.ofMillis(500).toNanos();

    private static final int VALIDATION_SECONDS = 2;

    /** Opens connections to a database, and says who it is: what it finds wrong comes out of {@link Connections#take}. */
    @FunctionalInterface
    public interface Opener<K> {
        Connection open(K key) throws SQLException;
    }

    private record Idle<K>(K key, Connection connection, long since) {}

    private final int ceiling;
    private final Duration timeout;
    private final Opener<K> opener;

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    /** In the order of their last use. */
    private final ArrayDeque<Idle<K>> idle = new ArrayDeque<>();

    private final Map<K, Integer> lent = new HashMap<>();
    private final Set<K> reserved = new HashSet<>();
    /** Lent, idle, or on the way to be opened or closed. */
    private int open;

    private volatile boolean closed;

    /**
     * A router without connections.
     *
     * @param ceiling most connections at once, to all databases together
     * @param timeout how long a caller waits for others
     */
    public Router(int ceiling, Duration timeout, Opener<K> opener) {
        this.ceiling = ceiling;
        this.timeout = timeout;
        this.opener = opener;
    }

    /** Connections to one database; no I/O until one is taken. */
    public Connections to(K key) {
        return new Loans(key, false);
    }

    /**
     * Runs an action while nobody else has a connection to these databases, or gets one. Waits for those who have one.
     *
     * @throws SaasException {@code backend.unavailable} where they do not end in time; {@code backend.closed}
     */
    public <T extends @Nullable Object> T exclusively(List<K> keys, Function<Exclusive, T> action) {
        reserve(keys);
        try {
            return action.apply(new Exclusive(keys));
        } finally {
            change(() -> keys.forEach(reserved::remove));
        }
    }

    /** What only whoever is {@link #exclusively} with some databases may do. */
    public final class Exclusive {
        private final List<K> keys;

        private Exclusive(List<K> keys) {
            this.keys = keys;
        }

        /** Connections to one of these databases. */
        public Connections to(K key) {
            return new Loans(key, true);
        }

        /** Closes every connection to these databases, but those that the caller itself has taken. */
        public void closeConnections() {
            closeIdle(keys::contains);
        }
    }

    /**
     * Refuses use after closing.
     *
     * @throws SaasException {@code backend.closed}
     */
    public void checkNotClosed() {
        if (closed) {
            throw Failures.closed();
        }
    }

    /** How many connections are open now; for tests and health. */
    public int openConnections() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** Closes the idle connections; those in use are closed when they are given back. */
    @Override
    public void close() {
        change(() -> closed = true);
        closeIdle(key -> true);
    }

    private final class Loans implements Connections {
        private final K key;
        private final boolean alone;

        Loans(K key, boolean alone) {
            this.key = key;
            this.alone = alone;
        }

        @Override
        public Connection acquire() throws SQLException {
            Idle<K> found = occupySlot(key, alone);
            boolean taken = false;
            try {
                Connection connection = found == null ? null : reuseOrClose(key, found);
                if (connection == null) {
                    connection = opener.open(key);
                }
                taken = true;
                return connection;
            } finally {
                if (!taken) {
                    change(() -> freeSlot(key));
                }
            }
        }

        @Override
        public void release(Connection connection, boolean reusable) {
            if (reusable && keep(key, connection)) {
                return;
            }
            Connections.close(connection);
            change(() -> freeSlot(key));
        }
    }

    /**
     * Makes room for one more connection.
     *
     * @return an idle connection to this database; or one to another that has to be closed first; null: neither
     */
    private @Nullable Idle<K> occupySlot(K key, boolean alone) {
        lock.lock();
        try {
            await(() -> closed || ((alone || !reserved.contains(key)) && (open < ceiling || !idle.isEmpty())));
            checkNotClosed();
            Idle<K> found = lastUsed(key);
            if (found == null && open >= ceiling) {
                found = idle.getFirst();
            }
            if (found == null) {
                open++;
            } else {
                idle.remove(found);
                // Until it is closed, or handed out, its database is not free for somebody who wants to be alone with
                // it.
                beginLoan(found.key());
            }
            beginLoan(key);
            return found;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Idle<K> lastUsed(K key) {
        for (Iterator<Idle<K>> latestFirst = idle.descendingIterator(); latestFirst.hasNext(); ) {
            Idle<K> each = latestFirst.next();
            if (each.key().equals(key)) {
                return each;
            }
        }
        return null;
    }

    private @Nullable Connection reuseOrClose(K key, Idle<K> found) {
        boolean reused = false;
        try {
            reused = found.key().equals(key) && lives(found);
            if (!reused) {
                Connections.close(found.connection());
            }
            return reused ? found.connection() : null;
        } finally {
            change(() -> endLoan(found.key()));
        }
    }

    private void freeSlot(K key) {
        open--;
        endLoan(key);
    }

    private void beginLoan(K key) {
        lent.merge(key, 1, Integer::sum);
    }

    private void endLoan(K key) {
        lent.computeIfPresent(key, (any, count) -> count == 1 ? null : count - 1);
    }

    private boolean keep(K key, Connection connection) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            idle.addLast(new Idle<>(key, connection, System.nanoTime()));
            endLoan(key);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void reserve(List<K> keys) {
        lock.lock();
        try {
            await(() -> closed || keys.stream().noneMatch(reserved::contains));
            checkNotClosed();
            reserved.addAll(keys);
            boolean alone = false;
            try {
                await(() -> keys.stream().noneMatch(lent::containsKey));
                alone = true;
            } finally {
                if (!alone) {
                    keys.forEach(reserved::remove);
                    changed.signalAll();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void closeIdle(Predicate<K> which) {
        List<Idle<K>> closing = new ArrayList<>();
        change(() -> idle.removeIf(each -> which.test(each.key()) && closing.add(each)));
        for (Idle<K> each : closing) {
            Connections.close(each.connection());
            change(() -> open--);
        }
    }

    private boolean lives(Idle<K> candidate) {
        if (System.nanoTime() - candidate.since() < TRUSTED_NANOS) {
            return true;
        }
        try {
            return candidate.connection().isValid(VALIDATION_SECONDS);
        } catch (SQLException e) {
            return false;
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Called with the lock. */
    private void await(BooleanSupplier condition) {
        long left = timeout.toNanos();
        try {
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    throw SaasException.unavailable(
                            ErrorCodes.BACKEND_UNAVAILABLE,
                            "No connection to a client database got free within " + timeout.toMillis() + " ms; at most "
                                    + ceiling + " are open at once. Try again, or allow for more.",
                            null);
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SaasException.unavailable(
                    ErrorCodes.BACKEND_UNAVAILABLE,
                    "Waiting for a connection to a client database was interrupted.",
                    e);
        }
    }
}
