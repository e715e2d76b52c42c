// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.list;
import static dev.allotment.odoo.OdooPortal.rows;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ClientModelTest {
    private final OdooPortal portal = new OdooPortal();
    private OdooPortal.Client client = new OdooPortal.Client(0, "", 0, 0);

    @BeforeEach
    void client() {
        client = portal.client("owner@example.com");
    }

    @AfterEach
    void close() {
        portal.close();
    }

    private Object call(String method, Object... args) {
        return portal.admin("saas_portal.client", method, args);
    }

    private Object read(String field) {
        return portal.read("saas_portal.client", client.id(), field).get(field);
    }

    @Test
    void hasAllFieldsOfTheContract() {
        Map<String, Object> row = portal.read("saas_portal.client", client.id());

        assertThat(row.keySet())
                .contains(
                        "name",
                        "client_id",
                        "state",
                        "plan_id",
                        "partner_id",
                        "user_id",
                        "server_id",
                        "trial",
                        "expired",
                        "expiration_datetime",
                        "max_users",
                        "users_len",
                        "total_storage_limit",
                        "db_storage",
                        "file_storage",
                        "block_on_expiration",
                        "block_on_storage_exceed",
                        "storage_exceed",
                        "host",
                        "public_url",
                        "create_date");
        assertThat(row)
                .containsEntry("name", "client-001.localhost")
                .containsEntry("state", "open")
                .containsEntry("server_id", list(1L, "default"))
                .containsEntry("expiration_datetime", false)
                .containsEntry("expired", false)
                .containsEntry("host", "client-001.localhost")
                .containsEntry("public_url", "http://client-001.localhost:8069/")
                .containsEntry("create_date", "2026-03-01 12:00:00");
    }

    @Test
    void hasAMaintenanceWindow() {
        assertThat(read("maintenance_window")).isEqualTo(false);
        call("write", list(client.id()), Map.of("maintenance_window", "22:00-04:00"));
        assertThat(read("maintenance_window")).isEqualTo("22:00-04:00");
        Object filter = list("maintenance_window", "=", "22:00-04:00");
        assertThat(call("search", list(filter))).isEqualTo(list(client.id()));
        assertThat(OdooPortal.fault(() -> call("write", list(client.id()), Map.of("maintenance_window", "22:00-22:00")))
                        .code())
                .isEqualTo(2);
        assertThat(OdooPortal.fault(() -> portal.execute(
                                OdooPortal.DB,
                                client.owner(),
                                OdooPortal.PASSWORD,
                                "saas_portal.client",
                                "write",
                                list(client.id()),
                                Map.of("maintenance_window", false)))
                        .code())
                .isEqualTo(4);
        assertThat(read("maintenance_window")).isEqualTo("22:00-04:00");
        call("write", list(client.id()), Map.of("maintenance_window", false));
        assertThat(read("maintenance_window")).isEqualTo(false);
    }

    @Test
    void renamesADatabaseWithoutChangingItsIdentity() {
        Object uuid = read("client_id");

        assertThat(call("rename_database", list(client.id()), "shop.example.com"))
                .isEqualTo(true);

        assertThat(read("name")).isEqualTo("shop.example.com");
        assertThat(read("client_id")).isEqualTo(uuid);
        assertThat(portal.db("db_exist", "shop.example.com")).isEqualTo(true);
        assertThat(portal.adminKw(
                        "saas_portal.client",
                        "rename_database",
                        list(client.id()),
                        Map.of("new_dbname", "store.example.com")))
                .isEqualTo(true);
        assertThat(OdooPortal.fault(() -> call("rename_database", list(client.id()), "No Name"))
                        .code())
                .isEqualTo(2);
    }

    @Test
    @SuppressWarnings("unchecked")
    void duplicatesADatabaseWithASignInLink() {
        Map<String, Object> copy = (Map<String, Object>) portal.adminKw(
                "saas_portal.client",
                "duplicate_database",
                list((Object) list(client.id())),
                Map.of("dbname", "copy.example.com", "partner_id", 2, "expiration", 5, "target_server", 1));

        assertThat(copy).containsOnlyKeys("url", "id", "client_id", "auth_url");
        assertThat((String) copy.get("url")).startsWith("http://copy.example.com:8069/saas_client/new_database?");
        assertThat(portal.read(
                        "saas_portal.client",
                        (Long) copy.get("id"),
                        "name",
                        "partner_id",
                        "expiration_datetime",
                        "state"))
                .isEqualTo(Map.of(
                        "id", copy.get("id"),
                        "name", "copy.example.com",
                        "partner_id", list(2L, "Administrator"),
                        "expiration_datetime", "2026-03-01 17:00:00",
                        "state", "open"));
        assertThat(copy.get("client_id")).isNotEqualTo(read("client_id"));
    }

    @Test
    @SuppressWarnings("unchecked")
    void duplicatesOntoTheTargetServerAndRefusesAnUnknownOne() {
        Object second = portal.admin("saas_portal.server", "create", Map.of("name", "second"));
        Map<String, Object> copy = (Map<String, Object>) portal.adminKw(
                "saas_portal.client",
                "duplicate_database",
                list((Object) list(client.id())),
                Map.of("dbname", "copy.example.com", "target_server", second));

        assertThat(portal.read("saas_portal.client", (Long) copy.get("id"), "server_id", "state"))
                .isEqualTo(Map.of("id", copy.get("id"), "server_id", list(second, "second"), "state", "open"));
        assertThat(OdooPortal.fault(() -> portal.adminKw(
                                "saas_portal.client",
                                "duplicate_database",
                                list((Object) list(client.id())),
                                Map.of("dbname", "other.example.com", "target_server", 9)))
                        .code())
                .isEqualTo(2);
    }

    @Test
    void movesToTheTargetServerAndDoesNothingIfItIsThere() {
        Object second = portal.admin("saas_portal.server", "create", Map.of("name", "second"));
        Object before = read("client_id");
        for (int time = 0; time < 2; time++) {
            assertThat(call("move_database", list(client.id()), second)).isEqualTo(true);
        }

        assertThat(portal.read("saas_portal.client", client.id(), "server_id", "client_id", "state"))
                .isEqualTo(Map.of(
                        "id", client.id(), "server_id", list(second, "second"), "client_id", before, "state", "open"));
        assertThat(OdooPortal.fault(() -> call("move_database", list(client.id()), 9))
                        .code())
                .isEqualTo(2);
    }

    @Test
    void makesAPreviewCopyAndListsItUnderItsSource() {
        Object copy = ((Map<?, ?>) portal.adminKw(
                        "saas_portal.client",
                        "duplicate_database",
                        list((Object) list(client.id())),
                        Map.of("dbname", "look.example.com", "expiration", 5, "preview", true)))
                .get("id");

        assertThat(portal.read("saas_portal.client", (Long) copy, "preview_of", "expiration_datetime"))
                .isEqualTo(Map.of(
                        "id",
                        copy,
                        "preview_of",
                        list(client.id(), "client-001.localhost"),
                        "expiration_datetime",
                        "2026-03-01 17:00:00"));
        assertThat(portal.admin("saas_portal.client", "search", list(list("preview_of", "=", client.id()))))
                .isEqualTo(list(copy));
        assertThat(OdooPortal.fault(() -> portal.adminKw(
                                "saas_portal.client",
                                "duplicate_database",
                                list((Object) list(client.id())),
                                Map.of("dbname", "other.example.com", "preview", true)))
                        .code())
                .isEqualTo(2);
    }

    @Test
    void namesAnUnnamedDuplicateByThePlansTemplate() {
        Object copy = ((Map<?, ?>) call("duplicate_database", client.id())).get("id");

        assertThat(portal.read("saas_portal.client", (Long) copy, "name"))
                .containsEntry("name", "client-002.localhost");
    }

    @Test
    void dropsDatabasesAndKeepsTheirRecordsAsDeleted() {
        assertThat(call("delete_database", list(client.id()))).isEqualTo(true);

        assertThat(read("state")).isEqualTo("deleted");
        assertThat(portal.db("list")).isEqualTo(list(OdooPortal.DB));
        assertFault(
                2,
                "Database \"client-001.localhost\" does not exist",
                () -> portal.owner(client, "res.users", "search_count"));
        assertThat(call("search", list(list("state", "!=", "deleted")))).isEqualTo(list());
    }

    @Test
    void leavesDeletedDatabasesOutOfSearchesUnlessRequested() {
        assertThat(read("active")).isEqualTo(true);
        for (String days : List.of("0", "30")) {
            portal.admin("ir.config_parameter", "set_param", "saas_portal.retention_days", days);
            Object id = call("search", list(list("active", "=", true)));
            call("delete_database", id);

            assertThat(call("search", list())).isEqualTo(list());
            assertThat(call("search_count", list())).isEqualTo(0L);
            assertThat(call("search_read", list(list("name", "like", "client"))))
                    .isEqualTo(list());
            assertThat(call("name_search", "client")).isEqualTo(list());
            assertThat(call("search", list(list("active", "=", true)))).isEqualTo(list());
            assertThat(list(call("search", list(list("active", "=", false), list("id", "in", id)))))
                    .isEqualTo(list(id));
            assertThat(call("search", list(list("state", "=", "deleted"), list("id", "in", id))))
                    .isEqualTo(id);
            assertThat(portal.adminKw(
                            "saas_portal.client",
                            "search",
                            list((Object) list(list("id", "in", id))),
                            Map.of("context", Map.of("active_test", false))))
                    .isEqualTo(id);
            assertThat(rows(call("read", id, list("active"))))
                    .isEqualTo(list(Map.of("id", ((List<?>) id).get(0), "active", false)));
            portal.client("owner" + days + "@example.com");
        }
        assertFault(
                2,
                "Field 'active' on model 'saas_portal.client' cannot be written",
                () -> call("write", list(client.id()), Map.of("active", true)));
    }

    @Test
    void configuresEachDatabaseAndReturnsEachResult() {
        Map<String, Object> payload = Map.of("access_owner_add", list("no.such"), "install_addons", list("sale"));

        assertThat(call("upgrade", list(client.id()), payload))
                .isEqualTo(list("{\"client-001.localhost\": {\"access_owner_add\": [\"group not found: no.such\"]}}"));
        assertThat(call("upgrade", list(client.id()))).isEqualTo(list());
        assertThat(portal.inside(
                        client,
                        "ir.module.module",
                        "search_count",
                        list(list("name", "=", "sale"), list("state", "=", "installed"))))
                .isEqualTo(1L);
    }

    @Test
    void readsUsersAndSizesAgain() {
        portal.backend.setSize(client.name(), 7L * 1024 * 1024);
        portal.inside(client, "res.users", "create", Map.of("login", "x", "name", "X"));

        assertThat(call("sync_client", list(client.id()))).isEqualTo(true);

        assertThat(read("db_storage")).isEqualTo(7);
        assertThat(read("users_len")).isEqualTo(2);
        assertThat(read("file_storage")).isEqualTo(0);
    }

    @Test
    void sendsLimitsAndExpiryToTheDatabase() {
        call("write", list(client.id()), Map.of("max_users", 12, "total_storage_limit", 100));

        assertThat(call("send_params_to_client_db", list(client.id()))).isEqualTo(true);

        assertThat(portal.saas.database(client.name()).parameters().value("saas_client.max_users"))
                .hasValue("12");
        assertThat(portal.saas.database(client.name()).parameters().value("saas_client.total_storage_limit"))
                .hasValue("100");
    }

    @Test
    void writesLimitsBlockingExpiryTrialAndPartner() {
        Map<String, Object> values = Map.of(
                "max_users",
                3,
                "total_storage_limit",
                50,
                "block_on_expiration",
                true,
                "block_on_storage_exceed",
                true,
                "expiration_datetime",
                "2026-04-01 00:00:00",
                "trial",
                true,
                "partner_id",
                2);

        assertThat(call("write", list(client.id()), values)).isEqualTo(true);

        Map<String, Object> row = portal.read("saas_portal.client", client.id());
        assertThat(row)
                .containsAllEntriesOf(Map.of(
                        "max_users",
                        3,
                        "total_storage_limit",
                        50,
                        "block_on_expiration",
                        true,
                        "block_on_storage_exceed",
                        true,
                        "expiration_datetime",
                        "2026-04-01 00:00:00",
                        "trial",
                        true,
                        "partner_id",
                        list(2L, "Administrator")));
        assertFault(
                2,
                "Field 'name' on model 'saas_portal.client' cannot be written with another value than"
                        + " \"client-001.localhost\": rename_database renames a database.",
                () -> call("write", list(client.id()), Map.of("name", "x")));
        assertFault(
                2,
                "Field 'expiration_datetime' on model 'saas_portal.client' must be a time such as 2026-01-31 12:00:00,"
                        + " found a text.",
                () -> call("write", list(client.id()), Map.of("expiration_datetime", "tomorrow")));
    }

    @Test
    void expiresExactlyAtItsInstantAndIsFoundAsExpired() {
        call("write", list(client.id()), Map.of("expiration_datetime", "2026-03-01 13:00:00"));
        assertThat(call("search", list(list("expired", "=", true)))).isEqualTo(list());

        portal.clock.advance(Duration.ofHours(1));

        assertThat(read("expired")).isEqualTo(true);
        assertThat(call("search", list(list("expired", "=", true)))).isEqualTo(list(client.id()));
        assertThat(call("search", list(list("expired", "=", false)))).isEqualTo(list());
    }

    @Test
    void exceedsItsStorageAboveItsLimit() {
        call("write", list(client.id()), Map.of("total_storage_limit", 1));
        portal.backend.setSize(client.name(), 2L * 1024 * 1024);
        call("sync_client", list(client.id()));

        assertThat(read("storage_exceed")).isEqualTo(true);
        OdooPortal.Client other = portal.client("other@example.com");
        call("write", list(other.id()), Map.of("total_storage_limit", 1));
        assertThat(call("search", list(list("storage_exceed", "=", true)))).isEqualTo(list(client.id()));
        assertThat(call("search", list(list("storage_exceed", "=", false)))).isEqualTo(list(other.id()));
        assertThat(call("search", list(list("storage_exceed", "!=", true)))).isEqualTo(list(other.id()));
        assertThat(call("search", list(), 0, 0, "storage_exceed, id")).isEqualTo(list(other.id(), client.id()));
        assertThat(call("search", list(), 0, 0, "storage_exceed desc, id")).isEqualTo(list(client.id(), other.id()));
    }

    @Test
    void reportsAllCausesOfItsSuspension() {
        assertThat(read("suspended_for")).isEqualTo(false);
        call("write", list(client.id()), Map.of("total_storage_limit", 1, "block_on_storage_exceed", true));
        portal.backend.setSize(client.name(), 2L * 1024 * 1024);
        call("sync_client", list(client.id()));
        portal.saas.maintenance().run();
        call("suspend", list(client.id()));

        assertThat(read("suspended_for")).isEqualTo("storage,manual");
    }

    @Test
    void offersAllStatesAndReportsTheCurrentOne() {
        Object field = call("fields_get", list("state"), list("selection"));

        assertThat(((List<?>) ((Map<?, ?>) ((Map<?, ?>) field).get("state")).get("selection"))
                        .stream().map(choice -> ((List<?>) choice).get(0)).toList())
                .isEqualTo(list("draft", "open", "cancelled", "pending", "deleted", "template"));
        assertThat(call("search", list(list("state", "=", "cancelled")))).isEqualTo(list());
        portal.saas.tenants().suspend(new dev.allotment.TenantId(client.id()));
        assertThat(read("state")).isEqualTo("pending");
        assertThat(call("search", list(list("state", "=", "pending")))).isEqualTo(list(client.id()));
    }

    @Test
    void cannotBeUnlinkedAsARecord() {
        assertFault(
                2,
                "The method 'unlink' does not exist on the model 'saas_portal.client'",
                () -> call("unlink", list(client.id())));
    }

    @Test
    void namesAMissingRecordInFault2() {
        for (String method :
                List.of("delete_database", "sync_client", "send_params_to_client_db", "duplicate_database")) {
            assertFault(
                    2,
                    "Record does not exist or has been deleted. (Record: saas_portal.client(99,), User: 2)",
                    () -> call(method, list(99)));
        }
    }
}
