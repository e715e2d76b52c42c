// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.tck.BackendFixture;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** An autovacuum worker is in a database, and only a superuser may end it. */
final class VacuumTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(9, 2));
    private static final DatabaseRef RENAMED = new DatabaseRef("renamed.example", SHOP.uuid());

    /** One minute. */
    private static final int MAX_POLLS = 1200;

    private final PostgresTestServer server = PostgresTestServer.start();

    @Test
    void renamesAndDropsADatabaseThatIsBeingVacuumed() {
        try (Backend backend =
                new PostgresBackendProvider().open(Settings.of(server.newCatalog(PostgresTestServer.Admin.KEEPER)))) {
            backend.catalog().migrate();
            Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
            databases.create(SHOP);
            server.execute("postgres", "ALTER SYSTEM SET autovacuum_naptime = 1", "SELECT pg_reload_conf()");
            server.execute(
                    SHOP.name(),
                    "CREATE TABLE long_vacuumed WITH (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0,"
                            + " autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)"
                            + " AS SELECT n FROM generate_series(1, 100000) n",
                    "DELETE FROM long_vacuumed");

            awaitVacuum(SHOP);
            databases.rename(SHOP, RENAMED.name());
            awaitVacuum(RENAMED);
            databases.drop(RENAMED);

            assertThat(databases.remains(SHOP)).isEqualTo(Map.of("database", false, "login", false));
        } finally {
            server.stop();
        }
    }

    /** Waits for a worker. PostgreSQL starts one every second if there is work. */
    private void awaitVacuum(DatabaseRef database) {
        for (int poll = 0; poll < MAX_POLLS; poll++) {
            String seen = server.value(
                    "postgres",
                    "SELECT count(*) > 0 FROM pg_stat_activity, pg_sleep(0.05) WHERE backend_type = 'autovacuum worker'"
                            + " AND query LIKE '%long_vacuumed%' AND datname = '" + database.name() + "'");
            if (seen.equals("t")) {
                return;
            }
        }
        throw new AssertionError("No worker vacuums " + database.name());
    }
}
