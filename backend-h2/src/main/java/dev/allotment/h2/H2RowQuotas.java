// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.RowQuotaCondition;
import dev.allotment.jdbc.Schema;
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

/**
 * Has a client database hold limits of rows, by a {@link RowLimitTrigger} for each. Whoever owns a schema can drop what is in it,
 * and H2 has no right to make things in a schema short of owning it; so as long as anything is limited, the application is
 * another user, who has all rights on the rows of the schema and none else: see {@link ApplicationSessions}. For one transaction of a
 * configuration that has a snapshot.
 */
final class H2RowQuotas {
    private static final String FIND = """
            SELECT table_type = 'BASE TABLE' AND storage_type IN ('CACHED', 'MEMORY') FROM information_schema.tables
            WHERE table_schema = 'application' AND table_name = ?1
            UNION ALL SELECT FALSE FROM information_schema.synonyms
            WHERE synonym_schema = 'application' AND synonym_name = ?1
            """;

    private static final String COLUMNS = """
            SELECT column_name, ordinal_position, CASE
                WHEN UPPER(data_type) IN ('CHARACTER VARYING', 'CHARACTER LARGE OBJECT') THEN 'TEXT'
                WHEN UPPER(data_type) IN ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'NUMERIC') THEN 'NUMBER'
                WHEN UPPER(data_type) = 'BOOLEAN' THEN 'BOOLEAN'
                ELSE 'OTHER' END
            FROM information_schema.columns WHERE table_schema = 'application' AND table_name = ?
            ORDER BY ordinal_position
            """;

    private static final String HELD =
            "SELECT id, table_name, condition, max_rows, model, domain FROM allotment.row_limits ORDER BY id";

    private record Held(long id, String table, String condition, int max, String model, String domain) {
        Held withId(long newId) {
            return new Held(newId, table, condition, max, model, domain);
        }
    }

    private record Column(String name, int position, RowQuotaCondition.Type type) {}

    private boolean lifted;

