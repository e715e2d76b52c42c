// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Connections;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * Lets the application of a tenant into its database, and keeps it out, although the application may resist: it owns
 * the database, so it can lock its own role and database, connect again at once, and prepare transactions. The sessions
 * that are passed in have the lock of the identity. Thread-safe.
 */
public final class ApplicationAccess {
    /** How often the application may get in the way again before an action fails. */
    private static final int ATTEMPTS = 3;

    private static final String A_MOMENT = "SELECT pg_sleep(0.05)";
    private static final int LOOKS = 10;

    private static final String CAN_LOG_IN = "SELECT rolcanlogin FROM pg_roles WHERE rolname = :role";

    private final int connections;
    private final PreparedTransactions prepared;
    private final ForcedChange changes;
    private final DatabaseSize sizes;

    /**
     * Without I/O.
     *
     * @param connections that the application may have
     */
    public ApplicationAccess(ServerAccess access, int connections) {
        this.connections = connections;
        this.prepared = new PreparedTransactions(access);
        this.changes = new ForcedChange(access);
        this.sizes = new DatabaseSize(changes);
    }

    /** Returns what measures databases, although their owners may hide the sizes. */
    public DatabaseSize sizes() {
        return sizes;
    }

    /** Whether the application can sign in. */
    static boolean isOpen(ServerSession session, DatabaseStatus there) {
        return session.query(
                CAN_LOG_IN,
                query -> query.bind("role", there.identity().role())
                        .mapTo(Boolean.class)
                        .one());
    }

    /** Returns the statements that let the application in, and restore what its owner may have changed. */
    public List<String> opening(DatabaseStatus there) {
        List<String> statements = missingPrivileges(there);
        statements.add(DatabaseSql.openRole(there.identity(), connections));
        return statements;
    }

    private static List<String> missingPrivileges(DatabaseStatus there) {
        DatabaseStatus.Database named = there.present();
        return named.accepting() && !named.limited() && named.strangers().isEmpty()
                ? new ArrayList<>()
                : privileges(there);
    }

    private static List<String> privileges(DatabaseStatus there) {
        return DatabaseSql.privileges(
                there.name(), there.identity(), there.present().strangers());
    }

    /**
     * Commits the transaction that was started, with these statements.
     *
     * @return false if a session of a tenant has locks on the database or its role; nothing has changed then
     */
    public boolean tryCommit(ServerSession session, List<String> statements) {
        return ForcedChange.tryCommit(session, statements);
    }

    /** Executes statements about a database and its role in one transaction, even if tenants have locks on them. */
    public void change(ServerSession session, DatabaseStatus there, List<String> statements) {
        changes.atomically(session, there, statements);
    }

    /**
     * Keeps the application out. Ends its sessions first, since they may have locks, and again afterwards, since
     * sessions may have started meanwhile. What it prepared for a two-phase commit is rolled back.
     *
     * @param more statements for the same transaction
     */
    public void close(ServerSession session, DatabaseStatus there, List<String> more) {
        ActiveSessions.endApplication(session, there);
        List<String> statements = missingPrivileges(there);
        statements.add(DatabaseSql.closeRole(there.identity()));
        statements.addAll(more);
        ForcedChange.atomically(session, statements, () -> end(session, there));
        ActiveSessions.awaitSignIns(session);
        untilNoneIsLeft(session, () -> ActiveSessions.endApplication(session, there));
        if (prepared.exist(session, there)) {
            // The owner may have revoked the right to connect, even from itself.
            restorePrivileges(session, there);
            prepared.rollBack(session, there);
        }
    }

    /**
     * Keeps the application out, and lets the control plane in, even if the owner changed the rights to its database.
     * If the process dies before {@link #letIn}, the application stays out until its database is repaired.
     *
     * @return whether the application could sign in before
     */
    boolean shutOut(ServerSession session, DatabaseStatus there) {
        boolean open = isOpen(session, there);
        try {
            close(session, there, List.of());
            restorePrivileges(session, there);
        } catch (RuntimeException e) {
            letInAfter(e, open, session, there);
            throw e;
        }
        return open;
    }

    /** Ends what {@link #shutOut} did. The database may have another name by now. */
    void letIn(ServerSession session, DatabaseStatus there) {
        session.recover();
        change(session, there, List.of(DatabaseSql.openRole(there.identity(), connections)));
    }

