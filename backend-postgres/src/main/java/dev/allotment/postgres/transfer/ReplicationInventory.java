// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

import dev.allotment.SaasException;
import dev.allotment.jdbc.Schema;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a replication of a tenant database has to know about its content, over a connection of an administrator that is
 * closed afterwards. Only system tables and sequences are read, which runs no code of the tenant.
 *
 * <p>A publication has all tables that existed when the replication was started, and a hash of everything that a copy
 * gets once only as its comment. The tenant's role owns neither, so it cannot change them.
 */
public final class ReplicationInventory {
    private static final int SEQUENCES_AT_ONCE = 200;

    private static final String FINGERPRINT =
            "SELECT obj_description(oid, 'pg_publication') FROM pg_publication WHERE pubname = ?";

    private static final String PUBLISHED = "SELECT CAST(r.prrelid AS text) FROM pg_publication_rel r"
            + " JOIN pg_publication p ON p.oid = r.prpubid WHERE p.pubname = ?";

    /** The system tables that show a change of anything in a database but rows and the values of sequences. */
    private static final List<String> CATALOGS = List.of(
            "pg_aggregate",
            "pg_attrdef",
            "pg_attribute",
            "pg_cast",
            "pg_class",
            "pg_collation",
            "pg_constraint",
            "pg_conversion",
            "pg_default_acl",
            "pg_depend",
            "pg_description WHERE classoid <> CAST('pg_publication' AS regclass)",
            "pg_enum",
            "pg_event_trigger",
            "pg_extension",
            "pg_foreign_data_wrapper",
            "pg_foreign_server",
            "pg_index",
            "pg_inherits",
            "pg_init_privs",
            "pg_language",
            "pg_largeobject_metadata",
            "pg_namespace",
            "pg_opclass",
            "pg_operator",
            "pg_opfamily",
            "pg_partitioned_table",
            "pg_policy",
            "pg_proc",
            "pg_publication_rel",
            "pg_range",
            "pg_rewrite",
            "pg_seclabel",
            "pg_sequence",
            "pg_statistic_ext",
            "pg_transform",
            "pg_trigger",
            "pg_ts_config",
            "pg_ts_dict",
            "pg_type",
            "pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"
                    + " OR setrole = (SELECT datdba FROM pg_database WHERE datname = current_database())",
            "pg_shdescription WHERE classoid = CAST('pg_database' AS regclass)"
                    + " AND objoid = (SELECT oid FROM pg_database WHERE datname = current_database())");

    private static final String SIGNATURE = CATALOGS.stream()
            .map(each ->
                    "SELECT CAST(count(*) AS text), CAST(sum(hashtext(CAST(ctid AS text) || ' ' || CAST(xmin AS text)))"
                            + " AS text) FROM " + each)
            .collect(Collectors.joining(" UNION ALL "));

    private static final String SET_SEQUENCES = "SELECT count(setval(CAST(s.name AS regclass), CAST(s.last AS bigint),"
            + " CAST(s.called AS boolean))) FROM unnest(?, ?, ?) s(name, last, called)";

    private final Connection connection;

    private ReplicationInventory(Connection connection) {
        this.connection = connection;
    }

    /** Prepares a connection, which is in no transaction, or in the one of a {@link DatabaseSender}. */
    public static ReplicationInventory of(Connection connection) throws SQLException {
        ReplicationInventory inventory = new ReplicationInventory(connection);
        inventory.execute(DatabaseSender.SETTINGS);
        DumpInventory.noteLimits(connection, connection);
        return inventory;
    }

    /** Returns descriptions of what cannot be replicated. */
    public List<String> obstacles() throws SQLException {
        String large = TransferSizes.tooManyDefinitions(connection);
        return large == null
                ? rows(DumpInventory.query("not-replicated")).stream()
                        .map(row -> row.get(0))
                        .toList()
                : List.of(large);
    }

    /** Publishes the changes of all tables. */
    public void publish(String publication) throws SQLException {
        String quoted = Schema.quoted(publication);
        String tables = String.join(
                ", ONLY ",
                rows(DumpInventory.query("published")).stream()
                        .map(row -> row.get(1))
                        .toList());
        execute("BEGIN; SET LOCAL lock_timeout = '10s'; CREATE PUBLICATION " + quoted + " FOR TABLE ONLY " + tables
                + "; COMMENT ON PUBLICATION " + quoted + " IS '" + fingerprint() + "'; COMMIT");
    }

