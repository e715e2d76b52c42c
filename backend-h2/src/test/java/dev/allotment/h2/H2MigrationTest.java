// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Migration;
import dev.allotment.jdbc.Schema;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.tck.BackendFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.h2.api.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An older catalog or tenant database is migrated when it is first used. A newer or foreign one is left unchanged. */
class H2MigrationTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(0, 1));
    private static final int CATALOG = last(H2Backend.CATALOG_SCHEMA);
    private static final int TENANT = last(H2Backend.TENANT_SCHEMA);

    /** No migration after the existing ones. The other constants are scripts of one more migration. */
    private static final String NONE = "";

    private static final String MORE =
            "CREATE TABLE allotment.more (id integer); INSERT INTO allotment.more VALUES (1)";
    private static final String OTHER = MORE + ";";
    private static final String FAILING = "CREATE TABLE allotment.more (id integer); DROP TABLE allotment.parameters;"
            + " INSERT INTO nowhere VALUES (1)";

    @TempDir
    Path folder;

    @Test
    void migratesAnOlderDatabaseAndKeepsItsRecords() {
        use(NONE, this::write);

        use(MORE, backend -> {
            assertThat(countOfBoth(backend)).isEqualTo(2);
            assertThat(hasTable(backend, "allotment.more")).isTrue();
            backend.catalog().migrate();
        });
        use(MORE, backend -> {
            assertThat(countOfBoth(backend)).isEqualTo(2);
        });
    }

    @Test
    void leavesNothingOfAMigrationThatFails() {
        use(NONE, this::write);

        assertRefused(
                ErrorCodes.BACKEND_FAILED,
                "Migration " + (CATALOG + 1) + " (more) of the catalog",
                () -> use(FAILING, backend -> {}));
        use(NONE, FAILING, backend -> {
            assertRefused(
                    ErrorCodes.BACKEND_FAILED,
                    "Migration " + (TENANT + 1) + " (more) of the tenant database",
                    () -> count(backend));
            assertRefused(
                    ErrorCodes.BACKEND_FAILED,
                    "Migration " + (TENANT + 1) + " (more) of the tenant database",
                    () -> count(backend));
        });
        use(NONE, backend -> {
            assertThat(countOfBoth(backend)).isEqualTo(2);
            assertThat(hasTable(backend, "allotment.more")).isFalse();
        });
    }

    @Test
    void recreatesACatalogThatAKilledProcessWasCreating() throws IOException {
        use(NONE, this::write);
        Files.createFile(folder.resolve("new-catalog"));

        use(NONE, backend -> {
            assertThat(backend.catalog().<Long>transact(H2MigrationTest::countParameters))
                    .isZero();
            backend.catalog()
                    .transact(tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "b", "", false)));
        });
        use(
                NONE,
                backend -> assertThat(backend.catalog().<Long>transact(H2MigrationTest::countParameters))
                        .isOne());
    }

    @Test
    void leavesNothingOfACatalogThatCouldNotBeCreated() {
        assertRefused(
                ErrorCodes.BACKEND_FAILED,
                "Migration " + (CATALOG + 1) + " (more) of the catalog",
                () -> use(FAILING, backend -> {}));
        assertThat(folder.resolve("catalog")).doesNotExist();

        use(NONE, this::write);
    }

    @Test
    void refusesANewerDatabase() {
        use(MORE, this::write);

        assertRefused(
                ErrorCodes.BACKEND_SCHEMA,
                "The schema of the catalog has version " + (CATALOG + 1)
                        + " (more), which builds can use that know version " + (CATALOG + 1)
                        + ", but this build knows versions up to " + CATALOG + ".",
                () -> use(NONE, backend -> {}));
        use(MORE, NONE, backend -> {
            assertRefused(
                    ErrorCodes.BACKEND_SCHEMA,
                    "The schema of the tenant database has version " + (TENANT + 1) + " (more)",
                    () -> count(backend));
        });
    }

    @Test
    void refusesADatabaseOfAnotherMigration() {
        use(MORE, this::write);

        assertRefused(
                ErrorCodes.BACKEND_SCHEMA,
                "The schema of the catalog was created by another migration " + (CATALOG + 1) + " (more, checksum",
                () -> use(OTHER, backend -> {}));
        use(MORE, OTHER, backend -> {
            assertRefused(
                    ErrorCodes.BACKEND_SCHEMA,
                    "The schema of the tenant database was created by another migration " + (TENANT + 1),
                    () -> count(backend));
        });
    }

    @Test
    void refusesADatabaseOfADevelopmentBuild() {
        Schema catalog = developmentBuild(H2Backend.CATALOG_SCHEMA);
        Schema tenant = developmentBuild(H2Backend.TENANT_SCHEMA);
        use(H2Backend.CATALOG_SCHEMA, tenant, this::write);

        use(
                NONE,
                backend -> assertRefused(
                        ErrorCodes.BACKEND_SCHEMA,
                        "The schema of the tenant database was created by a development build: its migration 1 (records, checksum",
                        () -> count(backend)));
        use(
                H2Backend.CATALOG_SCHEMA,
                tenant,
                backend -> assertThat(countOfBoth(backend)).isEqualTo(2));
        folder = folder.resolve("other");
        use(catalog, H2Backend.TENANT_SCHEMA, this::write);

        assertRefused(
                ErrorCodes.BACKEND_SCHEMA,
                "The schema of the catalog was created by a development build: its migration 1 (records, checksum",
                () -> use(NONE, backend -> {}));
        use(
                catalog,
                H2Backend.TENANT_SCHEMA,
                backend -> assertThat(countOfBoth(backend)).isEqualTo(2));
    }

    private void write(Backend backend) {
        backend.catalog().transact(tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "a", "", false)));
        databases(backend).create(SHOP);
        databases(backend)
                .transact(SHOP, tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "a", "", false)));
    }

    private static long countOfBoth(Backend backend) {
        return backend.catalog().<Long>transact(H2MigrationTest::countParameters) + count(backend);
    }

    private static long count(Backend backend) {
        return databases(backend).<Long>transact(SHOP, H2MigrationTest::countParameters);
    }

    private static long countParameters(Transaction transaction) {
        return transaction.records(RecordTypes.PARAMETERS).count(Filter.all());
    }

    /**
     * Whether a table exists. A script may not read tables outside the application's schema, but its error shows that
     * they exist.
     */
    private static boolean hasTable(Backend backend, String table) {
        SaasException refused = catchThrowableOfType(
                SaasException.class,
                () -> databases(backend).configure(SHOP, tx -> {
                    tx.run("SELECT count(*) FROM " + table);
                    return null;
                }));
        assertThat(refused.code()).isEqualTo(ErrorCodes.ADDON_FAILED);
        assertThat(refused).cause().isInstanceOf(SQLException.class);
        int error = ((SQLException) refused.getCause()).getErrorCode();
        assertThat(error).isIn(ErrorCode.NOT_ENOUGH_RIGHTS_FOR_1, ErrorCode.TABLE_OR_VIEW_NOT_FOUND_1);
        return error == ErrorCode.NOT_ENOUGH_RIGHTS_FOR_1;
    }

    private void use(String more, Consumer<Backend> use) {
        use(more, more, use);
    }

    private void use(String catalog, String client, Consumer<Backend> use) {
        use(with(H2Backend.CATALOG_SCHEMA, catalog), with(H2Backend.TENANT_SCHEMA, client), use);
    }

    private void use(Schema catalog, Schema client, Consumer<Backend> use) {
        H2Settings settings = H2Settings.read(Settings.of(Map.of("path", folder.toString())));
        try (Backend backend = H2Backend.open(settings, catalog, client)) {
            backend.catalog().migrate();
            use.accept(backend);
        }
    }

    /** The same tables, by another first script. */
    private static Schema developmentBuild(Schema schema) {
        Migration first = schema.migrations().get(0);
        Migration other = new Migration(1, first.name(), 1, false, first.script() + ";");
        return new Schema(schema.title(), schema.types(), schema.sequences(), List.of(other));
    }

    private static Schema with(Schema schema, String script) {
        List<Migration> migrations = new ArrayList<>(schema.migrations());
        if (!script.equals(NONE)) {
            migrations.add(new Migration(last(schema) + 1, "more", last(schema) + 1, false, script));
        }
        return new Schema(schema.title(), schema.types(), schema.sequences(), migrations);
    }

    private static int last(Schema schema) {
        return schema.migrations().get(schema.migrations().size() - 1).version();
    }

    private static Databases databases(Backend backend) {
        return backend.databases(BackendFixture.DEFAULT_SERVER);
    }

    private static void assertRefused(String code, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
