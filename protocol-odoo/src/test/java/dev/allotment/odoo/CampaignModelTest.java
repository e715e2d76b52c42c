// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseLogin;
import dev.allotment.Saas;
import dev.allotment.Server;
import dev.allotment.hook.TenantSchema;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.DelegatingDatabases;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two tenants without the tenant schema, and a node that has it. */
class CampaignModelTest {
    private static final String CAMPAIGN = "saas_portal.campaign";
    private static final String OPERATION = "saas_portal.operation";

    private final OdooPortal portal = new OdooPortal();
    private final Set<String> broken = new HashSet<>();
    private final OdooPortal.Client first = portal.client("first@example.com");
    private final OdooPortal.Client second = portal.client("second@example.com");
    private Saas node;
    private OdooServices services;

    @BeforeEach
    void open() {
        node = Saas.builder()
                .backend(withLogins(portal.backend))
                .mainDatabase(OdooPortal.DB)
                .passwordIterations(1)
                .clock(portal.clock)
                .secretKey("a secret key for tests")
                .tenantSchema(new TestSchema(broken))
                .open();
        services = new OdooServices(node, OdooSettings.defaults(), portal.clock);
    }

    @AfterEach
    void close() {
        node.close();
        portal.close();
    }

    private record TestSchema(Set<String> broken) implements TenantSchema {
        @Override
        public String version() {
            return "2";
        }

        @Override
        public void migrate(DatabaseLogin login) {
            if (broken.contains(login.url())) {
                throw new IllegalStateException("This database is broken");
            }
        }
    }

    /** The same backend, with logins that nothing can connect with. */
    private static Backend withLogins(Backend backend) {
        return new DelegatingBackend(backend) {
            @Override
            public Databases databases(Server server) {
                return withLogins(super.databases(server));
            }
        };
    }

    private static Databases withLogins(Databases databases) {
        return new DelegatingDatabases(databases) {
            @Override
            public Databases fencedBy(FencingToken token) {
                return withLogins(databases.fencedBy(token));
            }

            @Override
            public DatabaseLogin login(DatabaseRef database, String password) {
                return new DatabaseLogin(database.name(), database.name(), password);
            }
        };
    }

    private Object call(String model, String method, Object... args) {
        return call(OdooPortal.ADMIN, "admin", model, method, list(args), Map.of());
    }

    private Object call(long uid, String password, String model, String method, List<?> args, Map<String, ?> named) {
        return services.call(
                "object", "execute_kw", List.of(OdooPortal.DB, uid, password, model, method, args, named), "192.0.2.7");
    }

    private Map<String, Object> read(long campaign) {
        return OdooPortal.rows(call(CAMPAIGN, "read", list(campaign))).get(0);
    }

