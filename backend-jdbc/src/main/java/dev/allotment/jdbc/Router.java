// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.PoolUse;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A pool of connections to the many databases of one server. Connections stay open for their next use. At most a
 * fixed number is open at once, to all databases together. To make room, the connection that was idle for longest is
 * closed. Callers wait in the order in which they arrived. Uses no thread. Thread-safe.
 *
 * <p>One database cannot use up the connections of the others. Only some of them are for the same database at once.
 * After a statement took too long in a database, because of a lock of its application for example, one caller at a time
 * tries it again. All others wait a second at most, until a caller succeeds or some time has passed.
 *
 * @param <K> the key of a database; a value type
 */
public final class Router<K> implements AutoCloseable {
    /** A connection that was used this recently is not validated. */
    private static final long TRUSTED_NANOS = Duration.ofMillis(500).toNanos();

    private static final int VALIDATION_SECONDS = 2;

    /** A connection that is older is not used again. Its server may be no longer the primary. */
    private static final long MAX_AGE_NANOS = Duration.ofMinutes(30).toNanos();

    /** At most this many connections to one database are in use at once. */
    private static final int MAX_FOR_ONE = 4;

    /** At most this part of all connections is in use by databases that are slow. */
    private static final int SLOW_PART = 4;

    /** How long a caller waits for another one that tries a slow database again. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();

    private static final String SLOW = "Statements in this tenant database take too long, for example because its"
            + " application keeps locks. Try again later.";

    /** A database in which a statement took too long counts as slow for this time. */
    private static final long SLOW_NANOS = Duration.ofSeconds(30).toNanos();

    /** Opens connections to a database. Its errors come out of {@link Connections#acquire}. */
    @FunctionalInterface
    public interface Opener<K> {
        Connection open(K key) throws SQLException;

        /** Closes a connection that is in an unknown state, or whose database was lost. Never fails. */
        default void discard(Connection connection) {
            Connections.close(connection);
        }
    }

    private record Idle<K>(K key, Connection connection, long since, long opened) {}

    private final int max;
    private final int maxForOne;
    private final LongSupplier ticker;
    private final Duration timeout;
    private final Opener<K> opener;

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    /** The idle connections, in the order of their last use. */
    private final ArrayDeque<Idle<K>> idle = new ArrayDeque<>();

    /** The number of connections in use, by database. */
    private final Map<K, Integer> inUse = new HashMap<>();
    /** The databases in which a statement took too long, with the time when it failed. */
    private final Map<K, Long> slow = new HashMap<>();
    /** The slow databases that a caller is trying again. */
    private final Set<K> trying = new HashSet<>();
    /** When each open connection was opened. Compared by identity. */
    private final IdentityHashMap<Connection, Long> opened = new IdentityHashMap<>();
    /** The databases to which a caller has exclusive access, or waits for it. */
    private final Set<K> reserved = new HashSet<>();
    /** The number of connections that are in use, idle, being opened or being closed. */
    private int open;

    private volatile boolean closed;

    /**
     * Creates a router without connections.
     *
     * @param max connections that are open at once, to all databases together
     * @param timeout how long a caller waits for a connection
     */
    public Router(int max, Duration timeout, Opener<K> opener) {
        this(max, timeout, opener, System::nanoTime);
    }

    /** @param ticker nanoseconds that measure the age of connections */
    Router(int max, Duration timeout, Opener<K> opener, LongSupplier ticker) {
        this.ticker = ticker;
        this.max = max;
        this.maxForOne = Math.max(1, Math.min(MAX_FOR_ONE, max / 2));
        this.timeout = timeout;
        this.opener = opener;
    }

    /** Connections to one database. Does no I/O until one is acquired. */
    public Connections to(K key) {
        return new RoutedConnections(key, false);
    }

    /**
     * Takes over a connection that the caller has opened to a database and needs no longer, as if this router had
     * opened it. Waits for nothing: if there is no room, closes it.
     */
    public void add(K key, Connection connection) {
        if (!occupySlotOf(key, connection)) {
            Connections.close(connection);
            return;
        }
        to(key).release(connection, true);
    }

