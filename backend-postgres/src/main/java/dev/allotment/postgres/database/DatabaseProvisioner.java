// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import dev.allotment.postgres.server.Timeouts;
import dev.allotment.postgres.transfer.DatabaseReceiver;
import dev.allotment.postgres.transfer.TransferStream;
import dev.allotment.spi.backend.DatabaseRef;
import java.io.DataInputStream;
import java.io.InputStream;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes databases. Whenever it is stopped, what is there says how far it came: a role without a database, a database that
 * accepts no connections, or one whose role is not finished. All of these are thrown away and made anew. Thread-safe.
 */
public final class DatabaseProvisioner {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseProvisioner.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int PASSWORD_BITS = 160;

    private final ServerAccess access;
    private final BaseTemplate base;
    private final String version;
    private final PostgresLogins logins;
    private final PostgresSettings settings;

    /**
     * Makes databases of a base schema.
     *
     * @param version of that
     */
    public DatabaseProvisioner(
            ServerAccess access, BaseTemplate base, String version, PostgresLogins logins, PostgresSettings settings) {
        this.access = access;
        this.base = base;
        this.version = version;
        this.logins = logins;
        this.settings = settings;
    }

    /** Makes a database of the base template; the session has the lock of its identity. */
    public void create(ServerSession session, DatabaseRef database, Identity.Scheme scheme) {
        Identity identity = scheme.of(database.uuid());
        cloneBase(session, database, identity, scheme);
        finish(session, database.name(), identity);
    }

    private void cloneBase(ServerSession session, DatabaseRef database, Identity identity, Identity.Scheme scheme) {
        base.ensure(session, scheme);
        try {
            clone(session, database.name(), identity, base.name());
        } catch (RuntimeException e) {
            if (!SqlStates.UNKNOWN_DATABASE.matches(e)) {
                throw e;
            }
            // Somebody dropped the base template.
            base.forget();
            base.ensure(session, scheme);
            clone(session, database.name(), identity, base.name());
        }
    }

