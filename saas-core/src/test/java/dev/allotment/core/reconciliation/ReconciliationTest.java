// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.reconciliation;

import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.allotment.AdoptTenant;
import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.Member;
import dev.allotment.access.NewApiKey;
import dev.allotment.access.NewMember;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.ManyServers;
import dev.allotment.core.Story;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.fleet.Finding;
import dev.allotment.fleet.FindingCode;
import dev.allotment.fleet.ReconciliationReport;
import dev.allotment.fleet.RepairRequest;
import dev.allotment.fleet.RepairResult;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Execution(ExecutionMode.CONCURRENT)
final class ReconciliationTest {
    private static final ServerId FIRST = new ServerId(1);
    private static final DatabaseRef STRANGER = new DatabaseRef("lost.example.com", new UUID(7, 7));

    private final Fixture fixture = Story.fixture();
    private final Saas saas = fixture.saas;
    private final Databases databases = fixture.storage.databases(saas.servers().get(FIRST));

    @AfterEach
    void close() {
        fixture.close();
    }

    private List<Finding> check() {
        return saas.reconciliation().check().findings();
    }

    private List<FindingCode> codes() {
        return check().stream().map(Finding::code).toList();
    }

    private List<RepairResult> repair() {
        return saas.reconciliation().repair(RepairRequest.builder().build());
    }

    private static DatabaseRef ref(Tenant tenant) {
        return new DatabaseRef(tenant.name(), tenant.uuid());
    }

    private void assertRepaired(FindingCode... found) {
        assertThat(codes()).containsExactly(found);
        assertThat(repair())
                .hasSize(found.length)
                .allSatisfy(
                        each -> assertThat(each.repaired()).as(each.message()).isTrue());
        assertThat(check()).isEmpty();
        Consistency.check(fixture.storage);
    }

    @Test
    void findsNothingWhereEverythingFits() {
        Plan plan = fixture.plan(Plan.builder("Stocked").spares(2).dbNameTemplate("t%i"));
        saas.templates().build(plan.id(), List.of("sale"));
        saas.maintenance().run();
        saas.parameters().set("saas_portal.retention_days", "30");
        List<Tenant> made = IntStream.range(0, 4)
                .mapToObj(i -> saas.tenants()
                        .create(CreateTenant.onPlan(plan)
                                .owner(fixture.signUp("owner" + i + "@example.com"))
                                .build())
                        .tenant())
                .toList();
        saas.tenants().suspend(made.get(0).id());
        saas.tenants().delete(made.get(1).id());
        saas.tenants().purge(made.get(2).id());
        saas.tenants().rename(made.get(3).id(), "renamed");
        fixture.storage.putForeign("not-ours");

        ReconciliationReport report = saas.reconciliation().check();

        assertThat(report.findings()).isEmpty();
        assertThat(report.servers()).isEqualTo(1);
        assertThat(report.databases()).isEqualTo(databases.list().size());
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Story.class)
    void reportsNoOperationInProgress(Story story) {
        try (Fixture world = Story.fixture()) {
            Story.Request request = story.begin(world);
            List<Finding> findings = new ArrayList<>();
            Saas node = world.builder(world.storage).node("node-b").open();
            world.backend.watch(step -> {
                if (!step.startsWith("in ")) {
                    findings.addAll(node.reconciliation().check().findings());
                }
            });
            request.act().accept(world.saas);
            world.backend.unwatch();

            assertThat(findings).isEmpty();
        }
    }