    private boolean occupySlotOf(K key, Connection connection) {
        Idle<K> oldest;
        lock.lock();
        try {
            if (closed || reserved.contains(key) || (open >= max && idle.isEmpty())) {
                return false;
            }
            oldest = open < max ? null : idle.removeFirst();
            if (oldest == null) {
                open++;
            } else {
                markInUse(oldest.key());
            }
            markInUse(key);
            opened.put(connection, ticker.getAsLong());
        } finally {
            lock.unlock();
        }
        if (oldest != null) {
            closeFound(oldest);
        }
        return true;
    }

    /**
     * Runs an action with exclusive access: no other caller has or gets a connection to these databases. Waits until
     * those in use are released.
     *
     * @throws SaasException {@code backend.unavailable} if they are not released in time; {@code backend.closed}
     */
    public <T extends @Nullable Object> T exclusively(List<K> keys, Function<Exclusive, T> action) {
        reserve(keys);
        try {
            return action.apply(new Exclusive(keys));
        } finally {
            change(() -> keys.forEach(reserved::remove));
        }
    }

    /** The operations for an action that has exclusive access to some databases. */
    public final class Exclusive {
        private final List<K> keys;

        private Exclusive(List<K> keys) {
            this.keys = keys;
        }

        /** Connections to one of these databases. */
        public Connections to(K key) {
            return new RoutedConnections(key, true);
        }

