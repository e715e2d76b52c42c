// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.h2.application.ApplicationSessions;
import dev.allotment.h2.application.H2Errors;
import dev.allotment.h2.application.PasswordVerifier;
import dev.allotment.h2.engine.H2Dialect;
import dev.allotment.h2.files.DatabaseDirectory;
import dev.allotment.h2.files.DatabaseFiles;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Router;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.ReadOnlyLogins;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The logins that only read. Applications connect in this process only, so the logins are nowhere else, and end with
 * it. Thread-safe.
 */
final class H2Readers implements ReadOnlyLogins {
    private static final String PREFIX = "reader-";
    private static final int PASSWORD_BYTES = 24;

    private final String location;
    private final DatabaseDirectory directory;
    private final Router<DatabaseRef> router;
    private final ApplicationSessions sessions;
    private final SecureRandom random;
    private final Map<String, Login> logins = new ConcurrentHashMap<>();

    H2Readers(
            String location,
            DatabaseDirectory directory,
            Router<DatabaseRef> router,
            ApplicationSessions sessions,
            SecureRandom random) {
        this.location = location;
        this.directory = directory;
        this.router = router;
        this.sessions = sessions;
        this.random = random;
    }

    /** A login, and its connections. */
    private static final class Login {
        private final UUID database;
        private final byte[] verifier;
        private final long end;
        /** Guarded by this object; null: it has ended. */
        private @Nullable List<Connection> open = new ArrayList<>();

        Login(UUID database, byte[] verifier, long end) {
            this.database = database;
            this.verifier = verifier;
            this.end = end;
        }

        boolean accepts(UUID wanted, String password) {
            return database.equals(wanted)
                    && PasswordVerifier.matches(verifier, password)
                    && System.nanoTime() - end < 0;
        }

        /** Returns whether it has not ended meanwhile. */
        synchronized boolean add(Connection connection) throws SQLException {
            List<Connection> present = open;
            if (present == null) {
                return false;
            }
            for (Connection each : List.copyOf(present)) {
                if (each.isClosed()) {
                    present.remove(each);
                }
            }
            return present.add(connection);
        }

        synchronized List<Connection> end() {
            List<Connection> present = open;
            open = null;
            return present == null ? List.of() : present;
        }
    }

    /** Whether this is the name of such a login. */
    static boolean isReader(String user) {
        return user.startsWith(PREFIX);
    }

    @Override
    public DatabaseLogin readOnlyLogin(DatabaseRef database, Duration validity) {
        router.checkNotClosed();
        byte[] bytes = new byte[PASSWORD_BYTES];
        random.nextBytes(bytes);
        String password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        String user = PREFIX + UUID.randomUUID();
        long end = System.nanoTime() + validity.toNanos();
        Connections connections = router.to(database);
        try {
            Connection administrator = connections.acquire();
            boolean done = false;
            try {
                // Until the connection is released, no operation closes the database.
                requireOpen(database);
                sessions.prepare(database.uuid(), administrator);
                ApplicationSessions.admitReader(administrator);
                logins.put(user, new Login(database.uuid(), PasswordVerifier.of(password, random), end));
                done = true;
            } finally {
                connections.release(administrator, done);
            }
        } catch (SQLException e) {
            throw Failures.translate(
                    H2Dialect.INSTANCE, "Creating a login that only reads database " + database.name(), e);
        }
        CompletableFuture.delayedExecutor(validity.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> end((name, login) -> name.equals(user)));
        return new DatabaseLogin(H2LoginDriver.url(location, database.name()), user, password);
    }

    private void requireOpen(DatabaseRef database) {
        if (!directory.get(database).isOpen()) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.TENANT_STATE,
                    "Database " + database.name() + " is closed, so no login can read it. Open it first.",
                    Map.of("name", database.name(), "state", "closed"),
                    false,
                    null);
        }
    }

    @Override
    public void revokeReadOnlyLogin(DatabaseRef database, String user) {
        router.checkNotClosed();
        end((name, login) -> name.equals(user) && login.database.equals(database.uuid()));
    }

    /** Ends the logins of a database. */
    void endAll(UUID database) {
        end((name, login) -> login.database.equals(database));
    }

    /** Ends all logins. */
    void close() {
        end((name, login) -> true);
    }

    private void end(BiPredicate<String, Login> which) {
        logins.forEach((name, login) -> {
            if (which.test(name, login) && logins.remove(name, login)) {
                login.end().forEach(each -> {
                    try {
                        ApplicationSessions.end(login.database, each);
                    } catch (SQLException e) {
                        throw Failures.translate(H2Dialect.INSTANCE, "Ending a login that only reads", e);
                    }
                });
            }
        });
    }

    /**
     * Opens a connection.
     *
     * @throws SQLException with SQLState {@code 28000} if the database has no such login
     */
    Connection connect(String name, String user, String password) throws SQLException {
        Login login = logins.get(user);
        if (login == null || !login.accepts(login.database, password)) {
            throw H2Errors.unknown();
        }
        DatabaseRef database = new DatabaseRef(name, login.database);
        Connections connections = router.to(database);
        Connection administrator;
        try {
            administrator = connections.acquire();
        } catch (SQLException e) {
            throw H2Errors.unavailable(e);
        }
        boolean done = false;
        try {
            // Until the connection is released, no operation closes the database or moves its files.
            DatabaseFiles files = directory.get(database);
            if (!files.isOpen()) {
                throw H2Errors.closed();
            }
            sessions.prepare(database.uuid(), administrator);
            Connection connection = sessions.connectReader(database.uuid(), files);
            if (!login.add(connection)) {
                ApplicationSessions.end(database.uuid(), connection);
                throw H2Errors.unknown();
            }
            done = true;
            return connection;
        } finally {
            connections.release(administrator, done);
        }
    }
}
