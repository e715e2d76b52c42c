// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.odoo.fault.OdooFault;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class PortalModelsTest {
    private final OdooPortal portal = new OdooPortal();

    @AfterEach
    void close() {
        portal.close();
    }

    @Nested
    class Partners {
        @Test
        void listsTheCustomersBehindUsersAndClients() {
            OdooPortal.Client client = portal.client("owner@example.com");
            Object partner =
                    portal.read("res.users", client.owner(), "partner_id").get("partner_id");

            assertThat(portal.read("saas_portal.client", client.id(), "partner_id"))
                    .containsEntry("partner_id", partner);
            long id = (Long) ((List<?>) partner).get(0);
            assertThat(portal.read("res.partner", id, "name", "email", "user_ids", "active"))
                    .isEqualTo(Map.of(
                            "id",
                            id,
                            "name",
                            "Client owner@example.com",
                            "email",
                            "owner@example.com",
                            "user_ids",
                            list(client.owner()),
                            "active",
                            true));
        }

        @Test
        void refusesToDeleteACustomerWithUsers() {
            assertThat(OdooPortal.fault(() -> portal.admin("res.partner", "unlink", list(2)))
                            .code())
                    .isEqualTo(2);
        }
    }

    @Nested
    class Servers {
        @Test
        void returnsTheFieldsOfAServer() {
            OdooPortal.Client client = portal.client("owner@example.com");

            assertThat(portal.read(
                            "saas_portal.server",
                            1,
                            "name",
                            "active",
                            "sequence",
                            "host",
                            "odoo_version",
                            "clients_host_template",
                            "client_ids"))
                    .isEqualTo(Map.of(
                            "id",
                            1L,
                            "name",
                            "default",
                            "active",
                            true,
                            "sequence",
                            10,
                            "host",
                            "portal.localhost",
                            "odoo_version",
                            "17.0",
                            "clients_host_template",
                            false,
                            "client_ids",
                            list(client.id())));
            assertThat(portal.admin("saas_portal.server", "search", list(list("client_ids", "=", client.id()))))
                    .isEqualTo(list(1L));
            assertThat(portal.admin("saas_portal.server", "search", list(list("client_ids", "=", false))))
                    .isEqualTo(list());
        }

        @Test
        void changesServersAndTheHostsOfTheirClients() {
            OdooPortal.Client client = portal.client("owner@example.com");

            portal.admin(
                    "saas_portal.server",
                    "write",
                    list(1),
                    Map.of("clients_host_template", "{dbname}.on.{base_saas_domain}", "sequence", 5));

            assertThat(portal.read("saas_portal.client", client.id(), "host", "public_url"))
                    .containsEntry("host", "client-001.localhost.on.portal.localhost")
                    .containsEntry("public_url", "http://client-001.localhost.on.portal.localhost:8069/");
        }

        @Test
        void readsUsersAndSizesOfItsClientsAgain() {
            OdooPortal.Client client = portal.client("owner@example.com");
            portal.backend.setSize(client.name(), 5 * 1024 * 1024);
            portal.inside(client, "res.users", "create", Map.of("login", "x", "name", "X"));

            assertThat(portal.admin("saas_portal.server", "action_sync_server", list(1)))
                    .isEqualTo(true);

            assertThat(portal.read("saas_portal.client", client.id(), "db_storage", "users_len"))
                    .containsEntry("db_storage", 5)
                    .containsEntry("users_len", 2);
        }

        @Test
        void keepsAServerWithClients() {
            portal.client("owner@example.com");

            assertThat(OdooPortal.fault(() -> portal.admin("saas_portal.server", "unlink", list(1)))
                            .code())
                    .isEqualTo(2);
        }

        @Test
        void registersAnotherServerAndHidesInactiveOnes() {
            Object id = portal.admin(
                    "saas_portal.server",
                    "create",
                    Map.of("name", "second", "host", "db2.example.com", "active", false));

            assertThat(portal.admin("saas_portal.server", "search", list())).isEqualTo(list(1L));
            assertThat(portal.admin("saas_portal.server", "search", list(list("active", "=", false))))
                    .isEqualTo(list(id));
        }
    }

    @Nested
    class Plans {
        @Test
        void hasAllFieldsOfTheContract() {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("name", "Gold");
            values.put("summary", "For many");
            values.put("dbname_template", "gold-%i");
            values.put("demo", true);
            values.put("max_users", 10);
            values.put("total_storage_limit", 2048);
            values.put("block_on_expiration", true);
            values.put("block_on_storage_exceed", true);
            values.put("expiration", 72);
            values.put("grace_period", 3);
            values.put("maximum_allowed_dbs_per_partner", 2);
            values.put("maximum_allowed_trial_dbs_per_partner", 1);
            values.put("lang", "de_DE");
            values.put("tz", "Europe/Berlin");
            values.put("sequence", 7);
            values.put("spares", 4);
            values.put("published", true);
            values.put("backup_schedule", "every 24h keep 7d");
            values.put("maintenance_window", "22:00-04:00");
            values.put("backup_storage_limit", 500);
            values.put("server_id", 1);
            long id = portal.plan(values);

            Map<String, Object> expected = new LinkedHashMap<>(values);
            expected.put("id", id);
            expected.put("display_name", "Gold");
            expected.put("template_id", false);
            expected.put("server_id", list(1L, "default"));
            expected.put("state", "confirmed");
            expected.put("create_date", "2026-03-01 12:00:00");
            expected.put("version", 1);
            expected.put("tag_ids", list());
            expected.put("attributes", Map.of());
            expected.put("website_description", false);
            expected.put("on_create", "login");
            assertThat(portal.read("saas_portal.plan", id)).isEqualTo(expected);
        }

        @Test
        void changesPlansAlsoByNumbersAsText() {
            long id = portal.plan(Map.of());

            portal.admin("saas_portal.plan", "write", list(id), Map.of("max_users", "25", "dbname_template", false));

            assertThat(portal.read("saas_portal.plan", id, "max_users", "dbname_template"))
                    .isEqualTo(Map.of("id", id, "max_users", 25, "dbname_template", false));
            assertThat(portal.read("saas_portal.plan", id, "name")).containsEntry("name", "Basic");
            assertThat(OdooPortal.fault(
                                    () -> portal.admin("saas_portal.plan", "write", list(id), Map.of("max_users", -1)))
                            .code())
                    .isEqualTo(2);
        }

        @Test
        void listsPlansBySequence() {
            long last = portal.plan(Map.of("sequence", 20));
            long first = portal.plan(Map.of("sequence", 1));

            assertThat(portal.admin("saas_portal.plan", "search", list())).isEqualTo(list(first, last));
        }

        @Test
        void removesAPlanWithoutClients() {
            long id = portal.plan(Map.of());
            assertThat(portal.admin("saas_portal.plan", "unlink", list(id))).isEqualTo(true);
            long used = portal.plan(Map.of());
            portal.newDatabase(used, Map.of());
            assertThat(OdooPortal.fault(() -> portal.admin("saas_portal.plan", "unlink", list(used)))
                            .code())
                    .isEqualTo(2);
        }

        @Test
        void generatesAnotherNameEachTime() {
            long id = portal.plan(Map.of());

            assertThat(portal.admin("saas_portal.plan", "generate_dbname", list(id)))
                    .isEqualTo("client-001.localhost");
            assertThat(portal.admin("saas_portal.plan", "generate_dbname", list(id)))
                    .isEqualTo("client-002.localhost");
        }

        @Test
        void writesSeveralPlansOrNone() {
            long plain = portal.plan(Map.of("name", "Plain"));
            long used = portal.plan(Map.of("name", "Used"));
            portal.newDatabase(used, Map.of());

            assertThat(OdooPortal.fault(() -> portal.admin("saas_portal.plan", "unlink", list(plain, used)))
                            .code())
                    .isEqualTo(2);

            assertThat(portal.admin("saas_portal.plan", "search_count", list(list("id", "in", list(plain, used)))))
                    .isEqualTo(2L);
        }

        @Test
        void returnsFalseWithoutATemplateOfNames() {
            long id = portal.plan(Map.of("dbname_template", false));

            assertThat(portal.adminKw("saas_portal.plan", "generate_dbname", list(id), Map.of("raise_error", false)))
                    .isEqualTo(false);
            assertThat(OdooPortal.fault(() -> portal.admin("saas_portal.plan", "generate_dbname", list(id)))
                            .code())
                    .isEqualTo(2);
        }

        @Test
        void buildsTheTemplateOfAPlan() {
            long id = portal.plan(Map.of());

            assertThat(portal.adminKw(
                            "saas_portal.plan",
                            "create_template",
                            list((Object) list(id)),
                            Map.of("addons", list("sale"))))
                    .isEqualTo(true);

            List<?> template =
                    (List<?>) portal.read("saas_portal.plan", id, "template_id").get("template_id");
            assertThat(portal.read("saas_portal.database", (Long) template.get(0), "name", "state", "server_id"))
                    .isEqualTo(Map.of(
                            "id", template.get(0),
                            "name", template.get(1),
                            "state", "template",
                            "server_id", list(1L, "default")));
            assertThat(portal.admin("saas_portal.database", "search", list(list("state", "=", "template"))))
                    .isEqualTo(list(template.get(0)));
            assertThat(portal.admin("saas_portal.plan", "search", list(list("state", "=", "confirmed"))))
                    .isEqualTo(list(id));
            Object made = portal.newDatabase(id, Map.of()).get("id");
            String name = (String)
                    portal.read("saas_portal.client", (Long) made, "name").get("name");
            assertThat(portal.saas.database(name).addons().list(dev.allotment.Query.all()))
                    .filteredOn(addon -> addon.installed())
                    .extracting(addon -> addon.name())
                    .contains("sale");
        }

        @Test
        void dropsTheTemplateAndRemovesItFromThePlan() {
            long id = portal.plan(Map.of());
            assertFault(
                    2,
                    "Plan Basic has no template to delete.",
                    () -> portal.admin("saas_portal.plan", "delete_template", list(id)));
            portal.admin("saas_portal.plan", "create_template", list(id));

            assertThat(portal.admin("saas_portal.plan", "delete_template", list(id)))
                    .isEqualTo(true);

            assertThat(portal.read("saas_portal.plan", id, "template_id")).containsEntry("template_id", false);
            assertThat(portal.admin("saas_portal.database", "search_count", list()))
                    .isEqualTo(0L);
        }

        @Test
        void keepsATemplateThatAnotherPlanUses() {
            long id = portal.plan(Map.of());
            portal.admin("saas_portal.plan", "create_template", list(id));
            Object template = ((List<?>)
                            portal.read("saas_portal.plan", id, "template_id").get("template_id"))
                    .get(0);
            portal.plan(Map.of("template_id", template));

            assertThat(OdooPortal.fault(() -> portal.admin("saas_portal.plan", "delete_template", list(id)))
                            .code())
                    .isEqualTo(2);
            assertThat(((List<?>) portal.read("saas_portal.plan", id, "template_id")
                                    .get("template_id"))
                            .get(0))
                    .isEqualTo(template);
            assertThat(OdooPortal.fault(() -> portal.admin("saas_portal.database", "unlink", list(template)))
                            .code())
                    .isEqualTo(2);
        }

        @Test
        void refusesATemplateWithAnUnknownAddon() {
            long id = portal.plan(Map.of());

            assertThat(OdooPortal.fault(
                            () -> portal.admin("saas_portal.plan", "create_template", list(id), list("nonsense"))))
                    .returns(2, OdooFault::code)
                    .hasMessageContaining("nonsense");
            assertThat(portal.admin("saas_portal.database", "search_count", list()))
                    .isEqualTo(0L);
        }

        @Test
        void readsTheClientsOnThePlansServersAgain() {
            OdooPortal.Client client = portal.client("owner@example.com");
            portal.backend.setSize(client.name(), 5 * 1024 * 1024);

            assertThat(portal.admin("saas_portal.plan", "action_sync_server", list(1)))
                    .isEqualTo(true);

            assertThat(portal.read("saas_portal.client", client.id(), "db_storage"))
                    .containsEntry("db_storage", 5);
        }
    }

    @Nested
    class Parts {
        @Test
        void listsTheInstalledParts() {
            assertThat(portal.admin(
                            "ir.module.module",
                            "search_count",
                            list(
                                    list("name", "in", list("portal", "auth_signup", "saas_portal")),
                                    list("state", "=", "installed"))))
                    .isEqualTo(3L);
            assertThat(portal.admin("ir.module.module", "search_count", list(list("state", "!=", "installed"))))
                    .isEqualTo(0L);
        }
    }

    @Nested
    class Groups {
        @Test
        void findsTheBaseGroupsByTheirXmlIds() {
            for (String xmlId : List.of("base.group_user", "base.group_portal", "base.group_system")) {
                Object id = portal.admin("ir.model.data", "xmlid_to_res_id", xmlId);
                assertThat(portal.admin("ir.model.data", "xmlid_to_res_model_res_id", xmlId))
                        .isEqualTo(list("res.groups", id));
                assertThat(portal.admin("res.groups", "search_count", list(list("id", "=", id))))
                        .isEqualTo(1L);
            }
        }

        @Test
        void returnsFalseOrFault2ForAnUnknownXmlId() {
            assertThat(portal.admin("ir.model.data", "xmlid_to_res_id", "no.such"))
                    .isEqualTo(false);
            assertThat(portal.admin("ir.model.data", "xmlid_to_res_model_res_id", "no.such"))
                    .isEqualTo(list(false, false));
            assertFault(
                    2,
                    "External ID not found in the system: no.such",
                    () -> portal.admin("ir.model.data", "xmlid_to_res_id", "no.such", true));
            assertFault(
                    2,
                    "External ID not found in the system: no.such",
                    () -> portal.admin("ir.model.data", "get_object_reference", "no", "such"));
        }

        @Test
        void searchesGroupsByModuleAndName() {
            Object id = portal.admin("ir.model.data", "xmlid_to_res_id", "base.group_system");

            assertThat(portal.admin(
                            "ir.model.data",
                            "search_read",
                            list(
                                    list("module", "=", "base"),
                                    list("name", "=", "group_system"),
                                    list("model", "=", "res.groups")),
                            list("res_id", "complete_name")))
                    .isEqualTo(list(Map.of("id", id, "res_id", id, "complete_name", "base.group_system")));
            assertThat(portal.admin("ir.model.data", "check_object_reference", "base", "group_system"))
                    .isEqualTo(list("res.groups", id));
            assertThat(count(list("name", "=", "group%"))).isEqualTo(0L);
            assertThat(count(list("name", "!=", "group_system"))).isEqualTo(5L);
            assertThat(count(list("name", "in", list("group_system", "group_user", false))))
                    .isEqualTo(2L);
            assertThat(count(list("name", "ilike", "SYSTEM"))).isEqualTo(1L);
            assertThat(count(list("name", "=like", "group_%"))).isEqualTo(4L);
            assertThat(count(list("name", "=like", "base%"))).isEqualTo(0L);
            assertThat(count(list("model", "=", "res.users"))).isEqualTo(1L);
        }

        private Object count(Object leaf) {
            return portal.admin("ir.model.data", "search_count", list(leaf));
        }
    }
}
