// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.configuration;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Connections;
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
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs scripts in the transaction of an administrator, but only with the privileges of the tenant's application. It
 * withstands hostile scripts, and hostile triggers that a script fires.
 *
 * <p>{@code SET ROLE} is not enough, since every function that a script calls can reset it. Inside a function that runs
 * with the privileges of its owner, PostgreSQL refuses to change the role and to end the transaction. A script could
 * leave code behind that runs later, with the privileges of the administrator: deferred triggers, cursors, prepared
 * statements, settings, temporary objects. So all of that is run, closed, dropped or refused before the function
 * returns. For one transaction; not thread-safe.
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

    /** Restores the rights that running a script needs. The owner of a database can revoke them from itself. */
    private static final String RESTORE_RIGHTS = """
            SELECT format('GRANT CREATE, TEMPORARY ON DATABASE %I TO pg_database_owner, %I', d.datname, o.rolname)
            FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
            WHERE d.datname = current_database() AND EXISTS (
                SELECT FROM (VALUES ('pg_database_owner'), (o.rolname)) roles (role), (VALUES ('CREATE'), ('TEMPORARY')) r (wanted)
                WHERE NOT has_database_privilege(role, d.oid, wanted))
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
     * A deferred trigger can defer the next one until the commit, where it would have the privileges of the
     * administrator. Triggers of primary, unique and foreign keys do not run code of the application with other
     * privileges than its own.
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

    /** For transactions that are not configuration changes: they can count rows, and change no quota. */
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
    private final Duration grace;
    private final IntConsumer end;
    private final PostgresRowQuotas quotas;
    private boolean used;

    /**
     * Creates a sandbox for one transaction.
     *
     * @param timeouts how long a script may take, and how long the server has to end it
     * @param end terminates a process of the server, which no code in it can catch
     * @param quotaOwner returns the role that owns tables with record quotas, and creates it if it is missing
     */
    public ScriptSandbox(Timeouts timeouts, IntConsumer end, Supplier<String> quotaOwner) {
        this.timeout = timeouts.script();
        this.grace = timeouts.grace();
        this.end = end;
        this.quotas = new PostgresRowQuotas(quotaOwner);
    }

    @Override
    public void run(Connection connection, String script) throws SQLException {
        used = true;
        quotas.lift(connection);
        try (Statement statement = connection.createStatement()) {
            for (String grant : all(statement, RESTORE_RIGHTS)) {
                statement.execute(grant);
            }
            String function = FUNCTION.formatted(UUID.randomUUID().toString().replace("-", ""));
            statement.execute(DEFINE.formatted(function, all(statement, ROLE).get(0), timeout.toMillis()));
            execute(connection, function, script);
            statement.execute(CLEAN_UP);
            for (String table : all(statement, DEFERRING_TABLES)) {
                // PostgreSQL refuses this while a trigger is pending. It has no other effect.
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

    /** Starts an attempt. Quotas that an earlier attempt lifted were rolled back. */
    public void start() {
        quotas.start();
    }

    /**
     * Refuses to end a transaction whose scripts lifted record quotas, unless the quotas were enforced again.
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
    }

    /**
     * Returns connections that are closed after use if a script ran on them, with everything it left in the session.
     */
    public Connections discarding(Connections connections) {
        return new Connections() {
            @Override
            public Connection acquire() throws SQLException {
                return connections.acquire();
            }

            @Override
            public void ended(SqlDialect.@Nullable Failure failure) {
                connections.ended(failure);
            }

            @Override
            public void release(Connection connection, boolean reusable) {
                connections.release(connection, reusable && !used);
            }
        };
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
