// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.DatabaseActivity;
import dev.allotment.DatabaseLoad;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.JdbcTransaction;
import dev.allotment.jdbc.Router;
import dev.allotment.jdbc.ScriptRunner;
import dev.allotment.jdbc.Transactions;
import dev.allotment.postgres.configuration.ScriptSandbox;
import dev.allotment.postgres.configuration.WithoutTenantCode;
import dev.allotment.postgres.database.ActiveSessions;
import dev.allotment.postgres.database.ApplicationAccess;
import dev.allotment.postgres.database.CatalogMark;
import dev.allotment.postgres.database.ClaimSession;
import dev.allotment.postgres.database.ConfinedConnections;
import dev.allotment.postgres.database.ConfinedSession;
import dev.allotment.postgres.database.DatabaseActivities;
import dev.allotment.postgres.database.DatabaseAdopter;
import dev.allotment.postgres.database.DatabaseInventory;
import dev.allotment.postgres.database.DatabaseLoads;
import dev.allotment.postgres.database.DatabaseProvisioner;
import dev.allotment.postgres.database.DatabaseSize;
import dev.allotment.postgres.database.DatabaseSql;
import dev.allotment.postgres.database.DatabaseStatus;
import dev.allotment.postgres.database.Identity;
import dev.allotment.postgres.database.Installation;
import dev.allotment.postgres.database.PostgresLogins;
import dev.allotment.postgres.database.QuotaOwner;
import dev.allotment.postgres.database.ReaderRoles;
import dev.allotment.postgres.database.SessionWatch;
import dev.allotment.postgres.database.TenantConnections;
import dev.allotment.postgres.database.WarmSessions;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import dev.allotment.postgres.transfer.DatabaseReceiver;
import dev.allotment.postgres.transfer.DatabaseSender;
import dev.allotment.postgres.transfer.PsqlFiles;
import dev.allotment.spi.backend.ActivityReader;
import dev.allotment.spi.backend.Adoption;
import dev.allotment.spi.backend.CatalogMarks;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseExport;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.EndedSession;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.LoadMeter;
import dev.allotment.spi.backend.ReadOnlyLogins;
import dev.allotment.spi.backend.Replication;
import dev.allotment.spi.backend.ServerWatch;
import dev.allotment.spi.backend.Transfer;
import dev.allotment.spi.backend.TransferFormat;
import dev.allotment.spi.backend.WarmSpares;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tenant databases on one PostgreSQL server. Thread-safe. */
final class PostgresDatabases
        implements Databases,
                Transfer,
                Adoption,
                WarmSpares,
                ServerWatch,
                LoadMeter,
                ActivityReader,
                ReadOnlyLogins,
                CatalogMarks {
    /** Checked again here, so that no database with another name is created even if the core accepts one. */
    private static final Pattern NAME = Pattern.compile("(?!.{64})[a-z0-9]([a-z0-9.-]*[a-z0-9])?");

    private static final Set<String> ON_EVERY_SERVER = Set.of("postgres", "template0", "template1");

    private static final String LIST = """
            SELECT d.datname, o.rolname
            FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
            WHERE starts_with(o.rolname, :prefix)
            ORDER BY d.datname
            """;

    /**
     * Takes the lock of configuration changes. The tenant's application cannot take it: advisory locks are free for all
     * roles, and ANALYZE locks all tables for the owner of a database.
     */
    private static final String TURN = "SELECT FROM allotment.schema_version WHERE version = 1 FOR UPDATE";

    private static final String WAITING = "Waiting for other configuration changes";

    /** How long a server may take to say what a database does. It is asked when it is slow. */
    private static final Duration ACTIVITY = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(PostgresDatabases.class);

    private final PostgresSettings settings;
    private final Connections catalog;
    private final Connections server;
    private final Installation installation;
    private final TenantConnections tenantConnections;
    private final Router<DatabaseRef> router;
    private final Transactions transactions;
    private final QuotaOwner quotaOwner;
    private final DatabaseProvisioner provisioner;
    private final PostgresLogins logins;
    private final ApplicationAccess application;
    private final DatabaseAdopter adopter;
    private final SessionWatch watch;
    private final WarmSessions warmSessions;
    private final boolean sharesLogWithCatalog;
    private final String version;
    private final @Nullable FencingToken token;

    PostgresDatabases(
            PostgresSettings settings,
            Connections catalog,
            Connections server,
            Installation installation,
            TenantConnections tenantConnections,
            Router<DatabaseRef> router,
            Transactions transactions,
            DatabaseProvisioner provisioner,
            PostgresLogins logins,
            ApplicationAccess application,
            DatabaseAdopter adopter,
            SessionWatch watch,
            WarmSessions warmSessions,
            boolean sharesLogWithCatalog,
            String version) {
        this(
                settings,
                catalog,
                server,
                installation,
                tenantConnections,
                router,
                transactions,
                provisioner,
                logins,
                application,
                adopter,
                watch,
                warmSessions,
                sharesLogWithCatalog,
                version,
                null);
    }

    private PostgresDatabases(
            PostgresSettings settings,
            Connections catalog,
            Connections server,
            Installation installation,
            TenantConnections tenantConnections,
            Router<DatabaseRef> router,
            Transactions transactions,
            DatabaseProvisioner provisioner,
            PostgresLogins logins,
            ApplicationAccess application,
            DatabaseAdopter adopter,
            SessionWatch watch,
            WarmSessions warmSessions,
            boolean sharesLogWithCatalog,
            String version,
            @Nullable FencingToken token) {
        this.settings = settings;
        this.catalog = catalog;
        this.server = server;
        this.installation = installation;
        this.tenantConnections = tenantConnections;
        this.router = router;
        this.transactions = transactions;
        this.quotaOwner = new QuotaOwner(server, installation);
        this.provisioner = provisioner;
        this.logins = logins;
        this.application = application;
        this.adopter = adopter;
        this.watch = watch;
        this.warmSessions = warmSessions;
        this.sharesLogWithCatalog = sharesLogWithCatalog;
        this.version = version;
        this.token = token;
    }

    @Override
    public Databases fencedBy(FencingToken operation) {
        return new PostgresDatabases(
                settings,
                catalog,
                server,
                installation,
                tenantConnections,
                router,
                transactions,
                provisioner.fencedBy(operation),
                logins,
                application,
                adopter,
                watch,
                warmSessions,
                sharesLogWithCatalog,
                version,
                operation);
    }

    /** Refuses a change that may not follow the last one. The caller has the lock of the database. */
    private DatabaseStatus notNewer(DatabaseStatus there) {
        if (token != null) {
            token.requireNotOlder(there.token(), there.name());
        }
        return there;
    }

    private boolean isOfOtherOperation(DatabaseStatus there) {
        return token != null && there.token() != null && !token.isOfSameOperation(there.token());
    }

    /** The statement that stores the token, for the transaction that changes the database; none if it is stored. */
    private List<String> storing(DatabaseStatus there) {
        return token == null || token.equals(there.token())
                ? List.of()
                : List.of(DatabaseSql.store(there.identity(), token));
    }

    /** Whether a database was created or adopted already, by this operation; then its token is stored. */
    private boolean isDone(ServerSession session, DatabaseStatus there) {
        notNewer(there);
        if (!there.isFinished()) {
            return false;
        }
        if (isOfOtherOperation(there)) {
            throw DatabaseStatus.foreign(there.name(), null);
        }
        storing(there).forEach(session::execute);
        return true;
    }

    @Override
    public Transfer transfer() {
        return this;
    }

    @Override
    public Adoption adoption() {
        return this;
    }

    @Override
    public WarmSpares warmSpares() {
        return this;
    }

    @Override
    public ServerWatch watch() {
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
    public ReadOnlyLogins readOnlyLogins() {
        return this;
    }

    @Override
    public CatalogMarks marks() {
        return this;
    }

    @Override
    public Set<String> reservedNames() {
        Set<String> names = new TreeSet<>(ON_EVERY_SERVER);
        names.add(settings.url().database());
        return Collections.unmodifiableSet(names);
    }

    @Override
    public void create(DatabaseRef database) {
        createUnlessFinished("Creating database " + database.name(), database, (session, there) -> {
            provisioner.create(session, there, scheme());
            return null;
        });
    }

    /** A large database that is open is copied like one on another server, so that its application can connect. */
    @Override
    public void copy(DatabaseRef source, DatabaseRef database) {
        if (!isOpen(source) || size(source) < settings.largeBytes()) {
            copyAsTemplate(source, database);
            return;
        }
        try {
            send(source, content -> receive(database, content));
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.DATABASE_NOT_TRANSFERABLE)
                    && !e.code().equals(ErrorCodes.BACKEND_UNSUPPORTED)) {
                throw e;
            }
            LOG.atInfo()
                    .setCause(e)
                    .addKeyValue("database", source.name())
                    .log("Copying a database as a template, which keeps others from it meanwhile");
            copyAsTemplate(source, database);
        }
    }

    private boolean isOpen(DatabaseRef database) {
        return withoutLock("Looking for database " + database.name(), session -> {
            DatabaseStatus there = look(session, database);
            return there.isFinished() && there.isOpen();
        });
    }

    private void copyAsTemplate(DatabaseRef source, DatabaseRef database) {
        router.exclusively(List.of(source), alone -> {
            alone.closeConnections();
            return null;
        });
        createUnlessFinished(
                "Copying database " + source.name(),
                database,
                (session, there) -> provisioner.copy(session, source, there, scheme()));
    }

    @Override
    public TransferFormat transferFormat() {
        return PostgresBackend.transferFormat();
    }

    @Override
    public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
        read(database, (control, sender) -> receiver.accept(sender));
    }

    @Override
    public void export(DatabaseRef database, DatabaseExport export) {
        read(database, (control, sender) -> {
            transactions.read(control, ScriptRunner.REFUSED, export::records);
            PsqlFiles.write(sender, export, database.name());
        });
    }

    @Override
    public void export(DatabaseRef database, InputStream content, DatabaseExport export) {
        router.checkNotClosed();
        DatabaseReceiver.open(database.name(), new DataInputStream(content), version)
                .export(export);
    }

    @FunctionalInterface
    interface Reading {
        /** Reads. The session of the control plane is in the transaction of the sender. */
        void run(Connection control, DatabaseSender sender) throws IOException;
    }

    @FunctionalInterface
    interface Opening {
        Connection open() throws SQLException;
    }

    /** How the two sessions are opened that read a database. */
    record Openings(Opening control, Opening tenant) {
        /** The server may search a large table for long until it finds the next row. */
        private static void prepare(Connection connection, Duration longest) throws SQLException {
            connection.setAutoCommit(true);
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(longest.toMillis()));
        }
    }

    @FunctionalInterface
    interface Versions {
        String of(Connection connection) throws SQLException;
    }

    private void read(DatabaseRef database, Reading reading) {
        read(database, null, reading);
    }

    /** @param snapshot an exported snapshot to read; null: the present one */
    void read(DatabaseRef database, @Nullable String snapshot, Reading reading) {
        router.checkNotClosed();
        try (ConfinedSession tenant =
                tenantConnections.confined().open(database, settings.timeouts().piece())) {
            read(
                    settings,
                    database,
                    new Openings(() -> tenantConnections.open(database), tenant::connection),
                    connection -> version,
                    snapshot,
                    reading);
        }
    }

    @Override
    public Replication replication() {
        return new PostgresReplication(this, settings, tenantConnections);
    }

    /**
     * Reads a whole database.
     *
     * @param versions of the base schema that it has
     * @param snapshot an exported snapshot to read; null: the present one
     */
    static void read(
            PostgresSettings settings,
            DatabaseRef database,
            Openings openings,
            Versions versions,
            @Nullable String snapshot,
            Reading reading) {
        Duration longest = settings.timeouts().piece();
        try (Connection control = openings.control().open();
                Connection tenant = openings.tenant().open()) {
            Openings.prepare(control, longest);
            Openings.prepare(tenant, longest);
            try (DatabaseSender sender = DatabaseSender.open(
                    new DatabaseSender.Sessions(control, tenant),
                    database.name(),
                    versions.of(control),
                    settings.timeouts()
                            .piece()
                            .plus(settings.timeouts().grace())
                            .plus(settings.timeouts().silence()),
                    snapshot)) {
                reading.run(control, sender);
            }
        } catch (SQLException | IOException | JdbiException e) {
            throw SqlStates.NOT_PERMITTED.matches(e)
                    ? DatabaseSender.notTransferable(
                            database.name(), "the role of the control plane may not read everything in it", e)
                    : Failures.translate(PostgresDialect.INSTANCE, "Reading database " + database.name(), e);
        }
    }

    /** The role of the tenant executes everything in the content but the records of the base schema, which are data. */
    @Override
    public boolean confinesContent() {
        return true;
    }

    @Override
    public void receive(DatabaseRef database, InputStream content) {
        fill(database, content, null);
    }

    @Override
    public void receive(DatabaseRef database, InputStream content, Consumer<? super String> refused) {
        fill(database, content, refused);
    }

    private void fill(DatabaseRef database, InputStream content, @Nullable Consumer<? super String> refused) {
        createUnlessFinished(
                "Copying database " + database.name() + " from another server", database, (session, there) -> {
                    provisioner.receive(session, there, content, scheme(), refused);
                    return null;
                });
    }

    @Override
    public List<String> transferDoubts(DatabaseRef database) {
        router.checkNotClosed();
        try (ConfinedSession tenant =
                tenantConnections.confined().open(database, settings.timeouts().piece())) {
            return doubts(settings, database, new Openings(() -> tenantConnections.open(database), tenant::connection));
        }
    }

    static List<String> doubts(PostgresSettings settings, DatabaseRef database, Openings openings) {
        Duration longest = settings.timeouts().piece();
        try (Connection control = openings.control().open();
                Connection tenant = openings.tenant().open()) {
            Openings.prepare(control, longest);
            Openings.prepare(tenant, longest);
            return DatabaseSender.doubts(new DatabaseSender.Sessions(control, tenant), database.name());
        } catch (SQLException | JdbiException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, "Reading database " + database.name(), e);
        }
    }

    /**
     * The steps that create a database. They may leave a connection to it open, which they return: the database is
     * filled next, and opening another connection would take longer.
     */
    @FunctionalInterface
    private interface CreationSteps {
        @Nullable
        Connection run(ServerSession session, DatabaseStatus there);
    }

    /** Runs the steps that create a database, unless it exists and is finished. */
    private void createUnlessFinished(String what, DatabaseRef database, CreationSteps steps) {
        checkName(database.name());
        withLock(what, database, session -> {
            DatabaseStatus there = look(session, database);
            there.checkNotForeign();
            if (isDone(session, there)) {
                return null;
            }
            for (String name : there.owned(session)) {
                if (!name.equals(database.name())) {
                    throw SaasException.conflict(
                            ErrorCodes.DATABASE_FOREIGN,
                            what + " failed: this tenant already has database " + name
                                    + ". Rename or drop that one first.");
                }
            }
            Connection connection = steps.run(session, there);
            boolean seen = false;
            try {
                tenantConnections.seen(look(session, database));
                seen = true;
            } finally {
                if (connection != null && !seen) {
                    Connections.close(connection);
                }
            }
            if (connection != null) {
                router.add(database, tenantConnections.checked(connection, database));
            }
            return null;
        });
    }

    @Override
    public void open(DatabaseRef database) {
        String what = "Opening database " + database.name();
        boolean done = onServer(what, session -> {
            DatabaseStatus there =
                    notNewer(startTransaction(session, database).get(0).requireFinished());
            return application.tryCommit(session, opening(there));
        });
        if (!done) {
            withLock(what, database, session -> {
                DatabaseStatus there = notNewer(look(session, database).requireFinished());
                application.change(session, there, opening(there));
                return null;
            });
        }
    }

    private List<String> opening(DatabaseStatus there) {
        List<String> statements = application.opening(there);
        statements.addAll(storing(there));
        return statements;
    }

    @Override
    public void close(DatabaseRef database) {
        withLock("Closing database " + database.name(), database, session -> {
            DatabaseStatus there = notNewer(look(session, database).requireFinished());
            application.close(session, there, storing(there));
            return null;
        });
    }

    @Override
    public void restoreRights(DatabaseRef database) {
        withLock("Restoring the rights on database " + database.name(), database, session -> {
            DatabaseStatus there = look(session, database).requireFinished();
            List<String> statements = DatabaseSql.privileges(
                    there.name(), there.identity(), there.present().strangers());
            statements.addAll(DatabaseInventory.roleRepairs(session, there.identity(), scheme()));
            application.change(session, there, statements);
            return null;
        });
    }

    @Override
    public void rename(DatabaseRef database, String newName) {
        checkName(newName);
        router.exclusively(List.of(database), alone -> {
            alone.closeConnections();
            String what = renaming(database);
            if (!onServer(what, session -> renameUnlessInUse(session, database, newName))) {
                withLock(what, database, session -> renameByForce(session, database, newName, false));
            }
            return null;
        });
    }

    /**
     * Closes a database, and renames it if a condition is true when all sessions in it have ended, except for those of
     * replications.
     *
     * @return whether it has the new name
     */
    boolean settle(DatabaseRef database, String newName, Predicate<ServerSession> condition) {
        checkName(newName);
        return router.exclusively(List.of(database), alone -> {
            alone.closeConnections();
            return withLock(renaming(database), database, session -> {
                DatabaseStatus target = look(session, new DatabaseRef(newName, database.uuid()));
                if (isRenamed(database, target, false)) {
                    application.change(session, target, storing(target));
                    return true;
                }
                DatabaseStatus there = notNewer(look(session, database).requireFinished());
                List<String> storing = storing(there);
                application.close(session, there, storing);
                return application.renameIf(() -> condition.test(session), session, there, newName, storing);
            });
        });
    }

    /** Runs an action while it has the lock of a finished database that the token may change, and stores the token. */
    void whileChanging(String what, DatabaseRef database, Consumer<? super ServerSession> action) {
        withLock(what, database, session -> {
            DatabaseStatus there = notNewer(look(session, database).requireFinished());
            storing(there).forEach(session::execute);
            action.accept(session);
            return null;
        });
    }

    @Override
    public void claim(DatabaseRef spare, String name) {
        claim(spare, name, null, null, false);
    }

    @Override
    public <T extends @Nullable Object> T claim(
            DatabaseRef spare, String name, Function<? super DatabaseTransaction, ? extends T> work) {
        FencingToken recorded = sharesLogWithCatalog ? token : null;
        Connection warm = warmSessions.take(spare);
        if (warm != null) {
            ClaimSession session = new ClaimSession(warm);
            try (session) {
                T result = this.<T>transact(spare, session, work);
                session.end();
                claim(spare, name, recorded, session, !sharesLogWithCatalog);
                return result;
            } catch (SaasException e) {
                if (!session.isLost()) {
                    throw e;
                }
                // What happened to the transaction is unknown, or another process is claiming the spare. If a claim
                // succeeds, the spare belongs to this operation, and the work finds out.
            }
        }
        claim(spare, name, recorded, null, false);
        return this.<T>transact(new DatabaseRef(name, spare.uuid()), work);
    }

    /**
     * Claims a spare.
     *
     * @param recorded the token of the operation that the catalog on this server must have; null: any
     * @param ending the session that was just closed; null: none
     * @param durably whether nothing follows that makes the claim durable
     */
    private void claim(
            DatabaseRef spare,
            String name,
            @Nullable FencingToken recorded,
            @Nullable ClaimSession ending,
            boolean durably) {
        checkName(name);
        router.exclusively(List.of(spare), alone -> {
            alone.closeConnections();
            boolean done = onServer(
                    renaming(spare), session -> claimUnlessInUse(session, spare, name, recorded, ending, durably));
            if (!done) {
                withLock(renaming(spare), spare, session -> {
                    // A crash would end this session, so what the catalog has now is durable with the renaming.
                    if (recorded != null && !DatabaseStatus.isRecorded(session, recorded)) {
                        throw notRecorded(spare);
                    }
                    return renameByForce(session, spare, name, true);
                });
            }
            return null;
        });
    }

    @Override
    public void prepare(List<DatabaseRef> spares, int most) {
        warmSessions.keep(spares, most);
    }

    @Override
    public Set<UUID> prepared() {
        return warmSessions.ready();
    }

    @Override
    public boolean sharesLogWithCatalog() {
        return sharesLogWithCatalog;
    }

    private static String renaming(DatabaseRef database) {
        return "Renaming database " + database.name();
    }

    /** Starts a transaction with the lock of a database, and reads the status of its name and of other names. */
    private List<DatabaseStatus> startTransaction(ServerSession session, DatabaseRef database, String... otherName) {
        List<String> names = new ArrayList<>(List.of(otherName));
        names.add(0, database.name());
        return DatabaseStatus.startTransaction(session, scheme().of(database.uuid()), names);
    }

    /**
     * Renames a database without refusing connections to it. Returns false if sessions are connected to it, or connect
     * faster than they are ended.
     */
    private boolean renameUnlessInUse(ServerSession session, DatabaseRef database, String newName) {
        List<DatabaseStatus> there = startTransaction(session, database, newName);
        if (isRenamed(database, there.get(1), false)) {
            return application.tryCommit(session, storing(there.get(1)));
        }
        DatabaseStatus.Database named = notNewer(there.get(0).requireFinished()).present();
        if (!named.accepting() || application.hasPrepared(session, there.get(0))) {
            return false;
        }
        tenantConnections.seen(there.get(0));
        ActiveSessions.end(session, named.oid(), ActiveSessions.Which.IDLE);
        List<String> statements = new ArrayList<>(storing(there.get(0)));
        statements.add(DatabaseSql.rename(named.name(), newName));
        return tryRename(session, statements, newName);
    }

    /** Renames a spare and opens it. Returns false like {@link #renameUnlessInUse}. */
    private boolean claimUnlessInUse(
            ServerSession session,
            DatabaseRef spare,
            String name,
            @Nullable FencingToken recorded,
            @Nullable ClaimSession ending,
            boolean durably) {
        DatabaseStatus.Claim there =
                DatabaseStatus.startClaim(session, scheme().of(spare.uuid()), spare.name(), name, recorded);
        if (!there.recorded()) {
            throw notRecorded(spare);
        }
        if (isRenamed(spare, there.target(), true)) {
            return application.tryCommit(session, opening(there.target()));
        }
        DatabaseStatus.Database named =
                notNewer(there.spare().requireFinished()).present();
        if (!named.accepting()) {
            return false;
        }
        tenantConnections.seen(there.spare());
        if (there.used()) {
            if (ending != null) {
                ending.awaitEnd(session);
            }
            ActiveSessions.end(session, named.oid(), ActiveSessions.Which.IDLE);
        }
        List<String> statements = new ArrayList<>(durably ? List.of() : List.of(DatabaseSql.DO_NOT_WAIT_FOR_DISK));
        statements.addAll(opening(there.spare()));
        statements.add(DatabaseSql.rename(named.name(), name));
        return tryRename(session, statements, name);
    }

    private static SaasException notRecorded(DatabaseRef spare) {
        return SaasException.conflict(
                ErrorCodes.OPERATION_TAKEN_OVER,
                "The catalog does not have the running operation that claims database " + spare.name()
                        + ". Another operation has ended it, or the server has lost it in a crash. The database has not"
                        + " been renamed.");
    }

    private boolean tryRename(ServerSession session, List<String> statements, String newName) {
        try {
            return application.tryCommit(session, statements);
        } catch (RuntimeException e) {
            if (SqlStates.DATABASE_IN_USE.matches(e)) {
                return false;
            }
            throw SqlStates.isNameTaken(e) ? DatabaseStatus.foreign(newName, e) : e;
        }
    }

    /**
     * Whether a database has its new name already. If it has that name because another operation claimed it as a spare,
     * this one has no such spare.
     */
    private boolean isRenamed(DatabaseRef database, DatabaseStatus target, boolean claiming) {
        target.checkNotForeign();
        if (!target.isFinished()) {
            return false;
        }
        if (claiming && token != null && !token.isOfSameOperation(target.token())) {
            throw DatabaseStatus.unknown(database.name(), null);
        }
        notNewer(target);
        return true;
    }

    /** Renames a database and refuses connections to it until that is done. */
    private @Nullable Void renameByForce(
            ServerSession session, DatabaseRef database, String newName, boolean claiming) {
        DatabaseStatus target = look(session, new DatabaseRef(newName, database.uuid()));
        if (isRenamed(database, target, claiming)) {
            application.change(session, target, claiming ? opening(target) : storing(target));
            return null;
        }
        DatabaseStatus there = notNewer(look(session, database).requireFinished());
        try {
            application.rename(session, there, newName, claiming ? opening(there) : storing(there));
            return null;
        } catch (RuntimeException e) {
            throw SqlStates.isNameTaken(e) ? DatabaseStatus.foreign(newName, e) : e;
        }
    }

    @Override
    public void drop(DatabaseRef database) {
        drop(database, there -> true);
    }

    @Override
    public void discard(DatabaseRef database) {
        drop(database, there -> !isOfOtherOperation(there));
    }

    private void drop(DatabaseRef database, Predicate<DatabaseStatus> wanted) {
        router.exclusively(List.of(database), alone -> {
            alone.closeConnections();
            return withLock("Dropping database " + database.name(), database, session -> {
                DatabaseStatus there = look(session, database);
                if (wanted.test(there)) {
                    drop(session, there);
                }
                return null;
            });
        });
    }

    private void drop(ServerSession session, DatabaseStatus there) {
        if (there.named() != null && !there.isForeign()) {
            notNewer(there);
            new PostgresReplication(this, settings, tenantConnections)
                    .leave(session, there.name(), there.present().oid());
            application.drop(session, there);
        }
        if (there.owner() != null && there.owned(session).isEmpty()) {
            notNewer(there);
            tenantConnections.readers().dropAll(session, there);
            logins.drop(session, there, scheme());
        }
        there.checkNotForeign();
    }

    @Override
    public void replace(DatabaseRef database, DatabaseRef by) {
        router.exclusively(List.of(database, by), alone -> {
            alone.closeConnections();
            return withLock("Replacing database " + database.name(), database, session -> {
                session.lock(scheme().of(by.uuid()).lockKey());
                DatabaseStatus there = notNewer(look(session, database).requireFinished());
                DatabaseStatus other = notNewer(look(session, by));
                if (other.isFinished()) {
                    application.replace(session, there, other, this::storing);
                    tenantConnections.seen(look(session, database));
                } else {
                    storing(there).forEach(session::execute);
                }
                drop(session, look(session, by));
                return null;
            });
        });
    }

    @Override
    public void exchange(DatabaseRef database, DatabaseRef other) {
        DatabaseRef exchanged = new DatabaseRef(database.name(), other.uuid());
        DatabaseRef otherExchanged = new DatabaseRef(other.name(), database.uuid());
        router.exclusively(List.of(database, other, exchanged, otherExchanged), alone -> {
            alone.closeConnections();
            return withLock("Exchanging database " + database.name(), database, session -> {
                session.lock(scheme().of(other.uuid()).lockKey());
                DatabaseStatus done = look(session, exchanged);
                DatabaseStatus otherDone = look(session, otherExchanged);
                if (done.isFinished() && otherDone.isFinished()) {
                    List<String> statements = new ArrayList<>(storing(notNewer(done)));
                    statements.addAll(storing(notNewer(otherDone)));
                    if (!statements.isEmpty()) {
                        session.atomically(statements.toArray(String[]::new));
                    }
                } else {
                    DatabaseStatus there = notNewer(look(session, database).requireFinished());
                    DatabaseStatus otherThere = notNewer(look(session, other).requireFinished());
                    application.exchange(session, there, otherThere, this::storing);
                    tenantConnections.seen(look(session, exchanged));
                    tenantConnections.seen(look(session, otherExchanged));
                }
                return null;
            });
        });
    }

    @Override
    public Map<String, Boolean> remains(DatabaseRef database) {
        return withoutLock("Looking for what is left of database " + database.name(), session -> {
            DatabaseStatus there = look(session, database);
            boolean named = there.named() != null && !there.isForeign();
            return Map.of("database", named || !there.owned(session).isEmpty(), "login", there.owner() != null);
        });
    }

    @Override
    public void adopt(DatabaseRef database) {
        checkName(database.name());
        if (reservedNames().contains(database.name())) {
            throw DatabaseAdopter.notAdoptable(
                    database.name(), "the database server or the control plane needs it", null);
        }
        withLock("Adopting database " + database.name(), database, session -> {
            DatabaseStatus there = look(session, database);
            if (isDone(session, there)) {
                return null;
            }
            if (there.named() == null) {
                throw DatabaseStatus.unknown(database.name(), null);
            }
            if (there.owner() != null) {
                throw DatabaseStatus.foreign(database.name(), null);
            }
            adopter.adopt(database.name(), there.identity(), there.named().strangers(), token);
            ActiveSessions.end(session, there.named().oid(), ActiveSessions.Which.APPLICATION);
            return null;
        });
    }

    @Override
    public void release(DatabaseRef database) {
        router.exclusively(List.of(database), alone -> {
            alone.closeConnections();
            return withLock("Releasing database " + database.name(), database, session -> {
                DatabaseStatus there = look(session, database);
                if (there.isFinished() && !isOfOtherOperation(there)) {
                    notNewer(there);
                    adopter.release(database.name(), there.identity());
                }
                return null;
            });
        });
    }

    @Override
    public @Nullable String mark() {
        String role = scheme().markRole();
        return withoutLock("Reading the mark of the catalog", session -> CatalogMark.read(session, role));
    }

    @Override
    public void setMark(String mark) {
        String role = scheme().markRole();
        onServer("Setting the mark of the catalog", session -> {
            CatalogMark.write(session, role, mark);
            return null;
        });
    }

    @Override
    public List<EndedSession> endExcessiveSessions() {
        return watch.run(scheme());
    }

    @Override
    public Set<UUID> revokeExcessiveRights() {
        Identity.Scheme scheme = scheme();
        return withoutLock(
                "Looking for rights that no tenant may have",
                session -> DatabaseInventory.revokeExcessiveRights(session, scheme));
    }

    @Override
    public void tidy() {
        onServer("Removing unused base templates and roles", session -> {
            provisioner.tidy(session);
            tenantConnections.confined().tidy(session);
            tenantConnections.movers().tidy(session);
            tenantConnections.readers().tidy(session);
            return null;
        });
    }

    @Override
    public List<DatabaseLoad> load() {
        Identity.Scheme scheme = scheme();
        return withoutLock("Reading the load of databases", session -> DatabaseLoads.of(session, scheme));
    }

    @Override
    public DatabaseActivity activity(DatabaseRef database) {
        String what = "Reading the activity of database " + database.name();
        List<DatabaseActivity.Table> tables = on(
                router.to(database), what, tenant -> tenant.within(ACTIVITY, () -> DatabaseActivities.tables(tenant)));
        String role = scheme().of(database.uuid()).role();
        return withoutLock(
                what,
                session ->
                        session.within(ACTIVITY, () -> DatabaseActivities.of(session, database.name(), role, tables)));
    }

    @Override
    public boolean exists(String name) {
        return withoutLock(
                "Looking for database " + name,
                session -> session.query(
                        "SELECT EXISTS (SELECT FROM pg_database WHERE datname = :name)",
                        query -> query.bind("name", name).mapTo(Boolean.class).one()));
    }

    @Override
    public List<DatabaseRef> list() {
        Identity.Scheme scheme = scheme();
        return withoutLock(
                "Listing databases",
                session -> session.query(
                        LIST,
                        query -> query
                                .bind("prefix", scheme.rolePrefix())
                                .map((row, context) -> ref(scheme, row.getString(1), row.getString(2)))
                                .list()
                                .stream()
                                .flatMap(Optional::stream)
                                .toList()));
    }

    @Override
    public List<DatabaseEntry> inventory() {
        Identity.Scheme scheme = scheme();
        return withoutLock("Taking the inventory", session -> DatabaseInventory.of(session, scheme));
    }

    private static Optional<DatabaseRef> ref(Identity.Scheme scheme, String name, String role) {
        return Optional.ofNullable(scheme.uuid(role)).map(uuid -> new DatabaseRef(name, uuid));
    }

    @Override
    public @Nullable DatabaseRef find(UUID uuid) {
        Identity identity = scheme().of(uuid);
        return withoutLock("Looking for a database", session -> {
            List<String> names = DatabaseStatus.of(session, "", identity).owned(session);
            return names.isEmpty() ? null : new DatabaseRef(names.get(0), uuid);
        });
    }

    @Override
    public long size(DatabaseRef database) {
        String what = "Measuring database " + database.name();
        OptionalLong size = withoutLock(what, session -> {
            DatabaseStatus there = look(session, database).requireFinished();
            try {
                return OptionalLong.of(DatabaseSize.read(session, there));
            } catch (RuntimeException e) {
                if (DatabaseSize.isHidden(e)) {
                    return OptionalLong.empty();
                }
                throw e;
            }
        });
        return size.isPresent()
                ? size.getAsLong()
                : withLock(
                        what,
                        database,
                        session -> application
                                .sizes()
                                .measure(session, look(session, database).requireFinished()));
    }

    @Override
    public <T extends @Nullable Object> T transact(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        return this.<T>transact(database, router.to(database), work);
    }

    private <T extends @Nullable Object> T transact(
            DatabaseRef database, Connections connections, Function<? super DatabaseTransaction, ? extends T> work) {
        WithoutTenantCode scripts = new WithoutTenantCode(quotaOwner::ensure, false);
        try {
            return transactions.<T>run(connections, scripts, work);
        } catch (RuntimeException | Error e) {
            if (!scripts.needsTenantRights()) {
                throw e;
            }
            // The work runs again, so what it failed with here is either the refusal above or occurs again.
        }
        return this.<T>confined(database, sandbox -> work);
    }

    /**
     * Configures a database. If the work runs a script or changes the enforced record quotas, it starts again in a
     * session that has the rights of the tenant and no others. Work that does neither needs none.
     */
    @Override
    public <T extends @Nullable Object> T configure(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
        WithoutTenantCode scripts = new WithoutTenantCode(quotaOwner::ensure, true);
        try {
            return transactions.<T>run(router.to(database), scripts, transaction -> {
                transaction.run(WAITING, PostgresDatabases::takeTurn);
                return work.apply(transaction);
            });
        } catch (RuntimeException | Error e) {
            if (!scripts.needsTenantRights()) {
                throw e;
            }
        }
        return this.<T>confined(database, sandbox -> transaction -> {
            sandbox.start();
            transaction.run(WAITING, connection -> {
                sandbox.takeTurn(connection);
                return true;
            });
            T result = work.apply(transaction);
            sandbox.checkEnforced();
            return result;
        });
    }

    private static boolean takeTurn(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(TURN);
        }
    }

    /** Runs work in a session that has the rights of the tenant and no others. */
    private <T extends @Nullable Object> T confined(
            DatabaseRef database, Function<ScriptSandbox, Function<? super JdbcTransaction, ? extends T>> work) {
        router.checkNotClosed();
        ConfinedConnections connections = new ConfinedConnections(() ->
                tenantConnections.confined().open(database, settings.timeouts().statement()));
        ScriptSandbox sandbox = new ScriptSandbox(
                settings.timeouts(),
                connections::ticket,
                process -> withoutLock(
                        "Ending a script in database " + database.name(),
                        session -> ActiveSessions.end(session, database.name(), process)),
                quotaOwner::ensure);
        try {
            return transactions.<T>run(connections, sandbox, work.apply(sandbox));
        } catch (SaasException e) {
            throw sandbox.failure(e);
        }
    }

    @Override
    public DatabaseLogin login(DatabaseRef database, String password) {
        return withLock("Creating a login for database " + database.name(), database, session -> {
            DatabaseStatus there = look(session, database).requireFinished();
            logins.setPassword(session, there, password);
            return new DatabaseLogin(
                    settings.url().of(database.name()), there.identity().role(), password);
        });
    }

    /** Configurations, which may take privileges on tables away, have the same lock. */
    @Override
    public DatabaseLogin readOnlyLogin(DatabaseRef database, Duration validity) {
        String what = "Creating a login that only reads database " + database.name();
        ReaderRoles readers = tenantConnections.readers();
        ReaderRoles.Created created = withLock(
                what,
                database,
                session -> readers.create(session, look(session, database).requireFinished(), validity));
        try {
            transactions.<Boolean>run(
                    router.to(database),
                    ScriptRunner.REFUSED,
                    transaction -> transaction.<Boolean>run(what, connection -> {
                        takeTurn(connection);
                        readers.admit(connection, created.role());
                        return true;
                    }));
        } catch (RuntimeException | Error e) {
            try {
                revokeReadOnlyLogin(database, created.role());
            } catch (RuntimeException again) {
                // It has no rights, and the maintenance drops it.
                e.addSuppressed(again);
            }
            throw e;
        }
        return new DatabaseLogin(settings.url().of(database.name()), created.role(), created.password());
    }

    @Override
    public void revokeReadOnlyLogin(DatabaseRef database, String user) {
        withLock("Ending a login that only reads database " + database.name(), database, session -> {
            DatabaseStatus there = look(session, database);
            there.checkNotForeign();
            tenantConnections.readers().revoke(session, there, user);
            return null;
        });
    }

    Identity.Scheme scheme() {
        return installation.scheme();
    }

    DatabaseStatus look(ServerSession session, DatabaseRef database) {
        return DatabaseStatus.of(session, database.name(), scheme().of(database.uuid()));
    }

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw SaasException.invalid(
                    ErrorCodes.TENANT_NAME_INVALID,
                    "A database name has up to 63 lower-case letters, digits, dots and hyphens, and starts and ends with a"
                            + " letter or digit. The name given has " + name.length()
                            + " characters and does not match. Choose another name.");
        }
    }

    /** Runs an action in a session that has the lock of a database. */
    private <T extends @Nullable Object> T withLock(
            String what, DatabaseRef database, Function<ServerSession, T> action) {
        Identity identity = scheme().of(database.uuid());
        return onServer(what, session -> {
            session.lock(identity.lockKey());
            return action.apply(session);
        });
    }

    /** Runs an action that may take locks. */
    <T extends @Nullable Object> T onServer(String what, Function<ServerSession, T> action) {
        return on(server, what, action);
    }

    /**
     * Runs an action that takes no lock. It has a connection of the catalog, so it does not wait for those with locks.
     */
    <T extends @Nullable Object> T withoutLock(String what, Function<ServerSession, T> action) {
        return on(catalog, what, action);
    }

    private static <T extends @Nullable Object> T on(
            Connections connections, String what, Function<ServerSession, T> action) {
        boolean again = false;
        while (true) {
            try (ServerSession session = ServerSession.open(connections, what)) {
                try {
                    return action.apply(session);
                } catch (RuntimeException e) {
                    // Once: the pool has forgotten its other connections by now.
                    if (again || !session.wasLostBefore()) {
                        throw e;
                    }
                    again = true;
                }
            } catch (RuntimeException e) {
                throw ServerSession.failure(what, e);
            }
        }
    }
}
