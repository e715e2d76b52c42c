// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.DatabaseActivity;
import dev.allotment.DatabaseActivity.Session;
import dev.allotment.DatabaseActivity.Statement;
import dev.allotment.DatabaseActivity.Table;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlResource;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a database does. All but the tables is read in the database of the catalog, where a tenant has
 * nothing: also the statements, since a tenant may have something of the same name as their view.
 */
public final class DatabaseActivities {
    private static final String SESSIONS = SqlResource.read(DatabaseActivities.class, "sessions.sql");
    private static final String TABLES = SqlResource.read(DatabaseActivities.class, "tables.sql");

    private static final String NUMBERS = """
            SELECT r.rolconnlimit, (SELECT count(*) FROM pg_stat_activity a WHERE a.usesysid = r.oid) AS connections,
                   pg_stat_get_db_blocks_hit(d.oid) AS hits, pg_stat_get_db_blocks_fetched(d.oid) AS fetched
            FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = :database
            """;

    /** The quoted schema of the extension, if the server has loaded its library. Before 1.8 it had other columns. */
    private static final String STATEMENTS = """
            SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
            WHERE e.extname = 'pg_stat_statements' AND current_setting('pg_stat_statements.max', true) IS NOT NULL
                AND EXISTS (SELECT FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                    WHERE c.relnamespace = n.oid AND c.relname = 'pg_stat_statements' AND a.attname = 'total_exec_time')
            """;

    private static final double MILLIS = 1000;

    private DatabaseActivities() {}

    /** Reads what only system tables of the database itself know. */
    public static List<Table> tables(ServerSession tenant) {
        return tenant.query(
                TABLES,
                query -> query.map((row, context) -> new Table(
                                row.getString("name"), row.getLong("bytes"), row.getLong("rows"), row.getLong("dead")))
                        .list());
    }

    /**
     * Reads the statistics of the server about a database.
     *
     * @param session in the database of the catalog
     * @param role the login of the application
     */
    public static DatabaseActivity of(ServerSession session, String database, String role, List<Table> tables) {
        List<Session> sessions = session.query(
                SESSIONS,
                query -> query.bind("database", database)
                        .bind("role", role)
                        .bind("length", DatabaseActivity.MAX_TEXT)
                        .map((row, context) -> session(row))
                        .list());
        List<Statement> slowest = slowest(session, database, role);
        return session.query(
                NUMBERS,
                query -> query.bind("database", database)
                        .map((row, context) -> {
                            int limit = row.getInt("rolconnlimit");
                            long fetched = row.getLong("fetched");
                            return new DatabaseActivity(
                                    sessions,
                                    slowest,
                                    fetched == 0 ? null : (Double) ((double) row.getLong("hits") / fetched),
                                    tables,
                                    row.getInt("connections"),
                                    limit > 0 ? (Integer) limit : null);
                        })
                        .findOne()
                        .orElseThrow(() -> DatabaseStatus.unknown(database, null)));
    }

    private static Session session(ResultSet row) throws SQLException {
        Array blockers = row.getArray("blockers");
        List<Long> blockedBy = blockers == null
                ? List.of()
                : Arrays.stream((Integer[]) blockers.getArray())
                        .map(Integer::longValue)
                        .toList();
        return new Session(
                row.getLong("pid"),
                row.getBoolean("application"),
                String.valueOf(row.getString("state")),
                seconds(row, "running"),
                seconds(row, "transaction"),
                row.getString("waits"),
                blockedBy,
                row.getString("statement"));
    }

    private static @Nullable Duration seconds(ResultSet row, String column) throws SQLException {
        double seconds = row.getDouble(column);
        return row.wasNull() ? null : Duration.ofMillis((long) (seconds * MILLIS));
    }

    /** Reads the statements of the application, without those of the control plane. */
    private static @Nullable List<Statement> slowest(ServerSession session, String database, String role) {
        String schema = session.query(
                STATEMENTS, query -> query.mapTo(String.class).findOne().orElse(null));
        if (schema == null) {
            return null;
        }
        String read = "SELECT left(s.query, :length) AS query, s.calls, s.total_exec_time FROM " + schema
                + ".pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid JOIN pg_roles r ON r.oid = s.userid"
                + " WHERE d.datname = :database AND r.rolname = :role"
                + " ORDER BY s.total_exec_time DESC LIMIT 10";
        return session.query(
                read,
                query -> query.bind("database", database)
                        .bind("role", role)
                        .bind("length", DatabaseActivity.MAX_TEXT)
                        .map((row, context) -> new Statement(
                                String.valueOf(row.getString("query")), row.getLong("calls"), Duration.ofMillis((long)
                                        row.getDouble("total_exec_time"))))
                        .list());
    }
}
