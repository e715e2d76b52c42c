// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.configuration;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.ScriptRunner;
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
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.IntConsumer;
import org.postgresql.PGConnection;

/**
 * Runs scripts in the transaction of an administrator, but with the rights of the application only, however hostile they are,
 * or the triggers that they set off.
 *
 * <p>{@code SET ROLE} would not do, since every function that a script calls could take it back. Inside a function that
 * runs with the rights of its owner, PostgreSQL refuses to change the role, and to end the transaction. What a script could leave
 * behind to be run later, with an administrator's rights, is run, or closed, or dropped, or refused before the rights are given
 * back: deferred triggers, cursors, prepared statements, settings, whatever is temporary. For one transaction.
 */
public final class ScriptSandbox implements ScriptRunner {
    /** Never the same, so that no script can leave a function behind that is called like that of the next one. */
    private static final String FUNCTION = "pg_temp.allotment_script_%s";

    /**
     * What the application made itself belongs to its role; only where there is nothing of that kind, the role that stands
     * for the owner of whatever database has the same rights, and a copy of the database needs no new owners.
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

    /**
     * A deferred trigger can defer the next one once more, to the commit, where it would have an administrator's rights. Those
     * of primary, unique and foreign keys run no code of the application with rights that are not its own.
     */
    private static final String DEFERRING_TABLES = """
            SELECT DISTINCT format('%I.%I', n.nspname, c.relname)
            FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint
            WHERE t.tgdeferrable AND COALESCE(k.contype, 't') NOT IN ('p', 'u', 'f')
              AND (c.relpersistence <> 't' OR c.relnamespace = pg_my_temp_schema())
            """;

    /** For work that is no configuration: it sees how many rows count, and changes nothing. */
    public static final ScriptRunner COUNTING = new ScriptRunner() {
        @Override
        public void run(Connection connection, String script) throws SQLException {
            REFUSED.run(connection, script);
        }

        @Override
        public OptionalLong count(Connection connection, RowQuota limit) {
            return PostgresRowQuotas.count(connection, limit);
        }
    };

    private final Duration timeout;
    private final IntConsumer end;
    private final PostgresRowQuotas quotas = new PostgresRowQuotas();
    private boolean used;

    /**
     * For one transaction.
     *
     * @param timeout how long a script may take
     * @param end ends a process of the server, the way that no code can catch
     */
    public ScriptSandbox(Duration timeout, IntConsumer end) {
        this.timeout = timeout;
        this.end = end;
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
            for (String table : all(statement, DEFERRING_TABLES)) {
                // Refused while a trigger is still to be run, and changes nothing else.
                statement.execute("ALTER TABLE " + table + " RESET (fillfactor)");
            }
            statement.execute("DISCARD TEMP");
        }
    }

    @Override
    public void enforce(Connection connection, List<RowQuota> wanted) {
        quotas.enforce(connection, wanted);
    }

    @Override
    public OptionalLong count(Connection connection, RowQuota limit) {
        return PostgresRowQuotas.count(connection, limit);
    }

    /** Begins an attempt: what an earlier one lifted was rolled back. */
    public void begin() {
        quotas.begin();
    }

    /**
     * Refuses to let a transaction end with limits that its scripts have lifted.
     *
     * @throws SaasException {@code backend.failed}
     */
    public void checkEnforced() {
        if (quotas.areLifted()) {
            throw SaasException.internal(
                    ErrorCodes.BACKEND_FAILED,
                    "A configuration ran scripts and did not enforce the limits of rows again.",
                    null);
        }
    }

    /** Connections that are closed after use once a script ran on them, with all that it left in the session. */
    public Connections discarding(Connections connections) {
        return new Connections() {
            @Override
            public Connection acquire() throws SQLException {
                return connections.acquire();
            }

            @Override
            public void release(Connection connection, boolean reusable) {
                connections.release(connection, reusable && !used);
            }
        };
    }

    /** A script, and the triggers that it sets off, may catch what the server ends it by; then its process is ended. */
    private void execute(Connection connection, String function, String script) throws SQLException {
        int process = connection.unwrap(PGConnection.class).getBackendPID();
        try (PreparedStatement call = connection.prepareStatement("SELECT " + function + "(CAST(? AS text))")) {
            connection.setNetworkTimeout(
                    Runnable::run, Math.toIntExact(timeout.plus(Timeouts.GRACE).toMillis()));
            call.setString(1, script);
            call.execute();
            connection.setNetworkTimeout(Runnable::run, 0);
        } catch (SQLException e) {
            boolean cutOff = e.getCause() instanceof SocketTimeoutException;
            if (cutOff) {
                end.accept(process);
            }
            if (cutOff || SqlStates.CANCELED.matches(e)) {
                throw SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        "A script of an add-on, or what it sets off in the database, took longer than the "
                                + timeout.toSeconds() + " seconds that it may; nothing was changed. Try again.",
                        e);
            }
            throw e;
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
