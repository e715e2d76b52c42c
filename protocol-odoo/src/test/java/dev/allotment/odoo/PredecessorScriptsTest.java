// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.fault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The calls of scripts that were written for Odoo SaaS Tools. */
final class PredecessorScriptsTest {
    private static final String SERVER = "saas_portal.server";
    private static final String PLAN = "saas_portal.plan";
    private static final String CLIENT = "saas_portal.client";
    private static final String DATABASE = "saas_portal.database";
    private static final String PROVIDER = "auth.oauth.provider";
    private static final String OWN = "server-1.localhost";

    private final OdooPortal portal = new OdooPortal();

    @AfterEach
    void close() {
        portal.close();
    }

    private Object own(String model, String method, Object... args) {
        return portal.execute(OWN, 2, "admin", model, method, args);
    }

    private void createOwnDatabase() {
        portal.db("create_database", OdooPortal.MASTER, OWN, true, "en_US", "admin");
    }

    @Test
    void createPortalServerPlanAndClient() {
        assertThat(portal.admin("ir.module.module", "button_immediate_install", list()))
                .isEqualTo(true);
        createOwnDatabase();
        Object provider = own("ir.model.data", "xmlid_to_res_id", "saas_server.saas_oauth_provider");
        Map<String, Object> read =
                OdooPortal.rows(own(PROVIDER, "read", provider)).get(0);
        own(
                PROVIDER,
                "write",
                list(provider),
                Map.of(
                        "auth_endpoint",
                        read.get("auth_endpoint"),
                        "validation_endpoint",
                        read.get("validation_endpoint"),
                        "local_host",
                        "localhost",
                        "local_port",
                        "8069"));
        Object uuid = own("ir.config_parameter", "get_param", "database.uuid");

        Object server = portal.admin(
                SERVER,
                "create",
                Map.of(
                        "name", OWN,
                        "client_id", uuid,
                        "local_port", "8069",
                        "local_host", "localhost",
                        "password", "admin"));
        assertThat(portal.admin(SERVER, "search", list(list("name", "=", OWN)))).isEqualTo(list(server));
        Object template = portal.admin(DATABASE, "create", Map.of("name", "template-1.localhost"));
        Object plan = portal.admin(
                PLAN,
                "create",
                Map.of(
                        "name",
                        "Plan",
                        "server_id",
                        server,
                        "template_id",
                        template,
                        "dbname_template",
                        "client-%i.localhost",
                        "demo",
                        true));
        assertThat(portal.read(PLAN, (long) plan, "state")).containsEntry("state", "draft");
        assertThat(portal.admin(PLAN, "create_template", list(plan))).isEqualTo(true);
        portal.newDatabase((long) plan, Map.of());
        assertThat(portal.admin(PLAN, "action_sync_server", list(plan))).isEqualTo(true);

        assertThat(own(PROVIDER, "search_read", list(), list("client_id", "local_host", "local_port")))
                .isEqualTo(list(Map.of("id", 1L, "client_id", uuid, "local_host", "localhost", "local_port", "8069")));
        assertThat(portal.read(SERVER, (long) server, "name", "application", "client_id", "local_port", "password"))
                .containsEntry("name", "default")
                .containsEntry("application", OWN)
                .containsEntry("client_id", uuid)
                .containsEntry("local_port", "8069")
                .containsEntry("password", false);
        assertThat(portal.read(DATABASE, (long) template, "name", "state"))
                .containsEntry("name", "template-1.localhost")
                .containsEntry("state", "template");
        assertThat(portal.admin(CLIENT, "search_count", list(list("name", "=", "client-001.localhost"))))
                .isEqualTo(1L);
    }

