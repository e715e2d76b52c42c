// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.fault;
import static dev.allotment.odoo.OdooPortal.list;
import static dev.allotment.odoo.OdooPortal.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.TenantId;
import dev.allotment.odoo.fault.OdooFault;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TenantOdooDatabaseTest {
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

    private Object inside(String model, String method, Object... args) {
        return portal.inside(client, model, method, args);
    }

    private long addon(String name) {
        return (Long) ((List<?>) inside("ir.module.module", "search", list(list("name", "=", name)))).get(0);
    }

    private long group(String xmlId) {
        return (Long) inside("ir.model.data", "xmlid_to_res_id", xmlId);
    }

    private long user(String login) {
        return (Long)
                inside("res.users", "create", Map.of("login", login, "name", login, "password", OdooPortal.PASSWORD));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "saas_portal.plan",
                "saas_portal.client",
                "saas_portal.server",
                "saas_portal.database",
                "saas.config"
            })
    void hasNoModelsOfThePortal(String model) {
        assertFault(2, "Object " + model + " doesn't exist", () -> inside(model, "search", list()));
    }

    @Test
    void installsUpgradesAndUninstallsAddonsWithDependencies() {
        assertThat(inside("ir.module.module", "button_immediate_install", list(addon("point_of_sale"))))
                .isEqualTo(true);
        assertThat(rows(inside(
                        "ir.module.module",
                        "search_read",
                        list(
                                list("state", "=", "installed"),
                                list("name", "in", list("sale", "stock", "point_of_sale"))),
                        list("name", "state", "shortdesc", "installed_version"))))
                .isEqualTo(list(
                        Map.of(
                                "id", addon("point_of_sale"),
                                "name", "point_of_sale",
                                "state", "installed",
                                "shortdesc", "point of sale",
                                "installed_version", "1.0"),
                        Map.of(
                                "id", addon("sale"),
                                "name", "sale",
                                "state", "installed",
                                "shortdesc", "sale",
                                "installed_version", "1.0"),
                        Map.of(
                                "id", addon("stock"),
                                "name", "stock",
                                "state", "installed",
                                "shortdesc", "stock",
                                "installed_version", "1.0")));
        assertThat(inside("ir.module.module", "button_immediate_upgrade", list(addon("sale"))))
                .isEqualTo(true);
        assertThat(fault(() -> inside("ir.module.module", "button_immediate_uninstall", list(addon("sale")))))
                .returns(2, OdooFault::code)
                .hasMessageContaining("point_of_sale");
        assertThat(inside("ir.module.module", "button_immediate_uninstall", list(addon("point_of_sale"))))
                .isEqualTo(true);
        assertThat(inside("ir.module.module", "read", list(addon("point_of_sale")), list("state", "installed_version")))
                .isEqualTo(
                        list(Map.of("id", addon("point_of_sale"), "state", "uninstalled", "installed_version", false)));
        assertThat(inside(
                        "ir.module.module", "button_immediate_install", list(addon("stock")), Map.of("lang", "en_US")))
                .as("the context by position")
                .isEqualTo(true);
        assertThat(inside("ir.module.module", "update_list")).isEqualTo(list(0, 0L));
    }

    @Test
    void runsMarkingMethodsAtOnce() {
        for (Map<String, String> each : List.of(
                Map.of("button_install", "installed"),
                Map.of("button_upgrade", "installed"),
                Map.of("button_uninstall", "uninstalled"))) {
            each.forEach((button, state) -> {
                assertThat(inside("ir.module.module", button, list(addon("stock"))))
                        .isEqualTo(true);
                assertThat(inside("ir.module.module", "read", list(addon("stock")), list("state")))
                        .as(button)
                        .isEqualTo(list(Map.of("id", addon("stock"), "state", state)));
            });
        }
    }

    @Test
    void letsOtherUsersOnlySeeAddons() {
        assertThat(portal.owner(client, "ir.module.module", "search_count", list()))
                .isEqualTo(inside("ir.module.module", "search_count", list()));
        OdooFault fault =
                fault(() -> portal.owner(client, "ir.module.module", "button_immediate_install", list(addon("sale"))));
        assertThat(fault.code()).isEqualTo(4);
        assertThat(fault)
                .hasMessageStartingWith(
                        "You are not allowed to call 'button_immediate_install' on 'ir.module.module' records");
    }

    @Test
    void letsTheAdministratorManageParametersExceptTheControlPlanes() {
        assertThat(inside("ir.config_parameter", "set_param", "my.key", "x")).isEqualTo(false);
        assertThat(inside("ir.config_parameter", "get_param", "my.key")).isEqualTo("x");
        assertFault(
                4,
                "You are not allowed to access 'ir.config_parameter' records",
                () -> portal.owner(client, "ir.config_parameter", "get_param", "my.key"));
        assertThat(fault(() -> inside("ir.config_parameter", "set_param", "saas_client.max_users", "1000"))
                        .code())
                .isEqualTo(4);
    }

    @Test
    void letsTheAdministratorManageUsers() {
        long id = user("zoe");
        assertThat(portal.common("login", client.name(), "zoe", OdooPortal.PASSWORD))
                .isEqualTo(id);
        inside("res.users", "write", list(id), Map.of("name", "Zoe", "email", "zoe@example.com", "password", "new"));
        assertThat(rows(inside("res.users", "read", list(id), list("name", "email", "share", "active")))
                        .get(0))
                .isEqualTo(Map.of("id", id, "name", "Zoe", "email", "zoe@example.com", "share", false, "active", true));
        assertThat(portal.common("login", client.name(), "zoe", "new")).isEqualTo(id);
        assertThat(inside("res.users", "unlink", list(id))).isEqualTo(true);
        assertThat(inside("res.users", "search_count", list(list("login", "=", "zoe"))))
                .isEqualTo(0L);
        assertThat(fault(() -> inside("res.users", "unlink", list(2))).code()).isEqualTo(2);
        assertFault(
                2,
                "Record does not exist or has been deleted. (Record: res.users(99,), User: 2)",
                () -> inside("res.users", "write", list(99), Map.of("name", "x")));
    }

    @Test
    void createsInactiveAndExternalUsersWithGroups() {
        inside("ir.module.module", "button_immediate_install", list(addon("sale")));
        Object id = inside(
                "res.users",
                "create",
                Map.of("login", "x", "name", "X", "active", false, "share", true, "groups_id", list((Object)
                        list(4, group("base.group_sale_manager")))));

        Map<String, Object> row = rows(inside("res.users", "read", list(id), list("active", "share", "groups_id")))
                .get(0);
        assertThat(row).containsEntry("active", false).containsEntry("share", true);
        assertThat((List<?>) row.get("groups_id"))
                .isEqualTo(list(group("base.group_portal"), group("base.group_sale_manager")));
    }

    @Test
    void enforcesTheLimitOfUsers() {
        portal.admin("saas_portal.client", "write", list(client.id()), Map.of("max_users", 1));

        assertThat(fault(() -> user("one too many"))).returns(2, OdooFault::code);
        Object id = inside("res.users", "create", Map.of("login", "later", "name", "Later", "active", false));
        assertThat(fault(() -> inside("res.users", "write", list(id), Map.of("active", true))))
                .returns(2, OdooFault::code);
    }

    @Test
    void createsNoUserIfAGroupDoesNotExist() {
        Object before = inside("res.users", "search_count", list());

        assertFault(
                2,
                "Record does not exist or has been deleted. (Record: res.groups(999,), User: 2)",
                () -> inside("res.users", "create", Map.of("login", "x", "name", "X", "groups_id", list((Object)
                        list(4, 999)))));

        assertThat(inside("res.users", "search_count", list())).isEqualTo(before);
    }

    @Test
    void changesSeveralRecordsOrNone() {
        long zoe = user("zoe");
        long adam = user("adam");
        long rights = group("base.group_erp_manager");
        Object before = inside("res.users", "search_read", list());
        Object parameters = inside("ir.config_parameter", "search_read", list());

        List<ThrowingCallable> refused = List.of(
                () -> inside("res.users", "create", (Object)
                        list(Map.of("login", "new", "name", "New"), Map.of("login", "zoe", "name", "Zoe"))),
                () -> inside("res.users", "write", list(zoe, adam), Map.of("login", "the same")),
                () -> inside("res.users", "unlink", list(zoe, client.member())),
                () -> inside("res.groups", "write", list(rights), Map.of("users", list(list(4, zoe), list(4, 999)))),
                () -> inside("ir.config_parameter", "create", (Object)
                        list(Map.of("key", "my.key", "value", "x"), Map.of("key", "my.key", "value", "y"))));
        for (ThrowingCallable call : refused) {
            assertThat(fault(call)).returns(2, OdooFault::code);
        }
        assertThat(inside("res.users", "search_read", list())).isEqualTo(before);
        assertThat(inside("ir.config_parameter", "search_read", list())).isEqualTo(parameters);

        inside("res.users", "write", list(zoe, adam), Map.of("password", "new"));
        for (long user : List.of(zoe, adam)) {
            assertFault(
                    3,
                    "Access Denied",
                    () -> portal.execute(client.name(), user, OdooPortal.PASSWORD, "res.users", "context_get"));
            assertThat(portal.execute(client.name(), user, "new", "res.users", "has_group", "base.group_user"))
                    .isEqualTo(true);
        }
    }

    @Test
    void writesAllOfAUserOrNothing() {
        long id = user("zoe");
        Object before = inside("res.users", "read", list(id));

        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of("name", "Zoe Z", "groups_id", list((Object) list(4, 999)), "password", "new"),
                Map.of("name", "Zoe Z", "groups_id", list((Object) list(5)), "password", "x".repeat(5000)),
                Map.of("groups_id", list((Object) list(5)), "share", 7))) {
            assertThat(fault(() -> inside("res.users", "write", list(id), wrong)))
                    .returns(2, OdooFault::code);
            assertThat(inside("res.users", "read", list(id))).isEqualTo(before);
        }
        assertThat(fault(() -> portal.execute(
                                client.name(),
                                id,
                                OdooPortal.PASSWORD,
                                "res.users",
                                "write",
                                list(id),
                                Map.of("name", "Zoe Z", "password", "mine")))
                        .code())
                .isEqualTo(4);
        assertThat(inside("res.users", "read", list(id))).isEqualTo(before);
        assertThat(portal.common("login", client.name(), "zoe", OdooPortal.PASSWORD))
                .isEqualTo(id);
    }

    @Test
    void answersMethodsAboutTheCaller() {
        assertThat(inside("res.users", "has_group", "base.group_system")).isEqualTo(true);
        assertThat(portal.owner(client, "res.users", "has_group", "base.group_system"))
                .isEqualTo(false);
        assertThat(portal.owner(client, "res.users", "context_get"))
                .isEqualTo(Map.of("lang", "en_US", "tz", "UTC", "uid", client.member()));
        assertFault(3, "Access Denied", () -> portal.owner(client, "res.users", "change_password", "wrong", "new"));
        assertThat(portal.owner(client, "res.users", "change_password", OdooPortal.PASSWORD, "new"))
                .isEqualTo(true);
        assertThat(portal.common("login", client.name(), "owner@example.com", "new"))
                .isEqualTo(client.member());
    }

    @Test
    void letsAnOrdinaryUserRenameOnlyItself() {
        long id = user("zoe");

        assertThat(portal.execute(
                        client.name(),
                        id,
                        OdooPortal.PASSWORD,
                        "res.users",
                        "write",
                        list(id),
                        Map.of("name", "Zoe Z")))
                .isEqualTo(true);
        assertThat(fault(() -> portal.execute(
                                client.name(),
                                id,
                                OdooPortal.PASSWORD,
                                "res.users",
                                "write",
                                list(client.member()),
                                Map.of("name", "x")))
                        .code())
                .isEqualTo(4);
        assertThat(fault(() -> portal.execute(
                                client.name(),
                                id,
                                OdooPortal.PASSWORD,
                                "res.users",
                                "write",
                                list(id),
                                Map.of("groups_id", list((Object) list(4, group("base.group_system"))))))
                        .code())
                .isEqualTo(4);
        assertThat(fault(() -> portal.execute(
                                client.name(),
                                id,
                                OdooPortal.PASSWORD,
                                "res.users",
                                "create",
                                Map.of("login", "x", "name", "x")))
                        .code())
                .isEqualTo(4);
    }

    @Test
    void showsAndChangesGroupsFromBothSides() {
        long id = user("zoe");
        long rights = group("base.group_erp_manager");

        inside("res.groups", "write", list(rights), Map.of("users", list((Object) list(4, id))));
        assertThat((List<?>) rows(inside("res.users", "read", list(id), list("groups_id")))
                        .get(0)
                        .get("groups_id"))
                .isEqualTo(list(rights, group("base.group_user")));
        assertThat(inside("res.users", "search", list(list("groups_id", "=", rights))))
                .isEqualTo(inside("res.users", "search", list(list("id", "in", users(rights)))));
        assertThat(users(rights)).contains(id);
        assertThat(inside("res.groups", "search", list(list("users", "=", id), list("id", "=", rights))))
                .isEqualTo(list(rights));
        assertThat(inside("res.groups", "search_count", list(list("users", "=", false), list("id", "=", rights))))
                .isEqualTo(0L);
        assertThat(inside("res.groups", "search_count", list(list("users", "=", 999))))
                .isEqualTo(0L);

        inside("res.groups", "write", list(rights), Map.of("users", list((Object) list(3, id))));
        assertThat(users(rights)).doesNotContain(id);

        inside("res.users", "write", list(id), Map.of("groups_id", list((Object) list(6, 0, list(rights)))));
        assertThat(rows(inside("res.users", "read", list(id), list("groups_id")))
                        .get(0))
                .containsEntry("groups_id", list(rights));
        inside("res.users", "write", list(id), Map.of("groups_id", false));
        assertThat(rows(inside("res.users", "read", list(id), list("groups_id")))
                        .get(0))
                .containsEntry("groups_id", list());
        assertThat(inside("res.users", "search", list(list("groups_id", "=", false), list("id", "=", id))))
                .isEqualTo(list(id));
    }

    @SuppressWarnings("unchecked")
    private List<Object> users(long group) {
        return (List<Object>) rows(inside("res.groups", "read", list(group), list("users")))
                .get(0)
                .get("users");
    }

    @Test
    void findsGroupsOfAddonsByXmlId() {
        assertThat(inside("ir.model.data", "xmlid_to_res_id", "stock.group_stock_manager"))
                .isEqualTo(false);
        inside("ir.module.module", "button_immediate_install", list(addon("stock")));

        Object id = inside("ir.model.data", "xmlid_to_res_id", "stock.group_stock_manager");

        assertThat(inside("res.groups", "read", list(id), list("name")))
                .isEqualTo(list(Map.of("id", id, "name", "Stock Manager")));
        assertThat(portal.owner(client, "ir.model.data", "xmlid_to_res_id", "base.group_user"))
                .isEqualTo(group("base.group_user"));
    }

    @Test
    void isClosedToAllButTheAdministratorWhileSuspended() {
        portal.saas.tenants().suspend(new TenantId(client.id()));

        assertThat(fault(() -> portal.owner(client, "res.users", "context_get")))
                .returns(2, OdooFault::code);
        assertThat(fault(() -> portal.common("login", client.name(), "owner@example.com", OdooPortal.PASSWORD)))
                .returns(2, OdooFault::code);
        assertThat(inside("res.users", "search_count", list())).isEqualTo(2L);
    }

    @Test
    void showsRecordQuotasToAdministrators() {
        portal.admin(
                "saas.config",
                "do_upgrade_database",
                Map.of("limit_nuber_of_records", list(Map.of("model", "sale.order", "max_records", 3))),
                client.id());

        assertThat(rows(inside(
                        "base.limit.records_number",
                        "search_read",
                        list(list("model", "=", "sale.order")),
                        list("model", "domain", "max_records"))))
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("domain", "[]").containsEntry("max_records", 3));
        assertThat(fault(() -> inside("base.limit.records_number", "unlink", list(1)))
                        .getMessage())
                .contains("does not exist on the model");
        assertThat(fault(() -> portal.owner(client, "base.limit.records_number", "search", list()))
                        .code())
                .isEqualTo(4);
    }
}
