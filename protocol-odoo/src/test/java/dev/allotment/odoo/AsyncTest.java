// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AsyncTest {
    private static final String OPERATION = "saas_portal.operation";
    private static final String CLIENT = "saas_portal.client";
    private static final String PLAN = "saas_portal.plan";

    private final OdooPortal portal = new OdooPortal();
    private OdooPortal.Client client = new OdooPortal.Client(0, "", 0, 0);
    private long plan;

    @BeforeEach
    void client() {
        client = portal.client("owner@example.com");
        plan = portal.plan(Map.of("name", "Larger", "max_users", 8));
    }

    @AfterEach
    void close() {
        portal.close();
    }

    private Object async(String model, String method, List<?> args, Map<String, ?> arguments) {
        Map<String, Object> all = new LinkedHashMap<>(arguments);
        all.put("async", true);
        return portal.adminKw(model, method, args, all);
    }

    /** Calls a method that takes many databases with a single one. */
    private long onClients(String method, Map<String, ?> arguments) {
        List<?> operations = (List<?>) async(CLIENT, method, list(list(client.id())), arguments);
        assertThat(operations).hasSize(1);
        return queued((long) operations.get(0));
    }

    private long queued(long operation) {
        assertThat(portal.read(OPERATION, operation, "state", "step", "percent"))
                .containsEntry("state", "running")
                .containsEntry("step", "queued")
                .containsEntry("percent", 0);
        return operation;
    }

    private Map<?, ?> done(long operation) {
        portal.saas.maintenance().run();
        Map<?, ?> result = (Map<?, ?>) portal.admin(OPERATION, "await", list(operation), 0);
        assertThat(result.get("state")).as("%s", result).isEqualTo("done");
        return result;
    }

    private Object read(String field) {
        return portal.read(CLIENT, client.id(), field).get(field);
    }

    @Test
    void returnsTheOperationsOfLifecycleMethods() {
        portal.admin("ir.config_parameter", "set_param", "saas_portal.retention_days", "7");
        long renaming = queued((long)
                async(CLIENT, "rename_database", list(list(client.id())), Map.of("new_dbname", "new.localhost")));
        assertThat(read("name")).isEqualTo(client.name());
        assertThat(done(renaming).get("client_id")).isEqualTo(client.id());
        assertThat(read("name")).isEqualTo("new.localhost");

        long deleting = onClients("delete_database", Map.of());
        assertThat(read("state")).isEqualTo("open");
        done(deleting);
        assertThat(read("state")).isEqualTo("deleted");

        done(onClients("restore_database", Map.of()));
        assertThat(read("state")).isEqualTo("open");

        done(onClients("purge_database", Map.of()));
        assertThat((List<?>) portal.admin(CLIENT, "proof_of_deletion", list(client.id())))
                .hasSize(1);
    }

    @Test
    void returnsTheOperationOfSwitchPlan() {
        done(onClients("switch_plan", Map.of("plan_id", plan)));
        assertThat(read("max_users")).isEqualTo(8);
        assertThat(portal.adminKw(
                        CLIENT,
                        "switch_plan",
                        list(list(client.id())),
                        Map.of("plan_id", plan, "dry_run", true, "async", true)))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .as("a dry run has its answer at once")
                .singleElement()
                .extracting("needs_force")
                .isEqualTo(false);
    }

    @Test
    void returnsTheOperationOfACreationThatHasAlreadyFailed() {
        Saas direct = Saas.builder()
                .backend(portal.backend)
                .mainDatabase(OdooPortal.DB)
                .administrator("admin", "admin")
                .passwordIterations(1)
                .clock(portal.clock)
                .node("direct")
                .executor(Runnable::run)
                .open();
        Map<?, ?> result = (Map<?, ?>) new OdooServices(direct, OdooSettings.defaults(), portal.clock)
                .call(
                        "object",
                        "execute_kw",
                        list(
                                OdooPortal.DB,
                                OdooPortal.ADMIN,
                                "admin",
                                PLAN,
                                "adopt_database",
                                list(list(plan)),
                                Map.of("dbname", "nowhere", "server_id", 1, "user_id", client.owner(), "async", true)),
                        "192.0.2.1");

        assertThat(result.get("client_id")).isEqualTo(false);
        assertThat(portal.read(OPERATION, (long) result.get("operation_id"), "state", "error_code"))
                .containsEntry("state", "failed")
                .containsEntry("error_code", ErrorCodes.DATABASE_UNKNOWN);
    }

    @Test
    void returnsTheOperationAndLaterTheDatabaseToARepeatedKey() {
        portal.backend.putForeign("legacy");
        Map<String, Map<String, Object>> calls = Map.of(
                CLIENT + " duplicate_database",
                Map.of("dbname", "copy.localhost"),
                PLAN + " adopt_database",
                Map.of("dbname", "legacy", "server_id", 1, "user_id", client.owner()));
        calls.forEach((call, arguments) -> {
            String model = call.split(" ")[0];
            String method = call.split(" ")[1];
            Map<String, Object> keyed = new LinkedHashMap<>(arguments);
            keyed.put("idempotency_key", method);
            List<Object> ids = list(list(model.equals(PLAN) ? plan : client.id()));

            Map<?, ?> started = (Map<?, ?>) async(model, method, ids, keyed);
            assertThat(started.get("url")).isEqualTo(false);
            long operation = queued((long) started.get("operation_id"));
            assertThat(done(operation).get("client_id")).isEqualTo(started.get("id"));
            assertThat(portal.read(CLIENT, (long) started.get("id"), "state")).containsEntry("state", "open");

            Map<?, ?> again = (Map<?, ?>) async(model, method, ids, keyed);
            assertThat(again.get("operation_id")).isEqualTo(operation);
            assertThat(again.get("url").toString()).contains("access_token=");
        });
    }

    @Test
    void returnsTheOperationOfTemplateMethodsWhichNamesTheTemplate() {
        portal.backend.putForeign("legacy");
        Object building = async(
                PLAN, "create_template", list(list(plan)), Map.of("addons", list("sale"), "idempotency_key", "t"));
        assertThat(async(
                        PLAN,
                        "create_template",
                        list(list(plan)),
                        Map.of("addons", list("sale"), "idempotency_key", "t")))
                .isEqualTo(building);
        Object template = done(queued((long) building)).get("template_id");
        assertThat(portal.read(PLAN, plan, "template_id").get("template_id"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .first()
                .isEqualTo(template);
        assertThat(portal.read(OPERATION, (long) building, "template_id").get("template_id"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .first()
                .isEqualTo(template);

        long other = portal.plan(Map.of("name", "Adopted"));
        long adopting =
                (long) async(PLAN, "adopt_template", list(list(other)), Map.of("dbname", "legacy", "server_id", 1));
        done(queued(adopting));
        assertThat(portal.read(PLAN, other, "state")).containsEntry("state", "confirmed");
    }

    @Test
    void returnsTheOperationOfAConfigurationWhoseResultSaysWhatWasDone() {
        Map<String, Object> payload =
                Map.of("install_addons", list("sale"), "access_owner_add", list("nobody.group_at_all"));
        long upgrading = onClients("upgrade", Map.of("payload", payload));
        assertThat(portal.read(OPERATION, upgrading, "result")).containsEntry("result", false);
        assertThat(done(upgrading).get("result"))
                .isEqualTo("{\"installed\": [\"sale\"], \"updated\": [], \"uninstalled\": [],"
                        + " \"access_owner_add\": [\"group not found: nobody.group_at_all\"], \"access_remove\": []}");

        long second = (long) async(
                "saas.config",
                "do_upgrade_database",
                list(Map.of("params", list(Map.of("key", "saas_client.max_users", "value", 3))), client.id()),
                Map.of());
        done(queued(second));
        assertThat(read("max_users")).isEqualTo(3);
    }

    @Test
    void refusesAWrongRequestWithoutStartingAnOperation() {
        Object before = portal.admin(OPERATION, "search_count", list());
        assertThat(OdooPortal.fault(() -> async(
                                CLIENT,
                                "upgrade",
                                list(list(client.id())),
                                Map.of("payload", Map.of("install_addons", list("nothing")))))
                        .code())
                .isEqualTo(2);
        assertThat(OdooPortal.fault(() -> portal.executeKw(
                                OdooPortal.DB,
                                client.owner(),
                                OdooPortal.PASSWORD,
                                CLIENT,
                                "delete_database",
                                list(list(client.id())),
                                Map.of("async", true)))
                        .code())
                .isEqualTo(4);
        assertThat(portal.admin(OPERATION, "search_count", list())).isEqualTo(before);
    }
}