    private void letInAfter(Exception failure, boolean wasOpen, ServerSession session, DatabaseStatus there) {
        if (wasOpen) {
            try {
                letIn(session, there);
            } catch (RuntimeException e) {
                failure.addSuppressed(e);
            }
        }
    }

    /**
     * Opens a connection to a database that may refuse it. If the owner reverts the repair at once, its application is
     * kept out meanwhile.
     *
     * @param there the database, whose creation is finished
     */
    Connection connectInside(ServerSession session, DatabaseStatus there, Opener connect) throws SQLException {
        restorePrivileges(session, there);
        try {
            return connect.open();
        } catch (SQLException e) {
            if (!SqlStates.isClosed(e)) {
                throw e;
            }
        }
        boolean open = shutOut(session, there);
        Connection connection;
        try {
            connection = connect.open();
        } catch (SQLException | RuntimeException e) {
            letInAfter(e, open, session, there);
            throw e;
        }
        if (open) {
            try {
                letIn(session, there);
            } catch (RuntimeException e) {
                Connections.close(connection);
                throw e;
            }
        }
        return connection;
    }

    /** Opens a connection. */
    @FunctionalInterface
    interface Opener {
        Connection open() throws SQLException;
    }

    /** Ends sessions that cannot start again. One that was let in before shows up only when it has started. */
    private static void untilNoneIsLeft(ServerSession session, BooleanSupplier end) {
        for (int look = 1; end.getAsBoolean() && look < LOOKS; look++) {
            session.execute(A_MOMENT);
        }
    }

    private void end(ServerSession session, DatabaseStatus there) {
        ActiveSessions.endApplication(session, there);
        changes.removeObstacles(session, there);
    }

    /**
     * Runs a statement that PostgreSQL refuses while a session is connected to the database, although the application
     * connects faster than its sessions are ended. The database refuses connections meanwhile.
     *
     * @param there the database, whose creation is finished
     * @param statement may rename the database. If it allows connections again itself, it returns true
     */
    void alone(ServerSession session, DatabaseStatus there, Statement statement) {
        boolean open = false;
        try {
            for (int attempt = 1; !tryAlone(session, there, statement, attempt == ATTEMPTS); attempt++) {
                open |= shutOut(session, there);
            }
        } catch (RuntimeException e) {
            letInAfter(e, open, session, there);
            throw e;
        }
        if (open) {
            letIn(session, there);
        }
    }

    /** Returns false if the application was in the way. */
    private boolean tryAlone(ServerSession session, DatabaseStatus there, Statement statement, boolean last) {
        try {
            refuseConnections(session, there);
            if (!statement.run()) {
                allowConnections(session, there);
            }
            return true;
        } catch (RuntimeException e) {
            allowConnectionsAfter(e, session, there);
            if (last || !isInTheWay(e)) {
                throw e;
            }
            changes.removeObstacles(session, there);
            return false;
        }
    }

    private void refuseConnections(ServerSession session, DatabaseStatus there) {
        String refuse = DatabaseSql.allowConnections(there.name(), false);
        if (!PreparedTransactions.areAllowed(session)) {
            changes.atomically(session, there, List.of(refuse));
        } else {
            try (Connection inside = connectInside(session, there, () -> prepared.connect(there.name()))) {
                changes.atomically(session, there, List.of(refuse));
                untilNoneIsLeft(session, () -> ActiveSessions.endApplication(session, there));
                PreparedTransactions.rollBack(session, there, inside);
            } catch (SQLException e) {
                throw new UnableToExecuteStatementException(e, null);
            }
        }
        long database = there.present().oid();
        untilNoneIsLeft(session, () -> ActiveSessions.end(session, database, ActiveSessions.Which.ALL));
    }

    /** Lets the control plane in, unless the owner reverts that at once. */
    private void restorePrivileges(ServerSession session, DatabaseStatus there) {
        change(session, there, privileges(there));
    }

    private void allowConnections(ServerSession session, DatabaseStatus there) {
        changes.atomically(session, there, List.of(DatabaseSql.allowConnections(there.name(), true)));
    }

    private void allowConnectionsAfter(RuntimeException failure, ServerSession session, DatabaseStatus there) {
        try {
            session.recover();
            allowConnections(session, there);
        } catch (RuntimeException e) {
            // The control plane, when it next connects to the database, allows connections again.
            failure.addSuppressed(e);
        }
    }

