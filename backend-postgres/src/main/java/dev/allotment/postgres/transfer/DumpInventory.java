// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

import dev.allotment.postgres.server.SqlResource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The queries of the system tables that list what a tenant database contains, and the statements that create it again.
 * Each query is a {@code .sql} resource next to this class. It is for a session without a search path, so that every
 * name includes its schema.
 *
 * <p>Tables are created alone, and become partitions or children afterwards. That way they have their columns in the
 * same order, and one statement creates each constraint for all of them.
 */
public final class DumpInventory {
    private static final String INCLUDE = "-- include ";
    private static final String LIMITS =
            "SELECT CAST(ARRAY(SELECT table_name FROM allotment.row_limits ORDER BY table_name) AS text)";

    private static final String NOTE_LIMITS = "SELECT set_config('allotment.limited_tables', ?, false)";

    private static final Map<String, String> READ = new ConcurrentHashMap<>();

    /**
     * A query and the phase in which its statements are executed.
     *
     * @param name of the resource
     */
    record Phased(DumpPhase phase, String name) {
        String sql() {
            return query(name);
        }
    }

    /** Objects of the tenant: system table and oid of each, a description, and the statement that creates it. */
    public static final List<Phased> OBJECTS = List.of(
            new Phased(DumpPhase.SCHEMA, "objects/schemas"),
            new Phased(DumpPhase.EXTENSION, "objects/extensions"),
            new Phased(DumpPhase.TYPE, "objects/types"),
            new Phased(DumpPhase.TYPE, "objects/domains"),
            new Phased(DumpPhase.FUNCTION, "objects/functions"),
            new Phased(DumpPhase.SEQUENCE, "objects/sequences"),
            new Phased(DumpPhase.TABLE, "objects/tables"),
            new Phased(DumpPhase.VIEW, "objects/views"),
            new Phased(DumpPhase.CONSTRAINT, "objects/defaults"),
            new Phased(DumpPhase.CONSTRAINT, "objects/constraints"),
            new Phased(DumpPhase.CONSTRAINT, "objects/domain-constraints"),
            new Phased(DumpPhase.INDEX, "objects/indexes"),
            new Phased(DumpPhase.STATISTICS, "objects/statistics"),
            new Phased(DumpPhase.MATERIALIZED_VIEW, "objects/materialized-views"),
            new Phased(DumpPhase.FOREIGN_KEY, "objects/foreign-keys"),
            new Phased(DumpPhase.TRIGGER, "objects/triggers"),
            new Phased(DumpPhase.TRIGGER, "objects/rules"),
            new Phased(DumpPhase.TRIGGER, "objects/policies"));

    /** Statements that connect two objects: a description, the statement, and system table and oid of both objects. */
    public static final List<Phased> JOINS = List.of(
            new Phased(DumpPhase.INHERITANCE, "joins/inheritance"),
            new Phased(DumpPhase.CONSTRAINT, "joins/sequence-owners"),
            new Phased(DumpPhase.INDEX_PARTITION, "joins/index-partitions"));

    /** The queries for what is executed last, in this order: a description and the statement of each detail. */
    public static final List<String> DETAILS = List.of(
            "details/columns",
            "details/indexes",
            "details/statistics",
            "details/tables",
            "details/partition-triggers",
            "details/extension-dependencies",
            "details/comments",
            "details/public-schema-owner",
            "details/privileges",
            "details/default-privileges",
            "details/settings",
            "details/database-comment");

    /** Objects that are created together with another one: system table and oid of the object and of the other one. */
    static final String ALIASES = "aliases";

    /** Every object that {@link #OBJECTS} or {@link #ALIASES} must cover: system table, oid, description. */
    static final String ALL_OBJECTS = "all-objects";

    /** Which object needs which: system table and oid of both, and the kind of dependency. */
    static final String NEEDS = "needs";

    /** Descriptions of what cannot be created on another server. */
    public static final String OBSTACLES = "obstacles";

    /** Descriptions of what another server may refuse. */
    static final String DOUBTS = "doubts";

    /** Tables with their own rows, by name: description, name, stored columns. */
    static final String ROWS = "rows";

    /** Tables by oid: oid, name. */
    static final String TABLES_TO_LOCK = "tables-to-lock";

    /** Those of {@link #TABLES_TO_LOCK} that this transaction has locked. */
    static final String LOCKED_TABLES = "locked-tables";

    /** Sequences: oid, name. */
    static final String SEQUENCES = "sequences";

    /** The name of each temporary view, with the oid of what it reads. */
    static final String SEQUENCE_VIEWS = "sequence-views";

    /** Tables of the base schema with their columns. */
    static final String BASE_TABLES = "base-tables";

    /** Identity columns of the base schema: table, column, sequence. */
    static final String BASE_COUNTERS = "base-counters";

    /** One row, if the schema public exists. */
    static final String PUBLIC_SCHEMA = "public-schema";

    /** The search path that sessions of the tenant's application have, if one was set for them. */
    static final String SEARCH_PATH = "search-path";

    /** Materialized views with rows: oid and name. */
    static final String POPULATED_VIEWS = "populated-views";

    private DumpInventory() {}

    /**
     * Notes for the queries which tables have record quotas. The tenant may not read that.
     *
     * @param control of the role of the control plane
     * @param tenant of the session that runs the queries
     */
    static void noteLimits(Connection control, Connection tenant) throws SQLException {
        try (Statement read = control.createStatement();
                ResultSet limits = read.executeQuery(LIMITS);
                PreparedStatement note = tenant.prepareStatement(NOTE_LIMITS)) {
            limits.next();
            note.setString(1, limits.getString(1));
            note.execute();
        }
    }

    /** The text of a query, with the files that it includes. */
    static String query(String name) {
        return READ.computeIfAbsent(name, DumpInventory::read);
    }

    private static String read(String name) {
        List<String> lines = new ArrayList<>();
        SqlResource.read(DumpInventory.class, name + ".sql").lines().forEach(line -> {
            if (line.startsWith(INCLUDE)) {
                lines.add(SqlResource.read(DumpInventory.class, "include/" + line.substring(INCLUDE.length())));
            } else {
                lines.add(line);
            }
        });
        return String.join("\n", lines);
    }

    /** The queries that describe all that a tenant database contains; for tests that compare two databases. */
    public static List<String> descriptions() {
        List<String> queries = new ArrayList<>();
        OBJECTS.forEach(each -> queries.add(each.sql()));
        JOINS.forEach(each -> queries.add(each.sql()));
        queries.add(query(OBSTACLES));
        DETAILS.forEach(each -> queries.add(query(each)));
        return queries;
    }
}
