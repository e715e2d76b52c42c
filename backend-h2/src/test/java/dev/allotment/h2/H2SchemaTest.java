// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.h2.engine.H2Dialect;
import dev.allotment.jdbc.Migrator;
import dev.allotment.jdbc.Schema;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordType.Field;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The migrations create exactly the columns and keys of the record types. */
class H2SchemaTest {
    static final List<Named<Schema>> SCHEMAS = List.of(
            Named.of("catalog", H2Backend.CATALOG_SCHEMA), Named.of("tenant database", H2Backend.TENANT_SCHEMA));

    @ParameterizedTest
    @FieldSource("SCHEMAS")
    void hasAColumnForEveryField(Schema schema) throws SQLException {
        for (RecordType<?> type : schema.types()) {
            assertThat(query(schema, """
                            SELECT column_name || ' ' || data_type || COALESCE('(' || datetime_precision || ')', '') || ' '
                                || is_nullable
                            FROM information_schema.columns
                            WHERE table_schema = 'allotment' AND table_name = ? AND is_generated = 'NEVER'
                            ORDER BY ordinal_position
                            """, type.name()))
                    .as(type.name())
                    .containsExactlyElementsOf(
                            type.fields().stream().map(H2SchemaTest::column).toList());
        }
    }

    @ParameterizedTest
    @FieldSource("SCHEMAS")
    void hasAConstraintForEveryUniqueKey(Schema schema) throws SQLException {
        for (RecordType<?> type : schema.types()) {
            assertThat(query(schema, """
                            SELECT c.constraint_name || ': ' || LISTAGG(k.column_name, ',') WITHIN GROUP (ORDER BY k.ordinal_position)
                            FROM information_schema.table_constraints c JOIN information_schema.key_column_usage k
                                ON k.constraint_name = c.constraint_name AND k.table_name = c.table_name
                            WHERE c.table_schema = 'allotment' AND c.table_name = ? AND c.constraint_type = 'UNIQUE'
                            GROUP BY c.constraint_name
                            """, type.name()))
                    .as(type.name())
                    .containsExactlyInAnyOrderElementsOf(type.uniqueKeys().stream()
                            .map(key -> constraint(type, key))
                            .toList());
        }
    }

    @ParameterizedTest
    @FieldSource("SCHEMAS")
    void hasNoOtherTablesOrSequences(Schema schema) throws SQLException {
        Set<String> expected =
                new TreeSet<>(schema.types().stream().map(RecordType::name).collect(Collectors.toSet()));
        expected.add("schema_version");
        if (schema.equals(H2Backend.TENANT_SCHEMA)) {
            expected.add("row_limits");
        }

        assertThat(query(
                        schema,
                        "SELECT table_name FROM information_schema.tables WHERE table_schema = ? ORDER BY table_name",
                        "allotment"))
                .containsExactlyElementsOf(expected);
        assertThat(query(
                        schema,
                        "SELECT sequence_name FROM information_schema.sequences WHERE sequence_schema = ?"
                                + " AND sequence_name NOT LIKE 'system%'",
                        "allotment"))
                .containsExactlyInAnyOrderElementsOf(schema.sequences());
    }

