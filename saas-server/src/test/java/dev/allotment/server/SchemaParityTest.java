// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ServerId;
import dev.allotment.fleet.Server;
import dev.allotment.h2.H2BackendProvider;
import dev.allotment.postgres.PostgresBackendProvider;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The schemas of the PostgreSQL and the H2 backend have the same columns and indexes, apart from a few listed here.
 * Both are written by hand, so this test compares the real ones.
 */
final class SchemaParityTest {
    private static final Server DEFAULT_SERVER =
            Server.builder(Server.DEFAULT_NAME).id(new ServerId(1)).sequence(1).build();
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(7, 1));

    /** H2 has no indexes on expressions, so it has a column that sorts texts by code point. */
    private static final Set<String> ONLY_IN_H2 = Set.of(
            "tenants.name_in_order binary varying",
            "tenants (name_in_order, id)",
            // Its triggers evaluate the condition of a quota for a single row.
            "row_limits.probe text not null",
            "row_limits.positions array not null");

    private static final Set<String> ONLY_IN_POSTGRES = Set.of(
            // Distinguishes the databases of several control planes on one server. An H2 folder has one control plane.
            "installation.id uuid not null",
            "installation.single boolean not null",
            "installation unique (single)",
            // Its triggers update this column to take turns. H2's lock the row.
            "row_limits.turn bigint not null");

    private static final String H2_COLUMNS = """
            SELECT LOWER(c.table_name || '.' || c.column_name || ' ' || c.data_type
                || CASE c.is_nullable WHEN 'NO' THEN ' not null' ELSE '' END)
            FROM information_schema.columns c JOIN information_schema.tables t
                ON t.table_schema = c.table_schema AND t.table_name = c.table_name
            WHERE c.table_schema = 'allotment' AND t.table_type = 'BASE TABLE'
            """;

    private static final String H2_INDEXES = """
            SELECT LOWER(table_name || CASE WHEN is_unique THEN ' unique' ELSE '' END || ' ('
                || LISTAGG(column_name, ', ') WITHIN GROUP (ORDER BY ordinal_position) || ')')
            FROM information_schema.index_columns WHERE table_schema = 'allotment'
            GROUP BY table_name, index_name, is_unique
            """;

    private static final String POSTGRES_COLUMNS = """
            SELECT c.table_name || '.' || c.column_name || ' ' || lower(c.data_type)
                || CASE c.is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
            FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
            WHERE c.table_schema = 'allotment' AND t.table_type = 'BASE TABLE'
            """;

    private static final String POSTGRES_INDEXES = """
            SELECT t.relname || CASE WHEN i.indisunique THEN ' unique' ELSE '' END || ' ('
                || string_agg(a.attname, ', ' ORDER BY k.position) || ')'
            FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
                CROSS JOIN LATERAL unnest(CAST(i.indkey AS smallint[])) WITH ORDINALITY AS k (number, position)
                JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
            WHERE t.relnamespace = 'allotment'::regnamespace
            GROUP BY t.relname, i.indexrelid, i.indisunique
            """;

    @TempDir
    static Path folder;

    private static SharedPostgres server;

    @BeforeAll
    static void create() throws IOException {
        server = new SharedPostgres();
        try (Backend h2 = new H2BackendProvider().open(Settings.of(Map.of("path", folder.toString())));
                Backend postgres = new PostgresBackendProvider().open(Settings.of(server.settings()))) {
            for (Backend each : List.of(postgres, h2)) {
                each.catalog().migrate();
                each.databases(DEFAULT_SERVER).create(SHOP);
            }
        }
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @Test
    void catalogsHaveTheSameColumnsAndIndexes() throws SQLException, IOException {
        String h2 = "catalog/catalog";

        assertSame(h2(h2, H2_COLUMNS), postgres("postgres", POSTGRES_COLUMNS));
        assertSame(h2(h2, H2_INDEXES), postgres("postgres", POSTGRES_INDEXES));
    }

    @Test
    void tenantDatabasesHaveTheSameColumnsAndIndexes() throws SQLException, IOException {
        String h2 = "databases/db-" + SHOP.name() + "/" + SHOP.uuid();

        assertSame(h2(h2, H2_COLUMNS), postgres(SHOP.name(), POSTGRES_COLUMNS));
        assertSame(h2(h2, H2_INDEXES), postgres(SHOP.name(), POSTGRES_INDEXES));
    }

    private static void assertSame(Set<String> h2, Set<String> postgres) {
        assertThat(h2).as("comparable").hasSizeGreaterThan(5);
        assertThat(without(h2, postgres, ONLY_IN_H2)).as("only in H2").isEmpty();
        assertThat(without(postgres, h2, ONLY_IN_POSTGRES))
                .as("only in PostgreSQL")
                .isEmpty();
    }

    private static Set<String> without(Set<String> all, Set<String> others, Set<String> expected) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(others);
        rest.removeAll(expected);
        return rest;
    }

    private static Set<String> postgres(String database, String sql) throws SQLException {
        return normalized(server.ask(database, sql));
    }

    private static Set<String> h2(String file, String sql) throws SQLException, IOException {
        List<String> values = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:h2:" + folder.resolve(file) + ";IFEXISTS=TRUE",
                        "sa",
                        Files.readString(folder.resolve("key")));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return normalized(values);
    }

    /** Texts are {@code varchar} in H2 and {@code text} in PostgreSQL. */
    private static Set<String> normalized(List<String> values) {
        Set<String> normalized = new TreeSet<>();
        values.forEach(each -> normalized.add(each.replace("character varying", "text")));
        return normalized;
    }
}
