// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.h2.application.ApplicationSessions;
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
 * Makes a tenant database enforce record quotas, with {@link RowLimitTrigger triggers} for each. The owner of a
 * schema can drop everything in it, and in H2 only the owner can create tables. So while a quota is enforced, the
 * application connects as another user, which may use the rows of the schema and nothing else: see {@link
 * ApplicationSessions}. An instance belongs to one transaction of a configuration that has a snapshot. See ADR 12.
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

    private static final String ENFORCED =
            "SELECT id, table_name, condition, max_rows, model, domain FROM allotment.row_limits ORDER BY id";

    private record Quota(long id, String table, String condition, int max, String model, String domain) {
        Quota withId(long newId) {
            return new Quota(newId, table, condition, max, model, domain);
        }
    }

    private record Column(String name, int position, RowQuotaCondition.Type type) {}

    private boolean suspended;

    /** Whether any quota is enforced, so that the application may only use its rows. */
    static boolean anyEnforced(Connection administrator) throws SQLException {
        try (Statement statement = administrator.createStatement();
                ResultSet rows = statement.executeQuery("SELECT EXISTS (SELECT 1 FROM allotment.row_limits)")) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    /**
     * Whether exactly these quotas are enforced.
     *
     * @throws SaasException {@code configuration.invalid}
     */
    static boolean areEnforced(Connection administrator, List<RowQuota> quotas) throws SQLException {
        List<Quota> enforced =
                enforced(administrator).stream().map(each -> each.withId(0)).toList();
        List<Quota> wanted = new ArrayList<>();
        for (RowQuota quota : quotas) {
            if (tableExists(administrator, quota)) {
                wanted.add(quotaOf(quota, columns(administrator, quota)));
            }
        }
        return enforced.equals(wanted);
    }

    /** Counts the rows that a quota covers; empty if it is not enforced. */
    static OptionalLong count(Connection administrator, RowQuota quota) throws SQLException {
        for (Quota each : enforced(administrator)) {
            if (each.table().equals(quota.table()) && each.domain().equals(quota.domain())) {
                try (Statement statement = administrator.createStatement();
                        ResultSet rows = statement.executeQuery(
                                "SELECT count(*) FROM " + table(each.table()) + " WHERE " + each.condition())) {
                    return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
                }
            }
        }
        return OptionalLong.empty();
    }

    /** Stops enforcing all quotas, for scripts. */
    void suspend(Connection administrator) throws SQLException {
        List<Quota> enforced = enforced(administrator);
        if (enforced.isEmpty()) {
            return;
        }
        suspended = true;
        try (Statement statement = administrator.createStatement()) {
            statement.execute("DELETE FROM allotment.row_limits");
            for (Quota each : enforced) {
                for (String kind : List.of("before", "row", "after")) {
                    statement.execute("DROP TRIGGER IF EXISTS " + trigger(each.id(), kind));
                }
            }
        }
    }

    /** Enforces these quotas instead of the present ones. A quota of a table that does not exist is not enforced. */
    void enforce(Connection administrator, List<RowQuota> quotas) throws SQLException {
        if (!areEnforced(administrator, quotas)) {
            suspend(administrator);
            for (RowQuota quota : quotas) {
                if (tableExists(administrator, quota)) {
                    enforce(administrator, quota);
                }
            }
        }
        suspended = false;
    }

    /**
     * Refuses a configuration that ends while quotas are suspended.
     *
     * @throws SaasException {@code backend.failed}
     */
    void checkEnforced() {
        if (suspended) {
            throw SaasException.internal(
                    ErrorCodes.BACKEND_FAILED,
                    "A configuration ran scripts and did not enforce the record quotas again."
                            + " Call enforce after the last script.",
                    null);
        }
    }

    private static List<Quota> enforced(Connection administrator) throws SQLException {
        List<Quota> enforced = new ArrayList<>();
        try (Statement statement = administrator.createStatement();
                ResultSet rows = statement.executeQuery(ENFORCED)) {
            while (rows.next()) {
                enforced.add(new Quota(
                        rows.getLong(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getInt(4),
                        rows.getString(5),
                        rows.getString(6)));
            }
        }
        return enforced;
    }

    private static boolean tableExists(Connection administrator, RowQuota quota) throws SQLException {
        try (PreparedStatement query = administrator.prepareStatement(FIND)) {
            query.setString(1, quota.table());
            try (ResultSet rows = query.executeQuery()) {
                if (!rows.next()) {
                    return false;
                }
                if (!rows.getBoolean(1)) {
                    throw RowQuotaCondition.refused(quota, quota.table() + " is not an ordinary table");
                }
                return true;
            }
        }
    }

    private static List<Column> columns(Connection administrator, RowQuota quota) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (PreparedStatement query = administrator.prepareStatement(COLUMNS)) {
            query.setString(1, quota.table());
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    columns.add(new Column(
                            rows.getString(1), rows.getInt(2), RowQuotaCondition.Type.valueOf(rows.getString(3))));
                }
            }
        }
        return columns;
    }

    private static Quota quotaOf(RowQuota quota, List<Column> columns) {
        Map<String, RowQuotaCondition.Type> types = new HashMap<>();
        columns.forEach(each -> types.put(each.name(), each.type()));
        return new Quota(
                0, quota.table(), RowQuotaCondition.sql(quota, types, ""), quota.max(), quota.model(), quota.domain());
    }

    private static void enforce(Connection administrator, RowQuota quota) throws SQLException {
        List<Column> columns = columns(administrator, quota);
        Quota wanted = quotaOf(quota, columns);
        // May include columns that are not compared, if a text in the condition looks like a quoted name.
        List<Column> compared = columns.stream()
                .filter(each -> wanted.condition().contains(Schema.quoted(each.name())))
                .toList();
        long id;
        try (PreparedStatement insert = administrator.prepareStatement(
                "INSERT INTO allotment.row_limits (table_name, condition, probe, positions, max_rows, model, domain)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                Statement.RETURN_GENERATED_KEYS)) {
            insert.setString(1, wanted.table());
            insert.setString(2, wanted.condition());
            insert.setString(3, probe(wanted.condition(), compared));
            insert.setArray(
                    4,
                    administrator.createArrayOf(
                            "INTEGER", compared.stream().map(Column::position).toArray()));
            insert.setInt(5, wanted.max());
            insert.setString(6, wanted.model());
            insert.setString(7, wanted.domain());
            insert.executeUpdate();
            try (ResultSet keys = insert.getGeneratedKeys()) {
                keys.next();
                id = keys.getLong(1);
            }
        }
        // If every row counts, an update cannot change how many do.
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

    private static String probe(String condition, List<Column> compared) {
        if (compared.isEmpty()) {
            return "SELECT 1 WHERE " + condition;
        }
        List<String> values = compared.stream()
                .map(each -> switch (each.type()) {
                    case TEXT -> "CAST(? AS CHARACTER LARGE OBJECT)";
                    case NUMBER -> "CAST(? AS DECFLOAT)";
                    case BOOLEAN -> "CAST(? AS BOOLEAN)";
                    // Such a column can only be compared with null.
                    case OTHER -> "CASE WHEN ? IS NULL THEN NULL ELSE TRUE END";
                })
                .toList();
        List<String> names =
                compared.stream().map(each -> Schema.quoted(each.name())).toList();
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
