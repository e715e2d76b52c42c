// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.CustomerId;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.core.Fixture;
import dev.allotment.core.RecordingSchema;
import dev.allotment.core.Refusals;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.CampaignStage;
import dev.allotment.fleet.CampaignStatus;
import dev.allotment.hook.TenantSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CampaignTest {
    private static final CampaignChange SCHEMA = CampaignChange.schema();

    private final Fixture fixture = new Fixture();
    private final Plan plan = fixture.plan();
    private final List<String> migrated = Collections.synchronizedList(new ArrayList<>());
    private final List<Tenant> tenants = new ArrayList<>();
    private Consumer<String> during = name -> {};

    @AfterEach
    void close() {
        fixture.close();
    }

    /** A schema that notes which databases it has migrated. */
    private record TestSchema(String version, Consumer<String> work) implements TenantSchema {
        @Override
        public void migrate(DatabaseLogin login) {
            work.accept(login.url().substring("jdbc:none:".length()));
        }
    }

    private SaasBuilder node(String version) {
        return fixture.builder(RecordingSchema.withLogins(fixture.backend))
                .tenantSchema(new TestSchema(version, name -> {
                    during.accept(name);
                    migrated.add(name);
                }));
    }

    private void tenants(int count) {
        for (int i = 0; i < count; i++) {
            tenants.add(create(fixture.saas, "t" + i + ".example.com"));
        }
    }

    private Tenant create(Saas saas, String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(fixture.signUp("owner@" + name))
                        .name(name)
                        .build())
                .tenant();
    }

    private static Operation run(Saas saas, Campaign.Builder campaign) {
        Operation started = saas.campaigns().start(campaign.build());
        saas.maintenance().run();
        return saas.operations().get(started.id());
    }

    private static Campaign.Builder schema() {
        return Campaign.of(SCHEMA);
    }

    private void breaks(Predicate<String> which) {
        during = name -> {
            if (which.test(name)) {
                throw new IllegalStateException("This database is broken");
            }
        };
    }

    private List<String> names(int... which) {
        List<String> names = new ArrayList<>();
        for (int each : which) {
            names.add(tenants.get(each).name());
        }
        return names;
    }

    private static void refused(ThrowingCallable call, String code) {
        Refusals.assertRefusal(call).isEqualTo(code);
    }

    @Test
    void changesEveryTenantOnceAndSkipsThoseThatAreUpToDate() {
        tenants(4);
        fixture.saas.tenants().suspend(tenants.get(3).id());
        try (Saas saas = node("2").open()) {
            saas.tenants().migrate(tenants.get(1).id());
            assertThat(saas.campaigns().count(schema().build())).isEqualTo(3);

            Operation done = run(saas, schema());

            assertThat(done.state()).isEqualTo(OperationState.DONE);
            assertThat(done.percent()).isEqualTo(100);
            assertThat(migrated).containsExactlyElementsOf(names(1, 0, 2, 3));
            assertThat(saas.campaigns().status(done.id()))
                    .returns(3L, CampaignStatus::done)
                    .returns(0L, CampaignStatus::failed)
                    .returns(3L, CampaignStatus::total)
                    .returns(0L, CampaignStatus::working)
                    .returns(CampaignStage.WAVES, CampaignStatus::stage)
                    .returns(schema().build(), CampaignStatus::campaign);
            assertThat(saas.operations().list(Query.where(Filter.equal(Operation.CAMPAIGN, done.id()))))
                    .extracting(Operation::tenantId)
                    .containsExactly(
                            tenants.get(0).id(),
                            tenants.get(2).id(),
                            tenants.get(3).id());
            assertThat(run(saas, schema()).result()).containsEntry("done", "0").containsEntry("total", "0");
            assertThat(saas.campaigns().versions().schemas())
                    .containsOnlyKeys("2")
                    .containsEntry("2", 4L);
            assertThat(saas.campaigns().versions().schemaVersion()).isEqualTo("2");
        }
    }

    @Test
    void aFailedCanaryStopsItAndResumingLeavesItOutAndRetryingDoesNot() {
        tenants(4);
        breaks(name -> name.equals(tenants.get(0).name()));
        try (Saas saas = node("2").open()) {
            Operation stopped = run(saas, schema().canaries(2).maxFailures(9));
            assertThat(stopped.errorCode()).isEqualTo(ErrorCodes.CAMPAIGN_STOPPED);
            assertThat(stopped.errorMessage())
                    .contains("Done: 0, failed: 1.", tenants.get(0).name());
            assertThat(migrated).isEmpty();

            saas.campaigns().resume(stopped.id());
            saas.maintenance().run();
            assertThat(saas.operations().get(stopped.id()))
                    .returns(OperationState.DONE, Operation::state)
                    .returns(null, Operation::errorCode);
            assertThat(migrated).containsExactlyElementsOf(names(1, 2, 3));
            assertThat(saas.campaigns().failures(stopped.id(), 0))
                    .singleElement()
                    .returns(tenants.get(0).id(), Operation::tenantId)
                    .returns(ErrorCodes.SCHEMA_FAILED, Operation::errorCode);
            assertThat(saas.campaigns().resume(stopped.id()).state())
                    .describedAs("nothing to resume")
                    .isEqualTo(OperationState.DONE);

            breaks(name -> false);
            saas.campaigns().retry(stopped.id());
            saas.maintenance().run();
            assertThat(migrated).containsExactlyElementsOf(names(1, 2, 3, 0));
            assertThat(saas.campaigns().status(stopped.id()))
                    .returns(4L, CampaignStatus::done)
                    .returns(0L, CampaignStatus::failed);
            assertThat(saas.operations().get(stopped.id()).result())
                    .containsEntry("done", "4")
                    .containsEntry("failed", "0");
            assertThat(saas.campaigns().failures(stopped.id(), 0)).isEmpty();
        }
    }

    @Test
    void aRateOfFailuresIsJudgedOnlyAfterTwentyTenants() {
        tenants(30);
        breaks(name -> Integer.parseInt(name.replaceAll("\\D", "")) % 3 == 1);
        try (Saas saas = node("2").open()) {
            Operation stopped = run(saas, schema().maxFailurePercent(20));
            assertThat(stopped.errorCode()).isEqualTo(ErrorCodes.CAMPAIGN_STOPPED);
            assertThat(saas.campaigns().status(stopped.id()))
                    .returns(13L, CampaignStatus::done)
                    .returns(7L, CampaignStatus::failed);
            assertThat(run(saas, schema().canaries(0).maxFailurePercent(40)).state())
                    .isEqualTo(OperationState.DONE);
        }
    }

    @Test
    void wavesAndCanariesFollowEachOther() throws Exception {
        tenants(11);
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try (Saas saas = node("2").executor(executor).open()) {
            Campaign campaign = schema().waves(20, 50).parallel(4).build();
            CountDownLatch known = new CountDownLatch(1);
            List<Operation> started = new ArrayList<>();
            during = name -> {
                await(known);
                CampaignStatus status = saas.campaigns().status(started.get(0).id());
                seen.add(status.stage() + " " + status.wave() + " " + status.total());
            };
            started.add(saas.campaigns().start(campaign));
            known.countDown();
            assertThat(saas.operations()
                            .await(started.get(0).id(), Duration.ofMinutes(1))
                            .state())
                    .isEqualTo(OperationState.DONE);
            assertThat(Collections.frequency(seen, "CANARIES 0 11")).isEqualTo(1);
            assertThat(Collections.frequency(seen, "WAVES 1 11")).isEqualTo(2);
            assertThat(Collections.frequency(seen, "WAVES 2 11")).isEqualTo(3);
            assertThat(Collections.frequency(seen, "WAVES 3 11")).isEqualTo(5);
            assertThat(migrated).doesNotHaveDuplicates().hasSize(11);
        } finally {
            executor.shutdown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aPausedCampaignWaitsUntilItIsResumed() {
        tenants(3);
        try (Saas saas = node("2").open()) {
            Operation started = saas.campaigns().start(schema().build());
            during = name -> {
                refused(() -> saas.campaigns().retry(started.id()), ErrorCodes.CAMPAIGN_RUNNING);
                assertThat(saas.campaigns().pause(started.id()).state()).isEqualTo(OperationState.PAUSED);
                assertThat(saas.campaigns().pause(started.id()).state()).isEqualTo(OperationState.PAUSED);
            };
            saas.maintenance().run();
            assertThat(migrated).hasSize(1);
            fixture.clock.advance(Duration.ofHours(1));
            saas.maintenance().run();
            saas.operations().recover();
            assertThat(migrated).describedAs("no node takes it over").hasSize(1);
            assertThat(saas.campaigns().status(started.id())).returns(1L, CampaignStatus::done);

            during = name -> {};
            assertThat(saas.campaigns().resume(started.id()).state()).isEqualTo(OperationState.RUNNING);
            assertThat(saas.campaigns().resume(started.id()).state()).isEqualTo(OperationState.RUNNING);
            saas.maintenance().run();
            assertThat(saas.operations().get(started.id()).state()).isEqualTo(OperationState.DONE);
            assertThat(migrated).containsExactlyElementsOf(names(0, 1, 2));
            assertThat(saas.events().list(Query.where(Filter.like(Event.TYPE, "CAMPAIGN%"))))
                    .extracting(Event::type)
                    .containsExactly(
                            EventType.CAMPAIGN_STARTED,
                            EventType.CAMPAIGN_PAUSED,
                            EventType.CAMPAIGN_RESUMED,
                            EventType.CAMPAIGN_ENDED);
        }
    }

    @Test
    void aCanaryThatFailsDuringAPauseStopsItWhenItIsResumed() {
        tenants(3);
        try (Saas saas = node("2").open()) {
            Operation started = saas.campaigns().start(schema().maxFailures(9).build());
            during = name -> {
                saas.campaigns().pause(started.id());
                throw new IllegalStateException("This database is broken");
            };
            saas.maintenance().run();
            assertThat(saas.operations().get(started.id()).state()).isEqualTo(OperationState.PAUSED);
            during = name -> {};
            saas.campaigns().resume(started.id());
            saas.maintenance().run();
            assertThat(saas.operations().get(started.id()).errorCode()).isEqualTo(ErrorCodes.CAMPAIGN_STOPPED);
            assertThat(migrated).isEmpty();
            saas.campaigns().resume(started.id());
            saas.maintenance().run();
            assertThat(migrated).containsExactlyElementsOf(names(1, 2));
        }
    }

    @Test
    void aPausedCampaignCanBeCancelledAndResumedByAnotherNode() {
        tenants(3);
        Operation started;
        try (Saas saas = node("2").open()) {
            started = saas.campaigns().start(schema().build());
            saas.campaigns().pause(started.id());
            Operation cancelled = saas.operations().cancel(started.id());
            assertThat(cancelled)
                    .returns(OperationState.FAILED, Operation::state)
                    .returns(ErrorCodes.OPERATION_CANCELLED, Operation::errorCode);
            assertThat(saas.campaigns().pause(started.id()).state()).isEqualTo(OperationState.FAILED);
            saas.maintenance().run();
            assertThat(migrated).isEmpty();
        }
        try (Saas older = node("1").node("node-b").open()) {
            older.campaigns().resume(started.id());
            older.maintenance().run();
            assertThat(older.operations().get(started.id()).state()).isEqualTo(OperationState.RUNNING);
            assertThat(migrated).describedAs("it has no version 2").isEmpty();
        }
        fixture.clock.advance(Duration.ofHours(1));
        try (Saas saas = node("2").node("node-c").open()) {
            saas.maintenance().run();
            assertThat(saas.operations().get(started.id()).state()).isEqualTo(OperationState.DONE);
            assertThat(migrated).containsExactlyElementsOf(names(0, 1, 2));
        }
    }

    @Test
    void aCancellationIsNotLostIfThePauseComesInBetween() {
        tenants(1);
        try (Saas saas = node("2").open()) {
            Operation started = saas.campaigns().start(schema().build());
            AtomicInteger left = new AtomicInteger(3); // the read, the end if it is paused, and the request
            fixture.backend.watch(passed -> {
                if (passed.equals("before catalog") && left.decrementAndGet() == 0) {
                    assertThat(fixture.saas.campaigns().pause(started.id()).state())
                            .isEqualTo(OperationState.PAUSED);
                }
            });
            assertThat(saas.operations().cancel(started.id()))
                    .returns(OperationState.FAILED, Operation::state)
                    .returns(ErrorCodes.OPERATION_CANCELLED, Operation::errorCode);
        }
    }

    @Test
    void aNodeWhoseVersionHasNoOrderLeavesItAndANewerTenantIsNotCounted() {
        tenants(2);
        try (Saas newer = node("3").node("node-d").open()) {
            newer.tenants().migrate(tenants.get(0).id());
        }
        Operation started;
        try (Saas saas = node("2-b").node("node-b").open()) {
            assertThat(saas.campaigns().count(schema().build())).isEqualTo(1);
            started = saas.campaigns().start(schema().build());
        }
        migrated.clear();
        try (Saas saas = node("2-a").node("node-c").open()) {
            saas.maintenance().run();
            assertThat(migrated).isEmpty();
        }
        try (Saas saas = node("2-b").node("node-b").open()) {
            saas.maintenance().run();
            assertThat(saas.operations().get(started.id()).state()).isEqualTo(OperationState.DONE);
            assertThat(migrated).containsExactlyElementsOf(names(1));
        }
    }

    @Test
    void aCancellationStopsItBeforeTheNextTenant() {
        tenants(3);
        try (Saas saas = node("2").open()) {
            Operation started = saas.campaigns().start(schema().build());
            during = name -> {
                saas.operations().cancel(started.id());
                assertThat(saas.campaigns().pause(started.id()).state())
                        .describedAs("it is cancelled already")
                        .isEqualTo(OperationState.RUNNING);
            };
            saas.maintenance().run();
            assertThat(saas.operations().get(started.id()))
                    .returns(ErrorCodes.OPERATION_CANCELLED, Operation::errorCode)
                    .extracting(Operation::errorMessage)
                    .asString()
                    .contains("Done: 1, failed: 0.");
            assertThat(migrated).hasSize(1);
        }
    }

    @Test
    void anErrorOfTheEmbeddersCodeFailsOneTenantOnly() {
        tenants(3);
        during = name -> {
            if (name.equals(tenants.get(1).name())) {
                throw new StackOverflowError();
            }
        };
        try (Saas saas = node("2").open()) {
            Operation done = run(saas, schema().maxFailures(1));
            assertThat(done.state()).isEqualTo(OperationState.DONE);
            assertThat(migrated).containsExactlyElementsOf(names(0, 2));
            assertThat(saas.campaigns().failures(done.id(), 0))
                    .extracting(Operation::tenantId)
                    .containsExactly(tenants.get(1).id());
        }
    }

    @Test
    void tenantsThatAreDeletedCreatedOrTaggedMeanwhileAreNotMissed() {
        tenants(3);
        tenants.subList(0, 3).forEach(each -> tag(each.id(), "eu"));
        Tenant late = create(fixture.saas, "late.example.com");
        List<Tenant> made = new ArrayList<>();
        try (Saas saas = node("2").open()) {
            during = name -> {
                if (name.equals(tenants.get(1).name())) {
                    saas.tenants().delete(tenants.get(2).id());
                    made.add(create(fixture.saas, "new.example.com"));
                    tag(made.get(0).id(), "eu");
                    tag(late.id(), "eu");
                }
            };
            assertThat(run(saas, schema().tags(List.of("eu"))).state()).isEqualTo(OperationState.DONE);
            assertThat(migrated)
                    .containsExactlyInAnyOrder(
                            tenants.get(0).name(),
                            tenants.get(1).name(),
                            late.name(),
                            made.get(0).name());
        }
    }

    private void tag(TenantId id, String tag) {
        fixture.saas
                .tenants()
                .update(id, each -> each.toBuilder().tags(List.of(tag)).build());
    }

    @Test
    void twoCampaignsOverTheSameTenantsDoEachOfThemOnce() throws Exception {
        tenants(6);
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try (Saas saas = node("2").executor(executor).open()) {
            Campaign campaign = schema().parallel(2).build();
            Operation first = saas.campaigns().start(campaign);
            Operation second = saas.campaigns().start(campaign);
            for (Operation each : List.of(first, second)) {
                assertThat(saas.operations()
                                .await(each.id(), Duration.ofMinutes(1))
                                .state())
                        .isEqualTo(OperationState.DONE);
            }
            assertThat(migrated).doesNotHaveDuplicates().hasSize(6);
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void anExecutorThatRefusesLeavesItToTheMaintenance() {
        tenants(3);
        try (Saas saas = node("2")
                .executor(task -> {
                    throw new RejectedExecutionException();
                })
                .open()) {
            Operation started = saas.campaigns().start(schema().parallel(3).build());
            saas.maintenance().run();
            assertThat(saas.operations().get(started.id()).state()).isEqualTo(OperationState.RUNNING);
        }
        try (Saas saas = node("2").node("node-b").open()) {
            saas.maintenance().run();
            assertThat(migrated).hasSize(3);
        }
    }

    @Test
    void templatesComeFirstAndIfOneFailsNoTenantIsTried() {
        tenants(2);
        try (Saas saas = node("1").open()) {
            saas.templates().build(plan.id(), List.of());
        }
        migrated.clear();
        breaks(name -> name.startsWith("template"));
        try (Saas saas = node("2").open()) {
            Operation failed = run(saas, schema());
            assertThat(failed.errorCode()).isEqualTo(ErrorCodes.SCHEMA_FAILED);
            assertThat(migrated).isEmpty();
            breaks(name -> false);
            saas.campaigns().resume(failed.id());
            saas.maintenance().run();
            assertThat(migrated).hasSize(3).first().asString().startsWith("template");
        }
    }

    @Test
    void aTemplateThatIsNotRebuiltForMinutesEndsIt() {
        tenants(1);
        try (Saas saas = node("1").open()) {
            saas.templates().build(plan.id(), List.of());
        }
        migrated.clear();
        try (Saas saas = node("2").open()) {
            fixture.backend.watch(step -> {
                if (step.equals("before create")) {
                    throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "The server is away.", null);
                }
            });
            Operation waits = run(saas, schema());
            assertThat(waits.state()).isEqualTo(OperationState.RUNNING);
            fixture.clock.advance(Duration.ofMinutes(14));
            saas.maintenance().run();
            assertThat(saas.operations().get(waits.id()).state()).isEqualTo(OperationState.RUNNING);
            fixture.clock.advance(Duration.ofMinutes(2));
            saas.maintenance().run();
            assertThat(saas.operations().get(waits.id()))
                    .returns(ErrorCodes.TEMPLATE_NOT_READY, Operation::errorCode)
                    .extracting(Operation::errorMessage)
                    .asString()
                    .contains(plan.name());
            assertThat(migrated).isEmpty();
        }
    }

    @Test
    void aRepeatedRequestReturnsTheFirstCampaign() {
        tenants(1);
        try (Saas saas = node("2").open()) {
            Campaign campaign = schema().idempotencyKey("once").build();
            Operation first = saas.campaigns().start(campaign);
            assertThat(saas.campaigns().start(campaign).id()).isEqualTo(first.id());
            saas.maintenance().run();
            assertThat(saas.campaigns().start(campaign))
                    .returns(first.id(), Operation::id)
                    .returns(OperationState.DONE, Operation::state);
            refused(
                    () -> saas.campaigns()
                            .start(campaign.toBuilder().canaries(9).build()),
                    ErrorCodes.IDEMPOTENCY_MISMATCH);
        }
    }

    @Test
    void refusesWhatIsWrong() {
        tenants(1);
        Saas portal = fixture.saas.actingAs(fixture.signUp("client@example.com").id());
        refused(() -> fixture.saas.campaigns().start(schema().build()), ErrorCodes.SCHEMA_NONE);
        try (Saas saas = node("2").open()) {
            refused(() -> portal.campaigns().versions(), ErrorCodes.ACCESS_NOT_ALLOWED);
            Saas client = saas.actingAs(fixture.signUp("other@example.com").id());
            refused(() -> client.campaigns().start(schema().build()), ErrorCodes.ACCESS_NOT_ALLOWED);
            refused(
                    () -> saas.campaigns()
                            .start(schema().customer(new CustomerId(99)).build()),
                    ErrorCodes.RECORD_MISSING);
            Operation other = saas.operations().list(Query.all()).get(0);
            assertThat(other.kind()).isNotEqualTo(OperationKind.CAMPAIGN);
            refused(() -> saas.campaigns().status(other.id()), ErrorCodes.RECORD_MISSING);
            refused(() -> saas.campaigns().pause(other.id()), ErrorCodes.RECORD_MISSING);
            Operation empty = run(saas, schema().tags(List.of("nowhere")));
            assertThat(empty.state()).isEqualTo(OperationState.DONE);
        }
        for (Runnable wrong : List.<Runnable>of(
                () -> schema().canaries(-1).build(),
                () -> schema().parallel(0).build(),
                () -> schema().parallel(1001).build(),
                () -> schema().parallelPerServer(1001).build(),
                () -> schema().parallelPerServer(-1).build(),
                () -> schema().maxFailures(-1).build(),
                () -> schema().maxFailurePercent(101).build(),
                () -> schema().waves(50, 10).build(),
                () -> schema().waves(100).build())) {
            refused(wrong::run, ErrorCodes.CONFIGURATION_INVALID);
        }
    }
}
