// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.DatabaseActivity;
import dev.allotment.DatabaseLoad;
import dev.allotment.DatabaseLogin;
import dev.allotment.h2.application.ApplicationSessions;
import dev.allotment.h2.application.PasswordVerifier;
import dev.allotment.h2.engine.ForcedCommits;
import dev.allotment.h2.engine.H2Dialect;
import dev.allotment.h2.engine.H2Engine;
import dev.allotment.h2.files.DatabaseDirectory;
import dev.allotment.h2.files.DatabaseFiles;
import dev.allotment.h2.files.H2Storage;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Migrator;
import dev.allotment.jdbc.Router;
import dev.allotment.jdbc.Schema;
import dev.allotment.jdbc.Transactions;
import dev.allotment.spi.backend.ActivityReader;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseExport;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.LoadMeter;
import dev.allotment.spi.backend.PoolUse;
import dev.allotment.spi.backend.ReadOnlyLogins;
import dev.allotment.spi.backend.Transfer;
import dev.allotment.spi.backend.TransferFormat;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The tenant databases. Every operation on the files of a database has exclusive access to it, by means of the
 * router.
 */
final class H2Databases implements Databases, Transfer, LoadMeter, ActivityReader, AutoCloseable {
    /** Long enough for the scripts of an add-on, because all other callers wait for them. */
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final H2Storage storage;
    private final H2Engine engine;
    private final DatabaseDirectory directory;
    private final BlankDatabase blank;
    private final Migrator migrator;
    private final SecureRandom random;
    private final Transactions transactions;
    private final Router<DatabaseRef> router;
    private final ApplicationSessions sessions;
    private final H2Configuration configuration;
    private final H2Readers readers;
    private final H2Admission admission;
    private final boolean sync;
    private final int version;
    private final @Nullable FencingToken token;

    H2Databases(
            H2Storage storage,
            H2Engine engine,
            Schema schema,
            int maxConnections,
            ApplicationSessions sessions,
            boolean sync) {
        this.storage = storage;
        this.engine = engine;
        this.sessions = sessions;
        this.sync = sync;
        this.version = schema.migrations().size();
        this.random = new SecureRandom();
        this.token = null;
        migrator = new Migrator(H2Dialect.INSTANCE, schema);
        directory = new DatabaseDirectory(storage);
        blank = new BlankDatabase(storage, engine, migrator);
        transactions = new Transactions(H2Dialect.INSTANCE, schema);
        DatabaseOpener opener = new DatabaseOpener(directory, engine, migrator);
        router = new Router<>(maxConnections, TIMEOUT, opener);
        configuration = new H2Configuration(
                directory, opener, sessions, transactions, connections -> committing(connections, sync));
        readers = new H2Readers(storage.location(), directory, router, sessions, random);
        admission = new H2Admission(directory, router, sessions, readers);
    }

    /** A view for one operation. */
    private H2Databases(H2Databases all, FencingToken token) {
        this.storage = all.storage;
        this.engine = all.engine;
        this.directory = all.directory;
        this.blank = all.blank;
        this.migrator = all.migrator;
        this.random = all.random;
        this.transactions = all.transactions;
        this.router = all.router;
        this.sessions = all.sessions;
        this.configuration = all.configuration;
        this.readers = all.readers;
        this.admission = all.admission;
        this.sync = all.sync;
        this.version = all.version;
        this.token = token;
    }

    @Override
    public Databases fencedBy(FencingToken operation) {
        return new H2Databases(this, operation);
    }

    /** Returns the files of a database after storing the token of this change. Requires exclusive access. */
    private DatabaseFiles changing(DatabaseRef database) {
        DatabaseFiles files = directory.get(database);
        if (token != null) {
            FencingToken stored = files.token();
            token.requireNotOlder(stored, database.name());
            if (!token.equals(stored)) {
                files.setToken(token);
            }
        }
        return files;
    }

    private boolean isOfOtherOperation(DatabaseFiles files) {
        FencingToken stored = files.token();
        return token != null && stored != null && !token.isOfSameOperation(stored);
    }

    /** Whether a database was created already, by this operation. */
    private boolean isDone(DatabaseRef database) {
        if (!directory.contains(database)) {
            requireNoOtherName(database);
            return false;
        }
        if (isOfOtherOperation(directory.get(database))) {
            FencingToken mine = Objects.requireNonNull(token);
            mine.requireNotOlder(directory.get(database).token(), database.name());
            throw DatabaseDirectory.foreign(database.name());
        }
        changing(database);
        return true;
    }

    /** An operation that an older catalog brings back may have been finished, and its database renamed since. */
    private void requireNoOtherName(DatabaseRef database) {
        DatabaseRef other = directory.find(database.uuid());
        if (other != null) {
            if (token != null) {
                token.requireNotOlder(directory.get(other).token(), other.name());
            }
            throw DatabaseDirectory.foreign(database.name());
        }
    }

    private void add(DatabaseRef database, Consumer<DatabaseFiles> create) {
        directory.add(database, files -> {
            create.accept(files);
            if (token != null) {
                files.setToken(token);
            }
        });
    }

