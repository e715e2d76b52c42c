// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.campaign;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.allotment.AddonStatus;
import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.TestAddon;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.CampaignStatus;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Campaigns that switch tenants to a plan, and campaigns that take these back. */
final class CampaignPlansTest {
    private final Fixture fixture = new Fixture(TestAddon.of("crm").uninstall("drop table lead"));
    private final Saas saas = fixture.saas;
    private final Plan basic = fixture.plan(Plan.builder("Basic").maxUsers(5));
    private final Plan gold = fixture.plan(Plan.builder("Gold").maxUsers(9));
    private final List<Tenant> tenants = new ArrayList<>();

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private Tenant create(Plan plan) {
        String name = "t" + tenants.size() + ".example.com";
        Tenant made = saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(fixture.signUp("owner@" + name))
                        .name(name)
                        .build())
                .tenant();
        tenants.add(made);
        return made;
    }

    private Tenant now(int tenant) {
        return saas.tenants().get(tenants.get(tenant).id());
    }

    private OperationId start(Campaign.Builder campaign) {
        return saas.campaigns().start(campaign.build()).id();
    }

    private Operation run(Campaign.Builder campaign) {
        return finish(start(campaign));
    }

    private Operation finish(OperationId campaign) {
        saas.maintenance().run();
        return saas.operations().get(campaign);
    }

    private List<Operation> results(Operation campaign) {
        return saas.operations()
                .list(Query.where(Filter.equal(Operation.CAMPAIGN, campaign.id()))
                        .orderBy(Operation.ID));
    }

    private List<String> installed(int tenant) {
        return saas
                .database(tenants.get(tenant).name())
                .addons()
                .list(Query.where(Filter.equal(AddonStatus.INSTALLED, true)))
                .stream()
                .map(AddonStatus::name)
                .toList();
    }

    private Plan withAddon() {
        Plan plan = fixture.plan(Plan.builder("Crm").maxUsers(5));
        saas.templates().build(plan.id(), List.of("crm"));
        return saas.plans().get(plan.id());
    }

    private void sell(Plan plan, int users) {
        saas.plans().update(plan.id(), each -> each.toBuilder().maxUsers(users).build());
    }

    @Test
    void switchesTenantsToThePlanAsItWasSoldWhenTheCampaignStarted() {
        create(basic);
        create(basic);
        create(withAddon());
        Campaign.Builder change = Campaign.of(CampaignChange.plan(gold.id())).plan(basic.id());
        assertThat(saas.campaigns().count(change.build())).isEqualTo(2);
        OperationId campaign = start(change);
        sell(gold, 99);
        create(gold);

        Operation done = finish(campaign);

        assertThat(done.state()).isEqualTo(OperationState.DONE);
        assertThat(List.of(now(0), now(1), now(3)))
                .extracting(Tenant::planId, Tenant::planVersion, Tenant::maxUsers)
                .containsExactly(tuple(gold.id(), 1, 9), tuple(gold.id(), 1, 9), tuple(gold.id(), 2, 99));
        assertThat(now(2).planId()).isEqualTo(tenants.get(2).planId());
        assertThat(results(done)).extracting(Operation::kind).containsOnly(OperationKind.SWITCH_PLAN);
        assertThat(saas.campaigns().status(campaign))
                .returns(2L, CampaignStatus::done)
                .returns(2L, CampaignStatus::total)
                .extracting(status -> status.campaign().change())
                .isEqualTo(new CampaignChange.Plan(gold.id(), 1, false));
        assertThat(saas.campaigns()
                        .count(Campaign.of(CampaignChange.plan(gold.id())).build()))
                .describedAs("with the version that is sold now")
                .isEqualTo(3);
        assertRefusal(() -> start(Campaign.of(new CampaignChange.Plan(gold.id(), 7, false))))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> new CampaignChange.Plan(gold.id(), -1, false)).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
    }

    @Test
    void addonsAreRemovedOnlyByForceAndAfterABackup() {
        Plan plan = withAddon();
        create(plan);
        create(plan);
        Operation stopped = run(Campaign.of(CampaignChange.plan(basic.id())));
        assertThat(stopped)
                .returns(OperationState.FAILED, Operation::state)
                .returns(ErrorCodes.CAMPAIGN_STOPPED, Operation::errorCode);
        assertThat(saas.campaigns().failures(stopped.id(), 0))
                .singleElement()
                .returns(ErrorCodes.PLAN_SWITCH_REFUSED, Operation::errorCode)
                .returns(tenants.get(0).id(), Operation::tenantId);
        assertThat(saas.campaigns().failures(stopped.id(), 0).get(0).toString())
                .contains("campaign=" + stopped.id(), "error=" + ErrorCodes.PLAN_SWITCH_REFUSED);
        assertThat(now(0).planId()).isEqualTo(plan.id());

        Operation forced =
                run(Campaign.of(CampaignChange.planByForce(basic.id())).backupBefore(true));

        assertThat(forced.state()).isEqualTo(OperationState.DONE);
        assertThat(results(forced))
                .extracting(Operation::kind)
                .containsExactly(
                        OperationKind.BACK_UP_TENANT,
                        OperationKind.SWITCH_PLAN,
                        OperationKind.BACK_UP_TENANT,
                        OperationKind.SWITCH_PLAN);
        assertThat(installed(0)).isEmpty();

        Operation back = run(Campaign.of(CampaignChange.switchBack(forced.id(), false)));

        assertThat(back.state()).isEqualTo(OperationState.DONE);
        assertThat(now(1)).returns(plan.id(), Tenant::planId).returns(plan.version(), Tenant::planVersion);
        assertThat(installed(0)).containsExactly("crm");
    }

    @Test
    void eachTenantOfACampaignIsSwitchedBackToWhereItWas() {
        create(basic);
        sell(basic, 6);
        create(basic);
        create(gold);
        create(basic);
        OperationId campaign = start(Campaign.of(CampaignChange.plan(gold.id())));
        assertRefusal(() -> start(Campaign.of(CampaignChange.switchBack(campaign, false))))
                .isEqualTo(ErrorCodes.CAMPAIGN_RUNNING);
        assertThat(finish(campaign).state()).isEqualTo(OperationState.DONE);
        Plan other = fixture.plan(Plan.builder("Other").maxUsers(7));
        saas.tenants()
                .switchPlan(SwitchPlan.builder(tenants.get(3).id(), other.id()).build());

        Campaign.Builder back = Campaign.of(CampaignChange.switchBack(campaign, false));
        assertThat(saas.campaigns().count(back.build())).isEqualTo(2);
        Operation done = run(back);

        assertThat(done.state()).isEqualTo(OperationState.DONE);
        assertThat(List.of(now(0), now(1), now(2), now(3)))
                .extracting(Tenant::planId, Tenant::planVersion, Tenant::maxUsers)
                .containsExactly(
                        tuple(basic.id(), 1, 5),
                        tuple(basic.id(), 2, 6),
                        tuple(gold.id(), 1, 9),
                        tuple(other.id(), 1, 7));
        assertThat(saas.campaigns().status(done.id()).campaign().change())
                .isEqualTo(CampaignChange.switchBack(campaign, false));
        assertRefusal(() -> start(Campaign.of(CampaignChange.switchBack(done.id(), false))))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> start(Campaign.of(CampaignChange.switchBack(new OperationId(999_999), false))))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    /** A switch takes its place in the catalog when it is offered to the nodes, before one of them works on it. */
    @Test
    void aPauseLeavesTenantsOnTheirPlanWhoseSwitchHasNotStarted() {
        create(basic);
        create(basic);
        List<Runnable> handedOver = new ArrayList<>();
        try (Saas node = fixture.builder(fixture.backend)
                .node("node-b")
                .executor(handedOver::add)
                .open()) {
            OperationId campaign = node.campaigns()
                    .start(Campaign.of(CampaignChange.plan(gold.id()))
                            .canaries(0)
                            .parallel(2)
                            .build())
                    .id();
            fixture.backend.once("before configure", () -> node.campaigns().pause(campaign));
            node.operations().recover();
            handedOver.get(0).run();

            assertThat(node.operations().get(campaign).state()).isEqualTo(OperationState.PAUSED);
            assertThat(List.of(now(0), now(1)))
                    .extracting(Tenant::planId, Tenant::planVersion)
                    .containsExactlyInAnyOrder(tuple(gold.id(), 1), tuple(basic.id(), 1));
            fixture.backend.unwatch();
            saas.campaigns().resume(campaign);
            assertThat(finish(campaign).state()).isEqualTo(OperationState.DONE);
            assertThat(now(1)).returns(gold.id(), Tenant::planId).returns(9, Tenant::maxUsers);
            assertThat(saas.campaigns().status(campaign))
                    .returns(2L, CampaignStatus::done)
                    .returns(2L, CampaignStatus::total);
        }
    }

    /** They are on the new plan in the catalog already, before a node has worked on them. */
    @Test
    void tenantsThatWereOfferedWhenANodeDiedStillCount() {
        create(basic);
        create(basic);
        for (int steps = 0; ; steps++) {
            Plan target = fixture.plan(Plan.builder("Target " + steps).maxUsers(steps + 10));
            InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
            List<Runnable> handedOver = new ArrayList<>();
            Saas victim = fixture.builder(process)
                    .node("killed")
                    .executor(handedOver::add)
                    .open();
            OperationId campaign = victim.campaigns()
                    .start(Campaign.of(CampaignChange.plan(target.id()))
                            .canaries(0)
                            .parallel(2)
                            .build())
                    .id();
            victim.operations().recover();
            process.killAfter(steps);
            assertThatExceptionOfType(ProcessKilled.class)
                    .isThrownBy(() -> handedOver.get(0).run());
            boolean bothAreOffered =
                    target.id().equals(now(0).planId()) && target.id().equals(now(1).planId());
            fixture.clock.advance(Duration.ofHours(1));
            saas.operations().recover();
            assertThat(saas.campaigns().status(campaign))
                    .describedAs("killed after %s steps", steps)
                    .returns(2L, CampaignStatus::done)
                    .returns(2L, CampaignStatus::total);
            if (bothAreOffered) {
                return;
            }
        }
    }

    /** Wherever a node dies, the next one brings all tenants to the plan. */
    @Test
    void afterAKillAtAnyStepAnotherNodeContinues() {
        create(basic);
        create(basic);
        for (int steps = 0; ; steps++) {
            Plan target = fixture.plan(Plan.builder("Target " + steps).maxUsers(steps + 10));
            InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
            boolean killed = false;
            Saas victim = fixture.builder(process).node("killed").open();
            OperationId campaign = victim.campaigns()
                    .start(Campaign.of(CampaignChange.plan(target.id()))
                            .canaries(0)
                            .build())
                    .id();
            process.killAfter(steps);
            try {
                victim.operations().recover();
            } catch (ProcessKilled e) {
                killed = true;
            }
            fixture.clock.advance(Duration.ofHours(1));
            try (Saas next = fixture.builder(fixture.backend).node("next").open()) {
                next.operations().recover();
                assertThat(next.campaigns().status(campaign))
                        .describedAs("killed after %s steps", steps)
                        .returns(2L, CampaignStatus::done)
                        .returns(2L, CampaignStatus::total)
                        .returns(
                                OperationState.DONE,
                                status -> status.operation().state());
                assertThat(List.of(now(0), now(1)))
                        .extracting(Tenant::planId, Tenant::maxUsers)
                        .containsOnly(tuple(target.id(), steps + 10));
            }
            if (!killed) {
                return;
            }
        }
    }
}