    /** Whether any limit is held, so that the application may do nothing but use its rows. */
    static boolean areAny(Connection administrator) throws SQLException {
        try (Statement statement = administrator.createStatement();
                ResultSet rows = statement.executeQuery("SELECT EXISTS (SELECT 1 FROM allotment.row_limits)")) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    /**
     * Whether these limits are held, and no others.
     *
     * @throws SaasException {@code configuration.invalid}
     */
    static boolean areHeld(Connection administrator, List<RowQuota> limits) throws SQLException {
        List<Held> held =
                held(administrator).stream().map(each -> each.withId(0)).toList();
        List<Held> wanted = new ArrayList<>();
        for (RowQuota limit : limits) {
            if (isThere(administrator, limit)) {
                wanted.add(wanted(limit, columns(administrator, limit)));
            }
        }
        return held.equals(wanted);
    }

    static OptionalLong count(Connection administrator, RowQuota limit) throws SQLException {
        for (Held each : held(administrator)) {
            if (each.table().equals(limit.table()) && each.domain().equals(limit.domain())) {
                try (Statement statement = administrator.createStatement();
                        ResultSet rows = statement.executeQuery(
                                "SELECT count(*) FROM " + table(each.table()) + " WHERE " + each.condition())) {
                    return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
                }
            }
        }
        return OptionalLong.empty();
    }

    /** Ends all limits, for scripts. */
    void lift(Connection administrator) throws SQLException {
        List<Held> held = held(administrator);
        if (held.isEmpty()) {
            return;
        }
        lifted = true;
        try (Statement statement = administrator.createStatement()) {
            statement.execute("DELETE FROM allotment.row_limits");
            for (Held each : held) {
                for (String kind : List.of("before", "row", "after")) {
                    statement.execute("DROP TRIGGER IF EXISTS " + trigger(each.id(), kind));
                }
            }
        }
    }

    void enforce(Connection administrator, List<RowQuota> limits) throws SQLException {
        if (!areHeld(administrator, limits)) {
            lift(administrator);
            for (RowQuota limit : limits) {
                if (isThere(administrator, limit)) {
                    hold(administrator, limit);
                }
            }
        }
        lifted = false;
    }

    /**
     * Refuses to let a configuration end with limits that its scripts have lifted.
     *
     * @throws SaasException {@code backend.failed}
     */
    void checkEnforced() {
        if (lifted) {
            throw SaasException.internal(
                    ErrorCodes.BACKEND_FAILED,
                    "A configuration ran scripts and did not enforce the limits of rows again.",
                    null);
        }
    }

    private static List<Held> held(Connection administrator) throws SQLException {
        List<Held> held = new ArrayList<>();
        try (Statement statement = administrator.createStatement();
                ResultSet rows = statement.executeQuery(HELD)) {
            while (rows.next()) {
                held.add(new Held(
                        rows.getLong(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getInt(4),
                        rows.getString(5),
                        rows.getString(6)));
            }
        }
        return held;
    }

    private static boolean isThere(Connection administrator, RowQuota limit) throws SQLException {
        try (PreparedStatement query = administrator.prepareStatement(FIND)) {
            query.setString(1, limit.table());
            try (ResultSet rows = query.executeQuery()) {
                if (!rows.next()) {
                    return false;
                }
                if (!rows.getBoolean(1)) {
                    throw RowQuotaCondition.refused(limit, limit.table() + " is no ordinary table");
                }
                return true;
            }
        }
    }

    private static List<Column> columns(Connection administrator, RowQuota limit) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (PreparedStatement query = administrator.prepareStatement(COLUMNS)) {
            query.setString(1, limit.table());
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    columns.add(new Column(
                            rows.getString(1), rows.getInt(2), RowQuotaCondition.Type.valueOf(rows.getString(3))));
                }
            }
        }
        return columns;
    }

    private static Held wanted(RowQuota limit, List<Column> columns) {
        Map<String, RowQuotaCondition.Type> types = new HashMap<>();
        columns.forEach(each -> types.put(each.name(), each.type()));
        return new Held(
                0, limit.table(), RowQuotaCondition.sql(limit, types, ""), limit.max(), limit.model(), limit.domain());
    }

    private static void hold(Connection administrator, RowQuota limit) throws SQLException {
        List<Column> columns = columns(administrator, limit);
        Held wanted = wanted(limit, columns);
        // More than are compared, perhaps, where a text looks like one.
        List<Column> asked = columns.stream()
                .filter(each -> wanted.condition().contains(Schema.quoted(each.name())))
                .toList();
        long id;
        try (PreparedStatement insert = administrator.prepareStatement(
                "INSERT INTO allotment.row_limits (table_name, condition, probe, positions, max_rows, model, domain)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                Statement.RETURN_GENERATED_KEYS)) {
            insert.setString(1, wanted.table());
            insert.setString(2, wanted.condition());
            insert.setString(3, probe(wanted.condition(), asked));
            insert.setArray(
                    4,
                    administrator.createArrayOf(
                            "INTEGER", asked.stream().map(Column::position).toArray()));
            insert.setInt(5, wanted.max());
            insert.setString(6, wanted.model());
            insert.setString(7, wanted.domain());
            insert.executeUpdate();
            try (ResultSet keys = insert.getGeneratedKeys()) {
                keys.next();
                id = keys.getLong(1);
            }
        }
        // Where every row counts, no change of one makes another count.
        String what =
                (wanted.condition().equals("TRUE") ? "INSERT" : "INSERT, UPDATE") + " ON " + table(wanted.table());
        String call = " CALL '" + RowLimitTrigger.class.getName() + "'";
        try (Statement statement = administrator.createStatement()) {
            statement.execute(ApplicationSessions.GRANT_ROWS);
            statement.execute("CREATE TRIGGER " + trigger(id, "before") + " BEFORE " + what + call);
            statement.execute("CREATE TRIGGER " + trigger(id, "row") + " BEFORE " + what + " FOR EACH ROW" + call);
            statement.execute("CREATE TRIGGER " + trigger(id, "after") + " AFTER " + what + call);
        }
    }

    private static String probe(String condition, List<Column> asked) {
        if (asked.isEmpty()) {
            return "SELECT 1 WHERE " + condition;
        }
        List<String> values = asked.stream()
                .map(each -> switch (each.type()) {
                    case TEXT -> "CAST(? AS CHARACTER LARGE OBJECT)";
                    case NUMBER -> "CAST(? AS DECFLOAT)";
                    case BOOLEAN -> "CAST(? AS BOOLEAN)";
                    // It is only looked at whether there is one.
                    case OTHER -> "CASE WHEN ? IS NULL THEN NULL ELSE TRUE END";
                })
                .toList();
        List<String> names =
                asked.stream().map(each -> Schema.quoted(each.name())).toList();
        return "SELECT 1 FROM (VALUES (" + String.join(", ", values) + ")) AS came (" + String.join(", ", names)
                + ") WHERE " + condition;
    }

    private static String trigger(long id, String kind) {
        return "application." + RowLimitTrigger.PREFIX + id + "_" + kind;
    }

    private static String table(String name) {
        return "application." + Schema.quoted(name);
    }
}