    /**
     * Refuses a database whose structure has changed since it was {@linkplain #publish published}. What a copy has then
     * may be something else.
     *
     * @throws SaasException {@code database.not-transferable}
     */
    public void checkUnchanged(String name, String publication) throws SQLException {
        Set<String> tables = new HashSet<>();
        rows(DumpInventory.query("published")).forEach(row -> tables.add(row.get(0)));
        Set<String> published = new HashSet<>();
        rows(PUBLISHED, publication).forEach(row -> published.add(row.get(0)));
        if (!tables.equals(published) || !comment(publication).get(0).equals(fingerprint())) {
            throw DatabaseSender.notTransferable(
                    name, "its tables or other objects were changed meanwhile; try again later", null);
        }
    }

    /** Checks like {@link #checkUnchanged}, and notes that, so that {@link #checkQuickly} has less to do. */
    public void checkAndNote(String name, String publication) throws SQLException {
        String signature = signature();
        checkUnchanged(name, publication);
        execute("COMMENT ON PUBLICATION " + Schema.quoted(publication) + " IS '"
                + comment(publication).get(0) + " " + signature + "'");
    }

    /** Checks like {@link #checkUnchanged}, with one query if no system table has changed since that was noted. */
    public void checkQuickly(String name, String publication) throws SQLException {
        if (!comment(publication).contains(signature())) {
            checkUnchanged(name, publication);
        }
    }

    /** The fingerprint, and the signature if there is one. */
    private List<String> comment(String publication) throws SQLException {
        List<List<String>> comment = rows(FINGERPRINT, publication);
        return comment.isEmpty() ? List.of("") : List.of(comment.get(0).get(0).split(" "));
    }

    /** Returns a hash of the versions of the rows of system tables. Temporary tables change it, too. */
    private String signature() throws SQLException {
        return hash(List.of(SIGNATURE));
    }

    /** Returns a hash of everything in the database but rows and the values of sequences. */
    private String fingerprint() throws SQLException {
        List<String> queries = new ArrayList<>(DumpInventory.descriptions());
        queries.add(DumpInventory.query("last-changes"));
        queries.add(DumpInventory.query("not-replicated"));
        return hash(queries);
    }

    private String hash(List<String> queries) throws SQLException {
        MessageDigest hash = sha256();
        for (String query : queries) {
            rows(query).stream().map(List::toString).sorted().forEach(row -> {
                hash.update(row.getBytes(StandardCharsets.UTF_8));
                hash.update((byte) '\n');
            });
        }
        return HexFormat.of().formatHex(hash.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }

    /** Returns the state of each counter of the base schema by its name. */
    public Map<String, String> counters() throws SQLException {
        return states(rows(DumpInventory.query(DumpInventory.BASE_COUNTERS)).stream()
                .map(row -> row.get(2))
                .toList());
    }

    /**
     * Returns the state of each sequence of the tenant by its name. No application may be connected: it could exchange
     * names.
     *
     * @param tenant a session with the rights of the tenant, in auto-commit mode
     */
    public Map<String, String> sequences(Connection tenant) throws SQLException {
        ReplicationInventory inside = new ReplicationInventory(tenant);
        inside.execute(DatabaseSender.SETTINGS);
        DumpInventory.noteLimits(connection, tenant);
        return inside.states(inside.rows(DumpInventory.query(DumpInventory.SEQUENCES)).stream()
                .map(row -> row.get(1))
                .toList());
    }

    private Map<String, String> states(List<String> names) throws SQLException {
        Map<String, String> states = new HashMap<>();
        for (int from = 0; from < names.size(); from += SEQUENCES_AT_ONCE) {
            List<String> some = names.subList(from, Math.min(names.size(), from + SEQUENCES_AT_ONCE));
            List<String> queries = new ArrayList<>();
            for (int i = 0; i < some.size(); i++) {
                queries.add("SELECT " + i + ", last_value || ' ' || is_called FROM " + some.get(i));
            }
            rows(String.join(" UNION ALL ", queries))
                    .forEach(row -> states.put(some.get(Integer.parseInt(row.get(0))), row.get(1)));
        }
        return states;
    }

    /** Sets sequences to what {@link #sequences} of the original returned. */
    public void setSequences(Map<String, String> states) throws SQLException {
        List<String> names = List.copyOf(states.keySet());
        List<String> values = new ArrayList<>();
        List<String> called = new ArrayList<>();
        for (String name : names) {
            String[] state = Objects.requireNonNull(states.get(name)).split(" ");
            values.add(state[0]);
            called.add(state[1]);
        }
        try (PreparedStatement set = connection.prepareStatement(SET_SEQUENCES)) {
            set.setArray(1, connection.createArrayOf("text", names.toArray()));
            set.setArray(2, connection.createArrayOf("text", values.toArray()));
            set.setArray(3, connection.createArrayOf("text", called.toArray()));
            set.execute();
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    private List<List<String>> rows(String sql, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            List<List<String>> all = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        @Nullable String value = rows.getString(i);
                        row.add(value == null ? "" : value);
                    }
                    all.add(row);
                }
            }
            return all;
        }
    }
}
