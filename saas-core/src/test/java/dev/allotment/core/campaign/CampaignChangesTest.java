// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.UserId;
import dev.allotment.core.Fixture;
import dev.allotment.core.Refusals;
import dev.allotment.core.TestAddon;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.CampaignStatus;
import dev.allotment.fleet.TenantVersions;
import dev.allotment.hook.TenantAction;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Campaigns that update add-ons, and campaigns that run an action of the embedder. */
final class CampaignChangesTest {
    private final Fixture fixture =
            new Fixture(TestAddon.of("mail"), TestAddon.of("crm").needs("mail"));
    private final Plan plan = fixture.plan();
    private final List<Tenant> tenants = new ArrayList<>();
    private final List<String> acted = new ArrayList<>();

    @AfterEach
    void close() {
        fixture.close();
    }

    private Tenant create(Saas saas) {
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

    private void tenants(int count) {
        for (int i = 0; i < count; i++) {
            create(fixture.saas);
        }
    }

    private static Operation run(Saas saas, Campaign.Builder campaign) {
        Operation started = saas.campaigns().start(campaign.build());
        saas.maintenance().run();
        return saas.operations().get(started.id());
    }

    private SaasBuilder acting(TenantAction action) {
        return fixture.builder(fixture.backend).tenantAction("count", (saas, tenant) -> {
            action.run(saas, tenant);
            acted.add(tenant.name());
        });
    }

    private static Campaign.Builder counting() {
        return Campaign.of(CampaignChange.action("count"));
    }

    private List<String> names() {
        return tenants.stream().map(Tenant::name).toList();
    }

    private void install(Tenant tenant, String... addons) {
        fixture.saas
                .configuration()
                .apply(
                        tenant.id(),
                        ConfigurationChange.builder().install(addons).build());
    }

    private List<Operation> results(Operation campaign) {
        return fixture.saas.operations().list(Query.where(Filter.equal(Operation.CAMPAIGN, campaign.id())));
    }

    @Test
    void updatesAddonsWhereTheyAreInstalledAndOutdated() {
        tenants(4);
        install(tenants.get(0), "crm");
        install(tenants.get(1), "mail");
        install(tenants.get(2), "mail");
        fixture.saas.maintenance().run();
        tenants.forEach(each -> fixture.saas.tenants().sync(each.id()));
        assertThat(fixture.saas.campaigns().versions())
                .returns(0L, TenantVersions::unknownAddons)
                .returns(Map.of("mail", Map.of("1.0", 3L), "crm", Map.of("1.0", 1L)), TenantVersions::addons);
        fixture.addons.clear();
        fixture.addons.addAll(
                List.of(TestAddon.of("mail", "2.0"), TestAddon.of("crm", "1.5").needs("mail")));
        try (Saas saas = fixture.builder(fixture.backend).open()) {
            Campaign.Builder crm = Campaign.of(CampaignChange.addons("crm"));
            assertThat(saas.campaigns().count(crm.build())).isEqualTo(1);
            Operation first = run(saas, crm);
            assertThat(first.state()).isEqualTo(OperationState.DONE);
            assertThat(results(first))
                    .singleElement()
                    .returns(OperationKind.CONFIGURE_TENANT, Operation::kind)
                    .returns(tenants.get(0).id(), Operation::tenantId);

            Operation all = run(saas, Campaign.of(CampaignChange.addons()));
            assertThat(results(all))
                    .extracting(Operation::tenantId)
                    .containsExactly(
                            tenants.get(0).id(),
                            tenants.get(1).id(),
                            tenants.get(2).id());
            assertThat(saas.campaigns().versions())
                    .returns(Map.of("mail", "2.0", "crm", "1.5"), TenantVersions::addonVersions)
                    .returns(Map.of("mail", Map.of("2.0", 3L), "crm", Map.of("1.5", 1L)), TenantVersions::addons);
            assertThat(run(saas, Campaign.of(CampaignChange.addons())).result()).containsEntry("total", "0");
            Refusals.assertRefusal(() -> saas.campaigns()
                            .start(Campaign.of(CampaignChange.addons("none")).build()))
                    .isEqualTo(ErrorCodes.ADDON_UNKNOWN);
        }
    }

    @Test
    void aNodeWithOlderAddonsLeavesTheCampaignToOthers() {
        tenants(1);
        install(tenants.get(0), "mail");
        fixture.addons.set(0, TestAddon.of("mail", "2.0"));
        Operation started;
        try (Saas saas = fixture.builder(fixture.backend).node("new").open()) {
            started = saas.campaigns()
                    .start(Campaign.of(CampaignChange.addons("mail")).build());
        }
        fixture.saas.maintenance().run();
        assertThat(fixture.saas.operations().get(started.id()).state()).isEqualTo(OperationState.RUNNING);
        fixture.clock.advance(Duration.ofHours(1));
        try (Saas saas = fixture.builder(fixture.backend).node("new").open()) {
            saas.maintenance().run();
            assertThat(saas.operations().get(started.id()).state()).isEqualTo(OperationState.DONE);
        }
    }

    @Test
    void anAddonThatATenantInstallsItselfIsFound() {
        tenants(1);
        fixture.saas.tenants().sync(tenants.get(0).id());
        fixture.saas.database(tenants.get(0).name()).addons().install(List.of("mail"));
        fixture.addons.set(0, TestAddon.of("mail", "2.0"));
        try (Saas saas = fixture.builder(fixture.backend).open()) {
            assertThat(run(saas, Campaign.of(CampaignChange.addons("mail"))).result())
                    .containsEntry("done", "1");
        }
    }

    @Test
    void runsAnActionOnceForEachTenant() {
        tenants(3);
        fixture.saas.tenants().suspend(tenants.get(1).id());
        try (Saas saas = acting((view, tenant) -> {
                    if (tenant.name().equals(tenants.get(2).name()) && acted.size() == 2) {
                        throw new IOException("full");
                    }
                })
                .open()) {
            Operation done = run(saas, counting().maxFailures(1));
            assertThat(done.state()).isEqualTo(OperationState.DONE);
            assertThat(saas.campaigns().failures(done.id(), 1))
                    .singleElement()
                    .returns(ErrorCodes.CAMPAIGN_ACTION_FAILED, Operation::errorCode)
                    .extracting(Operation::errorMessage)
                    .asString()
                    .contains(tenants.get(2).name());
            acted.add("fixed");
            saas.campaigns().retry(done.id());
            saas.maintenance().run();
            acted.remove("fixed");
            assertThat(acted).containsExactlyElementsOf(names());
            create(fixture.saas);
            saas.campaigns().retry(done.id());
            saas.maintenance().run();
            assertThat(acted).describedAs("only the new one").containsExactlyElementsOf(names());
            assertThat(saas.campaigns().status(done.id()))
                    .returns(4L, CampaignStatus::done)
                    .returns(4L, CampaignStatus::total);
            Refusals.assertRefusal(() -> saas.campaigns()
                            .start(Campaign.of(CampaignChange.action("other")).build()))
                    .isEqualTo(ErrorCodes.CAMPAIGN_ACTION_UNKNOWN);
        }
    }

    /** Each part of the filter leaves out one tenant. The campaign is read from its operation, as by another node. */
    @Test
    void aFilterSelectsByAnyFieldsAndIsJudgedRightBeforeTheChange() {
        tenants(8);
        for (int i : List.of(0, 1, 3, 4, 5, 6, 7)) {
            attribute(i, "eu");
        }
        fixture.saas.tenants().suspend(tenants.get(3).id());
        fixture.clock.advance(Duration.ofHours(1));
        Tenant younger = create(fixture.saas);
        attribute(8, "eu");
        Filter<Tenant> filter = Filter.and(
                Filter.attribute("region", "eu"),
                Filter.equal(Tenant.STATE, TenantState.OPEN),
                Filter.in(Tenant.TRIAL, List.of(true, false)),
                Filter.notEqual(Tenant.ID, tenants.get(5).id()),
                Filter.not(Filter.equal(Tenant.UUID, tenants.get(6).uuid())),
                Filter.compare(Tenant.CREATED_AT, Filter.Operator.LESS, younger.createdAt()),
                Filter.or(Filter.likeIgnoringCase(Tenant.NAME, "T_.%"), Filter.equal(Tenant.MAINTENANCE_WINDOW, null)),
                Filter.compare(Tenant.MAX_USERS, Filter.Operator.GREATER_OR_EQUAL, 0),
                Filter.in(Tenant.SCHEMA_VERSION, Arrays.asList(null, "1")));
        try (Saas saas = acting((view, tenant) -> {
                    if (tenant.id().equals(tenants.get(0).id())) {
                        attribute(7, "us");
                    }
                })
                .open()) {
            assertThat(saas.campaigns().count(counting().filter(filter).build()))
                    .isEqualTo(4);
            Operation done = run(saas, counting().filter(filter));
            assertThat(done.state()).isEqualTo(OperationState.DONE);
            assertThat(acted)
                    .containsExactly(
                            tenants.get(0).name(),
                            tenants.get(1).name(),
                            tenants.get(4).name());
            assertThat(saas.campaigns().status(done.id()).campaign().filter()).isNotEqualTo(Filter.all());
            assertThatExceptionOfType(SaasException.class)
                    .isThrownBy(() -> saas.campaigns()
                            .start(counting()
                                    .filter(Filter.equal(RecordField.named("nextSyncAt"), null))
                                    .build()))
                    .returns(ErrorCodes.QUERY_UNKNOWN_FIELD, SaasException::code);
        }
    }

    @Test
    void aFilterMayBeNestedDeeply() {
        tenants(2);
        Filter<Tenant> filter = Filter.equal(Tenant.NAME, tenants.get(1).name());
        for (int i = 0; i < 200; i++) {
            filter = Filter.or(filter, Filter.equal(Tenant.NAME, "other" + i));
        }
        try (Saas saas = acting((view, tenant) -> {}).open()) {
            Operation done = run(saas, counting().filter(filter));
            assertThat(done.state()).isEqualTo(OperationState.DONE);
            assertThat(acted).containsExactly(tenants.get(1).name());
        }
    }

    /** Each change takes the tenant before out of the selection. */
    @Test
    void tenantsThatAreDoneCountAlsoIfTheFilterDoesNotSelectThemAnyMore() {
        tenants(4);
        for (int i = 0; i < 4; i++) {
            attribute(i, "eu");
        }
        try (Saas saas = acting((view, tenant) -> {
                    if (!acted.isEmpty()) {
                        attribute(acted.size() - 1, "us");
                    }
                })
                .open()) {
            Operation done = run(saas, counting().canaries(1).waves(50).filter(Filter.attribute("region", "eu")));
            assertThat(saas.campaigns().status(done.id()))
                    .returns(4L, CampaignStatus::done)
                    .returns(4L, CampaignStatus::total);
        }
    }

    private void attribute(int tenant, String region) {
        fixture.saas
                .tenants()
                .update(
                        tenants.get(tenant).id(),
                        each -> each.toBuilder()
                                .attributes(Map.of("region", region))
                                .build());
    }

    @Test
    void anActionHasTheRightsOfItsStarterAndCannotChangeItsOwnTenantMeanwhile() {
        tenants(1);
        fixture.saas
                .tenants()
                .update(
                        tenants.get(0).id(),
                        each -> each.toBuilder().attribute("crm.id", "7").build());
        UserId administrator = fixture.administrator("boss@example.com").id();
        List<String> found = new ArrayList<>();
        try (Saas saas = acting((view, tenant) -> {
                    found.add(view.database(tenant.name()).tenant().name());
                    found.add(tenant.attributes().get("crm.id"));
                    Refusals.assertRefusal(() -> view.tenants().rename(tenant.id(), "x.example.com"))
                            .isEqualTo(ErrorCodes.TENANT_BUSY);
                    assertThat(view.operations().list(Query.where(Filter.equal(Operation.TENANT_ID, tenant.id()))))
                            .last()
                            .returns("boss@example.com", Operation::startedBy);
                })
                .open()) {
            Operation started =
                    saas.actingAs(administrator).campaigns().start(counting().build());
            saas.maintenance().run();
            assertThat(saas.operations().get(started.id()).state()).isEqualTo(OperationState.DONE);
            assertThat(found).containsExactly(tenants.get(0).name(), "7");
        }
    }

    @Test
    void aPassingFailureBeforeAPauseIsNotFinal() {
        tenants(2);
        List<Operation> started = new ArrayList<>();
        try (Saas saas = acting((view, tenant) -> {
                    view.campaigns().pause(started.get(0).id());
                    if (acted.isEmpty()) {
                        acted.add("tried");
                        throw SaasException.unavailable(ErrorCodes.OPERATION_FAILED, "Not now.", null);
                    }
                })
                .open()) {
            started.add(saas.campaigns().start(counting().canaries(0).build()));
            OperationId id = started.get(0).id();
            saas.maintenance().run();
            assertThat(saas.campaigns().status(id)).returns(0L, CampaignStatus::failed);
            for (int run = 0; run < 2; run++) {
                saas.campaigns().resume(id);
                saas.maintenance().run();
            }
            acted.remove("tried");
            assertThat(acted).containsExactlyElementsOf(names());
            assertThat(saas.campaigns().status(id)).returns(2L, CampaignStatus::done);
        }
    }

    /** Whenever the tenant is deleted, also between the moment in which it is chosen and the start of its change. */
    @Test
    void aTenantThatIsDeletedBeforeItsChangeIsNoFailure() {
        try (Saas saas = acting((view, tenant) -> {}).open()) {
            boolean more = true;
            for (int step = 0; more; step++) {
                acted.clear();
                Tenant tenant = create(fixture.saas);
                Operation started =
                        saas.campaigns().start(counting().canaries(0).build());
                AtomicInteger left = new AtomicInteger(step);
                fixture.backend.watch(passed -> {
                    if (passed.equals("before catalog") && left.getAndDecrement() == 0) {
                        deleteUnlessBusy(tenant);
                    }
                });
                saas.operations().recover();
                fixture.backend.unwatch();
                assertThat(saas.operations().get(started.id()).state())
                        .describedAs("deleted at step %s", step)
                        .isEqualTo(OperationState.DONE);
                assertNoFailure(saas, started, "deleted at step " + step);
                more = left.get() < 0;
                deleteUnlessBusy(tenant);
            }
        }
    }

    private static void assertNoFailure(Saas saas, Operation campaign, String what) {
        assertThat(saas.campaigns().status(campaign.id()).failed())
                .describedAs(what)
                .isZero();
        assertThat(saas.campaigns().failures(campaign.id(), 0))
                .describedAs(what)
                .isEmpty();
    }

    @Test
    void aTenantThatIsDeletedDuringItsChangeIsNoFailure() {
        tenants(2);
        List<Operation> started = new ArrayList<>();
        try (Saas saas = acting((view, tenant) -> {
                    if (acted.isEmpty()) {
                        view.campaigns().pause(started.get(0).id());
                        view.tenants().delete(tenant.id());
                    }
                })
                .open()) {
            started.add(saas.campaigns().start(counting().canaries(0).build()));
            OperationId id = started.get(0).id();
            saas.maintenance().run();
            assertNoFailure(saas, started.get(0), "paused");
            saas.campaigns().resume(id);
            saas.maintenance().run();
            assertThat(saas.operations().get(id).state()).isEqualTo(OperationState.DONE);
            assertNoFailure(saas, started.get(0), "done");
            assertThat(acted).containsExactlyElementsOf(names());
        }
    }

    /**
     * The deletion comes at each step after the failure is on record, until the failure counts before it. Two steps
     * earlier, it supersedes the change.
     */
    @Test
    void aTenantThatIsDeletedAfterItsChangeFailedIsNoFailureUnlessItCountsAlready() {
        AtomicInteger left = new AtomicInteger();
        try (Saas saas = acting((view, tenant) -> {
                    fixture.backend.watch(passed -> {
                        if (passed.equals("before catalog") && left.getAndDecrement() == 0) {
                            deleteUnlessBusy(tenant);
                        }
                    });
                    throw new IOException("full");
                })
                .open()) {
            OperationState end = OperationState.DONE;
            for (int step = 2; end == OperationState.DONE; step++) {
                left.set(step);
                Tenant tenant = create(fixture.saas);
                Operation done = run(saas, counting().canaries(0));
                fixture.backend.unwatch();
                end = done.state();
                if (end == OperationState.DONE) {
                    assertNoFailure(saas, done, "deleted at step " + step);
                }
                deleteUnlessBusy(tenant);
            }
        }
        assertThat(tenants).hasSizeGreaterThan(1);
    }

    @Test
    void aCampaignThatIsCancelledDuringAPauseOrAbandonedCountsWhatWasDoneMeanwhile() {
        tenants(1);
        List<Operation> started = new ArrayList<>();
        try (Saas saas = acting((view, tenant) -> {
                    OperationId id = started.get(started.size() - 1).id();
                    if (started.size() == 1) {
                        view.campaigns().pause(id);
                        view.operations().cancel(id);
                        throw new IOException("full");
                    }
                    view.operations().abandon(id, "it is not wanted");
                })
                .open()) {
            for (int failed = 1; failed >= 0; failed--) {
                started.add(saas.campaigns().start(counting().maxFailures(1).build()));
                OperationId id = started.get(started.size() - 1).id();
                saas.maintenance().run();
                assertThat(saas.campaigns().status(id))
                        .returns((long) failed, CampaignStatus::failed)
                        .returns(1L - failed, CampaignStatus::done);
                assertThat(saas.operations().get(id))
                        .returns(OperationState.FAILED, Operation::state)
                        .extracting(Operation::result)
                        .asInstanceOf(InstanceOfAssertFactories.map(String.class, String.class))
                        .as("so that these are not counted again")
                        .containsEntry("counted", "1")
                        .containsEntry("failed", Integer.toString(failed))
                        .containsEntry("done", Integer.toString(1 - failed));
            }
        }
    }

    /** The node that takes the campaign over only cancels it, and its last tenant is done after that. */
    @Test
    void aCampaignThatEndedBeforeItsLastTenantCountsItNevertheless() {
        tenants(2);
        InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
        Saas killed = fixture.builder(process)
                .tenantAction("count", (view, tenant) -> process.killAfter(0))
                .node("killed")
                .open();
        Operation started = killed.campaigns().start(counting().build());
        assertThatExceptionOfType(ProcessKilled.class)
                .isThrownBy(() -> killed.operations().recover());
        fixture.saas.operations().cancel(started.id());
        fixture.clock.advance(Duration.ofHours(1));
        try (Saas other = acting((view, tenant) -> {}).node("other").open()) {
            other.operations().recover();
            assertThat(other.operations().get(started.id()).state()).isEqualTo(OperationState.FAILED);
            assertThat(acted).hasSize(1);
            assertThat(other.campaigns().status(started.id())).returns(1L, CampaignStatus::done);
        }
    }

    private void deleteUnlessBusy(Tenant tenant) {
        try {
            fixture.saas.tenants().delete(tenant.id());
        } catch (SaasException e) {
            assertThat(e.code()).isIn(ErrorCodes.TENANT_BUSY, ErrorCodes.TENANT_STATE);
        }
    }

    @Test
    void aNodeWithoutTheActionLeavesItToOthers() {
        tenants(1);
        Operation started;
        try (Saas saas = acting((view, tenant) -> {}).node("other").open()) {
            started = saas.campaigns().start(counting().build());
        }
        fixture.saas.maintenance().run();
        assertThat(fixture.saas.operations().get(started.id()))
                .returns(OperationState.RUNNING, Operation::state)
                .returns("other", Operation::node)
                .returns(0, Operation::attempts);
        assertThat(fixture.saas.campaigns().status(started.id()).campaign())
                .isEqualTo(counting().build());
        fixture.clock.advance(Duration.ofHours(1));
        try (Saas saas = acting((view, tenant) -> {}).node("other").open()) {
            saas.maintenance().run();
            assertThat(acted).hasSize(1);
        }
    }

    @Test
    void anErrorOfTheCatalogPutsTheCampaignOff() {
        tenants(2);
        AtomicInteger left = new AtomicInteger();
        try (Saas saas = acting((view, tenant) -> {
                    left.set(2); // the first transaction ends the change, and the second one looks for the next tenant
                    fixture.backend.watch(passed -> {
                        if (passed.equals("before catalog") && left.decrementAndGet() == 0) {
                            throw SaasException.unavailable(
                                    ErrorCodes.BACKEND_UNAVAILABLE, "The catalog is away.", null);
                        }
                    });
                })
                .open()) {
            Operation put = run(saas, counting().canaries(0));
            assertThat(put.state()).isEqualTo(OperationState.RUNNING);
            assertThat(acted).hasSize(1);
            for (int run = 0; run < 2; run++) {
                fixture.clock.advance(Duration.ofMinutes(1));
                saas.maintenance().run();
            }
            assertThat(saas.operations().get(put.id()).state()).isEqualTo(OperationState.DONE);
        }
    }

    @Test
    void aTenantThatTheRecoveryFinishesMeanwhileIsNotDoneAgain() {
        tenants(2);
        InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
        List<String> first = new ArrayList<>();
        Saas killed = fixture.builder(process)
                .tenantAction("count", (view, tenant) -> {
                    first.add(tenant.name());
                    process.killAfter(0);
                })
                .node("killed")
                .open();
        Operation started = killed.campaigns().start(counting().build());
        assertThatExceptionOfType(ProcessKilled.class)
                .isThrownBy(() -> killed.operations().recover());
        fixture.clock.advance(Duration.ofHours(1));
        List<Runnable> handedOver = new ArrayList<>();
        try (Saas other = acting((view, tenant) -> {})
                .node("other")
                .executor(handedOver::add)
                .open()) {
            assertThat(handedOver).describedAs("an action may take hours").isEmpty();
            other.operations().recover();
            assertThat(handedOver).describedAs("the campaign and its action").hasSize(2);
            handedOver.get(1).run();
            assertThat(acted).containsExactlyElementsOf(first);
            handedOver.get(0).run();
            assertThat(other.operations().get(started.id()).state()).isEqualTo(OperationState.DONE);
            assertThat(acted).containsExactlyElementsOf(names());
        }
    }

    /** Wherever a node dies, the next one goes on, and repeats at most the action that was running. */
    @Test
    void afterAKillAtAnyStepAnotherNodeContinues() {
        tenants(2);
        for (int steps = 0; ; steps++) {
            acted.clear();
            InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
            boolean killed = false;
            Saas saas = killable(process);
            Operation started = saas.campaigns().start(counting().canaries(0).build());
            process.killAfter(steps);
            try {
                saas.operations().recover();
            } catch (ProcessKilled e) {
                killed = true;
            }
            fixture.clock.advance(Duration.ofHours(1));
            try (Saas next = acting((view, tenant) -> {}).node("next").open()) {
                next.operations().recover();
                assertThat(next.operations().get(started.id()).state())
                        .describedAs("killed after %s steps", steps)
                        .isEqualTo(OperationState.DONE);
                assertThat(acted).describedAs("killed after %s steps", steps).containsAll(names());
                assertThat(acted.size()).isLessThanOrEqualTo(3);
                assertThat(next.campaigns().status(started.id())).returns(2L, CampaignStatus::done);
            }
            if (!killed) {
                return;
            }
        }
    }

    private Saas killable(InterruptibleBackend process) {
        return fixture.builder(process)
                .tenantAction("count", (view, tenant) -> acted.add(tenant.name()))
                .node("killed")
                .open();
    }
}