    @Test
    void repairsOnlyWhatWasChosenFromAReport() {
        Tenant first = fixture.tenant("first");
        Tenant second = fixture.tenant("second");
        databases.rename(ref(first), "wrong-first");
        databases.rename(ref(second), "wrong-second");
        List<Finding> report = check();
        assertThat(report).extracting(Finding::code).containsOnly(FindingCode.WRONG_NAME);
        assertThat(report).extracting(Finding::key).doesNotHaveDuplicates();
        Finding chosen = report.stream()
                .filter(each -> first.id().equals(each.tenantId()))
                .findFirst()
                .orElseThrow();
        databases.drop(new DatabaseRef("wrong-second", second.uuid()));

        RepairRequest request =
                RepairRequest.builder().only(List.of(chosen.key())).build();
        assertThat(saas.reconciliation().repair(request))
                .singleElement()
                .satisfies(each -> assertThat(each.repaired()).isTrue());

        assertThat(saas.tenants().get(second.id()).state())
                .as("what was not shown, such as a lost database, is not repaired")
                .isEqualTo(TenantState.OPEN);
        assertThat(codes()).containsExactly(FindingCode.MISSING);
        assertThat(saas.reconciliation().repair(request)).as("a second time").isEmpty();
        assertThat(saas.reconciliation()
                        .repair(RepairRequest.builder().only(List.of()).build()))
                .isEmpty();
    }