    /** As PostgreSQL's test: who becomes what depends on the tenants that an account owns. */
    @Test
    void accountsOfAnOlderCatalogGetTeams() throws SQLException {
        Schema known = H2Backend.CATALOG_SCHEMA;
        Schema older = new Schema(
                known.title(),
                known.types(),
                known.sequences(),
                known.migrations().subList(0, 6));
        try (Connection connection =
                        DriverManager.getConnection("jdbc:h2:mem:;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE", "sa", "");
                Statement statement = connection.createStatement()) {
            new Migrator(H2Dialect.INSTANCE, older).migrate(connection);
            statement.execute("""
                    INSERT INTO allotment.users (login, name, role, active, customer_id, lang, tz, created_at)
                    SELECT login, login, 'PORTAL', active, customer, 'en_US', 'UTC', CURRENT_TIMESTAMP
                    FROM (VALUES (1, 'alone', true, 1), (2, 'mixed', true, 2), (3, 'inactive', false, 3),
                        (4, 'owner', true, 3), (5, 'idle', true, 3), (6, 'gone', false, 4))
                        AS given (id, login, active, customer)
                    ORDER BY id
                    """);
            statement.execute("""
                    INSERT INTO allotment.tenants (uuid, name, state, customer_id, owner_id, server_id, trial, max_users,
                        users_count, storage_limit_mb, database_size_bytes, file_size_bytes, block_on_expiration,
                        block_on_storage_exceed, lang, tz, created_at, suspended_for, plan_version, tags,
                        storage_exceeded)
                    SELECT random_uuid(), 'shop', 'OPEN', customer, owner, 1, false, 0, 0, 0, 0, 0, false, false,
                        'en_US', 'UTC', CURRENT_TIMESTAMP, '[]', 0, '[]', false
                    FROM (VALUES (1, 1), (2, 2), (2, NULL), (3, 3), (3, 4)) AS given (customer, owner)
                    """);

            new Migrator(H2Dialect.INSTANCE, known).migrate(connection);

            List<String> teams = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(
                    "SELECT u.login || ' ' || m.role || ' ' || m.tenants FROM allotment.team_members m"
                            + " JOIN allotment.users u ON u.id = m.user_id AND u.customer_id = m.customer_id ORDER BY u.id")) {
                while (rows.next()) {
                    teams.add(rows.getString(1));
                }
            }
            assertThat(teams)
                    .containsExactly(
                            "alone OWNER all",
                            "mixed OWNER ",
                            "inactive MEMBER ",
                            "owner OWNER ",
                            "idle READER all",
                            "gone OWNER all");
        }
    }

    @Test
    void readsAPageOfTenantsByNameFromAnIndex() throws SQLException {
        assertThat(query(
                        H2Backend.CATALOG_SCHEMA,
                        "EXPLAIN SELECT name FROM allotment.tenants WHERE state <> ? ORDER BY "
                                + H2Dialect.INSTANCE.sortKey("tenants", "name") + ", id FETCH NEXT 80 ROWS ONLY",
                        "deleted"))
                .singleElement()
                .asString()
                .contains("index sorted");
    }

    @Test
    void findsTheTenantsWhoseNextBackupIsDueInAnIndex() throws SQLException {
        for (String due : List.of("<=", ">")) {
            assertThat(query(
                            H2Backend.CATALOG_SCHEMA,
                            "EXPLAIN SELECT name FROM allotment.tenants WHERE plan_id = 1 AND state <> ? AND"
                                    + " next_backup_at " + due + " CURRENT_TIMESTAMP ORDER BY next_backup_at, id"
                                    + " FETCH NEXT 1 ROWS ONLY",
                            "deleted"))
                    .singleElement()
                    .asString()
                    .containsIgnoringCase("tenants_by_next_backup");
        }
    }

    private static String column(Field field) {
        String type = switch (field.kind()) {
            case LONG -> "bigint";
            case INTEGER -> "integer";
            case BOOLEAN -> "boolean";
            case TEXT -> "character varying";
            case INSTANT -> "timestamp with time zone(6)";
            case UUID -> "uuid";
        };
        return field.column() + " " + type + " " + (field.nullable() ? "YES" : "NO");
    }

    private static String constraint(RecordType<?> type, List<Field> key) {
        List<String> columns = key.stream().map(Field::column).toList();
        return Stream.concat(Stream.of(type.name()), columns.stream()).collect(Collectors.joining("_")) + "_key: "
                + String.join(",", columns);
    }

    private static List<String> query(Schema schema, String sql, String parameter) throws SQLException {
        try (Connection connection =
                DriverManager.getConnection("jdbc:h2:mem:;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE", "sa", "")) {
            new Migrator(H2Dialect.INSTANCE, schema).migrate(connection);
            List<String> found = new ArrayList<>();
            try (PreparedStatement query = connection.prepareStatement(sql)) {
                query.setString(1, parameter);
                ResultSet row = query.executeQuery();
                while (row.next()) {
                    found.add(row.getString(1));
                }
            }
            return found;
        }
    }
}
