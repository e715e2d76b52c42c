// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseLoad;
import dev.allotment.Query;
import dev.allotment.ServerId;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServerModelTest {
    private static final String MODEL = "saas_portal.server";

    private final OdooPortal portal = new OdooPortal();

    @AfterEach
    void close() {
        portal.close();
    }

    private long create() {
        return (long) portal.admin(
                MODEL,
                "create",
                Map.of(
                        "name",
                        "far",
                        "backend",
                        "locked",
                        "db_url",
                        "locked://far",
                        "db_user",
                        "keeper",
                        "db_password",
                        "s3cret",
                        "db_settings",
                        Map.of("pool.size", 3),
                        "capacity",
                        20));
    }

    @Test
    void reportsAddressCapacityAndHealthButNotThePassword() {
        long id = create();

        assertThat(portal.read(
                        MODEL,
                        id,
                        "backend",
                        "db_url",
                        "db_user",
                        "db_password",
                        "db_settings",
                        "capacity",
                        "weight",
                        "draining",
                        "databases",
                        "healthy",
                        "health"))
                .containsEntry("backend", "locked")
                .containsEntry("db_url", "locked://far")
                .containsEntry("db_user", "keeper")
                .containsEntry("db_password", false)
                .containsEntry("db_settings", "{\"pool.size\": \"3\"}")
                .containsEntry("capacity", 20)
                .containsEntry("weight", 100)
                .containsEntry("draining", false)
                .containsEntry("databases", 0L)
                .containsEntry("healthy", true)
                .containsEntry("health", false);
        assertThat(portal.admin(MODEL, "read", list(id)).toString()).doesNotContain("s3cret");
        String stored = portal.backend
                .catalog()
                .transact(tx -> tx.records(RecordTypes.SERVER_SECRETS)
                        .list(Query.all())
                        .get(0)
                        .sealed());
        assertThat(stored).doesNotContain("s3cret");
    }

    @Test
    void registersASourceIfItsBackendCanReadOne() {
        assertThat(OdooPortal.fault(() -> portal.admin(
                                MODEL,
                                "create",
                                Map.of("name", "past", "backend", "locked", "db_url", "locked://past", "source", true)))
                        .getMessage())
                .contains("cannot read a server that is a source");
        long id = create();
        assertThat(portal.read(MODEL, id, "source")).containsEntry("source", false);
        assertThat(OdooPortal.fault(() -> portal.admin(MODEL, "write", list(id), Map.of("source", true)))
                        .code())
                .isEqualTo(2);
    }

    @Test
    void writesSingleFieldsAndKeepsThePassword() {
        long id = create();

        portal.admin(MODEL, "write", list(id), Map.of("db_user", "other", "draining", true, "weight", 50));
        assertThat(portal.read(MODEL, id, "db_url", "db_user", "db_settings", "draining", "weight"))
                .containsEntry("db_url", "locked://far")
                .containsEntry("db_user", "other")
                .containsEntry("db_settings", "{\"pool.size\": \"3\"}")
                .containsEntry("draining", true)
                .containsEntry("weight", 50);
        portal.admin(MODEL, "write", list(id), Map.of("db_password", "new s3cret", "db_settings", false));
        assertThat(portal.read(MODEL, id, "db_settings", "db_url"))
                .containsEntry("db_settings", "{}")
                .containsEntry("db_url", "locked://far");
        portal.saas.maintenance().run();
        assertThat(portal.locked.passwords).startsWith("s3cret", "s3cret").endsWith("new s3cret");
    }

    @Test
    void writesLabelsByKey() {
        long id = create();
        portal.admin(MODEL, "write", list(id), Map.of("labels", Map.of("region", "eu", "tier", "ssd")));
        portal.admin(MODEL, "write", list(id), Map.of("labels", Map.of("tier", false, "disk", "nvme")));
        assertThat(portal.read(MODEL, id, "labels")).containsEntry("labels", Map.of("region", "eu", "disk", "nvme"));
        assertThat(OdooPortal.fault(
                                () -> portal.admin(MODEL, "write", list(id), Map.of("labels", Map.of("Region", "eu"))))
                        .getMessage())
                .contains("labels:");
        portal.admin(MODEL, "write", list(id), Map.of("labels", false));
        assertThat(portal.read(MODEL, id, "labels")).containsEntry("labels", Map.of());
    }

    @Test
    void checksAndRepairs() {
        DatabaseRef orphan = new DatabaseRef("lost.example.com", new UUID(7, 7));
        Databases databases = portal.backend.databases(portal.saas.servers().get(new ServerId(1)));
        databases.create(orphan);

        Map<?, ?> report = (Map<?, ?>) portal.admin(MODEL, "check", list());
        assertThat(report.get("servers")).isEqualTo(1);
        assertThat((List<?>) report.get("findings"))
                .singleElement()
                .satisfies(each -> assertThat(each.toString())
                        .contains("code=orphan", "server_id=1", "client_id=false", "automatic=true", orphan.name()));
        assertThat(OdooPortal.fault(() ->
                                portal.adminKw(MODEL, "repair", list(list(1L)), Map.of("drop", List.of("another"))))
                        .getMessage())
                .contains("No orphan has one of these names");

        Object operation = portal.adminKw(MODEL, "repair", list(list()), Map.of("drop", List.of(orphan.name())));
        portal.saas.maintenance().run();
        assertThat(portal.read("saas_portal.operation", (Long) operation, "kind", "state", "result"))
                .containsEntry("kind", "repair")
                .containsEntry("state", "done")
                .containsEntry("result", "{\"repaired\": 1, \"left\": 0, \"messages\": []}");
        assertThat(databases.exists(orphan.name())).isFalse();
    }

    @Test
    void reportsTheLoadOfServersAndTenants() {
        long id = create();
        long owner = portal.signUp("owner@example.com");
        long other = portal.signUp("other@example.com");
        long plan = portal.plan(Map.of("server_id", id));
        long client = (Long) portal.newDatabase(plan, Map.of("user_id", owner)).get("id");
        Map<String, Object> row = portal.read("saas_portal.client", client, "name", "client_id");
        UUID uuid = UUID.fromString((String) row.get("client_id"));
        portal.locked.load.add(DatabaseLoad.builder(uuid, (String) row.get("name"))
                .connections(3)
                .maxConnections(20)
                .oldestTransaction(Duration.ofMillis(1500))
                .locks(70L)
                .activeTime(Duration.ofMillis(90_500))
                .build());
        portal.locked.load.add(DatabaseLoad.builder(new UUID(1, 2), "spare-1").build());
        assertThat(portal.admin(MODEL, "load", list(id))).isEqualTo(list());
        portal.saas.maintenance().run();

        Map<String, Object> expected = new HashMap<>(row);
        expected.remove("id");
        expected.put("active_seconds", 90.5);
        expected.putAll(Map.of(
                "server_id",
                id,
                "connections",
                3,
                "max_connections",
                20,
                "transaction_seconds",
                1.5,
                "locks",
                70L,
                "prepared_transactions",
                false,
                "temporary_bytes",
                false,
                "transactions",
                false));
        assertThat(OdooPortal.rows(portal.admin(MODEL, "load", list(1L, id))))
                .hasSize(2)
                .first()
                .isEqualTo(expected);
        assertThat(portal.execute(
                        OdooPortal.DB, owner, OdooPortal.PASSWORD, "saas_portal.client", "load", list(client)))
                .isEqualTo(list(expected));
        OdooPortal.assertFault(
                4,
                "You are not allowed to call 'load' on 'saas_portal.client' records",
                () -> portal.execute(
                        OdooPortal.DB, other, OdooPortal.PASSWORD, "saas_portal.client", "load", list(client)));
        OdooPortal.assertFault(
                4,
                "You are not allowed to call 'load' on 'saas_portal.server' records: You are not allowed to access"
                        + " 'saas_portal.server' records.",
                () -> portal.execute(OdooPortal.DB, owner, OdooPortal.PASSWORD, MODEL, "load", list(id)));
    }

    @Test
    void retiresALostServerOnly() {
        long id = create();
        assertThat(OdooPortal.fault(() -> portal.admin(MODEL, "give_up", list(id), "far"))
                        .getMessage())
                .contains("cannot be given up");
        assertThat(OdooPortal.fault(() -> portal.admin(MODEL, "write", list(id), Map.of("lost", true)))
                        .code())
                .isEqualTo(2);
        assertThat(portal.read(MODEL, id, "lost")).containsEntry("lost", false);

        // Another user needs another connection, which does not exist.
        portal.admin(MODEL, "write", list(id), Map.of("db_user", "other"));
        portal.locked.down = true;
        for (int minute = 0; minute < 10; minute++) {
            assertThat(portal.admin(MODEL, "give_up", list(id)).toString())
                    .contains("clients=0")
                    .doesNotContain("down_since=false", "remaining_seconds=0,");
            portal.nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
        }
        assertThat(OdooPortal.fault(() -> portal.admin(MODEL, "give_up", list(id), "another"))
                        .getMessage())
                .contains("must be confirmed with its name");
        assertThat(portal.admin(MODEL, "give_up", list(id), "far")).isEqualTo(true);
        assertThat(portal.read(MODEL, id, "lost", "active", "healthy", "health"))
                .containsEntry("lost", true)
                .containsEntry("active", false)
                .containsEntry("healthy", false)
                .containsEntry("health", "It was given up as lost.");

        portal.locked.down = false;
        assertThat(portal.admin(MODEL, "reinstate", list(id))).isEqualTo(true);
        assertThat(portal.read(MODEL, id, "lost", "healthy"))
                .containsEntry("lost", false)
                .containsEntry("healthy", true);
    }

    @Test
    void reportsAllProblemsOfItsSettings() {
        assertThat(OdooPortal.fault(() -> portal.admin(
                                MODEL, "create", Map.of("name", "far", "backend", "locked", "db_user", "x")))
                        .getMessage())
                .contains("url");
        long id = create();
        assertThat(OdooPortal.fault(() -> portal.admin(MODEL, "write", list(id), Map.of("backend", "memory")))
                        .code())
                .isEqualTo(2);
        assertThat(OdooPortal.fault(() -> portal.admin(MODEL, "write", list(1), Map.of("db_password", "s3cret")))
                        .getMessage())
                .contains("no separate password")
                .doesNotContain("s3cret");
    }
}
