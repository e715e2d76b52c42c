// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.hook.DomainVerifier;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ClientLifecycleTest {
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

    private long plan(Map<String, Object> values) {
        return (Long) portal.admin("saas_portal.plan", "create", values);
    }

    @Test
    void suspendsResumesAndExtendsAllNamedDatabases() {
        long other = portal.client("other@example.com").id();
        assertThat(call("suspend", list(client.id(), other))).isEqualTo(true);
        assertThat(read("state")).isEqualTo("pending");
        assertThat(call("search", list(list("state", "=", "pending")))).isEqualTo(list(client.id(), other));
        assertThat(call("resume", list(client.id(), other))).isEqualTo(true);
        assertThat(read("state")).isEqualTo("open");

        assertThat(call("extend", list(client.id()), "2026-05-01 00:00:00", "paid for two months"))
                .isEqualTo(true);

        assertThat(read("expiration_datetime")).isEqualTo("2026-05-01 00:00:00");
        List<Event> log = portal.saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_EXTENDED)));
        assertThat(log.get(0).details()).containsEntry("reason", "paid for two months");
        assertThat(log.get(0).actor()).isEqualTo("admin");
        assertThat(call("extend", list(client.id()), false, "for ever")).isEqualTo(true);
        assertThat(read("expiration_datetime")).isEqualTo(false);
    }

    @Test
    void keepsDatabasesOnTheirVersionOfAChangedPlan() {
        long plan = plan(Map.of("name", "Team", "max_users", 3));
        portal.admin("saas_portal.plan", "write", list(plan), Map.of("max_users", 5));
        portal.admin("saas_portal.plan", "write", list(plan), Map.of("summary", "For teams"));

        assertThat(portal.read("saas_portal.plan", plan, "version")).containsEntry("version", 2);
        assertThat(portal.admin(
                        "saas_portal.plan.version",
                        "search_read",
                        list((Object) list("plan_id", "=", plan)),
                        list("number", "max_users", "display_name")))
                .asInstanceOf(LIST)
                .extracting("display_name", "max_users")
                .containsExactly(tuple(plan + "/1", 3), tuple(plan + "/2", 5));
        assertThat(read("plan_version")).isEqualTo(1);
    }

    @Test
    void previewsRefusesAndAppliesASwitchOfPlan() {
        long small = plan(Map.of("name", "Small", "max_users", 1, "total_storage_limit", 10, "tag_ids", list("eu")));
        portal.inside(client, "res.users", "create", Map.of("login", "x", "name", "X"));

        Object result = portal.adminKw(
                "saas_portal.client",
                "switch_plan",
                list((Object) list(client.id())),
                Map.of("plan_id", small, "dry_run", true));

        Map<?, ?> preview = (Map<?, ?>) ((List<?>) result).get(0);
        assertThat(preview.get("plan_id")).isEqualTo(small);
        assertThat(preview.get("version")).isEqualTo(1);
        assertThat(preview.get("changes"))
                .asInstanceOf(LIST)
                .extracting("field")
                .containsExactly("plan_id", "max_users", "total_storage_limit");
        assertThat(preview.get("exceeded")).isEqualTo(list(Map.of("field", "max_users", "limit", 1L, "found", 2L)));
        assertThat(preview.get("needs_force")).isEqualTo(true);
        assertThat(read("max_users")).isEqualTo(0);
        assertThat(OdooPortal.fault(() -> call("switch_plan", list(client.id()), small))
                        .code())
                .isEqualTo(2);

        assertThat(portal.adminKw(
                        "saas_portal.client",
                        "switch_plan",
                        list((Object) list(client.id())),
                        Map.of("plan_id", small, "force", true)))
                .isEqualTo(true);
        assertThat(read("plan_id")).isEqualTo(list(small, "Small"));
        assertThat(read("max_users")).isEqualTo(1);
        assertFault(
                2,
                "Record does not exist or has been deleted. (Record: saas_portal.plan(99,), User: 2)",
                () -> call("switch_plan", list(client.id()), 99));
    }

    @Test
    void restoresADeletedDatabaseWhileItIsRetainedAndProvesItsDeletionAfterwards() {
        portal.admin("ir.config_parameter", "set_param", "saas_portal.retention_days", "7");
        assertThat(call("delete_database", list(client.id()))).isEqualTo(true);
        assertThat(read("state")).isEqualTo("deleted");
        assertThat(read("retained_until")).isEqualTo("2026-03-08 12:00:00");
        assertThat(portal.db("db_exist", client.name())).isEqualTo(false);
        assertThat(call("search", list((Object) list("state", "=", "deleted")))).isEqualTo(list(client.id()));
        assertThat(call("proof_of_deletion", list(client.id()))).isEqualTo(list());

        assertThat(call("restore_database", list(client.id()))).isEqualTo(true);
        assertThat(read("state")).isEqualTo("open");
        assertThat(read("retained_until")).isEqualTo(false);
        assertThat(portal.owner(client, "res.users", "search_count", list())).isEqualTo(2L);

        call("delete_database", list(client.id()));
        assertThat(call("purge_database", list(client.id()))).isEqualTo(true);
        Map<?, ?> proof = (Map<?, ?>) ((List<?>) call("proof_of_deletion", list(client.id()))).get(0);
        assertThat(proof.get("name")).isEqualTo(client.name());
        assertThat(proof.get("requested_by")).isEqualTo("admin");
        assertThat(proof.get("verified_at")).isEqualTo("2026-03-01 12:00:00");
        assertThat(proof.get("verified")).isEqualTo(list("database"));
        assertThat(proof.get("backup")).isEqualTo(false);
        assertThat(call("search", list((Object) list("state", "=", "deleted")))).isEqualTo(list(client.id()));
    }

    @Test
    void managesAdditionalHostsAsRecordsThatSurviveARename() {
        Object id = portal.admin(
                "saas_portal.client.alias", "create", Map.of("host", "WWW.Customer.com", "client_id", client.id()));
        assertThat(read("alias_ids")).isEqualTo(list(id));
        assertThat(portal.read("saas_portal.client.alias", (Long) id, "host", "client_id", "added_by"))
                .containsEntry("host", "www.customer.com")
                .containsEntry("client_id", list(client.id(), client.name()))
                .containsEntry("added_by", "admin");
        call("rename_database", list(client.id()), "renamed.example.com");
        assertThat(call("search", list((Object) list("alias_ids.host", "=", "www.customer.com"))))
                .isEqualTo(list(client.id()));
        assertThat(portal.saas.tenants().findByHost("www.customer.com:8069")).isPresent();
        assertThat(OdooPortal.fault(() -> portal.admin(
                                "saas_portal.client.alias",
                                "create",
                                Map.of("host", "no host", "client_id", client.id())))
                        .code())
                .isEqualTo(2);
        assertThat(portal.admin("saas_portal.client.alias", "unlink", list(id))).isEqualTo(true);
        assertThat(read("alias_ids")).isEqualTo(list());
    }

    @Test
    void reportsWhatToDoBeforeAHostCanBeAdded() {
        assertThat(portal.admin("saas_portal.client.alias", "instructions", client.id(), "www.customer.com"))
                .isEqualTo(false);
        try (Saas asking = Saas.builder()
                .backend(portal.backend)
                .mainDatabase(OdooPortal.DB)
                .passwordIterations(1)
                .addons(() -> OdooTestAddon.ALL)
                .domainVerifier(new DomainVerifier() {
                    @Override
                    public String instructions(Tenant tenant, String host) {
                        return "Prove " + host + " for " + tenant.name();
                    }

                    @Override
                    public boolean verify(Tenant tenant, String host) {
                        return false;
                    }
                })
                .open()) {
            OdooServices services = new OdooServices(asking, OdooSettings.defaults(), portal.clock);
            assertThat(services.call(
                            "object",
                            "execute_kw",
                            list(
                                    OdooPortal.DB,
                                    client.owner(),
                                    OdooPortal.PASSWORD,
                                    "saas_portal.client.alias",
                                    "instructions",
                                    list(client.id(), "www.customer.com")),
                            "192.0.2.1"))
                    .isEqualTo("Prove www.customer.com for " + client.name());
        }
    }

    private Object owner(String method, Object... args) {
        return portal.execute(OdooPortal.DB, client.owner(), OdooPortal.PASSWORD, "saas_portal.client", method, args);
    }

    @Test
    void keepsAttributesForAdministrators() {
        long id = client.id();
        long partner = ((Number) ((List<?>) portal.read("saas_portal.client", id, "partner_id")
                                .get("partner_id"))
                        .get(0))
                .longValue();
        call("write", list(id), Map.of("attributes", Map.of("stripe.subscription", "sub_1", "a", 7)));
        call("write", list(id), Map.of("attributes", Map.of("a", false, "b", "=x")));
        assertThat(portal.read("saas_portal.client", id, "attributes"))
                .containsEntry("attributes", Map.of("stripe.subscription", "sub_1", "b", "=x"));
        assertThat(call("search", list((Object) list("attributes", "=", "stripe.subscription=sub_1"))))
                .isEqualTo(list(id));
        assertThat(call("search", list((Object) list("attributes", "in", list("a=7", "b==x")))))
                .isEqualTo(list(id));
        assertThat(call("search", list((Object) list("attributes", "=", false))))
                .isEqualTo(list());
        OdooPortal.assertFault(
                2,
                "Invalid leaf ['attributes', '=', 'b']",
                () -> call("search", list((Object) list("attributes", "=", "b"))));
        portal.admin("res.partner", "write", list(partner), Map.of("attributes", Map.of("stripe.customer", "cus_1")));
        assertThat(portal.admin(
                        "res.partner", "search", list((Object) list("attributes", "=", "stripe.customer=cus_1"))))
                .isEqualTo(list(partner));

        assertThat(OdooPortal.rows(owner("read", list(id), list("attributes"))))
                .containsExactly(Map.of("id", id, "attributes", Map.of()));
        assertThat(OdooPortal.fault(() ->
                                owner("search", list((Object) list("attributes", "=", "stripe.subscription=sub_1"))))
                        .code())
                .isEqualTo(4);
        for (Object wrong : List.of(Map.of("No Key", "x"), Map.of("k", list()), "text", Map.of("k", "x".repeat(501)))) {
            assertThat(OdooPortal.fault(() -> call("write", list(id), Map.of("attributes", wrong)))
                            .code())
                    .isEqualTo(2);
        }
        call("write", list(id), Map.of("attributes", false));
        assertThat(portal.read("saas_portal.client", id, "attributes")).containsEntry("attributes", Map.of());
    }

    @Test
    void inheritsChangesAndSearchesTags() {
        long plan =
                plan(Map.of("name", "Tagged", "dbname_template", "tagged-%i", "tag_ids", list("vip", "eu_1", "vip")));
        assertThat(portal.read("saas_portal.plan", plan, "tag_ids")).containsEntry("tag_ids", list("eu_1", "vip"));
        Object made = portal.admin("saas_portal.plan", "create_new_database", list(plan));
        long id = (Long) ((Map<?, ?>) made).get("id");
        assertThat(portal.read("saas_portal.client", id, "tag_ids")).containsEntry("tag_ids", list("eu_1", "vip"));

        assertThat(call("search", list((Object) list("tag_ids", "in", list("vip", "x")))))
                .isEqualTo(list(id));
        assertThat(call("search", list((Object) list("tag_ids", "=", "eu_1")))).isEqualTo(list(id));
        assertThat(call("search", list((Object) list("tag_ids", "=", "eux1"))))
                .as("an underscore is one")
                .isEqualTo(list());
        assertThat(call("search", list((Object) list("tag_ids", "=", false)))).isEqualTo(list(client.id()));
        assertThat(call("search", list((Object) list("tag_ids", "not in", list("vip")))))
                .isEqualTo(list(client.id()));
        call("write", list(id), Map.of("tag_ids", list("late")));
        assertThat(call("search", list((Object) list("tag_ids", "=", "vip")))).isEqualTo(list());
        assertThat(OdooPortal.fault(() -> call("write", list(id), Map.of("tag_ids", list("No tag"))))
                        .code())
                .isEqualTo(2);
    }
}
