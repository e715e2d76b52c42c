// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Migration;
import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.database.ApplicationAccess;
import dev.allotment.postgres.database.Installation;
import dev.allotment.postgres.database.SessionWatch;
import dev.allotment.postgres.database.TenantConnections;
import dev.allotment.postgres.server.ConnectionPool;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordType.Field;
import dev.allotment.tck.BackendFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tables have the columns and keys of the record types, and a schema of another build is refused. */
final class PostgresSchemaTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(4, 1));

    /** Its table of migrations has no column for the builds that can use the schema. */
    private static final String[] DEVELOPMENT_BUILD = {
        "UPDATE allotment.schema_version SET checksum = '0ld'",
        "ALTER TABLE allotment.schema_version DROP COLUMN readable_from"
    };

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);

    @BeforeEach
    void migrate() {
        backend.catalog().migrate();
    }

    @AfterEach
    void close() {
        backend.close();
        fixture.close();
    }

    @Test
    void theCatalogHasTheColumnsOfItsRecordTypes() {
        PostgresBackend.CATALOG_SCHEMA
                .types()
                .forEach(type -> assertThat(table(fixture.catalog(), type)).isEqualTo(expected(type)));
    }

    @Test
    void aTenantDatabaseHasTheColumnsOfItsRecordTypes() {
        databases.create(SHOP);

        PostgresBackend.TENANT_SCHEMA
                .types()
                .forEach(type -> assertThat(table(SHOP.name(), type)).isEqualTo(expected(type)));
    }

    @Test
    void refusesACatalogOfANewerBuild() {
        server.execute(fixture.catalog(), PostgresFixture.NEWER_SCHEMA);

        assertSchemaRefused(() -> backend.catalog().migrate());
    }

    @Test
    void refusesACatalogOfADevelopmentBuild() {
        server.execute(fixture.catalog(), DEVELOPMENT_BUILD);

        assertDevelopmentBuildRefused("catalog", () -> backend.catalog().migrate());
    }

    @Test
    void refusesATenantDatabaseOfADevelopmentBuild() {
        databases.create(SHOP);
        server.execute(SHOP.name(), DEVELOPMENT_BUILD);

        assertDevelopmentBuildRefused("tenant database", () -> databases.transact(SHOP, tx -> 1));
    }

    @Test
    void refusesATenantDatabaseOfANewerBuild() {
        databases.create(SHOP);
        server.execute(SHOP.name(), PostgresFixture.NEWER_SCHEMA);

        assertSchemaRefused(() -> databases.transact(SHOP, tx -> 1));
    }

    @Test
    void reportsACatalogThatWasNeverMigrated() {
        PostgresFixture fresh = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
        try (fresh;
                Backend unready = fresh.open()) {
            assertSchemaRefused(
                    () -> unready.databases(BackendFixture.DEFAULT_SERVER).list());
        }
    }

    @Test
    void migratesAnOlderTenantDatabaseAtItsFirstUse() throws Exception {
        databases.create(SHOP);
        PostgresSettings settings = PostgresSettings.read(Settings.of(fixture.settings()));
        List<Migration> more = new ArrayList<>(PostgresBackend.TENANT_SCHEMA.migrations());
        more.add(new Migration(
                more.size() + 1, "later", more.size() + 1, false, "CREATE TABLE allotment.later (id bigint)"));
        Schema newer = NextVersion.with(PostgresBackend.TENANT_SCHEMA, more);
        ServerAccess access = new ServerAccess(settings, PostgresBackend.CONTROL_STATEMENTS);
        try (var pool = new ConnectionPool("test", access.catalog(), 2, Duration.ofSeconds(5), true, () -> {});
                SessionWatch watch = new SessionWatch(access.unpooled(), SessionWatch.IDLE)) {
            TenantConnections connections = new TenantConnections(
                    access, pool, new Installation(access, pool, watch, null), new ApplicationAccess(access, 1), newer);
            connections.open(SHOP).close();
            connections.open(SHOP).close();
        }
        assertThat(server.value(SHOP.name(), "SELECT to_regclass('allotment.later') IS NOT NULL"))
                .isEqualTo("t");
        // An older build refuses it from then on.
        assertSchemaRefused(() -> databases.transact(SHOP, tx -> 1));
    }

    private static void assertDevelopmentBuildRefused(String schema, ThrowingCallable call) {
        assertSchemaRefused(call);
        assertThatThrownBy(call)
                .hasMessageMatching("The schema of the " + schema + " was created by a development build: its migration"
                        + " 1 \\(records, checksum 0ld\\) is that of no release\\. This build expects migration 1"
                        + " \\(records, checksum [0-9a-f]{8}\\), and has no migrations from others\\. Run the build that"
                        + " created it, or start with a new one\\.");
    }

    private static void assertSchemaRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_SCHEMA));
    }

    private static List<String> expected(RecordType<?> type) {
        List<String> lines = new ArrayList<>();
        for (Field field : type.fields()) {
            String column = switch (field.kind()) {
                case LONG -> "bigint";
                case INTEGER -> "integer";
                case BOOLEAN -> "boolean";
                case TEXT -> "text C";
                case INSTANT -> "timestamp with time zone";
                case UUID -> "uuid";
            };
            lines.add(field.column() + " " + column + (field.nullable() ? "" : " NOT NULL"));
        }
        for (List<Field> key : type.uniqueKeys()) {
            String columns = key.stream().map(Field::column).collect(Collectors.joining(", "));
            lines.add(type.name() + "_" + columns.replace(", ", "_") + "_key UNIQUE (" + columns + ")");
        }
        lines.sort(null);
        return lines;
    }

    private List<String> table(String database, RecordType<?> type) {
        List<String> lines = new ArrayList<>(server.values(database, """
                SELECT column_name || ' ' || data_type || COALESCE(' ' || collation_name, '')
                       || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END
                FROM information_schema.columns WHERE table_schema = 'allotment' AND table_name = '%s'
                """.formatted(type.name())));
        lines.addAll(server.values(database, """
                SELECT conname || ' ' || replace(pg_get_constraintdef(oid), '"', '')
                FROM pg_constraint WHERE contype = 'u' AND conrelid = 'allotment.%s'::regclass
                """.formatted(type.name())));
        lines.sort(null);
        return lines;
    }
}
