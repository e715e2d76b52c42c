// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.fault;
import static dev.allotment.odoo.OdooPortal.list;
import static dev.allotment.odoo.OdooPortal.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.odoo.fault.OdooFault;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RightsTest {
    private final OdooPortal portal = new OdooPortal();
    private OdooPortal.Client own = new OdooPortal.Client(0, "", 0, 0);
    private OdooPortal.Client other = new OdooPortal.Client(0, "", 0, 0);

    @BeforeEach
    void clients() {
        own = portal.client("owner@example.com");
        other = portal.client("other@example.com");
    }

    @AfterEach
    void close() {
        portal.close();
    }

    private Object call(String model, String method, Object... args) {
        return portal.execute(OdooPortal.DB, own.owner(), OdooPortal.PASSWORD, model, method, args);
    }

    private long partner(OdooPortal.Client client) {
        return (Long) ((List<?>) portal.read("saas_portal.client", client.id(), "partner_id")
                        .get("partner_id"))
                .get(0);
    }

    @Test
    void seesOnlyItself() {
        assertThat(call("res.users", "search", list())).isEqualTo(list(own.owner()));
        assertThat(call("res.users", "search_count", list())).isEqualTo(1L);
        assertThat(rows(call("res.users", "search_read", list(), list("login", "partner_id"))))
                .isEqualTo(list(Map.of(
                        "id", own.owner(),
                        "login", "owner@example.com",
                        "partner_id", list(partner(own), "Client owner@example.com"))));
        for (String method : List.of("read", "name_get")) {
            assertFault(
                    4,
                    "You are not allowed to access 'res.users' records",
                    () -> call("res.users", method, list(own.owner(), other.owner())));
        }
        assertThat(call("res.users", "read", list(own.owner(), 999), list("login")))
                .isEqualTo(list(Map.of("id", own.owner(), "login", "owner@example.com")));
    }

    @Test
    void renamesOnlyItself() {
        assertThat(call("res.users", "write", list(own.owner()), Map.of("name", "New Name")))
                .isEqualTo(true);
        assertThat(portal.read("res.users", own.owner(), "name")).containsEntry("name", "New Name");
        for (long id : new long[] {other.owner(), 2}) {
            assertFault(
                    4,
                    "You are not allowed to modify 'res.users' records",
                    () -> call("res.users", "write", list(id), Map.of("name", "x")));
        }
    }

    @Test
    void cannotPromoteItselfByWriting() {
        for (Map<String, Object> values : List.<Map<String, Object>>of(
                Map.of("login", "boss"),
                Map.of("share", false),
                Map.of("groups_id", list((Object) list(4, 4))),
                Map.of("active", false),
                Map.of("password", "x"))) {
            OdooFault fault = fault(() -> call("res.users", "write", list(own.owner()), values));
            assertThat(fault.code()).as("%s", values).isEqualTo(4);
            assertThat(fault).hasMessageStartingWith("You are not allowed to modify 'res.users' records");
        }
        assertThat(portal.read("res.users", own.owner(), "share", "login", "active"))
                .containsEntry("share", true)
                .containsEntry("login", "owner@example.com")
                .containsEntry("active", true);
    }

    @Test
    void seesOnlyItsOwnClientsAndTheirPlans() {
        assertThat(call("saas_portal.client", "search", list())).isEqualTo(list(own.id()));
        Map<String, Object> row =
                rows(call("saas_portal.client", "read", list(own.id()))).get(0);
        assertThat(row)
                .containsEntry("name", own.name())
                .containsEntry("server_id", list(1L, "default"))
                .containsEntry("user_id", list(own.owner(), "Client owner@example.com"))
                .containsEntry("host", own.name());
        long plan = (Long) ((List<?>) row.get("plan_id")).get(0);
        assertThat(call("saas_portal.plan", "search", list())).isEqualTo(list(plan));
        assertThat(rows(call("saas_portal.plan", "read", list(plan))).get(0))
                .containsEntry("name", "Basic")
                .containsEntry("state", "confirmed");
        assertFault(
                4,
                "You are not allowed to access 'saas_portal.client' records",
                () -> call("saas_portal.client", "read", list(other.id())));
    }

    @Test
    void seesOnlyItsOwnPartner() {
        assertThat(call("res.partner", "search", list())).isEqualTo(list(partner(own)));
        assertFault(
                4,
                "You are not allowed to access 'res.partner' records",
                () -> call("res.partner", "read", list(partner(other))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ir.config_parameter",
                "saas_portal.server",
                "saas_portal.database",
                "ir.module.module",
                "res.groups",
                "ir.model.data"
            })
    void seesNothingElse(String model) {
        String message = "You are not allowed to access '" + model + "' records";

        assertFault(4, message, () -> call(model, "search", list()));
        assertFault(4, message, () -> call(model, "search_count", list()));
        assertFault(4, message, () -> call(model, "search_read", list()));
        assertFault(4, message, () -> call(model, "name_search"));
        assertFault(4, message, () -> call(model, "read", list(1)));
    }

    @ParameterizedTest
    @CsvSource({
        "res.users,create,create",
        "res.partner,create,create",
        "saas_portal.plan,create,create",
        "saas_portal.server,create,create",
        "ir.config_parameter,create,create"
    })
    void cannotCreateRecords(String model, String method, String verb) {
        Map<String, Object> values = model.equals("ir.config_parameter")
                ? Map.of("key", "x", "value", "y")
                : model.equals("res.users") ? Map.of("name", "X", "login", "x", "password", "x") : Map.of("name", "X");

        OdooFault fault = fault(() -> call(model, method, values));

        assertThat(fault.code()).isEqualTo(4);
        assertThat(fault).hasMessageStartingWith("You are not allowed to " + verb + " '" + model + "' records");
    }

    @Test
    void cannotChangeItsClientOrPlan() {
        long plan = (Long) ((List<?>) call("saas_portal.plan", "search", list())).get(0);
        assertDenied("saas_portal.client", "write", list(own.id()), Map.of("max_users", 1000));
        assertDenied("saas_portal.client", "rename_database", list(own.id()), "x.example.com");
        assertDenied("saas_portal.client", "duplicate_database", list(own.id()));
        assertDenied("saas_portal.client", "move_database", list(own.id()), 1);
        assertDenied("saas_portal.client", "delete_database", list(own.id()));
        assertDenied("saas_portal.client", "sync_client", list(own.id()));
        assertDenied("saas_portal.client", "send_params_to_client_db", list(own.id()));
        assertDenied("saas_portal.client", "upgrade", list(own.id()), Map.of("install_addons", list("sale")));
        assertDenied("saas_portal.client", "delete_database", list(other.id()));
        assertDenied("saas.config", "do_upgrade_database", Map.of(), own.id());
        assertFault(
                4,
                "You are not allowed to access 'saas_portal.client' records",
                () -> call("saas.config", "do_upgrade_database", Map.of(), other.id()));
        assertDenied("saas_portal.plan", "create_new_database", list(plan));
        assertDenied("saas_portal.plan", "create_template", list(plan));
        assertDenied("saas_portal.plan", "write", list(plan), Map.of("max_users", 0));
        assertDenied("saas_portal.plan", "unlink", list(plan));
        assertDenied("saas_portal.plan", "generate_dbname", list(plan));
        assertDenied("saas_portal.plan", "action_sync_server", list(plan));
        assertDenied("saas_portal.server", "action_sync_server", list(1));
        assertDenied("res.users", "unlink", list(own.owner()));
        assertDenied("ir.config_parameter", "set_param", "auth_signup.allow_uninvited", false);
        assertThat(portal.read("saas_portal.client", own.id(), "state", "name"))
                .containsEntry("state", "open")
                .containsEntry("name", own.name());
    }

    private void assertDenied(String model, String method, Object... args) {
        OdooFault fault = fault(() -> call(model, method, args));
        assertThat(fault.code() + " " + fault.getMessage())
                .as("%s of %s", method, model)
                .startsWith("4 You are not allowed to ")
                .contains("'" + model + "' records");
    }

    @Test
    void learnsItsRightsFromCheckAccessRights() {
        assertThat(call("res.users", "check_access_rights", "read")).isEqualTo(true);
        assertThat(call("res.users", "check_access_rights", "write", false)).isEqualTo(false);
        assertThat(call("saas_portal.server", "check_access_rights", "read", false))
                .isEqualTo(false);
        assertFault(
                4,
                "You are not allowed to access 'saas_portal.server' records",
                () -> call("saas_portal.server", "check_access_rights", "read"));
        assertFault(
                4,
                "You are not allowed to create 'res.partner' records",
                () -> call("res.partner", "check_access_rights", "create"));
        for (String operation : List.of("read", "create", "write", "unlink")) {
            assertThat(portal.admin("res.partner", "check_access_rights", operation))
                    .isEqualTo(true);
        }
        assertThat(portal.admin("saas_portal.event", "check_access_rights", "create", false))
                .isEqualTo(false);
        assertThat(portal.inside(own, "res.users", "check_access_rights", "write"))
                .isEqualTo(true);
        assertThat(portal.owner(own, "res.users", "check_access_rights", "write", false))
                .isEqualTo(false);
        assertFault(
                1,
                "operation of check_access_rights of res.users must be one of read, create, write, unlink, found a text.",
                () -> call("res.users", "check_access_rights", "fly"));
    }

    @Test
    void learnsItsRightsFromHasAccessAndCheckAccess() {
        List<Object> none = list();
        assertThat(call("res.users", "has_access", none, "read")).isEqualTo(true);
        assertThat(call("res.users", "has_access", list(2), "read")).isEqualTo(false);
        assertThat(call("res.users", "has_access", none, "write")).isEqualTo(false);
        assertThat(call("saas_portal.server", "has_access", none, "read")).isEqualTo(false);
        assertThat(portal.admin("res.users", "has_access", list(2, 2), "write")).isEqualTo(true);
        assertThat(portal.admin("res.users", "has_access", list(2, 99), "write"))
                .isEqualTo(false);
        assertThat(portal.admin("res.users", "check_access", list(2), "unlink")).isEqualTo(true);
        assertFault(
                4,
                "You are not allowed to modify 'res.users' records",
                () -> call("res.users", "check_access", none, "write"));
        assertFault(
                4,
                "You are not allowed to access 'res.users' records",
                () -> call("res.users", "check_access", list(2), "read"));
        assertFault(
                2,
                "Record does not exist or has been deleted. (Record: res.users(99,), User: 2)",
                () -> portal.admin("res.users", "check_access", list(99), "write"));
        assertFault(
                1,
                "operation of has_access of res.users must be one of read, create, write, unlink, found a text.",
                () -> call("res.users", "has_access", none, "fly"));
    }

    @Test
    void aReadOnlyKeyHasNoRightToChange() {
        String key = (String) portal.admin("res.users.apikeys", "generate", "admin", "read-only", "Till", "2026-05-01");
        String inside = (String) portal.inside(
                own, "res.users.apikeys", "generate", OdooPortal.MASTER, "read-only", "Till", "2026-05-01");
        for (String operation : List.of("read", "create", "write", "unlink")) {
            boolean reads = operation.equals("read");
            for (String model : List.of("res.partner", "res.users", "ir.config_parameter", "res.users.apikeys")) {
                assertRights(reads, operation, model, OdooPortal.DB, key);
            }
            assertRights(reads, operation, "res.users", own.name(), inside);
        }
    }

    private void assertRights(boolean expected, String operation, String model, String database, String key) {
        long uid = OdooPortal.ADMIN;
        assertThat(portal.execute(database, uid, key, model, "check_access_rights", operation, false))
                .as(operation + " " + model)
                .isEqualTo(expected);
        assertThat(portal.execute(database, uid, key, model, "has_access", list(), operation))
                .as(operation + " " + model)
                .isEqualTo(expected);
        assertThat(portal.execute(database, uid, key, "ir.model.access", "check", model, operation, false))
                .as(operation + " " + model)
                .isEqualTo(expected);
        if (!expected) {
            assertThat(fault(() -> portal.execute(database, uid, key, model, "check_access", list(), operation))
                            .code())
                    .isEqualTo(4);
        }
    }

    @Test
    void learnsItsRightsFromModelAccessAndReadableModels() {
        assertThat(call("ir.model.access", "check", "res.users")).isEqualTo(true);
        assertThat(call("ir.model.access", "check", "res.users", "write", false))
                .isEqualTo(false);
        assertFault(
                4,
                "You are not allowed to create 'res.partner' records",
                () -> call("ir.model.access", "check", "res.partner", "create"));
        assertFault(2, "Object no.such doesn't exist", () -> call("ir.model.access", "check", "no.such"));
        assertThat(portal.admin("ir.model.access", "check", "res.partner", "create"))
                .isEqualTo(true);
        assertThat(rows(call("ir.model", "get_available_models")))
                .contains(Map.of("model", "saas_portal.client", "display_name", "Saas Portal Client"))
                .noneMatch(row -> Set.of("saas_portal.server", "ir.model").contains(row.get("model")));
        assertThat(rows(portal.admin("ir.model", "get_available_models")))
                .contains(
                        Map.of("model", "saas_portal.server", "display_name", "Saas Portal Server"),
                        Map.of("model", "ir.model", "display_name", "Ir Model"));
        assertThat(rows(portal.owner(own, "ir.model", "get_available_models")))
                .contains(Map.of("model", "res.users", "display_name", "Res Users"))
                .noneMatch(row -> "ir.config_parameter".equals(row.get("model")));
    }

    @Test
    void cannotProbeHiddenRecordsByDomains() {
        assertThat(call("saas_portal.client", "search", list(list("partner_id.name", "ilike", "other"))))
                .isEqualTo(list());
        assertFault(
                4,
                "You are not allowed to access 'saas_portal.client' records",
                () -> call("saas_portal.client", "search", list(list("server_id.host", "ilike", "x"))));
    }

    @Test
    void isRefusedOnceDeactivated() {
        call("res.users", "context_get");
        portal.admin("res.users", "write", list(own.owner()), Map.of("active", false));

        assertFault(3, "Access Denied", () -> call("res.users", "context_get"));
    }
}
