// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.RecordQuota;
import dev.allotment.access.TenantDatabase;
import dev.allotment.odoo.fault.OdooFault;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ConfigModelTest {
    private static final String KEYS =
            "Known keys are access_owner_add, access_remove, fixes, install_addons, limit_nuber_of_records,"
                    + " limit_number_of_records, params, uninstall_addons, update_addons, update_addons_list.";

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

    private Object upgrade(Map<String, ?> payload) {
        return portal.admin("saas.config", "do_upgrade_database", payload, client.id());
    }

    private TenantDatabase database() {
        return portal.saas.database(client.name());
    }

    private Object state(String addon) {
        return OdooPortal.rows(portal.inside(
                        client, "ir.module.module", "search_read", list(list("name", "=", addon)), list("state")))
                .get(0)
                .get("state");
    }

    private String parameter(String key) {
        return database().parameters().value(key).orElse("(none)");
    }

    @Test
    void acceptsTheClientIdAsANumberOrAListOfOne() {
        assertThat(portal.admin("saas.config", "do_upgrade_database", Map.of(), client.id()))
                .isEqualTo("{\"client-001.localhost\": {}}");
        assertThat(portal.admin("saas.config", "do_upgrade_database", Map.of(), list(client.id())))
                .isEqualTo("{\"client-001.localhost\": {}}");
        assertThat(portal.adminKw(
                        "saas.config",
                        "do_upgrade_database",
                        list(),
                        Map.of("payload", false, "client_id", client.id())))
                .isEqualTo("{\"client-001.localhost\": {}}");
        assertFault(
                1,
                "database_record of do_upgrade_database of saas.config must be the id of one tenant database, found a list.",
                () -> portal.admin("saas.config", "do_upgrade_database", Map.of(), list(client.id(), 2)));
        assertFault(
                1,
                "database_record of do_upgrade_database of saas.config must be the id of one tenant database, found a list.",
                () -> portal.admin("saas.config", "do_upgrade_database", Map.of(), list()));
        assertFault(
                2,
                "Record does not exist or has been deleted. (Record: saas_portal.client(99,), User: 2)",
                () -> portal.admin("saas.config", "do_upgrade_database", Map.of(), 99));
    }

    @Test
    void installsUpdatesAndUninstallsAddons() {
        upgrade(Map.of("update_addons_list", true, "install_addons", list("point_of_sale")));
        assertThat(state("point_of_sale")).isEqualTo("installed");
        assertThat(state("sale")).isEqualTo("installed");

        upgrade(Map.of("update_addons", list("sale"), "uninstall_addons", list("point_of_sale")));
        assertThat(state("point_of_sale")).isEqualTo("uninstalled");
    }

    @Test
    void refusesAnUnknownAddonWithoutChangingAnything() {
        for (String key : List.of("install_addons", "update_addons", "uninstall_addons")) {
            Map<String, Object> payload = new LinkedHashMap<>();
            payload.put("install_addons", list("sale"));
            payload.put("params", list((Object) Map.of("key", "my.key", "value", "x")));
            payload.put(key, list("sale", "no_such_addon"));
            assertThat(OdooPortal.fault(() -> upgrade(payload)))
                    .as(key)
                    .returns(2, OdooFault::code)
                    .hasMessageContaining("no_such_addon");
        }
        assertThat(state("sale")).isEqualTo("uninstalled");
        assertThat(parameter("my.key")).isEqualTo("(none)");
    }

    @Test
    void refusesToUninstallAnAddonThatAnotherNeeds() {
        upgrade(Map.of("install_addons", list("point_of_sale")));

        assertThat(OdooPortal.fault(
                        () -> upgrade(Map.of("install_addons", list("access_apps"), "uninstall_addons", list("sale")))))
                .returns(2, OdooFault::code)
                .hasMessageContaining("point_of_sale");
        assertThat(state("access_apps")).isEqualTo("uninstalled");
        assertThat(state("sale")).isEqualTo("installed");
    }

    @Test
    void listsUnknownGroupsForTheKeysThatWereSent() {
        assertThat(upgrade(Map.of(
                        "install_addons", list("sale"),
                        "access_owner_add", list("base.group_sale_manager", "no.such", "quo\"te.x"))))
                .isEqualTo("{\"client-001.localhost\": {\"access_owner_add\": [\"group not found: no.such\","
                        + " \"group not found: quo\\\"te.x\"]}}");
        assertThat(upgrade(Map.of("access_remove", list("nö.such"))))
                .isEqualTo("{\"client-001.localhost\": {\"access_remove\": [\"group not found: n\\u00f6.such\"]}}");
        assertThat(portal.owner(client, "res.users", "has_group", "base.group_sale_manager"))
                .isEqualTo(true);
    }

    @Test
    void reportsADatabaseWithoutAnOwner() {
        portal.db("create_database", OdooPortal.MASTER, "shop.example.com", false, "en_US");
        Object id = ((List<?>)
                        portal.admin("saas_portal.client", "search", list(list("name", "=", "shop.example.com"))))
                .get(0);

        assertThat(portal.admin("saas.config", "do_upgrade_database", Map.of(), id))
                .isEqualTo("{\"shop.example.com\": {\"owner_id\": \"Owner's user is not found\"}}");
        assertThat(portal.admin(
                        "saas.config",
                        "do_upgrade_database",
                        Map.of(
                                "install_addons",
                                list("sale"),
                                "access_owner_add",
                                list("base.group_sale_manager"),
                                "params",
                                list((Object) Map.of("key", "my.key", "value", "x"))),
                        id))
                .isEqualTo("{\"shop.example.com\": {\"owner_id\": \"Owner's user is not found\"}}");
        assertThat(portal.saas.database("shop.example.com").parameters().value("my.key"))
                .as("the rest is applied")
                .hasValue("x");
    }

    @Test
    void turnsATrialIntoAPaidDatabaseIfThePlanHasRoom() {
        long plan = portal.plan(Map.of(
                "name", "Limited", "dbname_template", "limited-%i.localhost", "maximum_allowed_dbs_per_partner", 1));
        long paid = (Long)
                portal.newDatabase(plan, Map.of("user_id", client.owner())).get("id");
        long trial = (Long) portal.newDatabase(plan, Map.of("user_id", client.owner(), "trial", true))
                .get("id");
        Map<String, Object> payload = Map.of(
                "params",
                list(
                        Map.of("key", "saas_client.trial", "value", "False", "hidden", true),
                        Map.of("key", "my.key", "value", "x")));

        assertThat(OdooPortal.fault(() -> portal.admin("saas.config", "do_upgrade_database", payload, trial)))
                .returns(2, OdooFault::code)
                .hasMessageContaining("1 reached");
        assertThat(portal.read("saas_portal.client", trial, "trial")).containsEntry("trial", true);
        assertThat(portal.saas.database("limited-002.localhost").parameters().value("my.key"))
                .isEmpty();

        portal.admin("saas_portal.client", "delete_database", list(paid));
        portal.admin("saas.config", "do_upgrade_database", payload, trial);
        assertThat(portal.read("saas_portal.client", trial, "trial")).containsEntry("trial", false);
        portal.admin("saas_portal.client", "write", list(trial), Map.of("trial", true));
        portal.admin("saas_portal.client", "sync_client", list(trial));
        assertThat(portal.read("saas_portal.client", trial, "trial"))
                .as("what was said once does not come back")
                .containsEntry("trial", true);

        assertThat(OdooPortal.fault(() -> upgrade(Map.of(
                                "params", list((Object) Map.of("key", "saas_client.trial", "value", "perhaps")))))
                        .code())
                .isEqualTo(2);
    }

    @Test
    void storesOneLimitPerModelAndRemovesItOnFalse() {
        for (Map<String, Object> limit : List.<Map<String, Object>>of(
                Map.of("model", "res.partner", "max_records", 7),
                Map.of("model", "sale.order", "max_records", 5, "domain", "[('state', '=', 'sale')]"),
                Map.of("model", "sale.order", "max_records", 0))) {
            upgrade(Map.of("limit_nuber_of_records", list((Object) limit)));
        }
        assertThat(database().recordQuotas().list(Query.all()))
                .extracting(RecordQuota::model, RecordQuota::domain, RecordQuota::maxRecords)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("res.partner", "[]", 7),
                        org.assertj.core.groups.Tuple.tuple("sale.order", "[]", 0));

        upgrade(Map.of("limit_number_of_records", list((Object) Map.of("model", "sale.order", "max_records", false))));
        assertThat(database().recordQuotas().list(Query.all()))
                .extracting(RecordQuota::model)
                .containsExactly("res.partner");
    }

    @Test
    void storesParametersOfAnyKindAsTextAndHidesHiddenOnes() {
        upgrade(Map.of(
                "params",
                list(
                        Map.of("key", "saas_client.max_users", "value", 10, "hidden", true),
                        Map.of("key", "a.text", "value", "text"),
                        Map.of("key", "a.flag", "value", true, "hidden", false),
                        Map.of("key", "a.fraction", "value", 1.5),
                        Map.of("key", "a.zero", "value", 0),
                        Map.of("key", "a.date", "value", LocalDateTime.of(2026, 1, 31, 12, 0)))));

        assertThat(parameter("saas_client.max_users")).isEqualTo("10");
        assertThat(parameter("a.text")).isEqualTo("text");
        assertThat(parameter("a.flag")).isEqualTo("True");
        assertThat(parameter("a.fraction")).isEqualTo("1.5");
        assertThat(parameter("a.zero")).isEqualTo("0");
        assertThat(parameter("a.date")).isEqualTo("2026-01-31 12:00:00");
        assertThat(portal.inside(client, "ir.config_parameter", "get_param", "a.text"))
                .isEqualTo("text");
        assertThat(portal.inside(client, "ir.config_parameter", "get_param", "saas_client.max_users"))
                .isEqualTo(false);
        assertThat(portal.read("saas_portal.client", client.id(), "max_users")).containsEntry("max_users", 10);
    }

    @Test
    void readsAnAbsentOrEmptyParameterAsFalse() {
        Map<String, Object> nil = new LinkedHashMap<>();
        nil.put("key", "a.nil");
        nil.put("value", null);
        upgrade(Map.of(
                "params",
                list(Map.of("key", "a.key", "value", "x"), Map.of("key", "saas_client.max_users", "value", 3))));

        upgrade(Map.of(
                "params",
                list(
                        Map.of("key", "a.key", "value", false),
                        Map.of("key", "a.missing"),
                        Map.of("key", "saas_client.max_users", "value", ""),
                        nil)));

        for (String key : List.of("a.key", "a.missing", "a.nil")) {
            assertThat(portal.inside(client, "ir.config_parameter", "get_param", key))
                    .as(key)
                    .isEqualTo(false);
        }
        assertThat(portal.read("saas_portal.client", client.id(), "max_users")).containsEntry("max_users", 0);
    }

    @Test
    void acceptsBothSpellingsOfLimitsAndDomainsAsTextOrList() {
        upgrade(Map.of(
                "limit_nuber_of_records",
                list(Map.of("model", "sale.order", "max_records", 5, "domain", "[('state', '=', 'sale')]")),
                "limit_number_of_records",
                list(
                        Map.of("model", "res.partner", "max_records", 7),
                        Map.of(
                                "model",
                                "stock.move",
                                "max_records",
                                9,
                                "domain",
                                list(list("active", "=", true), list("name", "=", "it's"))))));

        assertThat(database().recordQuotas().list(Query.all()))
                .extracting(RecordQuota::model, RecordQuota::domain, RecordQuota::maxRecords)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("sale.order", "[('state', '=', 'sale')]", 5),
                        org.assertj.core.groups.Tuple.tuple("res.partner", "[]", 7),
                        org.assertj.core.groups.Tuple.tuple(
                                "stock.move", "[['active', '=', True], ['name', '=', \"it's\"]]", 9));
    }

    @Test
    void runsRegisteredFixesByNameOrByThePredecessorsPair() {
        assertThat(upgrade(Map.of("fixes", list("sale.order.fix_totals", list("sale.order", "fix_totals")))))
                .isEqualTo("{\"client-001.localhost\": {}}");
        assertThat(OdooPortal.fault(() -> upgrade(Map.of("fixes", list((Object) list("res.users", "unlink"))))))
                .returns(2, OdooFault::code)
                .hasMessageContaining("res.users.unlink");
    }

    @Test
    void refusesAnUnknownKeyWithoutChangingAnything() {
        assertFault(
                2,
                "Unknown key 'instal_addons' in the payload. " + KEYS,
                () -> upgrade(Map.of("instal_addons", list("sale"), "install_addons", list("sale"))));
        assertFault(
                2,
                "Unknown key 'name' in each of params in the payload. Known keys are hidden, key, value.",
                () -> upgrade(Map.of("params", list((Object) Map.of("name", "x")))));
        assertThat(state("sale")).isEqualTo("uninstalled");
    }

    @Test
    void namesValuesOfTheWrongKindInFault2() {
        assertFault(
                2,
                "install_addons in the payload must be a list, found a text.",
                () -> upgrade(Map.of("install_addons", "sale")));
        assertFault(
                2,
                "each of install_addons in the payload must be text, found a number.",
                () -> upgrade(Map.of("install_addons", list(1))));
        assertFault(
                2,
                "update_addons_list in the payload must be a boolean, found a text.",
                () -> upgrade(Map.of("update_addons_list", "yes")));
        assertFault(
                2,
                "each of params in the payload must be a struct of hidden, key, value, found a text.",
                () -> upgrade(Map.of("params", list("x"))));
        assertFault(
                2,
                "key of params in the payload must be text, found nothing.",
                () -> upgrade(Map.of("params", list((Object) Map.of("value", "x")))));
        assertFault(
                2,
                "value of params in the payload must be text, a number, a boolean or a date, found a list.",
                () -> upgrade(Map.of("params", list((Object) Map.of("key", "x", "value", list())))));
        assertFault(
                2,
                "max_records of limit_nuber_of_records in the payload is missing.",
                () -> upgrade(Map.of("limit_nuber_of_records", list((Object) Map.of("model", "x")))));
        assertFault(
                1,
                "payload of do_upgrade_database of saas.config must be a struct, found a text.",
                () -> portal.admin("saas.config", "do_upgrade_database", "x", client.id()));
    }

    @Test
    void changesNothingForAbsentKeysAndFalse() {
        List<Parameter> before = database().parameters().list(Query.all());
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("install_addons", false);
        payload.put("params", null);
        payload.put("update_addons", list());
        payload.put("update_addons_list", "");
        payload.put("uninstall_addons", "");

        assertThat(upgrade(payload)).isEqualTo("{\"client-001.localhost\": {}}");
        assertThat(database().parameters().list(Query.all())).isEqualTo(before);
    }
}
