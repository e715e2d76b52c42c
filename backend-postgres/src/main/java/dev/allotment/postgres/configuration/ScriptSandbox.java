// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.configuration;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.RecordStatements;
import dev.allotment.jdbc.ScriptRunner;
import dev.allotment.jdbc.SqlDialect;
import dev.allotment.postgres.server.SqlStates;
import dev.allotment.postgres.server.Timeouts;
import dev.allotment.spi.backend.RowQuota;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Configures a tenant database in a session that is signed in with the rights of the tenant and no others: runs scripts
 * of add-ons, and enforces record quotas. Code of the tenant, whether a script calls it or it runs with the commit, has
 * the same rights. Records go through the {@link Gate}.
 *
 * <p>A script is run by a function with the privileges of its owner. In such a function, PostgreSQL refuses to end the
 * transaction and to change the role, so that objects get the right owner. What a script leaves in the session is run,
 * closed or dropped before the next statement, so that one script does not change what the next one means. For one
 * transaction; not thread-safe.
 */
public final class ScriptSandbox implements ScriptRunner {
    /** A new name for each script, so that no script can create a function that replaces that of the next script. */
    private static final String FUNCTION = "pg_temp.allotment_script_%s";

    /**
     * The role that runs scripts. If the tenant's role owns objects, it is that role. Otherwise it is the predefined
     * role of database owners, which has the same privileges then, and a copy of the database needs no new owners.
     */
    private static final String ROLE = """
            SELECT CASE WHEN EXISTS (
                SELECT FROM pg_shdepend s
                WHERE s.dbid = d.oid AND s.refclassid = 'pg_authid'::regclass AND s.refobjid = d.datdba)
              THEN quote_ident(o.rolname) ELSE 'pg_database_owner' END
            FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
            WHERE d.datname = current_database()
            """;

    private static final String DEFINE = """
            SET LOCAL statement_timeout = %3$d;
            CREATE FUNCTION %1$s(script text) RETURNS void
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
            BEGIN
                EXECUTE script;
                SET CONSTRAINTS ALL IMMEDIATE;
                RESET ALL;
            END
            $$;
            ALTER FUNCTION %1$s(text) OWNER TO %2$s
            """;

    private static final String CLEAN_UP = "CLOSE ALL; DEALLOCATE ALL; RESET ALL";

    private static final String TURN = "SELECT version FROM allotment.schema_version WHERE version = 1 FOR UPDATE";

    private final Duration timeout;
    private final Duration grace;
    private final IntConsumer end;
    private final Gate gate;
    private final PostgresRowQuotas quotas;
    private boolean used;
    private boolean committing;

    /**
     * Creates a sandbox for one transaction.
     *
     * @param timeouts how long a script may take, and how long the server has to end it
     * @param ticket of the session that a transaction has
     * @param end terminates a process of the server, which no code in it can catch
     * @param quotaOwner returns the role that owns tables with record quotas, and creates it if it is missing
     */
    public ScriptSandbox(Timeouts timeouts, Supplier<byte[]> ticket, IntConsumer end, Supplier<String> quotaOwner) {
        this.timeout = timeouts.script();
        this.grace = timeouts.grace();
        this.end = end;
        this.gate = new Gate(ticket);
        this.quotas = new PostgresRowQuotas(gate, quotaOwner);
    }

    @Override
    public RecordStatements statements(SqlDialect dialect) {
        return gate;
    }

    /** Waits for other configuration changes of the database. */
    public void takeTurn(Connection connection) throws SQLException {
        gate.query(connection, TURN, List.of(), row -> true);
    }

    @Override
    public void run(Connection connection, String script) throws SQLException {
        used = true;
        quotas.lift(connection);
        try (Statement statement = connection.createStatement()) {
            String function = FUNCTION.formatted(UUID.randomUUID().toString().replace("-", ""));
            statement.execute(DEFINE.formatted(function, all(statement, ROLE).get(0), timeout.toMillis()));
            execute(connection, function, script);
            statement.execute(CLEAN_UP);
            statement.execute("DISCARD TEMP");
        }
    }

    /**
     * Returns the error to throw for a failure of the transaction. Code that a script left for the commit may make that
     * fail.
     */
    public SaasException failure(SaasException failure) {
        return committing && failure.code().equals(ErrorCodes.BACKEND_FAILED)
                ? new SaasException(
                        ErrorCategory.CONFLICT,
                        ErrorCodes.ADDON_FAILED,
                        "What a script of an add-on left for the end of the transaction failed.",
                        Map.of(),
                        false,
                        failure.getCause())
                : failure;
    }

    @Override
    public void enforce(Connection connection, List<RowQuota> wanted) throws SQLException {
        quotas.enforce(connection, wanted);
    }

    @Override
    public OptionalLong count(Connection connection, RowQuota limit) throws SQLException {
        return quotas.count(connection, limit);
    }

    /** Starts an attempt. What an earlier attempt did was rolled back. */
    public void start() {
        used = false;
        committing = false;
        quotas.start();
    }

    /**
     * Called before the commit. Refuses to end a transaction whose scripts lifted record quotas, unless the quotas were
     * enforced again.
     *
     * @throws SaasException {@code backend.failed}
     */
    public void checkEnforced() {
        if (quotas.areLifted()) {
            throw SaasException.internal(
                    ErrorCodes.BACKEND_FAILED,
                    "A configuration change ran scripts and did not enforce the record quotas again.",
                    null);
        }
        committing = used;
    }

    /** Runs a script. If it or a trigger catches the cancellation by the server, its process is terminated. */
    private void execute(Connection connection, String function, String script) throws SQLException {
        int process = process(connection);
        try (PreparedStatement call = connection.prepareStatement("SELECT " + function + "(CAST(? AS text))")) {
            int before = connection.getNetworkTimeout();
            connection.setNetworkTimeout(
                    Runnable::run, Math.toIntExact(timeout.plus(grace).toMillis()));
            call.setString(1, script);
            call.execute();
            connection.setNetworkTimeout(Runnable::run, before);
        } catch (SQLException e) {
            boolean cutOff = e.getCause() instanceof SocketTimeoutException;
            if (cutOff) {
                end.accept(process);
            }
            if (cutOff || SqlStates.CANCELED.matches(e)) {
                throw SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        "A script of an add-on, including the triggers that it fires, took longer than the limit of "
                                + timeout.toSeconds() + " seconds. Nothing was changed. Try again.",
                        e);
            }
            throw e;
        }
    }

    /** The driver does not know it if a connection pooler is in between. */
    private static int process(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static List<String> all(Statement statement, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }
}