    /** Makes a database of what one on another server had; the session has the lock of its identity. */
    public void receive(ServerSession session, DatabaseRef database, InputStream content, Identity.Scheme scheme) {
        Identity identity = scheme.of(database.uuid());
        Timeouts timeouts = settings.timeouts();
        session.allowSilence(timeouts.piece().plus(Timeouts.GRACE).plus(timeouts.silence()));
        session.version().checkTransferable(database.name());
        DatabaseReceiver receiver = DatabaseReceiver.open(database.name(), new DataInputStream(content), version);
        cloneBase(session, database, identity, scheme);
        session.atomically(
                DatabaseSql.rights(database.name(), identity, List.of()).toArray(String[]::new));
        boolean done = false;
        try {
            fill(session, database, identity, receiver);
            done = true;
        } catch (SQLException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, "Copying database " + database.name(), e);
        } finally {
            if (!done) {
                keepOut(session, database.name(), identity);
            }
        }
        DatabaseStatus filled = DatabaseStatus.of(session, database.name(), identity);
        ActiveSessions.end(session, filled.present().oid(), ActiveSessions.Which.APPLICATION);
        List<String> statements =
                DatabaseSql.rights(database.name(), identity, filled.present().strangers());
        statements.add(DatabaseSql.finishRole(identity, settings.loginConnections()));
        session.atomically(statements.toArray(String[]::new));
    }

    private void fill(ServerSession session, DatabaseRef database, Identity identity, DatabaseReceiver receiver)
            throws SQLException {
        TransferStream.Part next;
        try (Connection administrator = access.connect(database.name())) {
            administrator.setAutoCommit(false);
            next = receiver.records(administrator);
            administrator.commit();
        }
        String password = new BigInteger(PASSWORD_BITS, RANDOM).toString(Character.MAX_RADIX);
        logins.setPassword(session, identity, password);
        String until = session.query(
                "SELECT CAST(now() + INTERVAL '5 minutes' AS text)",
                query -> query.mapTo(String.class).one());
        session.atomically(DatabaseSql.loadRole(identity, until));
        try (Connection tenant = access.connect(database.name(), identity.role(), password)) {
            receiver.rest(tenant, next, session::touch);
            // What ran in it may have given its role another password: nobody gets in after it.
            session.execute(DatabaseSql.loadedRole(identity));
        }
    }

    /** What is half made has to be made anew, but nobody is let in until then. */
    private static void keepOut(ServerSession session, String name, Identity identity) {
        try {
            session.execute(DatabaseSql.loadedRole(identity));
            DatabaseStatus there = DatabaseStatus.of(session, name, identity);
            if (there.named() != null && !there.isForeign()) {
                ActiveSessions.end(session, there.named().oid(), ActiveSessions.Which.APPLICATION);
            }
        } catch (RuntimeException e) {
            LOG.debug("The role of a database that was not made to the end could not be kept out", e);
        }
    }

    /** Makes a database of another one; the session has the lock of its identity. */
    public void copy(ServerSession session, DatabaseRef source, DatabaseRef database, Identity.Scheme scheme) {
        Identity from = scheme.of(source.uuid());
        Identity to = scheme.of(database.uuid());
        session.lockShared(from.lockKey());
        DatabaseStatus original = original(session, source, from);
        if (isPlain(session, original)) {
            clone(session, database.name(), to, source.name());
            if (!DatabaseStatus.hasObjects(session, database.name(), from)) {
                finish(session, database.name(), to);
                return;
            }
        }
        session.unlockShared(from.lockKey());
        session.lock(from.lockKey());
        copyAlone(session, original(session, source, from), source, database, to);
    }

    /** Whether it can be cloned while others do the same: nobody is in it, and nothing in it belongs to its own role. */
    private static boolean isPlain(ServerSession session, DatabaseStatus original) {
        DatabaseStatus.Database named = original.present();
        return named.accepting()
                && !ActiveSessions.areThere(session, named.oid())
                && !DatabaseStatus.hasObjects(session, named.name(), original.identity());
    }

    private void copyAlone(
            ServerSession session, DatabaseStatus original, DatabaseRef source, DatabaseRef database, Identity to) {
        long oid = original.present().oid();
        if (original.present().accepting()) {
            ActiveSessions.end(session, oid, ActiveSessions.Which.IDLE);
            try {
                clone(session, database.name(), to, source.name());
            } catch (RuntimeException e) {
                if (!SqlStates.DATABASE_IN_USE.matches(e)) {
                    throw e;
                }
                cloneByForce(session, oid, source, database, to);
            }
        } else {
            cloneByForce(session, oid, source, database, to);
        }
        Identity from = original.identity();
        if (DatabaseStatus.hasObjects(session, database.name(), from)) {
            session.atomically(
                    DatabaseSql.rights(database.name(), to, List.of()).toArray(String[]::new));
            handOver(source, from, database, to);
        } else {
            finish(session, database.name(), to);
        }
    }

    /** Its application connects faster than it is thrown out: nobody gets in until this is done. */
    private static void cloneByForce(
            ServerSession session, long oid, DatabaseRef source, DatabaseRef database, Identity to) {
        session.execute(DatabaseSql.allowConnections(source.name(), false));
        try {
            ActiveSessions.end(session, oid, ActiveSessions.Which.ALL);
            clone(session, database.name(), to, source.name());
        } finally {
            session.execute(DatabaseSql.allowConnections(source.name(), true));
        }
    }

    private static void clone(ServerSession session, String name, Identity identity, String template) {
        DatabaseStatus there = DatabaseStatus.of(session, name, identity);
        // Somebody may have made one since the caller looked. One that is this identity's stays so: the session has its
        // lock.
        there.checkNotForeign();
        if (there.named() != null) {
            DatabaseRemoval.drop(session, name);
        }
        session.atomically(there.owner() == null ? DatabaseSql.createRole(identity) : DatabaseSql.resetRole(identity));
        try {
            session.execute(DatabaseSql.createDatabase(name, identity, template));
        } catch (RuntimeException e) {
            if (SqlStates.isNameTaken(e)) {
                // Somebody else was faster, and the role is of no use to anybody.
                session.execute(DatabaseSql.dropRole(identity));
                throw DatabaseStatus.foreign(name);
            }
            throw e;
        }
    }

    private void finish(ServerSession session, String name, Identity identity) {
        List<String> statements = DatabaseSql.rights(name, identity, List.of());
        statements.add(DatabaseSql.finishRole(identity, settings.loginConnections()));
        session.atomically(statements.toArray(String[]::new));
    }

    /** Gives what the application of the original made to the role of the copy, and takes the old role's rights. */
    private void handOver(DatabaseRef source, Identity from, DatabaseRef database, Identity to) {
        String old = Schema.quoted(from.role());
        String heir = Schema.quoted(to.role());
        try (Connection connection = access.connect(database.name());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            // For as long as this takes: a new owner needs rights in the schemas, which are the old one's until their
            // turn.
            statement.execute("GRANT " + old + " TO " + heir);
            // It takes what the role owns on the whole server: the original, too.
            statement.execute("REASSIGN OWNED BY " + old + " TO " + heir);
            statement.execute(DatabaseSql.setOwner(source.name(), from));
            statement.execute("REVOKE " + old + " FROM " + heir);
            statement.execute("DROP OWNED BY " + old);
            statement.execute(DatabaseSql.finishRole(to, settings.loginConnections()));
            connection.commit();
        } catch (SQLException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, "Copying database " + source.name(), e);
        }
    }

    private static DatabaseStatus original(ServerSession session, DatabaseRef source, Identity identity) {
        return DatabaseStatus.of(session, source.name(), identity).made();
    }
}