    @Test
    void keepsAnOrphanAndReservesItsName() {
        databases.create(STRANGER);
        databases.open(STRANGER);

        assertThat(check()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo(FindingCode.ORPHAN);
            assertThat(finding.database()).isEqualTo(STRANGER.name());
            assertThat(finding.uuid()).isEqualTo(STRANGER.uuid());
            assertThat(finding.message()).contains("complete, open");
            assertThat(finding.automatic()).isTrue();
        });
        assertThat(repair())
                .singleElement()
                .satisfies(each -> assertThat(each.repaired()).isTrue());
        assertThat(check())
                .singleElement()
                .satisfies(finding -> assertThat(finding.automatic()).isFalse());
        assertThat(fixture.storage.isOpen(STRANGER.name())).isTrue();
        SaasException refusal = refusal(() -> fixture.tenant(STRANGER.name()));
        assertThat(refusal.code()).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
    }

    /** Removes a tenant from the catalog, as restoring a backup from before its creation does. */
    private static void forget(Fixture world, Tenant tenant) {
        world.storage.catalog().transact(tx -> {
            tx.records(RecordTypes.RESERVED_NAMES)
                    .list(Query.where(Filter.equal(ReservedName.NAME, tenant.name())))
                    .forEach(each -> tx.records(RecordTypes.RESERVED_NAMES).delete(each.id()));
            tx.records(RecordTypes.ACCESS_TOKENS)
                    .list(Query.all())
                    .forEach(each -> tx.records(RecordTypes.ACCESS_TOKENS).delete(each.id()));
            return tx.records(RecordTypes.TENANTS).delete(tenant.id().value());
        });
    }

    private static AdoptTenant adoption(Tenant tenant) {
        return AdoptTenant.builder(FIRST, tenant.name(), tenant.planId())
                .owner(tenant.ownerId())
                .build();
    }

    @Test
    void anOrphanBecomesATenantAgainWithItsIdentityAndMembers() {
        Tenant lost = fixture.tenant();
        Member worker = saas.database(lost.name())
                .members()
                .create(NewMember.builder("worker", "Worker").build());
        String secret = saas.database(lost.name())
                .actingAs(worker.id())
                .apiKeys()
                .create(new NewApiKey(
                        "Till", ApiKeyScope.EVERYTHING, fixture.clock.instant().plus(Duration.ofDays(1))))
                .secret();
        forget(fixture, lost);
        assertThat(repair()).hasSize(1);

        CreatedTenant adopted = saas.tenants().adopt(adoption(lost));

        assertThat(adopted.tenant().uuid()).isEqualTo(lost.uuid());
        assertThat(adopted.tenant().state()).isEqualTo(TenantState.OPEN);
        assertThat(saas.database(lost.name()).members().list(Query.all()))
                .extracting(Member::login)
                .contains("worker");
        assertThat(saas.database(lost.name()).apiKeys().authenticate(secret, null))
                .as("a key of a member from before")
                .isEmpty();
        Story.letsIn(saas, lost.name(), adopted.signInLink());
        assertThat(check()).isEmpty();
        assertThat(refusal(() -> saas.tenants().adopt(adoption(lost))).code()).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        Consistency.check(fixture.storage);
    }

    @Test
    void theDatabaseOfADeletedTenantIsNotAdopted() {
        Tenant tenant = fixture.tenant();
        saas.tenants().purge(tenant.id());
        databases.create(ref(tenant));

        assertThat(refusal(() -> saas.tenants().adopt(adoption(tenant))).code())
                .isEqualTo(ErrorCodes.DATABASE_NOT_ADOPTABLE);
        assertThat(databases.list()).containsExactly(ref(tenant));
    }

    @Test
    void anAdoptionThatIsKilledOrFailsKeepsTheOrphanWithItsMembers() {
        boolean killed = true;
        int point = 0;
        while (killed) {
            try (Fixture world = Story.fixture()) {
                Tenant lost = world.tenant();
                forget(world, lost);
                InterruptibleBackend process = InterruptibleBackend.over(world.storage);
                Saas victim = world.builder(process).open();
                process.killAfter(point++);
                try {
                    victim.tenants().adopt(adoption(lost));
                    killed = false;
                } catch (ProcessKilled expected) {
                    killed = true;
                }
                try (Saas survivor = world.builder(world.storage).open()) {
                    survivor.operations()
                            .list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                            .forEach(each -> survivor.operations().cancel(each.id()));
                    survivor.operations().recover();
                    Databases there = world.storage.databases(survivor.servers().get(FIRST));
                    assertThat(there.list()).contains(ref(lost));
                    if (survivor.reconciliation().check().findings().isEmpty()) {
                        assertThat(survivor.database(lost.name()).members().count(Filter.all()))
                                .isGreaterThan(1);
                    } else {
                        survivor.reconciliation().repair(RepairRequest.builder().build());
                        assertThat(survivor.tenants()
                                        .adopt(adoption(lost))
                                        .tenant()
                                        .uuid())
                                .isEqualTo(lost.uuid());
                    }
                    assertThat(survivor.reconciliation().check().findings()).isEmpty();
                }
                Consistency.check(world.storage);
            }
        }
        assertThat(point).as("points at which the process is killed").isGreaterThan(4);
    }

    @Test
    void repairsInTheBackgroundAsARecordedOperation() {
        Tenant tenant = fixture.tenant("right");
        databases.rename(ref(tenant), "wrong");
        databases.create(STRANGER);
        databases.create(new DatabaseRef("another.example.com", new UUID(8, 8)));
        SaasException refusal = refusal(() -> saas.async()
                .repair(RepairRequest.builder().drop(List.of(tenant.name())).build()));
        assertThat(refusal.code()).isEqualTo(ErrorCodes.REPAIR_UNKNOWN);

        Operation started = saas.async()
                .repair(RepairRequest.builder()
                        .server(FIRST)
                        .drop(List.of(STRANGER.name()))
                        .build());
        assertThat(started.kind()).isEqualTo(OperationKind.REPAIR);
        saas.maintenance().run();
        Operation done = saas.operations().get(started.id());

        assertThat(done.state()).isEqualTo(OperationState.DONE);
        assertThat(done.result()).containsEntry("repaired", "3").containsEntry("left", "0");
        assertThat(databases.list()).contains(ref(tenant)).doesNotContain(STRANGER);
        User portal = fixture.signUp("portal@example.com");
        assertThat(refusal(() -> saas.actingAs(portal.id())
                                .async()
                                .repair(RepairRequest.builder().build()))
                        .code())
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }

    @Test
    void dropsAnOrphanOnlyIfItIsNamed() {
        databases.create(STRANGER);
        Tenant tenant = fixture.tenant();
        repair();
        assertThat(databases.list()).contains(STRANGER);

        assertThat(refusal(() -> saas.reconciliation()
                                .repair(RepairRequest.builder()
                                        .drop(List.of(STRANGER.name(), tenant.name()))
                                        .build()))
                        .code())
                .isEqualTo(ErrorCodes.REPAIR_UNKNOWN);
        assertThat(databases.list()).contains(STRANGER, ref(tenant));

        saas.reconciliation()
                .repair(RepairRequest.builder().drop(List.of(STRANGER.name())).build());
        assertThat(databases.list()).containsExactly(ref(tenant));
        assertThat(check()).isEmpty();
        assertThat(saas.events().list(Query.all())).anyMatch(each -> each.type() == EventType.ORPHAN_DROPPED);
    }

    @Test
    void reportsTheDatabaseOfADeletedTenantThatIsBack() {
        Tenant tenant = fixture.tenant();
        saas.tenants().purge(tenant.id());
        databases.create(ref(tenant));

        assertThat(codes()).containsExactly(FindingCode.RETURNED);
        repair();
        assertThat(databases.list()).containsExactly(ref(tenant));
        saas.reconciliation()
                .repair(RepairRequest.builder().drop(List.of(tenant.name())).build());
        assertThat(databases.list()).isEmpty();
    }

    @Test
    void opensAndClosesWhatDiffers() {
        Tenant open = fixture.tenant("open");
        Tenant suspended = tenantLike(open, "suspended");
        saas.tenants().suspend(suspended.id());
        databases.close(ref(open));
        databases.open(ref(suspended));

        assertRepaired(FindingCode.NOT_OPEN, FindingCode.NOT_CLOSED);
        assertThat(fixture.storage.isOpen("open")).isTrue();
        assertThat(fixture.storage.isOpen("suspended")).isFalse();
        assertThat(saas.operations().list(Query.all()))
                .filteredOn(each -> each.kind() == OperationKind.REPAIR_TENANT)
                .hasSize(2);
    }

    private Tenant tenantLike(Tenant tenant, String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(saas.plans().get(tenant.planId()))
                        .owner(fixture.signUp("owner@" + name))
                        .name(name)
                        .build())
                .tenant();
    }

    @Test
    void renamesBack() {
        Tenant tenant = fixture.tenant("right");
        databases.rename(ref(tenant), "wrong");

        assertRepaired(FindingCode.WRONG_NAME);
        assertThat(databases.list()).containsExactly(ref(tenant));
    }

    @Test
    void aRepairIsFinishedIfItsProcessIsKilled() {
        boolean killed = true;
        int point = 0;
        while (killed) {
            try (Fixture world = Story.fixture()) {
                Tenant tenant = world.tenant("right");
                Databases there = world.storage.databases(world.saas.servers().get(FIRST));
                there.rename(ref(tenant), "wrong");
                there.close(new DatabaseRef("wrong", tenant.uuid()));
                killed = killWhileRepairing(world, point++);
                try (Saas survivor = world.builder(world.storage).open()) {
                    survivor.reconciliation().repair(RepairRequest.builder().build());
                    assertThat(survivor.reconciliation().check().findings()).isEmpty();
                    assertThat(survivor.operations().recover()).isZero();
                }
                Consistency.check(world.storage);
            }
        }
        assertThat(point).as("points at which the process is killed").isGreaterThan(4);
    }

    private static boolean killWhileRepairing(Fixture world, int point) {
        InterruptibleBackend process = InterruptibleBackend.over(world.storage);
        Saas victim = world.builder(process).open();
        process.killAfter(point);
        try {
            victim.reconciliation().repair(RepairRequest.builder().build());
            return false;
        } catch (ProcessKilled expected) {
            return true;
        }
    }

    @Test
    void aRepairThatFailsLeavesTheTenantUsable() {
        Tenant tenant = fixture.tenant("right");
        databases.rename(ref(tenant), "wrong");
        fixture.storage.putForeign("right");

        assertThat(repair()).singleElement().satisfies(each -> {
            assertThat(each.repaired()).isFalse();
            assertThat(each.message()).startsWith("It failed: ");
        });
        assertThat(codes()).containsExactly(FindingCode.WRONG_NAME);
        saas.tenants().purge(tenant.id());
        assertThat(databases.list()).isEmpty();
    }

    @Test
    void suspendsATenantWhoseDatabaseIsMissingAndResumesItWhenItIsBack() {
        Tenant tenant = fixture.tenant();
        databases.copy(ref(tenant), STRANGER);
        databases.drop(ref(tenant));

        assertThat(codes()).containsExactlyInAnyOrder(FindingCode.MISSING, FindingCode.ORPHAN);
        repair();
        Tenant marked = saas.tenants().get(tenant.id());
        assertThat(marked.state()).isEqualTo(TenantState.SUSPENDED);
        assertThat(marked.suspendedFor()).containsExactly(SuspensionSchedule.MISSING);
        assertThat(check()).noneMatch(Finding::automatic);

        databases.copy(STRANGER, ref(tenant));
        assertThat(codes()).containsExactlyInAnyOrder(FindingCode.FOUND_AGAIN, FindingCode.ORPHAN);
        saas.reconciliation()
                .repair(RepairRequest.builder().drop(List.of(STRANGER.name())).build());
        assertThat(check()).isEmpty();
        Consistency.check(fixture.storage);
        assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.OPEN);
        assertThat(fixture.storage.isOpen(tenant.name())).isTrue();
    }

    @Test
    void aTenantWithoutADatabaseCanBePurged() {
        Tenant tenant = fixture.tenant();
        databases.drop(ref(tenant));
        repair();

        saas.tenants().purge(tenant.id());

        assertThat(check()).isEmpty();
    }

    @Test
    void reportsAForeignDatabaseWithTheNameOfATenant() {
        Tenant tenant = fixture.tenant();
        databases.drop(ref(tenant));
        fixture.storage.putForeign(tenant.name());

        assertThat(codes()).containsExactly(FindingCode.FOREIGN);
        repair();
        assertThat(saas.tenants().get(tenant.id()).suspendedFor()).containsExactly(SuspensionSchedule.MISSING);
    }

    @Test
    void aSpareThatATenantHasByNowIsNotGivenToAnother() {
        Plan plan = fixture.plan(Plan.builder("Stocked").spares(1));
        saas.templates().build(plan.id(), List.of("sale"));
        saas.maintenance().run();
        Spare spare = Consistency.all(fixture.storage, RecordTypes.SPARES).get(0);
        DatabaseRef claimed = new DatabaseRef("customer-a", spare.uuid());
        databases.claim(new DatabaseRef(spare.name(), spare.uuid()), claimed.name());

        assertThat(codes()).containsExactly(FindingCode.CLAIMED_SPARE);
        repair();
        assertThat(Consistency.all(fixture.storage, RecordTypes.SPARES)).isEmpty();
        repair();
        Tenant other = saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(fixture.signUp("eve@example.com"))
                        .name("customer-b")
                        .build())
                .tenant();
        assertThat(other.uuid()).isNotEqualTo(spare.uuid());
        assertThat(refusal(() -> tenantLike(other, "customer-a")).code()).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        assertThat(databases.list()).contains(claimed);
    }

    @Test
    void replacesSparesAndTemplatesThatAreMissing() {
        Plan plan = fixture.plan(Plan.builder("Stocked").spares(1));
        Template template = saas.templates().build(plan.id(), List.of("sale"));
        saas.maintenance().run();
        databases.list().forEach(databases::drop);

        assertThat(codes()).containsExactlyInAnyOrder(FindingCode.MISSING_SPARE, FindingCode.MISSING_TEMPLATE);
        repair();
        while (saas.maintenance().run() > 0) {
            fixture.seconds(300);
        }
        assertThat(saas.plans().get(plan.id()).templateId()).isNotEqualTo(template.id());
        fixture.clock.advance(Duration.ofMinutes(10));
        while (saas.maintenance().run() > 0) {
            fixture.seconds(300);
        }
        assertThat(check()).isEmpty();
        assertThat(databases.list()).hasSize(2);
    }

    @Test
    void reservesNamesThatAreNotAndReleasesThoseOfNobody() {
        Tenant tenant = fixture.tenant("shop");
        fixture.storage.catalog().transact(tx -> {
            var names = tx.records(RecordTypes.RESERVED_NAMES);
            names.list(Query.where(Filter.equal(ReservedName.HOLDER, tenant.uuid())))
                    .forEach(each -> names.delete(each.id()));
            return names.insert(new ReservedName(0, "unused", new UUID(9, 9), null));
        });

        assertRepaired(FindingCode.NAME_NOT_RESERVED, FindingCode.NAME_UNUSED);
    }

    @Test
    void removesADraftThatNoOperationWorksOn() {
        Tenant tenant = fixture.tenant("shop");
        databases.drop(ref(tenant));
        StoredTenant draft =
                fixture.row(tenant.id()).toBuilder().state(TenantState.DRAFT).build();
        fixture.storage.catalog().transact(tx -> {
            tx.records(RecordTypes.TENANTS).update(draft);
            return null;
        });

        assertThat(codes()).containsExactly(FindingCode.STALE_DRAFT);
        repair();
        assertThat(check()).isEmpty();
        assertThat(saas.tenants().findByName("shop")).isEmpty();
        assertThat(Consistency.all(fixture.storage, RecordTypes.RESERVED_NAMES)).isEmpty();
    }

    @Test
    void reportsADatabaseOnAnotherServerThanRecorded() {
        Server second = saas.servers().create(Server.builder("second").build());
        Tenant tenant = fixture.tenant("shop");
        databases.drop(ref(tenant));
        fixture.storage.databases(second).create(ref(tenant));

        assertThat(check())
                .extracting(Finding::code, Finding::serverId)
                .containsExactly(tuple(FindingCode.MISSING, FIRST), tuple(FindingCode.MISPLACED, second.id()));
    }

    @Test
    void checksTheOtherServersIfOneIsDown() {
        ManyServers provider = new ManyServers();
        try (Saas plane = fixture.builder(fixture.storage).provider(provider).open()) {
            Server far = plane.servers()
                    .create(Server.builder("far")
                            .backend(ManyServers.NAME)
                            .settings(Map.of("url", "far"))
                            .build());
            databases.create(STRANGER);
            provider.fail("far", Health.down("no route"));

            ReconciliationReport report = plane.reconciliation().check();

            assertThat(report.servers()).isEqualTo(1);
            assertThat(report.findings())
                    .extracting(Finding::code, Finding::serverId)
                    .containsExactly(tuple(FindingCode.ORPHAN, FIRST), tuple(FindingCode.UNREACHABLE, far.id()));
            assertThat(plane.reconciliation().check(FIRST).findings())
                    .extracting(Finding::code)
                    .containsExactly(FindingCode.ORPHAN);
        }
    }

    @Test
    void readsEachServerOnceAndTheCatalogInPages() {
        Tenant tenant = fixture.tenant();
        List<String> steps = new ArrayList<>();
        fixture.backend.watch(steps::add);
        check();
        fixture.backend.unwatch();

        assertThat(steps).filteredOn("before inventory"::equals).hasSize(1);
        assertThat(steps).filteredOn("before exists"::equals).isEmpty();
        assertThat(tenant.state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void isForAdministratorsOnly() {
        Tenant tenant = fixture.tenant();
        Saas portal = saas.actingAs(tenant.ownerId());

        assertThat(refusal(() -> portal.reconciliation().check()).code()).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(refusal(() -> portal.reconciliation()
                                .repair(RepairRequest.builder().build()))
                        .code())
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }
}