    @Test
    void writeOfAServerOnlyWhatIsSo() {
        assertThat(portal.admin(
                        SERVER,
                        "write",
                        list(1),
                        Map.of(
                                "local_host", "localhost",
                                "local_request_scheme", "http",
                                "verify_ssl", true,
                                "request_scheme", "http",
                                "request_port", "8069")))
                .isEqualTo(true);

        assertThat(portal.read(SERVER, 1, "local_host", "local_request_scheme", "verify_ssl", "request_port"))
                .containsEntry("local_request_scheme", "http")
                .containsEntry("verify_ssl", true)
                .containsEntry("request_port", 8069);
        assertFault(
                2,
                "Field 'request_port' cannot be written with another value than \"8069\": the parameter web.base.url decides"
                        + " on the scheme and port of all databases.",
                () -> portal.admin(SERVER, "write", list(1), Map.of("request_port", 80)));
        assertThat(fault(() -> portal.admin(
                                SERVER,
                                "create",
                                Map.of("name", "far", "client_id", "00000000-0000-0000-0000-000000000001")))
                        .getMessage())
                .startsWith("Field 'client_id' cannot be written with another value than false");
        assertThat(portal.admin(SERVER, "search_count", list())).isEqualTo(1L);
        portal.admin(SERVER, "write", list(1), Map.of("local_host", false, "verify_ssl", false));
        assertThat(portal.read(SERVER, 1, "local_host", "verify_ssl"))
                .containsEntry("local_host", false)
                .containsEntry("verify_ssl", false);
    }

    @Test
    void createAClientWithItsDatabase() {
        Object partner = portal.admin("res.partner", "create", Map.of("name", "Acme", "is_company", true));
        long plan = portal.plan(Map.of("website_description", "<p>Fine.</p>", "on_create", "login", "server_id", 1));
        Map<String, Object> values = Map.of(
                "name", "client-test-001", "partner_id", partner, "plan_id", plan, "server_id", 1, "state", "open");

        Object client = portal.admin(CLIENT, "create", values);

        assertThat(portal.read(CLIENT, (long) client, "name", "state", "plan_id"))
                .containsEntry("name", "client-test-001")
                .containsEntry("state", "open")
                .containsEntry("plan_id", list(plan, "Basic"));
        assertThat(portal.saas.database("client-test-001").members().count(dev.allotment.Filter.all()))
                .isPositive();
        assertThat(portal.read("res.partner", (long) partner, "is_company")).containsEntry("is_company", true);
        assertThat(portal.read(PLAN, plan, "website_description", "on_create"))
                .containsEntry("website_description", "<p>Fine.</p>")
                .containsEntry("on_create", "login");
        assertThat(portal.admin(CLIENT, "write", list(client), values)).isEqualTo(true);
    }

