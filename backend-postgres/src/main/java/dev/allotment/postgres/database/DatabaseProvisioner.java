// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import dev.allotment.postgres.server.Timeouts;
import dev.allotment.postgres.transfer.CopiedSettings;
import dev.allotment.postgres.transfer.DatabaseLocale;
import dev.allotment.postgres.transfer.DatabaseReceiver;
import dev.allotment.postgres.transfer.DatabaseSender;
import dev.allotment.postgres.transfer.TransferStream;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.FencingToken;
import java.io.DataInputStream;
import java.io.InputStream;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates tenant databases. If it is interrupted, the server shows how far it got: there is a role without a database,
 * a database that accepts no connections, or one whose role is unfinished. The next attempt drops what it finds and
 * starts again. Thread-safe.
 */
public final class DatabaseProvisioner {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseProvisioner.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int PASSWORD_BITS = 160;

    private final ServerAccess access;
    private final BaseTemplate base;
    private final String version;
    private final PostgresLogins logins;
    private final ApplicationAccess application;
    private final ForcedChange changes;
    private final PostgresSettings settings;
    private final boolean sharesLogWithCatalog;
    private final @Nullable FencingToken token;

    /**
     * Creates a provisioner, without I/O.
     *
     * @param version the version of the base schema
     * @param sharesLogWithCatalog whether the server has the catalog, too
     */
    public DatabaseProvisioner(
            ServerAccess access,
            BaseTemplate base,
            String version,
            PostgresLogins logins,
            ApplicationAccess application,
            PostgresSettings settings,
            boolean sharesLogWithCatalog) {
        this(access, base, version, logins, application, settings, sharesLogWithCatalog, null);
    }

    private DatabaseProvisioner(
            ServerAccess access,
            BaseTemplate base,
            String version,
            PostgresLogins logins,
            ApplicationAccess application,
            PostgresSettings settings,
            boolean sharesLogWithCatalog,
            @Nullable FencingToken token) {
        this.access = access;
        this.base = base;
        this.version = version;
        this.logins = logins;
        this.application = application;
        this.changes = new ForcedChange(access);
        this.settings = settings;
        this.sharesLogWithCatalog = sharesLogWithCatalog;
        this.token = token;
    }

    /** Returns a provisioner that stores this token with the databases that it creates. */
    public DatabaseProvisioner fencedBy(FencingToken operation) {
        return new DatabaseProvisioner(
                access, base, version, logins, application, settings, sharesLogWithCatalog, operation);
    }

    /** Drops base templates that no node has used for a long time. */
    public void tidy(ServerSession session) {
        base.tidy(session);
    }

    /**
     * Creates a database from the base template. The session has the lock of its identity.
     *
     * @param there what the server has under its name now
     */
    public void create(ServerSession session, DatabaseStatus there, Identity.Scheme scheme) {
        cloneBase(session, there, scheme);
        finish(session, DatabaseSql.privileges(there.name(), there.identity(), List.of()), there.identity());
    }

    private void cloneBase(ServerSession session, DatabaseStatus there, Identity.Scheme scheme) {
        base.ensure(session, scheme);
        try {
            clone(session, there, base.name(), 0);
        } catch (RuntimeException e) {
            if (!SqlStates.UNKNOWN_DATABASE.matches(e)) {
                throw e;
            }
            // The base template was dropped since it was last seen.
            base.forget();
            base.ensure(session, scheme);
            clone(session, there.again(session), base.name(), 0);
        }
    }