    private static Map<String, Object> values(Object... pairs) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            values.put((String) pairs[i], pairs[i + 1]);
        }
        return values;
    }

    @Test
    void changesTheTenantsAndShowsProgressFailuresAndVersions() {
        broken.add(first.name());
        Map<String, Object> schema = values("change", "schema", "canaries", 0, "waves", "10, 50", "max_failures", 1);
        assertThat(call(CAMPAIGN, "count", schema)).isEqualTo(2L);

        long campaign = (long) call(CAMPAIGN, "create", schema);
        assertThat(read(campaign))
                .containsEntry("display_name", "schema " + campaign)
                .containsEntry("change", "schema")
                .containsEntry("addons", false)
                .containsEntry("plan_id", false)
                .containsEntry("waves", "10,50")
                .containsEntry("canaries", 0)
                .containsEntry("max_failures", 1)
                .containsEntry("max_failure_percent", false)
                .containsEntry("in_window", false)
                .containsEntry("stage", "templates")
                .containsEntry("state", "running")
                .containsEntry("started_by", "admin")
                .containsEntry("end_date", false);
        node.maintenance().run();

        assertThat(read(campaign))
                .containsEntry("state", "done")
                .containsEntry("stage", "waves")
                .containsEntry("percent", 100)
                .containsEntry("total", 2L)
                .containsEntry("done", 1L)
                .containsEntry("failed", 1L)
                .containsEntry("working", 0L)
                .containsEntry("end_date", "2026-03-01 12:00:00");
        assertThat(OdooPortal.rows(call(CAMPAIGN, "failures", list(campaign))))
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .containsEntry("client_id", first.id())
                        .containsEntry("name", first.name())
                        .containsEntry("error_code", "schema.failed")
                        .extracting("error")
                        .asString()
                        .contains(first.name()));
        assertThat(call(CAMPAIGN, "versions"))
                .isEqualTo(Map.of(
                        "schema_version",
                        "2",
                        "schemas",
                        list(Map.of("version", false, "clients", 1L), Map.of("version", "2", "clients", 1L)),
                        "addons",
                        list(),
                        "unknown_addons",
                        0L));
        assertThat(OdooPortal.rows(call(
                        OPERATION,
                        "search_read",
                        list(list("campaign_id", "=", campaign), list("state", "=", "done")),
                        list("client_id", "campaign_id"))))
                .singleElement()
                .satisfies(operation -> assertThat(operation)
                        .containsEntry("client_id", list(second.id(), second.name()))
                        .containsEntry("campaign_id", list(campaign, "schema " + campaign)));
        assertThat(call(CAMPAIGN, "search", list(list("state", "=", "done"), list("started_by", "=", "admin"))))
                .isEqualTo(list(campaign));
        assertThat(call(CAMPAIGN, "search_count", list(list("state", "=", "paused"))))
                .isEqualTo(0L);
        assertThat(call(OPERATION, "await", list(campaign), 0))
                .extracting("result")
                .isEqualTo("{\"total\": 2, \"done\": 1, \"failed\": 1, \"later\": 0}");

        broken.clear();
        assertThat(call(CAMPAIGN, "retry", list(campaign))).extracting("state").isEqualTo("running");
        node.maintenance().run();
        assertThat(read(campaign)).containsEntry("done", 2L).containsEntry("failed", 0L);
    }

    @Test
    void pausesResumesAndCancels() {
        long campaign = (long) call(CAMPAIGN, "create", values("change", "schema"));
        assertThat(call(CAMPAIGN, "pause", list(campaign))).extracting("state").isEqualTo("paused");
        node.maintenance().run();
        assertThat(read(campaign)).containsEntry("state", "paused").containsEntry("done", 0L);

        assertThat(call(CAMPAIGN, "resume", list(campaign))).extracting("state").isEqualTo("running");
        assertThat(OdooPortal.fault(() -> call(CAMPAIGN, "retry", list(campaign))))
                .hasMessageContaining("is running")
                .returns(2, OdooFault::code);
        call(CAMPAIGN, "cancel", list(campaign));
        node.maintenance().run();

        assertThat(read(campaign))
                .containsEntry("state", "failed")
                .containsEntry("error_code", "operation.cancelled")
                .containsEntry("done", 0L);
    }

    @Test
    void startsOneCampaignForEachKey() {
        Object started = keyed(values("change", "schema", "tag_ids", list("pilot")), "key");

        assertThat(keyed(values("change", "schema", "tag_ids", list("pilot")), "key"))
                .isEqualTo(started);
        assertThat(OdooPortal.fault(() -> keyed(values("change", "schema"), "key")))
                .hasMessageContaining("idempotency key");
        assertThat(call(CAMPAIGN, "search_count", list())).isEqualTo(1L);
        assertThat(read((long) started)).containsEntry("tag_ids", list("pilot"));
    }

    private Object keyed(Map<String, Object> values, String key) {
        return call(OdooPortal.ADMIN, "admin", CAMPAIGN, "create", list(values), Map.of("idempotency_key", key));
    }

    @Test
    void refusesWrongValues() {
        assertThat(refusal(values())).contains("must be schema; addons");
        assertThat(refusal(values("change", "schema", "action", "clean"))).contains("must be schema; addons");
        assertThat(refusal(values("change", "action"))).contains("must be schema; addons");
        assertThat(refusal(values("change", "schema", "waves", "half"))).contains("percentages such as 10,50");
        assertThat(refusal(values("change", "schema", "waves", "50,10"))).contains("waves that grow");
        assertThat(refusal(values("change", "schema", "parallel", 0))).contains("1 or more tenants at once");
        assertThat(refusal(values("change", "schema", "plan_id", 99))).contains("saas_portal.plan(99,)");
        assertThat(refusal(values("change", "schema", "percent", 5))).contains("cannot be written");
        assertThat(OdooPortal.fault(() -> call(CAMPAIGN, "count", values("plan", 1))))
                .hasMessage("Invalid field 'plan' on model 'saas_portal.campaign'");
        assertThat(OdooPortal.fault(() -> portal.admin(CAMPAIGN, "create", values("change", "schema"))))
                .hasMessageContaining("schema");
    }

    private String refusal(Map<String, Object> values) {
        return OdooPortal.fault(() -> call(CAMPAIGN, "create", values)).getMessage();
    }

    @Test
    void isForAdministratorsOnly() {
        long campaign = (long) call(CAMPAIGN, "create", values("change", "schema"));
        assertThat(List.of("read", "pause", "failures"))
                .allSatisfy(method -> assertThat(denied(method, list(campaign))).isEqualTo(4));
        assertThat(denied("search")).isEqualTo(4);
        assertThat(denied("create", values("change", "schema"))).isEqualTo(4);
        assertThat(denied("count", values("change", "schema"))).isEqualTo(4);
        assertThat(denied("versions")).isEqualTo(4);
    }

    private int denied(String method, Object... args) {
        return OdooPortal.fault(() -> call(
                        first.owner(),
                        OdooPortal.PASSWORD,
                        CAMPAIGN,
                        method,
                        args.length == 0 && method.equals("search") ? list(list()) : list(args),
                        Map.of()))
                .code();
    }
}
