// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import dev.allotment.DatabaseLogin;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Sessions of a hostile application that stay until the control plane ends them. In statements, {@code :me} stands for
 * the user of the application, and {@code :shop} for its database. Statements that fail are passed over, so that an
 * attack can have statements of several dialects. One thread uses it.
 */
public final class Siege implements AutoCloseable {
    private static final int SECONDS = 30;

    /** How long a session waits for the locks of others that take part. */
    private static final int PATIENCE_SECONDS = 1;

    /** How long a statement that is said to take long may take before the siege counts as started. */
    private static final int START_MILLIS = 50;

    private static final int CONNECTS = 50;

    /** A transaction was idle, or took too long. */
    private static final Set<String> TIMED_OUT = Set.of("25P03", "25P04");

    private final DatabaseLogin login;
    private final String database;
    private final List<Connection> held = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    /** The sessions that threads have now. */
    private final Set<Connection> running = ConcurrentHashMap.newKeySet();

    private volatile boolean over;

    /**
     * Starts a siege without sessions.
     *
     * @param database the name of the application's database
     */
    public Siege(DatabaseLogin login, String database) {
        this.login = login;
        this.database = database;
    }

    /** Replaces the placeholders in a statement. */
    public String filled(String sql) {
        return sql.replace(":me", '"' + login.user() + '"').replace(":shop", '"' + database + '"');
    }

    /** A timeout that the application set for its database may end its own session while it starts. */
    private Connection connect() throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return DriverManager.getConnection(login.url(), login.user(), login.password());
            } catch (SQLException e) {
                if (attempt == CONNECTS || !TIMED_OUT.contains(String.valueOf(e.getSQLState()))) {
                    throw e;
                }
            }
        }
    }

    /** Whether an application that is not hostile connects and succeeds with all of these statements. */
    public boolean succeeds(String... statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(filled(sql));
            }
            return true;
        } catch (SQLException e) {
            throw new AssertionError("An application could not work in its open database", e);
        }
    }

    /**
     * Opens connections and keeps them, until one is refused.
     *
     * @return the number of connections
     */
    public int crowd(int most) {
        for (int count = 0; count < most; count++) {
            try {
                held.add(connect());
            } catch (SQLException e) {
                return count;
            }
        }
        return most;
    }

    /** Starts threads that sign in with a password, right or wrong, and leave again at once, in a loop. */
    public void signIn(int count, String password) {
        CountDownLatch started = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            run(() -> {
                while (!over) {
                    try {
                        DriverManager.getConnection(login.url(), login.user(), password)
                                .close();
                    } catch (SQLException e) {
                        // Refused. The attacker tries again at once.
                        Thread.onSpinWait();
                    }
                    started.countDown();
                }
            });
        }
        await(started);
    }

    /** Runs statements one by one, each in its own transaction, in a session that ends. */
    public void prepare(String... statements) {
        try (Connection connection = connect()) {
            for (String sql : statements) {
                attempt(connection, sql);
            }
        } catch (SQLException e) {
            throw new AssertionError("An application cannot connect to its open database", e);
        }
    }

    private boolean attempt(Connection connection, String sql) {
        return attempt(connection, sql, 0);
    }

    private boolean attempt(Connection connection, String sql, int seconds) {
        try (Statement statement = connection.createStatement()) {
            if (seconds > 0) {
                statement.setQueryTimeout(seconds);
            }
            statement.execute(filled(sql));
            return true;
        } catch (SQLException e) {
            // Another dialect, or not allowed.
            return false;
        }
    }

    /** Runs statements in one transaction, in a session that stays idle in it. */
    public void hold(String... statements) {
        try {
            Connection connection = connect();
            held.add(connection);
            connection.setAutoCommit(false);
            for (String sql : statements) {
                Savepoint before = connection.setSavepoint();
                if (!attempt(connection, sql, PATIENCE_SECONDS)) {
                    rollBack(connection, before);
                }
            }
        } catch (SQLException e) {
            throw new AssertionError("An application cannot stay in its open database", e);
        }
    }

    private static void rollBack(Connection connection, Savepoint before) throws SQLException {
        try {
            connection.rollback(before);
        } catch (SQLException e) {
            // H2 forgets a savepoint when a statement commits.
            connection.rollback();
        }
    }

    /** Starts statements in a session that does not come back. Each may take for ever. */
    public void execute(String... statements) {
        CountDownLatch started = new CountDownLatch(1);
        run(() -> {
            try (Connection connection = connect()) {
                running.add(connection);
                try {
                    started.countDown();
                    for (String sql : statements) {
                        attempt(connection, sql);
                    }
                } finally {
                    running.remove(connection);
                }
            } catch (SQLException e) {
                throw new IllegalStateException("An application cannot connect to its open database", e);
            }
        });
        await(started);
        pause();
    }

    /** Starts sessions that run statements in a loop, and connect again as soon as they end. */
    public void again(int count, String... statements) {
        CountDownLatch started = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            run(() -> {
                while (!over) {
                    try (Connection connection = connect()) {
                        running.add(connection);
                        started.countDown();
                        try {
                            do {
                                for (String sql : statements) {
                                    attempt(connection, sql);
                                }
                            } while (!over && !connection.isClosed());
                        } finally {
                            running.remove(connection);
                        }
                    } catch (SQLException e) {
                        // The session was ended, or refused. The application tries again at once.
                        Thread.onSpinWait();
                    }
                }
            });
        }
        await(started);
    }

    private void run(Runnable work) {
        Thread thread = new Thread(work, "siege");
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private static void await(CountDownLatch started) {
        try {
            if (!started.await(SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("A session of the siege did not start in time");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static AssertionError interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new AssertionError("Interrupted while waiting for a siege", e);
    }

    /** Lets a statement start. How far it gets makes no difference to what the control plane must achieve. */
    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(START_MILLIS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Whether a session still exists. */
    public boolean isAnyConnected() {
        return !running.isEmpty() || held.stream().anyMatch(Siege::isConnected);
    }

    private static boolean isConnected(Connection connection) {
        try {
            return connection.isValid(SECONDS);
        } catch (SQLException e) {
            throw new AssertionError("Connection.isValid refused its timeout", e);
        }
    }

    /** Ends a session, without waiting for its statement. */
    private static void leave(Connection connection) {
        try {
            connection.abort(Runnable::run);
            connection.close();
        } catch (SQLException e) {
            // The control plane has ended it.
            Thread.onSpinWait();
        }
    }

    /** Ends all sessions that still exist, and waits until none comes back. */
    @Override
    public void close() {
        over = true;
        held.forEach(Siege::leave);
        running.forEach(Siege::leave);
        for (Thread thread : threads) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(SECONDS));
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
    }
}
