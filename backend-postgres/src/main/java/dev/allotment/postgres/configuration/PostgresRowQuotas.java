// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.configuration;

import dev.allotment.SaasException;
import dev.allotment.jdbc.RecordStatements;
import dev.allotment.jdbc.RowQuotaCondition;
import dev.allotment.jdbc.Schema;
import dev.allotment.jdbc.SqlArgument;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.postgres.server.SqlResource;
import dev.allotment.spi.backend.RecordType.Kind;
import dev.allotment.spi.backend.RowQuota;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Enforces record quotas with triggers in a tenant database. The owner of a table can drop its triggers, and the owner
 * of a schema can drop its tables. So a table with a quota belongs to another role, and so does its schema. The
 * application of the tenant gets all privileges on the rows. Works in a session with the rights of the tenant, and has
 * owners and triggers changed through the {@link Gate}. For one transaction; not thread-safe.
 *
 * <p>PostgreSQL runs some code with the rights of the table's owner: for foreign keys, and for indexes and statistics
 * during ANALYZE. So the owner is a role without any other rights. All that such code could do is to remove quotas, and
 * a table for which it could do that is refused, see {@link #OBJECTIONS}.
 */
public final class PostgresRowQuotas {
    private static final String PUBLIC = "public";

    private static final String FIND = """
            SELECT c.oid, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'public' AND c.relname = ? AND c.relkind NOT IN ('i', 'I', 'S', 'c', 't')
            """;

    /** With this lock, the name means the same table until the end of the transaction, unless the schema is renamed. */
    private static final String LOCKED = " AND EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'relation'"
            + " AND l.relation = c.oid AND l.pid = pg_backend_pid() AND l.mode = 'AccessExclusiveLock' AND l.granted)";

    private static final String COLUMNS = """
            SELECT a.attname, CASE
                WHEN a.atttypid IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype) THEN 'TEXT'
                WHEN a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype) THEN 'NUMBER'
                WHEN a.atttypid = 'bool'::regtype THEN 'BOOLEAN'
                ELSE 'OTHER' END
            FROM pg_attribute a WHERE a.attrelid = CAST(? AS oid) AND a.attnum > 0 AND NOT a.attisdropped
            """;

    /** Why a table cannot have a quota. */
    private static final String OBJECTIONS = SqlResource.read(PostgresRowQuotas.class, "quota-objections.sql");

    private static final String ENFORCED =
            "SELECT id, table_name, condition, max_rows, model, domain FROM allotment.row_limits" + " ORDER BY id";

    /** The enforced quotas that still have their table and their triggers. An operator could have removed them. */
    private static final String INTACT = """
            SELECT count(*) AS intact
            FROM allotment.row_limits q JOIN pg_namespace n ON n.nspname = 'public'
                JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = q.table_name AND c.relkind = 'r'
                JOIN pg_roles o ON o.oid = c.relowner AND o.oid = n.nspowner
            WHERE o.rolname = ? AND (
                SELECT count(*) FROM pg_trigger g
                WHERE g.tgrelid = c.oid AND g.tgenabled = 'O' AND g.tgname IN (
                    'allotment_limit_' || q.id || '_turn', 'allotment_limit_' || q.id || '_insert',
                    'allotment_limit_' || q.id || '_update')) = CASE q.condition WHEN 'TRUE' THEN 2 ELSE 3 END
            """;

    /** A table that belongs to the owner of tables with quotas. The tenant may read it, and cannot rename it. */
    private static final String COUNTABLE = """
            SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles o ON o.oid = c.relowner
            WHERE n.nspname = 'public' AND c.relname = ? AND c.relkind = 'r' AND o.rolname = ?
            """;

    private record Quota(long id, String table, String condition, int max, String model, String domain) {
        boolean same(Quota other) {
            return table.equals(other.table)
                    && condition.equals(other.condition)
                    && max == other.max
                    && model.equals(other.model)
                    && domain.equals(other.domain);
        }
    }

    private final Gate gate;
    private final Supplier<String> owner;
    private boolean lifted;

    /**
     * Creates what enforces the quotas of a database.
     *
     * @param owner returns the name of the role that owns tables with quotas, and creates the role if it is missing
     */
    PostgresRowQuotas(Gate gate, Supplier<String> owner) {
        this.gate = gate;
        this.owner = owner;
    }

    void start() {
        lifted = false;
    }

    /** Removes the quotas, and returns tables and schema to the application, so that scripts can change them. */
    void lift(Connection connection) throws SQLException {
        if (!enforced(gate, connection).isEmpty()) {
            lifted = true;
            gate.quota(connection, "lift", owner.get(), "");
        }
    }

    /** Whether quotas were lifted and not enforced since. */
    boolean areLifted() {
        return lifted;
    }

    void enforce(Connection connection, List<RowQuota> limits) throws SQLException {
        if (!areEnforced(gate, connection, limits, owner)) {
            lift(connection);
            takeOver(connection, limits);
        }
        lifted = false;
    }

    /**
     * Whether exactly these quotas are enforced, in a session of the control plane. Reads records and system tables
     * only.
     */
    static boolean areEnforced(Connection connection, List<RowQuota> limits, Supplier<String> owner)
            throws SQLException {
        return areEnforced(RecordStatements.direct(PostgresDialect.INSTANCE), connection, limits, owner);
    }

    private static boolean areEnforced(
            RecordStatements records, Connection connection, List<RowQuota> limits, Supplier<String> owner)
            throws SQLException {
        List<Quota> enforced = enforced(records, connection);
        return areSame(enforced, wanted(connection, limits, FIND)) && areIntact(records, connection, enforced, owner);
    }

    private static boolean areSame(List<Quota> enforced, List<Quota> wanted) {
        boolean same = enforced.size() == wanted.size();
        for (int i = 0; same && i < enforced.size(); i++) {
            same = enforced.get(i).same(wanted.get(i));
        }
        return same;
    }

    private static boolean areIntact(
            RecordStatements records, Connection connection, List<Quota> enforced, Supplier<String> owner)
            throws SQLException {
        return enforced.isEmpty()
                || records.query(
                                        connection,
                                        INTACT,
                                        List.of(new SqlArgument(Kind.TEXT, owner.get())),
                                        row -> row.number(1))
                                .get(0)
                        == enforced.size();
    }

    /** Returns the quotas to enforce. Quotas of tables that do not exist are left out. */
    private static List<Quota> wanted(Connection connection, List<RowQuota> limits, String find) throws SQLException {
        List<Quota> wanted = new ArrayList<>();
        for (RowQuota limit : limits) {
            for (String[] found : rows(connection, find, limit.table())) {
                String condition =
                        RowQuotaCondition.sql(limit, columns(connection, Long.parseLong(found[0])), " COLLATE \"C\"");
                wanted.add(new Quota(0, limit.table(), condition, limit.max(), limit.model(), limit.domain()));
            }
        }
        return wanted;
    }

    /**
     * Takes over tables. The application can change a table until it is locked, so everything is checked after that.
     * The schema is taken over first, since its owner can give the name of a table to another one.
     */
    private void takeOver(Connection connection, List<RowQuota> limits) throws SQLException {
        Map<String, RowQuota> tables = new TreeMap<>();
        for (RowQuota limit : limits) {
            for (String[] found : rows(connection, FIND, limit.table())) {
                if (!found[1].equals("r")) {
                    throw cannotBeLimited(limit, "it is not an ordinary table");
                }
                tables.putIfAbsent(limit.table(), limit);
            }
        }
        if (tables.isEmpty()) {
            return;
        }
        gate.quota(connection, "schema", owner.get(), "");
        for (String table : tables.keySet()) {
            execute(connection, "LOCK TABLE " + table(table) + " IN ACCESS EXCLUSIVE MODE");
        }
        for (RowQuota limit : tables.values()) {
            for (String[] found : rows(connection, FIND + LOCKED, limit.table())) {
                List<String[]> objections = rows(connection, OBJECTIONS, Long.parseLong(found[0]));
                if (!objections.isEmpty()) {
                    throw cannotBeLimited(limit, objections.get(0)[0]);
                }
                gate.quota(connection, "table", owner.get(), limit.table());
            }
        }
        for (Quota each : wanted(connection, limits, FIND + LOCKED)) {
            store(connection, each);
        }
        gate.quota(connection, "triggers", owner.get(), "");
    }

    private static SaasException cannotBeLimited(RowQuota limit, String why) {
        return RowQuotaCondition.refused(limit, "table " + limit.table() + " cannot have a quota, because " + why);
    }

    /** Counts the rows of a quota that is enforced, with the rights of the tenant. Empty if it is not enforced. */
    OptionalLong count(Connection connection, RowQuota limit) throws SQLException {
        for (Quota each : enforced(gate, connection)) {
            if (each.table().equals(limit.table())
                    && each.domain().equals(limit.domain())
                    && !rows(connection, COUNTABLE, each.table(), owner.get()).isEmpty()) {
                String rows = rows(
                                connection,
                                "SELECT count(*) FROM " + table(each.table()) + " WHERE " + each.condition())
                        .get(0)[0];
                return OptionalLong.of(Long.parseLong(rows));
            }
        }
        return OptionalLong.empty();
    }

    private static List<Quota> enforced(RecordStatements records, Connection connection) throws SQLException {
        return records.query(
                connection,
                ENFORCED,
                List.of(),
                row -> new Quota(
                        row.number(1),
                        text(row, 2),
                        text(row, 3),
                        Math.toIntExact(row.number(4)),
                        text(row, 5),
                        text(row, 6)));
    }

    private static String text(RecordStatements.Row row, int column) throws SQLException {
        return String.valueOf(row.value(column, Kind.TEXT));
    }

    private static Map<String, RowQuotaCondition.Type> columns(Connection connection, long oid) throws SQLException {
        Map<String, RowQuotaCondition.Type> columns = new HashMap<>();
        rows(connection, COLUMNS, oid).forEach(row -> columns.put(row[0], RowQuotaCondition.Type.valueOf(row[1])));
        return columns;
    }

    private void store(Connection connection, Quota limit) throws SQLException {
        gate.insert(
                connection,
                "INSERT INTO allotment.row_limits (table_name, condition, max_rows, model, domain)"
                        + " VALUES (?, ?, ?, ?, ?)",
                List.of(
                        new SqlArgument(Kind.TEXT, limit.table()),
                        new SqlArgument(Kind.TEXT, limit.condition()),
                        new SqlArgument(Kind.INTEGER, limit.max()),
                        new SqlArgument(Kind.TEXT, limit.model()),
                        new SqlArgument(Kind.TEXT, limit.domain())));
    }

    private static List<String[]> rows(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<String[]> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String[] row = new String[rows.getMetaData().getColumnCount()];
                    for (int i = 0; i < row.length; i++) {
                        row[i] = rows.getString(i + 1);
                    }
                    found.add(row);
                }
            }
            return found;
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    private static String table(String name) {
        return PUBLIC + "." + Schema.quoted(name);
    }
}