    /** Part of {@link #alone}. */
    @FunctionalInterface
    interface Statement {
        /** Returns whether connections to the database are allowed again. */
        boolean run();
    }

    private static boolean isInTheWay(RuntimeException error) {
        return SqlStates.DATABASE_IN_USE.matches(error) || SqlStates.isObstructed(error);
    }

    /** Whether the application prepared transactions in its database, so that it cannot be copied or renamed. */
    public boolean hasPrepared(ServerSession session, DatabaseStatus there) {
        return prepared.exist(session, there);
    }

    /**
     * Renames a database. It refuses connections meanwhile.
     *
     * @param more statements for the same transaction
     */
    public void rename(ServerSession session, DatabaseStatus there, String newName, List<String> more) {
        renameIf(() -> true, session, there, newName, more);
    }

    /**
     * Renames a database if a condition is true after all sessions in it were ended, except for those of replications.
     * It refuses connections meanwhile.
     *
     * @param condition ends those of replications if it is true
     * @param more statements for the same transaction
     * @return whether it was renamed
     */
    public boolean renameIf(
            BooleanSupplier condition, ServerSession session, DatabaseStatus there, String newName, List<String> more) {
        List<String> statements = new ArrayList<>(more);
        statements.add(DatabaseSql.rename(there.name(), newName));
        statements.add(DatabaseSql.allowConnections(newName, true));
        AtomicBoolean renamed = new AtomicBoolean();
        alone(session, there, () -> {
            if (condition.getAsBoolean()) {
                session.atomically(ForcedChange.LOCK_TIMEOUT, statements);
                renamed.set(true);
            }
            return renamed.get();
        });
        return renamed.get();
    }

    /**
     * Replaces a database by another one, and closes both. They refuse connections meanwhile. The replaced one has the
     * name and the role of the other one then, is marked as unfinished, and has to be dropped.
     *
     * @param storing statements for each of the two, which store the operation that does this
     */
    public void replace(
            ServerSession session,
            DatabaseStatus there,
            DatabaseStatus by,
            Function<? super DatabaseStatus, ? extends List<String>> storing) {
        close(session, there, storing.apply(there));
        close(session, by, storing.apply(by));
        List<String> statements = DatabaseSql.replacement(there.name(), there.identity(), by.name(), by.identity());
        alone(session, there, () -> {
            alone(session, by, () -> {
                session.atomically(ForcedChange.LOCK_TIMEOUT, statements);
                return true;
            });
            return true;
        });
    }

    /**
     * Exchanges the roles of two databases, and closes both.
     *
     * @param storing statements for each of the two, which store the operation that does this
     */
    public void exchange(
            ServerSession session,
            DatabaseStatus there,
            DatabaseStatus other,
            Function<? super DatabaseStatus, ? extends List<String>> storing) {
        close(session, there, storing.apply(there));
        close(session, other, storing.apply(other));
        ForcedChange.atomically(session, DatabaseSql.exchange(there.identity(), other.identity()), () -> {
            end(session, there);
            end(session, other);
        });
    }

    /** Drops a database of this identity, with the sessions in it. */
    public void drop(ServerSession session, DatabaseStatus there) {
        try {
            session.withLockTimeout(
                    ForcedChange.LOCK_TIMEOUT, () -> session.executeLong(DatabaseSql.drop(there.name())));
        } catch (RuntimeException e) {
            // An autovacuum worker in the database makes PostgreSQL refuse FORCE to all but superusers.
            if (!isInTheWay(e) && !SqlStates.NOT_PERMITTED.matches(e) && !SqlStates.WRONG_KIND.matches(e)) {
                throw e;
            }
            session.recover();
            dropByForce(session, there);
        }
    }

    private void dropByForce(ServerSession session, DatabaseStatus there) {
        if (there.present().broken()) {
            changes.run(session, there, () -> session.executeLong(DatabaseSql.dropUnused(there.name())));
            return;
        }
        ForcedChange.atomically(
                session,
                List.of(DatabaseSql.closeRole(there.identity()), DatabaseSql.isTemplate(there.name(), false)),
                () -> end(session, there));
        ActiveSessions.endApplication(session, there);
        alone(session, there, () -> {
            session.withLockTimeout(
                    ForcedChange.LOCK_TIMEOUT, () -> session.executeLong(DatabaseSql.dropUnused(there.name())));
            return true;
        });
    }
}