    /** Deletes what a killed process left behind. Called before everything else. */
    void deleteLeftovers() {
        blank.delete();
        directory.deleteLeftovers();
    }

    /** Connects the tenants' applications. */
    H2Admission admission() {
        return admission;
    }

    @Override
    public Set<String> reservedNames() {
        return Set.of();
    }

    @Override
    public void create(DatabaseRef database) {
        exclusively(
                access -> {
                    if (!isDone(database)) {
                        add(database, files -> storage.copy(blank.data(), files.data()));
                    }
                },
                database);
    }

    @Override
    public void copy(DatabaseRef source, DatabaseRef database) {
        exclusively(
                access -> {
                    if (!isDone(database)) {
                        String data = unused(access, source).data();
                        add(database, files -> storage.copy(data, files.data()));
                    }
                },
                source,
                database);
    }

    @Override
    public Transfer transfer() {
        return this;
    }

    @Override
    public LoadMeter loadMeter() {
        return this;
    }

    @Override
    public ActivityReader activityReader() {
        return this;
    }

    @Override
    public TransferFormat transferFormat() {
        return new TransferFormat(H2Backend.DIALECT, version);
    }

    /** Sends a copy with its own password. */
    @Override
    public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
        read(database, copy -> {
            String password = H2Transfer.password(random);
            engine.replacePassword(copy, password);
            try (InputStream data = storage.input(copy.data())) {
                receiver.accept(H2Transfer.of(password, copy.size(), data));
            }
        });
    }

    @Override
    public void export(DatabaseRef database, DatabaseExport export) {
        read(database, copy -> export(copy, export));
    }

    @Override
    public void export(DatabaseRef database, InputStream content, DatabaseExport export) {
        H2Transfer received = H2Transfer.start(content);
        DatabaseFiles copy = directory.aside();
        try {
            receive(received, copy);
            engine.migrate(copy, migrator);
            export(copy, export);
        } catch (SQLException e) {
            throw Failures.translate(H2Dialect.INSTANCE, "Reading database " + database.name(), e);
        } finally {
            storage.delete(copy.folder());
        }
    }

    private void export(DatabaseFiles copy, DatabaseExport export) throws SQLException {
        try (Connection connection = engine.connect(copy)) {
            transactions.read(connection, H2Configuration.COUNTING, export::records);
            H2Script.write(connection, export);
        }
    }

    private interface Reading {
        void run(DatabaseFiles copy) throws IOException, SQLException;
    }

    /** Reads a copy, so that the database is blocked only while it is copied. */
    private void read(DatabaseRef database, Reading reading) {
        DatabaseFiles copy = router.exclusively(
                List.of(database),
                access -> directory.copyAside(unused(access, database).data()));
        try {
            reading.run(copy);
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
        exclusively(
                access -> {
                    if (!isDone(database)) {
                        H2Transfer received = H2Transfer.start(content);
                        add(database, files -> receive(received, files));
                    }
                },
                database);
    }

    /** Receives everything or nothing. */
    @Override
    public void receive(DatabaseRef database, InputStream content, Consumer<? super String> refused) {
        receive(database, content);
    }

    @Override
    public List<String> transferDoubts(DatabaseRef database) {
        return List.of();
    }

    @Override
    public boolean confinesContent() {
        return false;
    }

    private void receive(H2Transfer received, DatabaseFiles files) {
        received.write(storage, files.data());
        try {
            engine.adoptPassword(files, received.password());
        } catch (SQLException e) {
            throw Failures.translate(H2Dialect.INSTANCE, "Opening a database of another server", e);
        }
    }

    @Override
    public void replace(DatabaseRef database, DatabaseRef by) {
        exclusively(
                access -> {
                    changing(database);
                    if (directory.hasData(by)) {
                        changing(by);
                        unused(access, by);
                        unused(access, database).setOpen(false);
                        directory.replaceData(database, by);
                    }
                    directory.removeWithoutData(by);
                    readers.endAll(database.uuid());
                    readers.endAll(by.uuid());
                    sessions.forget(by.uuid());
                },
                database,
                by);
    }

    @Override
    public void exchange(DatabaseRef database, DatabaseRef other) {
        DatabaseRef exchanged = new DatabaseRef(database.name(), other.uuid());
        DatabaseRef otherExchanged = new DatabaseRef(other.name(), database.uuid());
        exclusively(
                access -> {
                    directory.completeExchanges();
                    if (directory.isNamed(exchanged) && directory.isNamed(otherExchanged)) {
                        changing(exchanged);
                        changing(otherExchanged);
                        return;
                    }
                    directory.get(other);
                    changing(database);
                    changing(other);
                    unused(access, database);
                    unused(access, other);
                    directory.exchange(database, other);
                    readers.endAll(database.uuid());
                    readers.endAll(other.uuid());
                },
                database,
                other,
                exchanged,
                otherExchanged);
    }

    @Override
    public void open(DatabaseRef database) {
        exclusively(access -> changing(database).setOpen(true), database);
    }

    @Override
    public void close(DatabaseRef database) {
        exclusively(
                access -> {
                    changing(database).setOpen(false);
                    readers.endAll(database.uuid());
                    disconnectApplication(access, database);
                },
                database);
    }

    @Override
    public void rename(DatabaseRef database, String newName) {
        DatabaseRef renamed = new DatabaseRef(newName, database.uuid());
        exclusively(
                access -> {
                    if (directory.contains(renamed)) {
                        changing(renamed);
                    } else {
                        rename(access, database, newName);
                    }
                },
                database,
                renamed);
    }

    private void rename(Router<DatabaseRef>.Exclusive access, DatabaseRef database, String newName) {
        changing(database);
        disconnect(access, database);
        directory.rename(database, newName);
    }

    @Override
    public void claim(DatabaseRef spare, String name) {
        DatabaseRef claimed = new DatabaseRef(name, spare.uuid());
        exclusively(
                access -> {
                    if (!directory.contains(claimed)) {
                        rename(access, spare, name);
                    } else if (token != null
                            && !token.isOfSameOperation(directory.get(claimed).token())) {
                        throw DatabaseDirectory.unknown(spare.name());
                    }
                    changing(claimed).setOpen(true);
                },
                spare,
                claimed);
    }

    @Override
    public void drop(DatabaseRef database) {
        drop(database, false);
    }

    @Override
    public void discard(DatabaseRef database) {
        drop(database, true);
    }

    /** @param ownOnly whether a database that another operation changed stays */
    private void drop(DatabaseRef database, boolean ownOnly) {
        exclusively(
                access -> {
                    if (directory.contains(database)) {
                        if (ownOnly && isOfOtherOperation(directory.get(database))) {
                            return;
                        }
                        changing(database);
                    }
                    disconnect(access, database);
                    directory.remove(database);
                    readers.endAll(database.uuid());
                    sessions.forget(database.uuid());
                },
                database);
    }

    @Override
    public boolean exists(String name) {
        router.checkNotClosed();
        return directory.contains(name);
    }

    @Override
    public List<DatabaseRef> list() {
        router.checkNotClosed();
        return directory.list();
    }

    @Override
    public List<DatabaseEntry> inventory() {
        router.checkNotClosed();
        return directory.inventory();
    }

    /** The connections of the control plane to all databases. */
    PoolUse pool() {
        return router.use("tenants");
    }

    /** An embedded database has no server whose statistics could be read, so only connections are known. */
    @Override
    public List<DatabaseLoad> load() {
        router.checkNotClosed();
        return directory.list().stream()
                .map(each -> DatabaseLoad.builder(each.uuid(), each.name())
                        .connections(sessions.count(each.uuid()))
                        .maxConnections(sessions.max())
                        .build())
                .toList();
    }

    @Override
    public DatabaseActivity activity(DatabaseRef database) {
        return H2Activity.of(router.to(database), database, sessions.count(database.uuid()), sessions.max());
    }

    @Override
    public long size(DatabaseRef database) {
        router.checkNotClosed();
        return directory.read(database, DatabaseFiles::size);
    }

    @Override
    public <T extends @Nullable Object> T transact(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return transactions.run(committing(router.to(database), sync), H2Configuration.COUNTING, work);
    }

    @Override
    public <T extends @Nullable Object> T configure(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return router.exclusively(List.of(database), access -> configuration.<T>configure(database, access, work));
    }

    @Override
    public ReadOnlyLogins readOnlyLogins() {
        return readers;
    }

    @Override
    public DatabaseLogin login(DatabaseRef database, String password) {
        router.checkNotClosed();
        if (!PasswordVerifier.matches(directory.read(database, DatabaseFiles::verifier), password)) {
            exclusively(access -> directory.get(database).setVerifier(PasswordVerifier.of(password, random)), database);
        }
        return new DatabaseLogin(
                H2LoginDriver.url(storage.location(), database.name()),
                database.uuid().toString(),
                password);
    }

    @Override
    public void close() {
        router.close();
        readers.close();
        sessions.close();
    }

    private static Connections committing(Connections connections, boolean sync) {
        return sync ? new ForcedCommits(connections) : connections;
    }

    /** The files of a database after all its connections were ended, without an unfinished change. */
    private DatabaseFiles unused(Router<DatabaseRef>.Exclusive access, DatabaseRef database) {
        DatabaseFiles files = directory.get(database);
        disconnect(access, database);
        files.recover();
        return files;
    }

    /** Ends every connection, so that the files are closed. */
    private void disconnect(Router<DatabaseRef>.Exclusive access, DatabaseRef database) {
        disconnectApplication(access, database);
        access.closeConnections();
    }

    private void disconnectApplication(Router<DatabaseRef>.Exclusive access, DatabaseRef database) {
        if (sessions.hasConnected(database.uuid())) {
            // H2 ends all connections but one, so it would end idle ones of the router too.
            access.closeConnections();
            H2Engine.execute(
                    access.to(database),
                    "Disconnecting an application",
                    administrator -> sessions.disconnect(database.uuid(), administrator));
        }
    }

    private void exclusively(Consumer<Router<DatabaseRef>.Exclusive> action, DatabaseRef... databases) {
        router.exclusively(List.of(databases), access -> {
            action.accept(access);
            return null;
        });
    }
}
