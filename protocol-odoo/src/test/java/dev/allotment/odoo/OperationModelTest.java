// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Filter;
import dev.allotment.odoo.fault.OdooFault;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperationModelTest {
    private static final String OPERATION = "saas_portal.operation";
    private static final String EVENT = "saas_portal.event";
    private static final String PLAN = "saas_portal.plan";

    private final OdooPortal portal = new OdooPortal();
    private final long plan =
            (long) portal.admin(PLAN, "create", Map.of("name", "Basic", "dbname_template", "client-%i"));

    @AfterEach
    void close() {
        portal.close();
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> create(String key, boolean async) {
        return (Map<String, Object>) portal.services.call(
                "object",
                "execute_kw",
                List.of(
                        OdooPortal.DB,
                        OdooPortal.ADMIN,
                        "admin",
                        PLAN,
                        "create_new_database",
                        list(list(plan)),
                        Map.of("async", async, "idempotency_key", key)),
                "192.0.2.7");
    }

    @Test
    void returnsAtOnceAndTheResultToARepeatedKey() {
        Map<String, Object> started = create("key", true);

        assertThat(started)
                .containsEntry("url", false)
                .containsEntry("auth_url", false)
                .containsKeys("id", "client_id", "operation_id");
        assertThat(portal.read("saas_portal.client", (long) started.get("id"), "state"))
                .containsEntry("state", "draft");
        long operation = (long) started.get("operation_id");
        assertThat(portal.read(OPERATION, operation, "kind", "state", "percent", "client_id", "started_by", "error"))
                .containsEntry("kind", "create_tenant")
                .containsEntry("state", "running")
                .containsEntry("percent", 0)
                .containsEntry("started_by", "admin")
                .containsEntry("error", false);
        assertThat(create("key", true)).containsEntry("operation_id", operation).containsEntry("url", false);

        portal.saas.maintenance().run();

        assertThat(struct(portal.admin(OPERATION, "await", list(operation), 1)))
                .containsEntry("state", "done")
                .containsEntry("percent", 100)
                .containsEntry("client_id", started.get("id"))
                .containsEntry("error", false);
        Map<String, Object> done = create("key", true);
        assertThat(done).containsEntry("id", started.get("id")).containsEntry("operation_id", operation);
        assertThat(done.get("url").toString()).startsWith("http://client-001").contains("access_token=");
        assertThat(portal.admin(OPERATION, "search", list(list("state", "=", "done"))))
                .isEqualTo(list(operation));
        assertThat(portal.admin(OPERATION, "search", list(list("kind", "=", "delete_tenant"))))
                .isEqualTo(list());
    }

    @Test
    void cancelsAnOperationThatHasNotStarted() {
        long operation = (long) create("key", true).get("operation_id");

        assertThat(struct(portal.admin(OPERATION, "cancel", list(operation)))).containsEntry("state", "running");
        assertThat(portal.read(OPERATION, operation, "cancel_requested")).containsEntry("cancel_requested", true);
        portal.saas.maintenance().run();

        assertThat(portal.read(OPERATION, operation, "state", "error_code"))
                .containsEntry("state", "failed")
                .containsEntry("error_code", "operation.cancelled");
        assertThat(portal.saas.tenants().count(Filter.all())).isZero();
    }

    @Test
    void abandonsAnOperationThatNothingElseEnds() {
        long operation = (long) create("key", true).get("operation_id");
        assertThat(OdooPortal.fault(() -> portal.admin(OPERATION, "abandon", list(operation), ""))
                        .code())
                .isEqualTo(2);

        Map<String, Object> abandoned =
                struct(portal.admin(OPERATION, "abandon", list(operation), "the caller has left"));

        assertThat(abandoned).containsEntry("state", "failed").containsEntry("error_code", "operation.abandoned");
        assertThat(abandoned.get("error").toString()).contains("the caller has left", "client-001", "check");
        assertThat(portal.saas.maintenance().run()).isZero();
        assertThat(portal.saas.tenants().count(Filter.all())).isZero();
        OdooPortal.Client own = portal.client("owner@example.com");
        assertThat(OdooPortal.fault(() -> as(own, OPERATION, "abandon", list(operation), "mine"))
                        .code())
                .isIn(2, 4);
    }

    @Test
    void refusesToWaitTooLong() {
        long operation = (long) create("key", true).get("operation_id");
        assertThat(struct(portal.admin(OPERATION, "await", list(operation), 0))).containsEntry("state", "running");
        assertThat(OdooPortal.fault(() -> portal.admin(OPERATION, "await", list(operation), 61))
                        .getMessage())
                .contains("0 to 60 seconds");
        assertThat(OdooPortal.fault(() -> portal.admin(OPERATION, "await", list(99)))
                        .code())
                .isEqualTo(2);
    }

    @Test
    void returnsTheFirstResultToARepeatedKeyAndRefusesAnotherRequest() {
        Map<String, Object> first = create("key", false);
        assertThat(create("key", false)).containsEntry("id", first.get("id"));
        assertThat(create("other", false).get("id")).isNotEqualTo(first.get("id"));

        Object template = keyed(PLAN, "create_template", plan, Map.of("addons", list("sale"), "idempotency_key", "t"));
        assertThat(template).isEqualTo(true);
        keyed(PLAN, "create_template", plan, Map.of("addons", list("sale"), "idempotency_key", "t"));
        assertThat(portal.admin("saas_portal.database", "search_count", list())).isEqualTo(1L);
        assertThat(OdooPortal.fault(() ->
                                keyed(PLAN, "create_template", plan, Map.of("addons", list(), "idempotency_key", "t")))
                        .getMessage())
                .contains("idempotency key");

        long client = (long) first.get("id");
        Map<?, ?> copy =
                (Map<?, ?>) keyed("saas_portal.client", "duplicate_database", client, Map.of("idempotency_key", "d"));
        assertThat(keyed("saas_portal.client", "duplicate_database", client, Map.of("idempotency_key", "d")))
                .extracting("id")
                .isEqualTo(copy.get("id"));
    }

    @Test
    void returnsTheFirstPlanOrTemplateToARepeatedKey() {
        Object gold = createPlan(Map.of("name", "Gold"), "gold");
        assertThat(createPlan(Map.of("name", "Gold"), "gold")).isEqualTo(gold);
        assertThat(createPlan(Map.of("name", "Gold"), "other")).isNotEqualTo(gold);
        assertThat(createPlan(Map.of("name", "Gold"), false)).isNotEqualTo(gold);
        assertThat(OdooPortal.fault(() -> createPlan(Map.of("name", "Silver"), "gold")))
                .hasMessageContaining("idempotency key")
                .extracting(OdooFault::code)
                .isEqualTo(2);
        assertThat(createPlan(list(Map.of("name", "Gold")), "gold")).isEqualTo(list(gold));
        OdooPortal.assertFault(
                1,
                "idempotency_key of create of saas_portal.plan is for one record, found a list of 2.",
                () -> createPlan(list(Map.of("name", "Gold"), Map.of("name", "Gold")), "gold"));
        OdooPortal.assertFault(
                1,
                "create of res.users takes (vals_list), found 'idempotency_key'.",
                () -> portal.adminKw(
                        "res.users", "create", list(Map.of("name", "Gold")), Map.of("idempotency_key", "gold")));
        assertThat(portal.admin(OPERATION, "search_count", list(list("kind", "=", "create_plan"))))
                .isEqualTo(2L);
    }

    @Test
    void returnsTheFirstCustomerToARepeatedKey() {
        Object acme = createCustomer("Acme", "acme");
        assertThat(createCustomer("Acme", "acme")).isEqualTo(acme);
        assertThat(createCustomer("Acme", "other")).isNotEqualTo(acme);
        assertThat(OdooPortal.fault(() -> createCustomer("Other", "acme")).code())
                .isEqualTo(2);
        assertThat(portal.admin(OPERATION, "search_count", list(list("kind", "=", "create_customer"))))
                .isEqualTo(2L);
    }

    private Object createCustomer(String name, String key) {
        return portal.adminKw("res.partner", "create", list(Map.of("name", name)), Map.of("idempotency_key", key));
    }

    private Object createPlan(Object values, Object key) {
        return portal.adminKw(PLAN, "create", list(values), Map.of("idempotency_key", key));
    }

    private Object keyed(String model, String method, long id, Map<String, Object> arguments) {
        return portal.services.call(
                "object",
                "execute_kw",
                List.of(OdooPortal.DB, OdooPortal.ADMIN, "admin", model, method, list(list(id)), arguments),
                "192.0.2.7");
    }

    @Test
    void showsAPortalUserOnlyTheOperationsOfItsOwnDatabases() {
        OdooPortal.Client own = portal.client("owner@example.com");
        OdooPortal.Client other = portal.client("other@example.com");
        List<?> seen = (List<?>) as(own, OPERATION, "search", list());

        assertThat(seen).isNotEmpty();
        assertThat(as(own, OPERATION, "search", list(list("client_id", "=", other.id()))))
                .isEqualTo(list());
        assertThat(as(own, OPERATION, "search", list(list("client_id", "=", own.id()))))
                .isEqualTo(seen);
        long begunByAdmin = (long) seen.get(0);
        assertThat(OdooPortal.fault(() -> as(own, OPERATION, "cancel", list(begunByAdmin)))
                        .code())
                .isEqualTo(4);
        assertThat(OdooPortal.fault(() -> as(own, EVENT, "search", list())).code())
                .isEqualTo(4);
    }

    @Test
    void recordsActorActionClientAndAddressInTheAuditLog() {
        long client = (long) create("key", false).get("id");

        Object id = ((List<?>) portal.admin(EVENT, "search", list(list("type", "=", "tenant_created")))).get(0);
        assertThat(portal.read(EVENT, (long) id, "type", "actor", "peer", "client_id", "details"))
                .containsEntry("type", "tenant_created")
                .containsEntry("actor", "admin")
                .containsEntry("peer", "192.0.2.7")
                .containsEntry("client_id", list(client, "client-001"))
                .extracting("details")
                .asString()
                .contains("\"name\": \"client-001\"");
        assertThat(OdooPortal.fault(() -> portal.admin(EVENT, "unlink", list(id)))
                        .getMessage())
                .contains("does not exist on the model");
    }

    @Test
    void recordsTheAddressOfCallsOfAWebSession() {
        String secret = portal.services
                .signIn(OdooPortal.DB, "admin", "admin", "192.0.2.8")
                .orElseThrow()
                .secret();
        portal.services.callKw(secret, PLAN, "create_new_database", list(list(plan)), Map.of(), "192.0.2.9");

        assertThat(portal.admin(EVENT, "search_count", list(list("peer", "=", "192.0.2.9"))))
                .isEqualTo(1L);
    }

    private Object as(OdooPortal.Client client, String model, String method, Object... args) {
        return portal.execute(OdooPortal.DB, client.owner(), OdooPortal.PASSWORD, model, method, args);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> struct(Object value) {
        return (Map<String, Object>) value;
    }
}