    /**
     * Creates a database from a stream of another server. The session has the lock of its identity.
     *
     * @param there what the server has under its name now
     * @param refused called with each part that this server refuses and that holds no rows; null: that is an error
     */
    public void receive(
            ServerSession session,
            DatabaseStatus there,
            InputStream content,
            Identity.Scheme scheme,
            @Nullable Consumer<? super String> refused) {
        String name = there.name();
        Identity identity = there.identity();
        Timeouts timeouts = settings.timeouts();
        session.allowSilence(timeouts.piece().plus(timeouts.grace()).plus(timeouts.silence()));
        session.version().checkTransferable(name);
        DatabaseReceiver receiver = DatabaseReceiver.open(name, new DataInputStream(content), version);
        DatabaseLocale locale = receiver.locale();
        if (locale == null) {
            cloneBase(session, there, scheme);
        } else {
            createEmpty(session, there, locale);
        }
        session.atomically(DatabaseSql.privileges(name, identity, List.of()).toArray(String[]::new));
        boolean done = false;
        try {
            if (locale != null) {
                base.createSchema(name);
            }
            fill(session, name, identity, receiver, refused);
            done = true;
        } catch (SQLException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, "Copying database " + name, e);
        } finally {
            if (!done) {
                lockOut(session, name, identity);
            }
        }
        DatabaseStatus filled = DatabaseStatus.of(session, name, identity);
        ActiveSessions.endApplication(session, filled);
        List<String> statements =
                DatabaseSql.privileges(name, identity, filled.present().strangers());
        statements.add(DatabaseSql.finishRole(identity, settings.loginConnections()));
        changes.atomically(session, filled, statements);
    }

    private void createEmpty(ServerSession session, DatabaseStatus there, DatabaseLocale locale) {
        try {
            make(
                    session,
                    there,
                    () -> session.executeLong(DatabaseSql.createDatabase(there.name(), there.identity(), locale), 0));
        } catch (RuntimeException e) {
            if (SqlStates.INVALID_VALUE.matches(e)
                    || SqlStates.WRONG_KIND.matches(e)
                    || SqlStates.INVALID_DEFINITION.matches(e)
                    || SqlStates.UNSUPPORTED.matches(e)) {
                throw DatabaseSender.notTransferable(
                        there.name(), "this server does not have its locale, " + locale, e);
            }
            throw e;
        }
    }

    private void fill(
            ServerSession session,
            String name,
            Identity identity,
            DatabaseReceiver receiver,
            @Nullable Consumer<? super String> refused)
            throws SQLException {
        try (Connection administrator = access.connect(name)) {
            administrator.setAutoCommit(false);
            TransferStream.Part next = receiver.records(administrator);
            administrator.commit();
            administrator.setAutoCommit(true);
            String password = new BigInteger(PASSWORD_BITS, RANDOM).toString(Character.MAX_RADIX);
            logins.setPassword(session, identity, password);
            String until = session.query(
                    "SELECT CAST(" + DatabaseSql.soon("now()", 5) + " AS text)",
                    query -> query.mapTo(String.class).one());
            session.atomically(DatabaseSql.loadRole(identity, until));
            try (Connection tenant = access.connect(name, identity.role(), password)) {
                receiver.rest(tenant, administrator, next, session::touch, refused);
                // The tenant's code may have set another password for the role. No session may start with that.
                lockOutRole(session, name, identity);
            }
        }
    }

    private void lockOutRole(ServerSession session, String name, Identity identity) {
        changes.atomically(
                session, DatabaseStatus.of(session, name, identity), List.of(DatabaseSql.loadedRole(identity)));
    }

    /** Keeps the role out of a database that is unfinished and will be created again. */
    private void lockOut(ServerSession session, String name, Identity identity) {
        try {
            lockOutRole(session, name, identity);
            DatabaseStatus there = DatabaseStatus.of(session, name, identity);
            ActiveSessions.endApplication(session, there);
        } catch (RuntimeException e) {
            LOG.atDebug()
                    .setCause(e)
                    .addKeyValue("database", name)
                    .log("Locking out the role of an unfinished database failed");
        }
    }

    /**
     * Copies a database on this server. The session has the lock of the identity of the new one.
     *
     * @param there what the server has under the name of the new one now
     * @return a connection to the new database, as {@link ServerAccess#connect(String)} opens it
     */
    public Connection copy(ServerSession session, DatabaseRef source, DatabaseStatus there, Identity.Scheme scheme) {
        Identity from = scheme.of(source.uuid());
        session.lockShared(from.lockKey());
        DatabaseStatus original = original(session, source, from);
        if (canBeShared(session, original)
                && tryClone(session, there, source.name(), application.sizes().recent(session, original))
                && (!original.isOpen() || !DatabaseStatus.hasObjects(session, there.name(), from))) {
            return finishCopy(session, original, source, there.name(), there.identity());
        }
        session.unlockShared(from.lockKey());
        session.lock(from.lockKey());
        return copyAlone(session, original(session, source, from), source, there.again(session));
    }

    /**
     * Whether other sessions can clone a database at the same time: it has no sessions, and its application cannot sign
     * in, like that of a template, or owns nothing in it.
     */
    private static boolean canBeShared(ServerSession session, DatabaseStatus original) {
        DatabaseStatus.Database named = original.present();
        return named.accepting()
                && !ActiveSessions.exist(session, named.oid())
                && (!original.isOpen() || !DatabaseStatus.hasObjects(session, named.name(), original.identity()));
    }

    private Connection copyAlone(
            ServerSession session, DatabaseStatus original, DatabaseRef source, DatabaseStatus there) {
        String name = there.name();
        Identity to = there.identity();
        long bytes = application.sizes().recent(session, original);
        boolean cloned = false;
        if (original.present().accepting() && !application.hasPrepared(session, original)) {
            ActiveSessions.end(session, original.present().oid(), ActiveSessions.Which.IDLE);
            cloned = tryClone(session, there, source.name(), bytes);
        }
        if (!cloned) {
            application.alone(session, original, () -> {
                clone(session, there.again(session), original.name(), bytes);
                return false;
            });
        }
        return finishCopy(session, original, source, name, to);
    }

    /** Finishes a copy. The session has the lock of the original, alone or together with other sessions. */
    private Connection finishCopy(
            ServerSession session, DatabaseStatus original, DatabaseRef source, String name, Identity to) {
        Identity from = original.identity();
        CopiedSettings.copy(session, source.name(), name, to.role());
        if (!DatabaseStatus.hasObjects(session, name, from)) {
            return finishWithoutObjects(session, source, name, to);
        }
        session.atomically(DatabaseSql.privileges(name, to, List.of()).toArray(String[]::new));
        // Handing the objects over changes the owner of the original for a moment, so one copy does so at a time.
        session.lock(~from.lockKey());
        AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
        boolean done = false;
        try {
            changes.run(session, original, () -> {
                // It is set if the end of an earlier attempt has failed.
                close(connection.getAndSet(null));
                connection.set(handOver(source, from, name, to));
            });
            done = true;
            return Objects.requireNonNull(connection.get());
        } finally {
            if (!done) {
                close(connection.get());
            }
        }
    }

    private static void close(@Nullable Connection connection) {
        if (connection != null) {
            Connections.close(connection);
        }
    }

    /** Returns false if the template is in use. */
    private boolean tryClone(ServerSession session, DatabaseStatus there, String template, long bytes) {
        try {
            clone(session, there, template, bytes);
            return true;
        } catch (RuntimeException e) {
            if (!SqlStates.DATABASE_IN_USE.matches(e)) {
                throw e;
            }
            return false;
        }
    }

    /** @param known the new database, as it was when the session had its lock already */
    private void clone(ServerSession session, DatabaseStatus known, String template, long bytes) {
        make(session, known, () -> createDatabase(session, known.name(), known.identity(), template, bytes));
    }

    private void make(ServerSession session, DatabaseStatus known, Runnable creation) {
        // Another database may have taken the name since then. One of this identity cannot change: the session has its
        // lock. If there was none, PostgreSQL refuses to create a second one.
        DatabaseStatus there = known.named() == null ? known : known.again(session);
        there.checkNotForeign();
        if (there.named() != null) {
            application.drop(session, there);
        }
        String name = there.name();
        Identity identity = there.identity();
        List<String> statements = new ArrayList<>(
                List.of(there.owner() == null ? DatabaseSql.createRole(identity) : DatabaseSql.resetRole(identity)));
        if (token != null) {
            statements.add(DatabaseSql.store(identity, token));
        }
        session.atomically(statements.toArray(String[]::new));
        try {
            creation.run();
        } catch (RuntimeException e) {
            if (SqlStates.isNameTaken(e)) {
                // Another database took the name first. The role has no database then.
                session.execute(DatabaseSql.dropRole(identity));
                throw DatabaseStatus.foreign(name, e);
            }
            throw e;
        }
    }

    private void createDatabase(ServerSession session, String name, Identity identity, String template, long bytes) {
        boolean byFiles = bytes >= settings.largeBytes();
        String sql = DatabaseSql.createDatabase(name, identity, template, byFiles);
        if (byFiles && session.version().canCloneFiles()) {
            try {
                session.with("file_copy_method", "clone", () -> session.executeLong(sql, bytes));
                return;
            } catch (RuntimeException e) {
                if (!SqlStates.isNotClonable(e)) {
                    throw e;
                }
                LOG.atDebug().setCause(e).addKeyValue("database", name).log("Cloning the files of a database failed");
            }
        }
        session.executeLong(sql, bytes);
    }

    /**
     * Finishes a copy without objects of its role. The role cannot connect until the sequences are repaired.
     *
     * @return the connection over which they were
     */
    private Connection finishWithoutObjects(ServerSession session, DatabaseRef source, String name, Identity to) {
        List<String> privileges = DatabaseSql.privileges(name, to, List.of());
        privileges.add(0, DatabaseSql.DO_NOT_WAIT_FOR_DISK);
        session.atomically(privileges.toArray(String[]::new));
        return inside(source, name, connection -> {
            connection.setAutoCommit(true);
            CopiedSequences.repair(connection);
            finish(session, List.of(), to);
        });
    }

    /** Part of {@link #inside}. */
    @FunctionalInterface
    private interface Work {
        void on(Connection connection) throws SQLException;
    }

    /** Works in a copy over a connection, and returns that for others. */
    private Connection inside(DatabaseRef source, String name, Work work) {
        Connection connection = null;
        boolean done = false;
        try {
            connection = access.connect(name);
            boolean autoCommit = connection.getAutoCommit();
            work.on(connection);
            connection.setAutoCommit(autoCommit);
            done = true;
            return connection;
        } catch (SQLException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, "Copying database " + source.name(), e);
        } finally {
            if (connection != null && !done) {
                Connections.close(connection);
            }
        }
    }

    /** If the caller's next commit in the catalog stores this, too, it need not wait for the disk twice. */
    private void finish(ServerSession session, List<String> more, Identity identity) {
        List<String> statements = new ArrayList<>(more);
        if (sharesLogWithCatalog) {
            statements.add(0, DatabaseSql.DO_NOT_WAIT_FOR_DISK);
        }
        statements.add(DatabaseSql.finishRole(identity, settings.loginConnections()));
        session.atomically(statements.toArray(String[]::new));
    }

    /**
     * Gives the objects of the original's role in a copy to the role of the copy, and revokes the privileges of the old
     * role.
     *
     * @return the connection over which it did
     */
    private Connection handOver(DatabaseRef source, Identity from, String name, Identity to) {
        String old = Schema.quoted(from.role());
        String newOwner = Schema.quoted(to.role());
        return inside(source, name, connection -> {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL lock_timeout = " + ForcedChange.LOCK_TIMEOUT.toMillis());
                // Until the end of this transaction: a new owner needs privileges in the schemas, which belong to the
                // old one until they are reassigned, too.
                statement.execute("GRANT " + old + " TO " + newOwner);
                // REASSIGN OWNED also reassigns the original, since the role owns that.
                statement.execute("REASSIGN OWNED BY " + old + " TO " + newOwner);
                statement.execute(DatabaseSql.setOwner(source.name(), from));
                statement.execute("REVOKE " + old + " FROM " + newOwner);
                statement.execute("DROP OWNED BY " + old);
                CopiedSequences.repair(connection);
                statement.execute(DatabaseSql.finishRole(to, settings.loginConnections()));
            }
            connection.commit();
        });
    }

    private static DatabaseStatus original(ServerSession session, DatabaseRef source, Identity identity) {
        return DatabaseStatus.of(session, source.name(), identity).requireFinished();
    }
}
