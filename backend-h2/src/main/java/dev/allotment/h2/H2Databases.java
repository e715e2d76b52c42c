// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Migrator;
import dev.allotment.jdbc.Router;
import dev.allotment.jdbc.Schema;
import dev.allotment.jdbc.ScriptRunner;
import dev.allotment.jdbc.Transactions;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RowQuota;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The client databases. Whatever touches the files of one is alone with it, by means of the router. */
final class H2Databases implements Databases, AutoCloseable {
    /** Long enough for the scripts of an add-on, since everybody else waits for them. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Counts rows, and refuses what a configuration only may do. */
    private static class Counting implements ScriptRunner {
        @Override
        public void run(Connection connection, String script) throws SQLException {
            REFUSED.run(connection, script);
        }

        @Override
        public OptionalLong count(Connection connection, RowQuota limit) throws SQLException {
            return H2RowQuotas.count(connection, limit);
        }
    }

    private static final ScriptRunner COUNTING = new Counting();

    private final H2Storage storage;
    private final H2Engine engine;
    private final DatabaseDirectory shelf;
    private final SecureRandom random = new SecureRandom();
    private final Migrator migrator;
    private final Transactions transactions;
    private final Router<DatabaseRef> router;
    private final ApplicationSessions applications;
    private final boolean sync;
    private final DatabaseFiles blank;
    private final Object blankLock = new Object();
    /** One for every few databases: held while a connection to one of them is opened. */
    private final List<Object> doors = Stream.generate(Object::new).limit(64).toList();
    /** Those whose snapshot is in use, and must not be put back. */
    private final Set<DatabaseRef> changing = ConcurrentHashMap.newKeySet();

    H2Databases(
            H2Storage storage, H2Engine engine, Schema schema, int connections, ApplicationSessions applications, boolean sync) {
        this.storage = storage;
        this.engine = engine;
        shelf = new DatabaseDirectory(storage);
        migrator = new Migrator(H2Dialect.INSTANCE, schema);
        transactions = new Transactions(H2Dialect.INSTANCE, schema);
        this.applications = applications;
        this.sync = sync;
        router = new Router<>(connections, PATIENCE, this::connect);
        blank = new DatabaseFiles(storage, "blank", "blank");
    }

    /** Removes what a killed process has left. Called before all else. */
    void tidy() {
        storage.delete(blank.folder());
        shelf.tidy();
    }

    @Override
    public Set<String> reservedNames() {
        return Set.of();
    }

    @Override
    public void create(DatabaseRef database) {
        alone(
                access -> {
                    if (!shelf.has(database)) {
                        shelf.add(database, blankData());
                    }
                },
                database);
    }

    @Override
    public void copy(DatabaseRef source, DatabaseRef database) {
        alone(
                access -> {
                    if (!shelf.has(database)) {
                        DatabaseFiles files = shelf.get(source);
                        disconnect(access, source);
                        files.recover();
                        shelf.add(database, files.data());
                    }
                },
                source,
                database);
    }

