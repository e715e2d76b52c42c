// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.configuration;

import dev.allotment.SaasException;
import dev.allotment.jdbc.RowQuotaCondition;
import dev.allotment.jdbc.Schema;
import dev.allotment.spi.backend.RowQuota;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * Enforces record quotas with triggers in a tenant database. The owner of a table can drop its triggers, and the owner
 * of a schema can drop its tables. So a table with a quota belongs to another role, and so does its schema. The
 * application of the tenant gets all privileges on the rows. For one transaction; not thread-safe.
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
    private static final String OBJECTIONS = resource("quota-objections.sql");

    private static final String GRANTEES = """
            SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE CAST(CAST(a.grantee AS regrole) AS text) END
            FROM pg_class c JOIN (
                SELECT oid, relacl AS acl FROM pg_class
                UNION ALL SELECT attrelid, attacl FROM pg_attribute) acls ON acls.oid = c.oid,
            aclexplode(acl) a
            WHERE c.oid = CAST(? AS oid) AND a.grantee <> c.relowner
            """;

    private static final String SEQUENCES = """
            SELECT CAST(CAST(d.objid AS regclass) AS text) FROM pg_depend d JOIN pg_class s ON s.oid = d.objid
            WHERE d.classid = 'pg_class'::regclass AND s.relkind = 'S'
                AND d.refclassid = 'pg_class'::regclass AND d.refobjid = CAST(? AS oid) AND d.deptype IN ('a', 'i')
            """;

    private static final String ENFORCED =
            "SELECT id, table_name, condition, max_rows, model, domain FROM allotment.row_limits" + " ORDER BY id";

    /** The enforced quotas that still have their table and their triggers. An operator could have removed them. */
    private static final String INTACT = """
            SELECT count(*)
            FROM allotment.row_limits q JOIN pg_namespace n ON n.nspname = 'public'
                JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = q.table_name AND c.relkind = 'r'
                JOIN pg_roles o ON o.oid = c.relowner AND o.oid = n.nspowner
            WHERE o.rolname = ? AND (
                SELECT count(*) FROM pg_trigger g
                WHERE g.tgrelid = c.oid AND g.tgenabled = 'O' AND g.tgname IN (
                    'allotment_limit_' || q.id || '_turn', 'allotment_limit_' || q.id || '_insert',
                    'allotment_limit_' || q.id || '_update')) = CASE q.condition WHEN 'TRUE' THEN 2 ELSE 3 END
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

    private final Supplier<String> owner;
    private boolean lifted;

    /**
     * Creates what enforces the quotas of a database.
     *
     * @param owner returns the name of the role that owns tables with quotas, and creates the role if it is missing
     */
    PostgresRowQuotas(Supplier<String> owner) {
        this.owner = owner;
    }

    void start() {
        lifted = false;
    }

    /** Removes the quotas, and returns tables and schema to the application, so that scripts can change them. */
    void lift(Connection connection) {
        List<Quota> enforced = enforced(connection);
        if (enforced.isEmpty()) {
            return;
        }
        lifted = true;
        TreeSet<String> tables = new TreeSet<>();
        for (Quota each : enforced) {
            tables.add(each.table());
            for (String kind : List.of("turn", "insert", "update")) {
                execute(
                        connection,
                        "DROP TRIGGER IF EXISTS " + trigger(each.id(), kind) + " ON " + table(each.table()));
            }
        }
        String former = Schema.quoted(owner.get());
        if (!rows(connection, "SELECT 1 FROM pg_namespace WHERE nspname = 'public'")
                .isEmpty()) {
            execute(connection, "ALTER SCHEMA public OWNER TO pg_database_owner");
            execute(connection, "REVOKE ALL ON SCHEMA public FROM " + former);
        }
        for (String table : tables) {
            execute(connection, "ALTER TABLE IF EXISTS " + table(table) + " OWNER TO pg_database_owner");
        }
        execute(connection, "DELETE FROM allotment.row_limits");
    }

    /** Whether quotas were lifted and not enforced since. */
    boolean areLifted() {
        return lifted;
    }

    void enforce(Connection connection, List<RowQuota> limits) {
        List<Quota> enforced = enforced(connection);
        if (!areSame(enforced, wanted(connection, limits, FIND)) || !areIntact(connection, enforced)) {
            lift(connection);
            takeOver(connection, limits);
        }
        lifted = false;
    }

    private static boolean areSame(List<Quota> enforced, List<Quota> wanted) {
        boolean same = enforced.size() == wanted.size();
        for (int i = 0; same && i < enforced.size(); i++) {
            same = enforced.get(i).same(wanted.get(i));
        }
        return same;
    }

    private boolean areIntact(Connection connection, List<Quota> enforced) {
        return enforced.isEmpty()
                || Integer.parseInt(rows(connection, INTACT, owner.get()).get(0)[0]) == enforced.size();
    }

    /** Returns the quotas to enforce. Quotas of tables that do not exist are left out. */
    private static List<Quota> wanted(Connection connection, List<RowQuota> limits, String find) {
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
    private void takeOver(Connection connection, List<RowQuota> limits) {
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
        rows(connection, "SELECT allotment.hand_over_quotas(?)", owner.get());
        for (String table : tables.keySet()) {
            execute(connection, "LOCK TABLE " + table(table) + " IN ACCESS EXCLUSIVE MODE");
        }
        for (RowQuota limit : tables.values()) {
            for (String[] found : rows(connection, FIND + LOCKED, limit.table())) {
                takeOver(connection, limit, Long.parseLong(found[0]));
            }
        }
        wanted(connection, limits, FIND + LOCKED).forEach(each -> enforce(connection, each));
    }

    private static SaasException cannotBeLimited(RowQuota limit, String why) {
        return RowQuotaCondition.refused(limit, "table " + limit.table() + " cannot have a quota, because " + why);
    }

    /** Counts rows of a table that was taken over, with the rights of its owner. */
    static OptionalLong count(Connection connection, RowQuota limit) {
        for (Quota each : enforced(connection)) {
            if (each.table().equals(limit.table()) && each.domain().equals(limit.domain())) {
                String rows = rows(connection, "SELECT allotment.count_rows(?)", each.id())
                        .get(0)[0];
                return rows == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(rows));
            }
        }
        return OptionalLong.empty();
    }

    private static List<Quota> enforced(Connection connection) {
        return rows(connection, ENFORCED).stream()
                .map(row -> new Quota(Long.parseLong(row[0]), row[1], row[2], Integer.parseInt(row[3]), row[4], row[5]))
                .toList();
    }

    private static Map<String, RowQuotaCondition.Type> columns(Connection connection, long oid) {
        Map<String, RowQuotaCondition.Type> columns = new HashMap<>();
        rows(connection, COLUMNS, oid).forEach(row -> columns.put(row[0], RowQuotaCondition.Type.valueOf(row[1])));
        return columns;
    }

    private void takeOver(Connection connection, RowQuota limit, long oid) {
        List<String[]> objections = rows(connection, OBJECTIONS, oid);
        if (!objections.isEmpty()) {
            throw cannotBeLimited(limit, objections.get(0)[0]);
        }
        execute(connection, "ALTER TABLE " + table(limit.table()) + " OWNER TO " + Schema.quoted(owner.get()));
        for (String[] grantee : rows(connection, GRANTEES, oid)) {
            execute(connection, "REVOKE ALL ON " + table(limit.table()) + " FROM " + grantee[0] + " CASCADE");
        }
        execute(
                connection,
                "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON " + table(limit.table()) + " TO pg_database_owner");
        for (String[] sequence : rows(connection, SEQUENCES, oid)) {
            execute(connection, "GRANT USAGE, SELECT, UPDATE ON SEQUENCE " + sequence[0] + " TO pg_database_owner");
        }
    }

    private static void enforce(Connection connection, Quota limit) {
        long id = Long.parseLong(rows(
                        connection,
                        "INSERT INTO allotment.row_limits (table_name, condition, max_rows, model, domain)"
                                + " VALUES (?, ?, ?, ?, ?) RETURNING id",
                        limit.table(),
                        limit.condition(),
                        limit.max(),
                        limit.model(),
                        limit.domain())
                .get(0)[0]);
        // If every row counts, an update cannot change how many count.
        boolean all = limit.condition().equals("TRUE");
        String on = " ON " + table(limit.table());
        String check = " FOR EACH STATEMENT EXECUTE FUNCTION allotment.hold_limit(" + literal(limit.condition()) + ", '"
                + limit.max() + "', " + literal(limit.model()) + ", " + literal(limit.domain()) + ")";
        execute(
                connection,
                "CREATE TRIGGER " + trigger(id, "turn") + " BEFORE INSERT" + (all ? "" : " OR UPDATE") + on
                        + " FOR EACH STATEMENT EXECUTE FUNCTION allotment.take_turn('" + id + "')");
        execute(
                connection,
                "CREATE TRIGGER " + trigger(id, "insert") + " AFTER INSERT" + on + " REFERENCING NEW TABLE AS came"
                        + check);
        if (!all) {
            execute(
                    connection,
                    "CREATE TRIGGER " + trigger(id, "update") + " AFTER UPDATE" + on
                            + " REFERENCING OLD TABLE AS went NEW TABLE AS came" + check);
        }
    }

    private static List<String[]> rows(Connection connection, String sql, Object... parameters) {
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
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }

    private static void execute(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(PostgresRowQuotas.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String trigger(long id, String kind) {
        return "allotment_limit_" + id + "_" + kind;
    }

    private static String table(String name) {
        return PUBLIC + "." + Schema.quoted(name);
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
