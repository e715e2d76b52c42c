// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Router;
import dev.allotment.spi.backend.DatabaseRef;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions in spares, opened before a claim needs them: a new session costs more than everything else that a claim
 * does. One thread opens them. Thread-safe.
 */
public final class WarmSessions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WarmSessions.class);
    private static final Duration THREAD_IDLE = Duration.ofSeconds(30);
    private static final int VALIDATION_SECONDS = 2;

    /** A session that was opened this recently is not validated. If it has ended, the claim finds out. */
    private static final long TRUSTED_NANOS = Duration.ofMillis(500).toNanos();

    /**
     * How long the next session has to wait after one was taken. Opening one takes a processor for as long as a claim
     * takes altogether, and a caller waits for the claim.
     */
    private static final long PAUSE_MILLIS = 40;

    /** Changes nothing. A session reads the description of a table when it first uses it. */
    private static final String WARM_UP = "SELECT FROM allotment.members WHERE login = ANY('{}') OR owner AND id = 0;"
            + " SELECT FROM allotment.parameters WHERE key = ANY('{}');"
            + " UPDATE allotment.members SET login = login WHERE id = 0;"
            + " UPDATE allotment.parameters SET value = value WHERE id = 0;"
            + " INSERT INTO allotment.applied_operations (operation) SELECT gen_random_uuid() WHERE false";

    private record Session(Connection connection, long opened) {}

    private final Router.Opener<DatabaseRef> opener;
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, WarmSessions::daemon);

    /** The open sessions, by the identity of their databases. */
    private final Map<UUID, Session> open = new HashMap<>();

    private final Deque<DatabaseRef> waiting = new ArrayDeque<>();
    private int most;
    private boolean closed;

    public WarmSessions(Router.Opener<DatabaseRef> opener) {
        this.opener = opener;
        thread.setKeepAliveTime(THREAD_IDLE.toSeconds(), TimeUnit.SECONDS);
        thread.allowCoreThreadTimeOut(true);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "allotment-warm-sessions");
        thread.setDaemon(true);
        return thread;
    }

    /** Keeps sessions in some of these databases, the first ones if possible, and closes those in others. */
    public void keep(List<DatabaseRef> databases, int sessions) {
        Set<UUID> kept = new HashSet<>();
        databases.forEach(each -> kept.add(each.uuid()));
        List<Connection> closing = new ArrayList<>();
        synchronized (this) {
            if (closed) {
                return;
            }
            open.entrySet()
                    .removeIf(each -> !kept.contains(each.getKey())
                            && closing.add(each.getValue().connection()));
            waiting.clear();
            databases.stream().filter(each -> !open.containsKey(each.uuid())).forEach(waiting::add);
            most = sessions;
            thread.execute(() -> {
                closing.forEach(Connections::close);
                fill();
            });
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // opening a session in a spare never fails its caller
    private void refill() {
        thread.schedule(this::fill, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void fill() {
        for (DatabaseRef next = next(); next != null; next = next()) {
            Connection connection;
            try {
                connection = open(next);
            } catch (SQLException | RuntimeException e) {
                // Another process has claimed it, or the server is down.
                LOG.atDebug()
                        .setCause(e)
                        .addKeyValue("database", next.name())
                        .log("Opening a session in a spare failed");
                continue;
            }
            if (!add(next, connection)) {
                Connections.close(connection);
            }
        }
    }

    private synchronized @Nullable DatabaseRef next() {
        return closed || open.size() >= most ? null : waiting.poll();
    }

    private synchronized boolean add(DatabaseRef database, Connection connection) {
        return !closed && open.putIfAbsent(database.uuid(), new Session(connection, System.nanoTime())) == null;
    }

    private Connection open(DatabaseRef database) throws SQLException {
        Connection connection = opener.open(database);
        boolean warm = false;
        try {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(true);
            try (Statement statement = connection.createStatement()) {
                statement.execute(WARM_UP);
            }
            connection.setAutoCommit(autoCommit);
            warm = true;
            return connection;
        } finally {
            if (!warm) {
                Connections.close(connection);
            }
        }
    }

    /** Returns the identities of the databases with a session. */
    public synchronized Set<UUID> ready() {
        return Set.copyOf(open.keySet());
    }

    /** Returns the session in a database, which the caller closes; null if there is none that works. */
    public @Nullable Connection take(DatabaseRef database) {
        Session taken;
        synchronized (this) {
            taken = open.remove(database.uuid());
            waiting.removeIf(each -> each.uuid().equals(database.uuid()));
            if (taken == null) {
                return null;
            }
            if (!closed) {
                refill();
            }
        }
        Connection connection = taken.connection();
        try {
            if (System.nanoTime() - taken.opened() < TRUSTED_NANOS || connection.isValid(VALIDATION_SECONDS)) {
                return connection;
            }
        } catch (SQLException e) {
            LOG.atDebug()
                    .setCause(e)
                    .addKeyValue("database", database.name())
                    .log("A session in a spare could not be validated");
        }
        Connections.close(connection);
        return null;
    }

    /** Closes all sessions, because their server may be lost. */
    public void forgetIdle() {
        List<Connection> closing;
        synchronized (this) {
            closing = open.values().stream().map(Session::connection).toList();
            open.clear();
        }
        closing.forEach(Connections::close);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        thread.shutdown();
        forgetIdle();
    }
}