    /** Of a copy, so that it is in nobody's way for longer than that takes, and with a password of its own. */
    @Override
    public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
        @Nullable DatabaseFiles[] aside = {null};
        alone(
                access -> {
                    DatabaseFiles files = shelf.get(database);
                    disconnect(access, database);
                    files.recover();
                    aside[0] = shelf.aside(files.data());
                },
                database);
        DatabaseFiles copy = Objects.requireNonNull(aside[0]);
        try {
            String once = H2Transfer.password(random);
            engine.give(copy, once);
            try (InputStream data = storage.input(copy.data())) {
                receiver.accept(H2Transfer.of(once, copy.size(), data));
            }
        } catch (IOException e) {
            throw H2Storage.failed(e);
        } catch (SQLException e) {
            throw Failures.translate(H2Dialect.INSTANCE, "Reading database " + database.name(), e);
        } finally {
            storage.delete(copy.folder());
        }
    }

    @Override
    public void receive(DatabaseRef database, InputStream content) {
        alone(
                access -> {
                    if (!shelf.has(database)) {
                        H2Transfer received = H2Transfer.begin(content);
                        shelf.add(database, files -> take(received, files));
                    }
                },
                database);
    }

    private void take(H2Transfer received, DatabaseFiles files) {
        received.write(storage, files.data());
        try {
            engine.take(files, received.password());
        } catch (SQLException e) {
            throw Failures.translate(H2Dialect.INSTANCE, "Opening a database of another server", e);
        }
    }

    @Override
    public void open(DatabaseRef database) {
        alone(access -> shelf.get(database).setOpen(true), database);
    }

    @Override
    public void close(DatabaseRef database) {
        alone(
                access -> {
                    shelf.get(database).setOpen(false);
                    putOut(access, database);
                },
                database);
    }

    @Override
    public void rename(DatabaseRef database, String newName) {
        DatabaseRef renamed = new DatabaseRef(newName, database.uuid());
        alone(
                access -> {
                    if (!shelf.has(renamed)) {
                        shelf.get(database);
                        disconnect(access, database);
                        shelf.rename(database, newName);
                    }
                },
                database,
                renamed);
    }

    @Override
    public void drop(DatabaseRef database) {
        alone(
                access -> {
                    disconnect(access, database);
                    shelf.remove(database);
                    applications.forget(database.uuid());
                },
                database);
    }

    @Override
    public boolean exists(String name) {
        router.checkNotClosed();
        return shelf.has(name);
    }

    @Override
    public List<DatabaseRef> list() {
        router.checkNotClosed();
        return shelf.list();
    }

    @Override
    public long size(DatabaseRef database) {
        router.checkNotClosed();
        return shelf.get(database).size();
    }

    @Override
    public <T extends @Nullable Object> T transact(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return transactions.run(committing(router.to(database)), COUNTING, work);
    }

    /**
     * The first script, or other limits of rows than are held, make the work begin again with a snapshot, so that work without
     * needs none.
     */
    @Override
    public <T extends @Nullable Object> T configure(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return router.exclusively(List.of(database), access -> {
            boolean[] changesSchema = {false};
            try {
                return transactions.<T>run(
                        committing(access.to(database)),
                        new Counting() {
                            @Override
                            public void run(Connection connection, String script) throws SQLException {
                                changesSchema[0] = true;
                                throw new SQLException("Scripts need a snapshot");
                            }

                            @Override
                            public void enforce(Connection connection, List<RowQuota> limits) throws SQLException {
                                if (!H2RowQuotas.areHeld(connection, limits)) {
                                    changesSchema[0] = true;
                                    throw new SQLException("Limits need a snapshot");
                                }
                            }
                        },
                        work);
            } catch (RuntimeException | Error e) {
                if (!changesSchema[0]) {
                    throw e;
                }
            }
            return this.<T>configureWithSnapshot(database, access, work);
        });
    }

    @Override
    public DatabaseLogin login(DatabaseRef database, String password) {
        router.checkNotClosed();
        if (!PasswordVerifier.matches(shelf.get(database).verifier(), password)) {
            alone(access -> shelf.get(database).setVerifier(PasswordVerifier.of(password, random)), database);
        }
        return new DatabaseLogin(
                H2LoginDriver.url(storage.location(), database.name()),
                database.uuid().toString(),
                password);
    }

    /** Lets an application in. */
    Connection enter(String name, String user, String password) throws SQLException {
        UUID identity = DatabaseDirectory.uuid(user);
        if (identity == null) {
            throw H2Errors.unknown();
        }
        DatabaseRef database = new DatabaseRef(name, identity);
        try {
            check(database, password);
            Connections connections = router.to(database);
            Connection connection = take(connections);
            boolean done = false;
            try {
                // Nobody closes it, or moves its files, until the connection is given back.
                DatabaseFiles files = check(database, password);
                applications.prepare(identity, connection);
                Connection admitted = applications.admit(identity, files, H2RowQuotas.areAny(connection));
                done = true;
                return admitted;
            } finally {
                connections.release(connection, done);
            }
        } catch (SaasException e) {
            throw switch (e.code()) {
                case ErrorCodes.DATABASE_UNKNOWN, ErrorCodes.DATABASE_FOREIGN -> H2Errors.unknown();
                case ErrorCodes.BACKEND_CLOSED -> H2Errors.notOpen(e);
                default -> H2Errors.outOfReach(e);
            };
        }
    }

    private static Connection take(Connections connections) throws SQLException {
        try {
            return connections.acquire();
        } catch (SQLException e) {
            throw H2Errors.outOfReach(e);
        }
    }

    private DatabaseFiles check(DatabaseRef database, String password) throws SQLException {
        DatabaseFiles files = shelf.get(database);
        if (!PasswordVerifier.matches(files.verifier(), password)) {
            throw H2Errors.unknown();
        }
        if (!files.isOpen()) {
            throw H2Errors.closed();
        }
        return files;
    }

    @Override
    public void close() {
        router.close();
        applications.close();
    }

    private Connections committing(Connections connections) {
        return sync ? new ForcedCommits(connections) : connections;
    }

    /** Ends every connection that there is, so that nobody has the files open. */
    private void disconnect(Router<DatabaseRef>.Exclusive access, DatabaseRef database) {
        putOut(access, database);
        access.closeConnections();
    }

    private void putOut(Router<DatabaseRef>.Exclusive access, DatabaseRef database) {
        if (applications.isIn(database.uuid())) {
            // H2 ends all but one, so those that are kept for later would be ended too.
            access.closeConnections();
            withConnection(
                    access.to(database),
                    "Putting an application out",
                    administrator -> applications.putOut(database.uuid(), administrator));
        }
    }

    private <T extends @Nullable Object> T configureWithSnapshot(
            DatabaseRef database,
            Router<DatabaseRef>.Exclusive access,
            Function<? super DatabaseTransaction, ? extends T> work) {
        DatabaseFiles files = shelf.get(database);
        access.closeConnections();
        withConnection(access.to(database), "Preparing a database for scripts", administrator -> {
            // In this order, and whether or not anybody was let in here: the application may have set a password that
            // H2 lets
            // it in with.
            applications.prepare(database.uuid(), administrator);
            applications.putOut(database.uuid(), administrator);
        });
        access.closeConnections();
        changing.add(database);
        try {
            return files.changing(
                    () -> {
                        T result = runScripts(files, access.to(database), once(work));
                        withConnection(access.to(database), "Writing a database to the disk", H2Engine::sync);
                        // The sessions that H2 would check rows with have ended; it reads the tables anew when it
                        // opens.
                        access.closeConnections();
                        return result;
                    },
                    access::closeConnections);
        } finally {
            changing.remove(database);
        }
    }

    private <T extends @Nullable Object> T runScripts(
            DatabaseFiles files, Connections connections, Function<? super DatabaseTransaction, ? extends T> work) {
        H2RowQuotas limits = new H2RowQuotas();
        List<Connection> sessions = new ArrayList<>();
        ScriptRunner scripts = new Counting() {
            @Override
            public void run(Connection connection, String script) throws SQLException {
                limits.lift(connection);
                Connection session = applications.connect(files);
                sessions.add(session);
                execute(session, script);
            }

            @Override
            public void enforce(Connection connection, List<RowQuota> wanted) throws SQLException {
                limits.enforce(connection, wanted);
            }
        };
        try {
            return transactions.<T>run(connections, scripts, transaction -> {
                T result = work.apply(transaction);
                limits.checkEnforced();
                return result;
            });
        } finally {
            sessions.forEach(H2Databases::close);
        }
    }

    /** H2 commits with every change of the schema, so what was done before a deadlock would still be there. */
    private static <T extends @Nullable Object> Function<DatabaseTransaction, T> once(
            Function<? super DatabaseTransaction, ? extends T> work) {
        boolean[] begun = {false};
        return transaction -> {
            if (begun[0]) {
                throw SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        "Configuring a database got in the way of something else in it. Try again.",
                        null);
            }
            begun[0] = true;
            return work.apply(transaction);
        };
    }

    /**
     * Beside the transaction that it belongs to, since H2 gives a connection the rights of one user for good; and in a session of its
     * own, which lasts until all scripts have run, since H2 checks rows with the help of the one that made their table.
     */
    private static void execute(Connection session, String script) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute(script);
        } finally {
            // What it did not commit must not be in the way of the next.
            session.rollback();
        }
    }

    private static void close(Connection session) {
        try {
            session.close();
        } catch (SQLException e) {
            throw Failures.translate(H2Dialect.INSTANCE, "Ending a script", e);
        }
    }

    private static void withConnection(Connections connections, String what, H2Engine.Statements statements) {
        try {
            Connection connection = connections.acquire();
            boolean done = false;
            try {
                statements.execute(connection);
                done = true;
            } finally {
                connections.release(connection, done);
            }
        } catch (SQLException e) {
            throw Failures.translate(H2Dialect.INSTANCE, what, e);
        }
    }

    /** The file of a database as they all begin. */
    private String blankData() {
        synchronized (blankLock) {
            if (!blank.exist()) {
                boolean done = false;
                try {
                    storage.createFolder(blank.folder());
                    engine.create(blank, migrator);
                    done = true;
                } finally {
                    if (!done) {
                        storage.delete(blank.folder());
                    }
                }
            }
            return blank.data();
        }
    }

    /** Opens a connection; to a database that nobody in this process has used yet, after having seen to it. */
    private Connection connect(DatabaseRef database) throws SQLException {
        synchronized (doors.get(Math.floorMod(database.hashCode(), doors.size()))) {
            DatabaseFiles files = shelf.get(database);
            if (changing.contains(database)) {
                return engine.connect(files);
            }
            files.recover();
            Connection connection = engine.connect(files);
            boolean fits = false;
            try {
                fits = migrator.isCurrent(connection);
            } finally {
                if (!fits) {
                    connection.close();
                }
            }
            if (!fits) {
                files.changing(
                        () -> {
                            engine.migrate(files, migrator);
                            return null;
                        },
                        () -> {});
                connection = engine.connect(files);
            }
            return connection;
        }
    }

    private void alone(Consumer<Router<DatabaseRef>.Exclusive> action, DatabaseRef... databases) {
        router.exclusively(List.of(databases), access -> {
            action.accept(access);
            return null;
        });
    }
}