        /** Closes every connection to these databases, except those that the action itself has acquired. */
        public void closeConnections() {
            closeIdle(keys::contains, Connections::close);
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

    /** The number of open connections, for tests and health. */
    public int openConnections() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** How many connections are in use, and how many callers wait, under the name of a pool. */
    public PoolUse use(String pool) {
        lock.lock();
        try {
            return new PoolUse(pool, open - idle.size(), idle.size(), lock.getWaitQueueLength(changed), max);
        } finally {
            lock.unlock();
        }
    }

    /** Closes the idle connections, because their server may be lost. */
    public void forgetIdle() {
        closeIdle(key -> true, Connections::close);
    }

    /** Closes the idle connections. Those in use are closed when they are released. */
    @Override
    public void close() {
        change(() -> closed = true);
        closeIdle(key -> true, Connections::close);
    }

    private final class RoutedConnections implements Connections {
        private final K key;
        private final boolean exclusive;

        RoutedConnections(K key, boolean exclusive) {
            this.key = key;
            this.exclusive = exclusive;
        }

        @Override
        public Connection acquire() throws SQLException {
            Idle<K> found = occupySlot(key, exclusive);
            boolean acquired = false;
            try {
                Connection connection = found == null ? null : reuseOrClose(key, found);
                if (connection == null) {
                    Connection fresh = opener.open(key);
                    change(() -> opened.put(fresh, ticker.getAsLong()));
                    connection = fresh;
                }
                acquired = true;
                return connection;
            } finally {
                if (!acquired) {
                    change(() -> freeSlot(key));
                }
            }
        }

        @Override
        public void ended(SqlDialect.@Nullable Failure failure) {
            if (failure == null) {
                change(() -> slow.remove(key));
            } else if (failure == SqlDialect.Failure.BUSY || failure == SqlDialect.Failure.SILENT) {
                change(() -> slow.put(key, ticker.getAsLong()));
            }
            if (failure != null && failure.isConnectionLost()) {
                closeIdle(key::equals, opener::discard);
            }
        }

        @Override
        public void checkNotClosed() {
            Router.this.checkNotClosed();
        }

        @Override
        public void release(Connection connection, boolean reusable) {
            if (reusable && keep(key, connection)) {
                return;
            }
            if (reusable) {
                Connections.close(connection);
            } else {
                opener.discard(connection);
            }
            change(() -> {
                opened.remove(connection);
                freeSlot(key);
            });
        }
    }

    /**
     * Waits for room for one more connection.
     *
     * @return an idle connection to this database, or one to another database that must be closed first; null: neither
     */
    private @Nullable Idle<K> occupySlot(K key, boolean exclusive) {
        lock.lock();
        try {
            await(
                    () -> closed || ((exclusive || isAvailable(key)) && (open < max || !idle.isEmpty())),
                    () -> !exclusive && isBeingTried(key));
            checkNotClosed();
            if (!exclusive && isSlow(key)) {
                trying.add(key);
            }
            Idle<K> found = lastUsed(key);
            if (found == null && open >= max) {
                found = idle.getFirst();
            }
            if (found == null) {
                open++;
            } else {
                idle.remove(found);
                // Until this connection is closed or handed out, no caller gets exclusive access to its database.
                markInUse(found.key());
            }
            markInUse(key);
            return found;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a caller may use a database now. */
    private boolean isAvailable(K key) {
        return !reserved.contains(key) && inUse.getOrDefault(key, 0) < maxForOne && !isBeingTried(key);
    }

    /** Whether a database is slow, and other callers are finding out whether it still is. */
    private boolean isBeingTried(K key) {
        return isSlow(key) && (trying.contains(key) || trying.size() >= Math.max(1, max / SLOW_PART));
    }

    private boolean isSlow(K key) {
        Long since = slow.get(key);
        if (since == null) {
            return false;
        }
        boolean recent = ticker.getAsLong() - since < SLOW_NANOS;
        if (!recent) {
            slow.remove(key);
        }
        return recent;
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
            reused = found.key().equals(key) && isAlive(found);
            return reused ? found.connection() : null;
        } finally {
            if (reused) {
                change(() -> unmarkInUse(found.key()));
            } else {
                closeFound(found);
            }
        }
    }

    /** Closes a connection whose slot another one gets. */
    private void closeFound(Idle<K> found) {
        Connections.close(found.connection());
        change(() -> {
            opened.remove(found.connection());
            unmarkInUse(found.key());
        });
    }

    private void freeSlot(K key) {
        open--;
        trying.remove(key);
        unmarkInUse(key);
    }

    private void markInUse(K key) {
        inUse.merge(key, 1, Integer::sum);
    }

    private void unmarkInUse(K key) {
        inUse.computeIfPresent(key, (any, count) -> count == 1 ? null : count - 1);
    }

    private boolean keep(K key, Connection connection) {
        lock.lock();
        try {
            long since = opened.getOrDefault(connection, ticker.getAsLong());
            if (closed || isOld(since)) {
                return false;
            }
            idle.addLast(new Idle<>(key, connection, System.nanoTime(), since));
            trying.remove(key);
            unmarkInUse(key);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void reserve(List<K> keys) {
        lock.lock();
        try {
            await(() -> closed || keys.stream().noneMatch(reserved::contains), () -> false);
            checkNotClosed();
            reserved.addAll(keys);
            boolean exclusive = false;
            try {
                await(() -> keys.stream().noneMatch(inUse::containsKey), () -> false);
                exclusive = true;
            } finally {
                if (!exclusive) {
                    keys.forEach(reserved::remove);
                    changed.signalAll();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void closeIdle(Predicate<K> which, Consumer<Connection> close) {
        List<Idle<K>> closing = new ArrayList<>();
        change(() -> idle.removeIf(each -> which.test(each.key()) && closing.add(each)));
        for (Idle<K> each : closing) {
            close.accept(each.connection());
            change(() -> {
                opened.remove(each.connection());
                open--;
            });
        }
    }

    private boolean isOld(long since) {
        return ticker.getAsLong() - since > MAX_AGE_NANOS;
    }

    private boolean isAlive(Idle<K> candidate) {
        if (isOld(candidate.opened())) {
            return false;
        }
        if (System.nanoTime() - candidate.since() < TRUSTED_NANOS) {
            return true;
        }
        try {
            return candidate.connection().isValid(VALIDATION_SECONDS);
        } catch (SQLException e) {
            System.getLogger("dev.allotment.jdbc")
                    .log(
                            Level.DEBUG,
                            "A connection could not be validated: operation=validate database=" + candidate.key(),
                            e);
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

    /**
     * Waits for a condition. The caller has the lock.
     *
     * @param hopeless whether waiting for long makes no sense
     */
    private void await(BooleanSupplier condition, BooleanSupplier hopeless) {
        long start = System.nanoTime();
        try {
            while (!condition.getAsBoolean()) {
                boolean slowNow = hopeless.getAsBoolean();
                long most = slowNow ? Math.min(timeout.toNanos(), PATIENCE_NANOS) : timeout.toNanos();
                long left = start + most - System.nanoTime();
                if (left <= 0) {
                    throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, slowNow ? SLOW : noneFree(), null);
                }
                changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SaasException.unavailable(
                    ErrorCodes.BACKEND_UNAVAILABLE,
                    "Waiting for a connection to a tenant database was interrupted.",
                    e);
        }
    }

    private String noneFree() {
        return "No connection to a tenant database became free within " + timeout.toMillis() + " ms; at most " + max
                + " are open at once, and " + maxForOne
                + " to one database. Try again, or raise client.connections.";
    }
}
