// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.h2.application.ApplicationSessions;
import dev.allotment.h2.engine.H2Dialect;
import dev.allotment.h2.engine.H2Engine;
import dev.allotment.h2.files.DatabaseDirectory;
import dev.allotment.h2.files.DatabaseFiles;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Router;
import dev.allotment.jdbc.ScriptRunner;
import dev.allotment.jdbc.Transactions;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.RowQuota;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Configures a tenant database: runs scripts of add-ons and enforces record quotas, completely or not at all. H2
 * commits with every change of a schema, so such a configuration works with a snapshot of the database's files.
 * Thread-safe.
 */
final class H2Configuration {
    /** Counts rows, and refuses what only a configuration may do. */
    static final ScriptRunner COUNTING = new Counting();

    private static class Counting implements ScriptRunner {
        @Override
        public void run(Connection connection, String script) throws SQLException {
            REFUSED.run(connection, script);
        }

        @Override
        public OptionalLong count(Connection connection, RowQuota quota) throws SQLException {
            return H2RowQuotas.count(connection, quota);
        }
    }

    /** Refuses, and remembers, everything that needs a snapshot. */
    private static final class WithoutSnapshot extends Counting {
        private boolean needsSnapshot;

        @Override
        public void run(Connection connection, String script) throws SQLException {
            needsSnapshot = true;
            throw new SQLException("Scripts need a snapshot");
        }

        @Override
        public void enforce(Connection connection, List<RowQuota> quotas) throws SQLException {
            if (!H2RowQuotas.areEnforced(connection, quotas)) {
                needsSnapshot = true;
                throw new SQLException("Record quotas need a snapshot");
            }
        }
    }

    private final DatabaseDirectory directory;
    private final DatabaseOpener opener;
    private final ApplicationSessions sessions;
    private final Transactions transactions;
    private final UnaryOperator<Connections> committing;

    /**
     * Creates a configuration.
     *
     * @param committing wraps connections so that their commits are as durable as the settings require
     */
    H2Configuration(
            DatabaseDirectory directory,
            DatabaseOpener opener,
            ApplicationSessions sessions,
            Transactions transactions,
            UnaryOperator<Connections> committing) {
        this.directory = directory;
        this.opener = opener;
        this.sessions = sessions;
        this.transactions = transactions;
        this.committing = committing;
    }

    /**
     * Configures a database. If the work runs a script or changes the enforced record quotas, it starts again with a
     * snapshot. Work that does neither needs none.
     */
    <T extends @Nullable Object> T configure(
            DatabaseRef database,
            Router<DatabaseRef>.Exclusive access,
            Function<? super DatabaseTransaction, ? extends T> work) {
        WithoutSnapshot scripts = new WithoutSnapshot();
        try {
            return transactions.<T>run(committing.apply(access.to(database)), scripts, work);
        } catch (RuntimeException | Error e) {
            if (!scripts.needsSnapshot) {
                throw e;
            }
            // The work runs again, so what it failed with here is either the refusal above or occurs again.
        }
        return this.<T>configureWithSnapshot(database, access, work);
    }

    private <T extends @Nullable Object> T configureWithSnapshot(
            DatabaseRef database,
            Router<DatabaseRef>.Exclusive access,
            Function<? super DatabaseTransaction, ? extends T> work) {
        DatabaseFiles files = directory.get(database);
        access.closeConnections();
        H2Engine.execute(access.to(database), "Preparing a database for scripts", administrator -> {
            // In this order, and even if no application connected here: it may have set a password that H2 accepts.
            sessions.prepare(database.uuid(), administrator);
            sessions.disconnect(database.uuid(), administrator);
        });
        access.closeConnections();
        return opener.change(
                database,
                () -> {
                    T result = runScripts(files, access.to(database), once(work));
                    H2Engine.execute(access.to(database), "Writing a database to the disk", H2Engine::sync);
                    // H2 would check rows with the help of sessions that have ended. It reads the tables again when the
                    // database is opened again.
                    access.closeConnections();
                    return result;
                },
                access::closeConnections);
    }

    private <T extends @Nullable Object> T runScripts(
            DatabaseFiles files, Connections connections, Function<? super DatabaseTransaction, ? extends T> work) {
        H2RowQuotas quotas = new H2RowQuotas();
        List<Connection> scriptSessions = new ArrayList<>();
        ScriptRunner scripts = new Counting() {
            @Override
            public void run(Connection connection, String script) throws SQLException {
                quotas.suspend(connection);
                Connection session = sessions.connectScript(files);
                scriptSessions.add(session);
                execute(session, script);
            }

            @Override
            public void enforce(Connection connection, List<RowQuota> wanted) throws SQLException {
                quotas.enforce(connection, wanted);
            }
        };
        try {
            return transactions.<T>run(connections, scripts, transaction -> {
                T result = work.apply(transaction);
                quotas.checkEnforced();
                return result;
            });
        } finally {
            scriptSessions.forEach(H2Configuration::close);
        }
    }

    /**
     * Lets work run once only. After a deadlock, the transaction would run it again, but H2 has committed the changes
     * of the schema that it made before.
     */
    private static <T extends @Nullable Object> Function<DatabaseTransaction, T> once(
            Function<? super DatabaseTransaction, ? extends T> work) {
        boolean[] started = {false};
        return transaction -> {
            if (started[0]) {
                throw SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        "The configuration of a database conflicted with another transaction in it. Try again.",
                        null);
            }
            started[0] = true;
            return work.apply(transaction);
        };
    }

    /**
     * Executes a script in its own session, next to the transaction that it belongs to, because a connection of H2
     * has the rights of one user only. The session lasts until all scripts have run, because H2 checks rows with the
     * help of the session that created their table.
     */
    private static void execute(Connection session, String script) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute(script);
        } finally {
            // Locks of what the script did not commit must not block the next script.
            session.rollback();
        }
    }

    private static void close(Connection session) {
        try {
            session.close();
        } catch (SQLException e) {
            throw Failures.translate(H2Dialect.INSTANCE, "Closing the session of a script", e);
        }
    }
}
