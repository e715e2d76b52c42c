// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ServerId;
import dev.allotment.TenantId;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.Rebalancing;
import dev.allotment.odoo.fault.OdooFault;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Campaigns over two tenants with the action {@code clean}. */
class CampaignModelTest {
    private static final String CAMPAIGN = "saas_portal.campaign";
    private static final String OPERATION = "saas_portal.operation";

    private final OdooPortal portal = new OdooPortal();
    private final OdooPortal.Client first = portal.client("first@example.com");
    private final OdooPortal.Client second = portal.client("second@example.com");

    @AfterEach
    void close() {
        portal.close();
    }

    private static Map<String, Object> clean(Object... more) {
        Map<String, Object> values = new LinkedHashMap<>(Map.of("change", "action", "action", "clean"));
        values.putAll(values(more));
        return values;
    }

    private static Map<String, Object> values(Object... pairs) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            values.put((String) pairs[i], pairs[i + 1]);
        }
        return values;
    }

    private long start(Object... more) {
        return (long) portal.admin(CAMPAIGN, "create", clean(more));
    }

    private Map<String, Object> read(long campaign) {
        return OdooPortal.rows(portal.admin(CAMPAIGN, "read", list(campaign))).get(0);
    }

    private Object state(String method, long campaign) {
        return ((Map<?, ?>) portal.admin(CAMPAIGN, method, list(campaign))).get("state");
    }

    @Test
    void movesTenantsToAServer() {
        Object target = portal.admin("saas_portal.server", "create", Map.of("name", "second"));
        Map<String, Object> values = values("change", "move", "target_server_id", target, "server_id", 1);
        assertThat(portal.admin(CAMPAIGN, "count", values)).isEqualTo(2L);
        long campaign = (long) portal.admin(CAMPAIGN, "create", values);
        portal.saas.maintenance().run();

        assertThat(read(campaign))
                .containsEntry("change", "move")
                .containsEntry("target_server_id", list(target, "second"))
                .containsEntry("done", 2L);
        assertThat(portal.read("saas_portal.client", first.id(), "server_id"))
                .containsEntry("server_id", list(target, "second"));
        assertThat(OdooPortal.fault(() -> portal.admin(CAMPAIGN, "create", values("change", "move"))))
                .hasMessageContaining("target_server_id");
    }

    private Object planOf(OdooPortal.Client client) {
        return portal.read("saas_portal.client", client.id(), "plan_id").get("plan_id");
    }

    @Test
    void switchesTenantsToAPlanAndBack() {
        Object before = planOf(first);
        long gold = portal.plan(Map.of("name", "Gold", "max_users", 7));
        Map<String, Object> values = values("change", "plan", "target_plan_id", gold);
        assertThat(portal.admin(CAMPAIGN, "count", values)).isEqualTo(2L);
        long campaign = (long) portal.admin(CAMPAIGN, "create", values);
        portal.saas.maintenance().run();

        assertThat(read(campaign))
                .containsEntry("display_name", "plan " + campaign)
                .containsEntry("change", "plan")
                .containsEntry("target_plan_id", list(gold, "Gold"))
                .containsEntry("target_campaign_id", false)
                .containsEntry("force", false)
                .containsEntry("done", 2L);
        assertThat(planOf(second)).isEqualTo(list(gold, "Gold"));

        long back = (long) portal.admin(
                CAMPAIGN, "create", values("change", "switch_back", "target_campaign_id", campaign, "force", true));
        portal.saas.maintenance().run();

        assertThat(read(back))
                .containsEntry("change", "switch_back")
                .containsEntry("target_campaign_id", list(campaign, "plan " + campaign))
                .containsEntry("force", true)
                .containsEntry("done", 2L);
        assertThat(planOf(first)).isEqualTo(before);
        for (Map<String, Object> wrong : List.of(
                values("change", "plan"),
                values("change", "plan", "target_campaign_id", campaign),
                values("change", "schema", "force", true),
                values("change", "switch_back", "target_plan_id", gold))) {
            assertThat(OdooPortal.fault(() -> portal.admin(CAMPAIGN, "create", wrong)))
                    .hasMessageContaining("target_plan_id", "target_campaign_id");
        }
    }

    @Test
    void showsACampaignThatEvensOutServersButStartsNone() {
        long target = (long) portal.admin("saas_portal.server", "create", Map.of("name", "second"));
        Rebalancing.Move move = new Rebalancing.Move(
                new TenantId(first.id()), first.name(), new ServerId(1), new ServerId(target), 0, Duration.ZERO);
        long campaign = portal.saas
                .campaigns()
                .start(Campaign.of(CampaignChange.rebalance(
                                new Rebalancing(Rebalancing.Measure.SIZE, List.of(), List.of(move))))
                        .build())
                .id()
                .value();
        portal.saas.maintenance().run();

        assertThat(read(campaign))
                .containsEntry("display_name", "rebalance " + campaign)
                .containsEntry("change", "rebalance")
                .containsEntry("target_server_id", false)
                .containsEntry("done", 1L);
        assertThat(OdooPortal.fault(() -> portal.admin(CAMPAIGN, "create", values("change", "rebalance"))))
                .hasMessageContaining("must be schema");
    }

    @Test
    void showsProgressAndFailuresAndRetriesThem() {
        portal.broken.add(first.name());
        Map<String, Object> values = clean("canaries", 0, "waves", "10, 50", "max_failures", 1);
        assertThat(portal.admin(CAMPAIGN, "count", values)).isEqualTo(2L);

        long campaign = (long) portal.admin(CAMPAIGN, "create", values);
        assertThat(read(campaign))
                .containsEntry("display_name", "action " + campaign)
                .containsEntry("change", "action")
                .containsEntry("addons", false)
                .containsEntry("action", "clean")
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
        portal.saas.maintenance().run();

        assertThat(read(campaign))
                .containsEntry("state", "done")
                .containsEntry("stage", "waves")
                .containsEntry("percent", 100)
                .containsEntry("total", 2L)
                .containsEntry("done", 1L)
                .containsEntry("failed", 1L)
                .containsEntry("working", 0L)
                .containsEntry("end_date", "2026-03-01 12:00:00");
        assertThat(OdooPortal.rows(portal.admin(CAMPAIGN, "failures", list(campaign))))
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .containsEntry("client_id", first.id())
                        .containsEntry("name", first.name())
                        .containsEntry("error_code", "campaign.action-failed")
                        .extracting("error")
                        .asString()
                        .contains("clean"));
        assertThat(((Map<?, ?>) portal.admin(OPERATION, "await", list(campaign), 0)).get("result"))
                .isEqualTo("{\"total\": 2, \"done\": 1, \"failed\": 1, \"later\": 0}");

        portal.broken.clear();
        assertThat(state("retry", campaign)).isEqualTo("running");
        portal.saas.maintenance().run();
        assertThat(read(campaign)).containsEntry("done", 2L).containsEntry("failed", 0L);
    }

    @Test
    void findsCampaignsAndTheirOperations() {
        long campaign = start();
        portal.saas.maintenance().run();

        assertThat(portal.admin(CAMPAIGN, "search", list(list("state", "=", "done"), list("started_by", "=", "admin"))))
                .isEqualTo(list(campaign));
        assertThat(portal.admin(CAMPAIGN, "search_count", list(list("state", "=", "paused"))))
                .isEqualTo(0L);
        assertThat(OdooPortal.rows(portal.admin(
                        OPERATION,
                        "search_read",
                        list(list("campaign_id", "=", campaign), list("client_id", "=", second.id())),
                        list("state", "campaign_id"))))
                .singleElement()
                .satisfies(operation -> assertThat(operation)
                        .containsEntry("state", "done")
                        .containsEntry("campaign_id", list(campaign, "action " + campaign)));
        assertThat(portal.admin(OPERATION, "search_count", list(list("campaign_id.state", "=", "done"))))
                .isEqualTo(2L);
    }

    @Test
    void readsTheVersionsOfAddons() {
        portal.admin("saas.config", "do_upgrade_database", values("install_addons", list("sale")), first.id());

        Map<?, ?> versions = (Map<?, ?>) portal.admin(CAMPAIGN, "versions");
        assertThat(versions.get("schema_version")).isEqualTo(false);
        assertThat(OdooPortal.rows(versions.get("addons")))
                .filteredOn(row -> row.get("name").equals("sale"))
                .singleElement()
                .satisfies(row ->
                        assertThat(row).containsEntry("clients", 1L).containsEntry("latest", row.get("version")));
        // The other tenant's add-ons were not read yet.
        assertThat(versions.get("unknown_addons")).isEqualTo(1L);
        assertThat(portal.admin(CAMPAIGN, "count", values("change", "addons", "addons", "sale")))
                .isEqualTo(1L);
    }

    @Test
    void pausesResumesAndCancels() {
        long campaign = start();
        assertThat(state("pause", campaign)).isEqualTo("paused");
        portal.saas.maintenance().run();
        assertThat(read(campaign)).containsEntry("state", "paused").containsEntry("done", 0L);

        assertThat(state("resume", campaign)).isEqualTo("running");
        assertThat(OdooPortal.fault(() -> portal.admin(CAMPAIGN, "retry", list(campaign))))
                .hasMessageContaining("is running")
                .returns(2, OdooFault::code);
        portal.admin(CAMPAIGN, "cancel", list(campaign));
        portal.saas.maintenance().run();

        assertThat(read(campaign))
                .containsEntry("state", "failed")
                .containsEntry("error_code", "operation.cancelled")
                .containsEntry("done", 0L);
    }

    @Test
    void startsOneCampaignForEachKey() {
        Object started = keyed(clean("tag_ids", list("pilot")));

        assertThat(keyed(clean("tag_ids", list("pilot")))).isEqualTo(started);
        assertThat(OdooPortal.fault(() -> keyed(clean()))).hasMessageContaining("idempotency key");
        assertThat(portal.admin(CAMPAIGN, "search_count", list())).isEqualTo(1L);
        assertThat(read((long) started)).containsEntry("tag_ids", list("pilot"));
    }

    private Object keyed(Map<String, Object> values) {
        return portal.adminKw(CAMPAIGN, "create", list(values), Map.of("idempotency_key", "key"));
    }

    @Test
    void refusesWrongValues() {
        assertThat(refusal(values())).contains("must be schema; addons");
        assertThat(refusal(values("change", "schema", "action", "clean"))).contains("must be schema; addons");
        assertThat(refusal(values("change", "action"))).contains("must be schema; addons");
        assertThat(refusal(values("change", "schema"))).contains("tenant schema");
        assertThat(refusal(values("change", "action", "action", "other"))).contains("other");
        assertThat(refusal(clean("waves", "half"))).contains("percentages such as 10,50");
        assertThat(refusal(clean("waves", "50,10"))).contains("waves that grow");
        assertThat(refusal(clean("parallel", 0))).contains("1 to 1000 tenants at once");
        assertThat(refusal(clean("plan_id", 99))).contains("saas_portal.plan(99,)");
        assertThat(refusal(clean("percent", 5))).contains("cannot be written");
        assertThat(OdooPortal.fault(() -> portal.admin(CAMPAIGN, "count", clean("plan", 1))))
                .hasMessage("Invalid field 'plan' on model 'saas_portal.campaign'");
    }

    private String refusal(Map<String, Object> values) {
        return OdooPortal.fault(() -> portal.admin(CAMPAIGN, "create", values)).getMessage();
    }

    @Test
    void isForAdministratorsOnly() {
        long campaign = start();
        assertThat(List.of("read", "pause", "failures"))
                .allSatisfy(method -> assertThat(denied(method, list(campaign))).isEqualTo(4));
        assertThat(denied("search", list())).isEqualTo(4);
        assertThat(denied("create", clean())).isEqualTo(4);
        assertThat(denied("count", clean())).isEqualTo(4);
        assertThat(denied("versions")).isEqualTo(4);
    }

    @Test
    void aKeyLimitsWhatItsHolderMayDo() {
        long campaign = start();
        String reading = key("read-only");
        assertThat(OdooPortal.rows(with(reading, "read", list(campaign), list("done"))))
                .hasSize(1);
        assertThat(with(reading, "count", clean())).isEqualTo(2L);
        assertThat(OdooPortal.fault(() -> with(reading, "create", clean())).code())
                .isEqualTo(4);
        assertThat(OdooPortal.fault(() -> with(reading, "pause", list(campaign)))
                        .code())
                .isEqualTo(4);
        assertThat(OdooPortal.fault(() -> with(reading, "cancel", list(campaign)))
                        .code())
                .isEqualTo(4);
        String ofPlan = key("plan:1");
        assertThat(OdooPortal.fault(() -> with(ofPlan, "read", list(campaign))).code())
                .isEqualTo(4);
        assertThat(OdooPortal.fault(() -> with(ofPlan, "create", clean())).code())
                .isEqualTo(4);
    }

    private String key(String scope) {
        return (String) portal.admin("res.users.apikeys", "generate", "admin", scope, scope, "2026-03-02");
    }

    private Object with(String key, String method, Object... args) {
        return portal.execute(OdooPortal.DB, OdooPortal.ADMIN, key, CAMPAIGN, method, args);
    }

    private int denied(String method, Object... args) {
        return OdooPortal.fault(
                        () -> portal.execute(OdooPortal.DB, first.owner(), OdooPortal.PASSWORD, CAMPAIGN, method, args))
                .code();
    }
}