    @Test
    void createNoClientWithAnythingThatWouldNotBeSo() {
        long plan = portal.plan(Map.of());
        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of("name", "x", "plan_id", plan, "state", "draft"),
                Map.of("name", "x", "plan_id", plan, "server_id", 7),
                Map.of("name", "x", "plan_id", plan, "max_users", 7),
                Map.of("name", "x"))) {
            assertThat(fault(() -> portal.admin(CLIENT, "create", wrong)).code())
                    .isEqualTo(2);
        }
        assertThat(fault(() -> portal.admin(PLAN, "write", list(plan), Map.of("on_create", "email")))
                        .getMessage())
                .contains("create_new_database returns a sign-in link");
        assertThat(portal.admin(CLIENT, "search_count", list())).isEqualTo(0L);
    }

    @Test
    void reserveTheNameOfATemplate() {
        Object template = portal.admin(DATABASE, "create", Map.of("name", "golden"));

        assertThat(portal.admin(DATABASE, "write", list(template), Map.of("server_id", 1)))
                .isEqualTo(true);
        assertThat(fault(() -> portal.admin(DATABASE, "write", list(template), Map.of("name", "other")))
                        .getMessage())
                .contains("a template cannot be renamed");
        assertThat(fault(() -> portal.admin(DATABASE, "create", Map.of("name", "x", "state", "template")))
                        .code())
                .isEqualTo(2);
        assertThat(fault(() -> portal.admin(DATABASE, "create", Map.of("name", "golden")))
                        .getMessage())
                .contains("already exists");
        assertThat(portal.admin(DATABASE, "unlink", list(template))).isEqualTo(true);
    }

    @Test
    void forgetWhatWasKeptWithTheRecord() {
        Object partner = portal.admin("res.partner", "create", Map.of("name", "Acme", "is_company", true));
        assertThat(portal.admin("ir.config_parameter", "get_param", "odoo.res.partner." + partner + ".is_company"))
                .isEqualTo("True");

        portal.admin("res.partner", "unlink", list(partner));

        assertThat(portal.admin("ir.config_parameter", "get_param", "odoo.res.partner." + partner + ".is_company"))
                .isEqualTo(false);
    }

    @Test
    void removeNoPartOfTheServer() {
        assertThat(fault(() -> portal.admin("ir.module.module", "button_immediate_uninstall", list(1)))
                        .code())
                .isEqualTo(2);
        portal.signUp("anna@example.com");
        assertThat(fault(() -> portal.execute(
                                OdooPortal.DB, 3, OdooPortal.PASSWORD, "ir.module.module", "button_install", list()))
                        .code())
                .isEqualTo(4);
    }

    @Test
    void nameRecordsWithExternalIds() {
        createOwnDatabase();
        assertThat(portal.admin("ir.model.data", "check_object_reference", "base", "lang_en"))
                .isEqualTo(list("res.lang", 1L));
        assertThat(own("ir.model.data", "get_object_reference", "base", "user_admin"))
                .isEqualTo(list("res.users", 2L));
        Map<String, Object> acme = Map.of("module", "__api__", "name", "acme", "model", "res.users", "res_id", 2);

        for (String db : List.of(OdooPortal.DB, OWN)) {
            Object id = ((List<?>) portal.execute(db, 2, "admin", "ir.model.data", "create", list(acme))).get(0);
            assertThat(portal.execute(
                            db,
                            2,
                            "admin",
                            "ir.model.data",
                            "search_read",
                            list(list("name", "=", "acme")),
                            list("model", "res_id")))
                    .isEqualTo(list(Map.of("id", id, "model", "res.users", "res_id", 2L)));
            assertThat(portal.execute(db, 2, "admin", "ir.model.data", "xmlid_to_res_id", "__api__.acme"))
                    .isEqualTo(2L);
            assertThat(fault(() -> portal.execute(db, 2, "admin", "ir.model.data", "create", acme))
                            .getMessage())
                    .isEqualTo("External identifier __api__.acme exists already.");
            assertThat(portal.execute(db, 2, "admin", "ir.model.data", "xmlid_to_res_id", "__api__.acme"))
                    .isEqualTo(2L);
            assertThat(portal.execute(db, 2, "admin", "ir.model.data", "unlink", list(id)))
                    .isEqualTo(true);
            for (String given : List.of("group_user", "user_admin")) {
                assertThat(fault(() -> portal.execute(
                                        db,
                                        2,
                                        "admin",
                                        "ir.model.data",
                                        "create",
                                        Map.of("module", "base", "name", given, "model", "res.users", "res_id", 7)))
                                .getMessage())
                        .isEqualTo("External identifier base." + given + " exists already.");
            }
            assertThat(fault(() -> portal.execute(db, 2, "admin", "ir.model.data", "unlink", list(1)))
                            .code())
                    .isEqualTo(2);
        }
        assertThat(fault(() -> portal.admin(
                                "ir.model.data",
                                "create",
                                Map.of("module", "x", "name", "y", "model", "sale.order", "res_id", 1)))
                        .getMessage())
                .contains("the name of a model of this database");
    }

    @Test
    void createNoMoreExternalIdsInACallThanADatabaseMayHave() {
        Map<String, ?> acme = Map.of("module", "__api__", "name", "acme", "model", "res.users", "res_id", 2);

        assertThat(fault(() -> portal.admin("ir.model.data", "create", Collections.nCopies(10_001, acme)))
                        .getMessage())
                .isEqualTo("A database has at most 10000 external identifiers; remove some first.");
    }

    @Test
    void findTheSameNumbersOfExternalIdsAtEachNode() {
        createOwnDatabase();
        assertThat(OdooPortal.rows(own(
                        "ir.model.data",
                        "search_read",
                        list(list("id", ">=", 1_000_000)),
                        list("complete_name"),
                        0,
                        10,
                        "id")))
                .extracting(each -> each.get("complete_name"))
                .containsExactly("base.lang_en", "base.user_admin", "saas_server.saas_oauth_provider");
    }

    @Test
    void findNoJobsAndOneLanguage() {
        createOwnDatabase();
        assertThat(own("ir.cron", "search", list())).isEqualTo(list());
        assertThat(own("res.lang", "search_read", list(), list("code")))
                .isEqualTo(list(Map.of("id", 1L, "code", "en_US")));
    }
}
