// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.tenant;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.DeletionProof;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Story;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DeletionTest {
    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final User owner = fixture.signUp("owner@example.com");
    private final Plan plan = fixture.plan(Plan.builder("Shop").maxDatabasesPerCustomer(1));
    private final Tenant shop = saas.tenants()
            .create(CreateTenant.onPlan(plan).owner(owner).name("shop").build())
            .tenant();
    private final TenantId id = shop.id();

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private void keep(int days) {
        saas.parameters().set(Parameter.RETENTION_DAYS, Integer.toString(days));
    }

    private Databases databases() {
        return fixture.storage.databases(saas.servers().get(new ServerId(1)));
    }

    private Tenant lone(String name) {
        return saas.tenants()
                .create(CreateTenant.outsidePlans(name, new Administrator("boss", "secret"))
                        .build())
                .tenant();
    }

    private List<EventType> told() {
        return saas.events().list(Query.where(Filter.equal(Event.TENANT_ID, id)).orderBy(Event.ID)).stream()
                .map(Event::type)
                .filter(each -> each != EventType.USAGE_CLOSED)
                .filter(type -> type != EventType.TENANT_ENTERED)
                .toList();
    }

    @Test
    void isRetainedAsLongAsTheParameterSaysAndThenRemoved() {
        keep(7);
        String session = saas.access().openSession("shop", 2);
        String token = saas.access().issue(id).token();
        Instant now = fixture.clock.instant();

        Tenant deleted = saas.tenants().delete(id);

        assertThat(deleted.state()).isEqualTo(TenantState.RETAINED);
        assertThat(deleted.deletedAt()).isEqualTo(now);
        assertThat(deleted.retainedUntil()).isEqualTo(now.plus(Duration.ofDays(7)));
        assertThat(saas.tenants().delete(id))
                .as("a second deletion does nothing")
                .isEqualTo(deleted);
        assertThat(fixture.storage.isOpen("shop")).isFalse();
        assertThat(saas.tenants().findByName("shop")).isEmpty();
        assertThat(saas.tenants().databaseNames()).containsExactly("portal.localhost");
        assertThat(saas.access().findSession(session)).isEmpty();
        assertThat(saas.access().redeem("shop", token)).isEmpty();
        assertRefusal(() -> saas.database("shop")).isEqualTo(ErrorCodes.DATABASE_UNKNOWN);
        assertRefusal(() -> lone("shop")).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        assertRefusal(() -> saas.tenants().suspend(id)).isEqualTo(ErrorCodes.TENANT_STATE);
        assertRefusal(() -> saas.tenants().rename(id, "x")).isEqualTo(ErrorCodes.TENANT_STATE);
        assertThat(saas.tenants().proofOfDeletion(id)).isEmpty();

        fixture.clock.advance(Duration.ofDays(7).minusNanos(1000));
        assertThat(saas.maintenance().run())
                .as("it closes the usage of the last day")
                .isEqualTo(1);
        assertThat(databases().exists("shop")).isTrue();

        fixture.clock.advance(Duration.ofNanos(1000));
        assertThat(saas.maintenance().run()).isEqualTo(1);
        assertThat(databases().exists("shop")).isFalse();
        Tenant gone = saas.tenants().get(id);
        assertThat(gone.state()).isEqualTo(TenantState.DELETED);
        assertThat(fixture.row(gone.id()).nextSyncAt())
                .as("nothing can be read any more")
                .isNull();
        assertThat(gone.deletedAt())
                .as("the time of the deletion, not of the removal")
                .isEqualTo(now);
        assertThat(gone.retainedUntil()).isNull();
        assertThat(saas.maintenance().run()).isZero();
        assertRefusal(() -> lone("shop")).as("the cool-down starts now").isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        assertThat(told())
                .containsExactly(EventType.TENANT_CREATED, EventType.TENANT_RETAINED, EventType.TENANT_DELETED);
    }

    @Test
    void restoresARetainedTenantAndEndsItsSessions() {
        keep(7);
        String session = saas.access().openSession("shop", 2);
        saas.tenants().delete(id);
        fixture.clock.advance(Duration.ofDays(6));

        Tenant restored = saas.tenants().restore(id);

        assertThat(restored).isEqualTo(shop);
        assertThat(fixture.storage.isOpen("shop")).isTrue();
        assertThat(saas.access().findSession(session)).isEmpty();
        Story.letsIn(saas, "shop", saas.access().issue(id));
        fixture.clock.advance(Duration.ofDays(30));
        saas.maintenance().run();
        assertThat(saas.tenants().get(id).state()).isEqualTo(TenantState.OPEN);
        assertRefusal(() -> saas.tenants().restore(id)).isEqualTo(ErrorCodes.TENANT_STATE);
        assertThat(told())
                .containsExactly(EventType.TENANT_CREATED, EventType.TENANT_RETAINED, EventType.TENANT_RESTORED);
    }

    @Test
    void restoresATenantAsSuspendedIfItWasOrHasExpired() {
        keep(30);
        saas.tenants().suspend(id);
        saas.tenants().delete(id);
        assertThat(saas.tenants().restore(id).state()).isEqualTo(TenantState.SUSPENDED);
        assertThat(fixture.storage.isOpen("shop")).isFalse();
        saas.tenants().resume(id);
        saas.tenants()
                .update(id, each -> each.toBuilder().blockOnExpiration(true).build());
        saas.tenants().extend(id, fixture.clock.instant().plus(Duration.ofDays(1)), "one day");
        saas.tenants().delete(id);
        fixture.clock.advance(Duration.ofDays(2));

        saas.tenants().restore(id);
        saas.maintenance().run();

        assertThat(saas.tenants().get(id).suspendedFor()).containsExactly(SuspensionSchedule.EXPIRED);
    }

    @Test
    void refusesToRestoreIfThePlaceIsTakenOrTheDatabaseIsGone() {
        keep(7);
        saas.tenants().delete(id);
        Tenant other = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name("other").build())
                .tenant();
        assertRefusal(() -> saas.tenants().restore(id)).isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
        assertRefusal(() -> saas.plans().delete(plan.id())).isEqualTo(ErrorCodes.PLAN_IN_USE);
        assertRefusal(() -> saas.accounts().delete(owner.id())).isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
        saas.tenants().purge(other.id());
        assertRefusal(() -> saas.plans().delete(plan.id()))
                .as("a soft-deleted tenant can be restored")
                .isEqualTo(ErrorCodes.PLAN_IN_USE);
        assertThat(saas.tenants().restore(id).state()).isEqualTo(TenantState.OPEN);

        saas.tenants().purge(id);
        assertThat(saas.tenants().purge(id).state()).as("a second time").isEqualTo(TenantState.DELETED);
        assertRefusal(() -> saas.tenants().restore(id)).isEqualTo(ErrorCodes.TENANT_STATE);
        assertRefusal(() -> saas.tenants().restore(new TenantId(99))).isEqualTo(ErrorCodes.RECORD_MISSING);
        saas.plans().delete(plan.id());
    }

    @Test
    void staysDeletedIfItsDatabaseWasRemovedByHand() {
        keep(7);
        saas.tenants().delete(id);
        databases().drop(new DatabaseRef(shop.name(), shop.uuid()));

        assertRefusal(() -> saas.tenants().restore(id)).isEqualTo(ErrorCodes.DATABASE_UNKNOWN);

        assertThat(saas.tenants().get(id).state()).isEqualTo(TenantState.RETAINED);
        fixture.clock.advance(Duration.ofDays(7));
        saas.maintenance().run();
        assertThat(saas.tenants().get(id).state()).isEqualTo(TenantState.DELETED);
    }

    @Test
    void provesTheDeletionWithActorTimeAndServerAnswer() {
        keep(3);
        User boss = fixture.administrator("boss@example.com");
        Instant asked = fixture.clock.instant();
        saas.actingAs(boss.id(), "192.0.2.9").tenants().delete(id);
        fixture.clock.advance(Duration.ofDays(4));
        saas.maintenance().run();

        DeletionProof proof = saas.tenants().proofOfDeletion(id).orElseThrow();

        assertThat(proof.tenant()).isEqualTo(id);
        assertThat(proof.uuid()).isEqualTo(shop.uuid());
        assertThat(proof.name()).isEqualTo("shop");
        assertThat(proof.server()).isEqualTo("default");
        assertThat(proof.requestedBy()).isEqualTo("boss@example.com");
        assertThat(proof.requestedAt()).isEqualTo(asked);
        assertThat(proof.verifiedAt()).isEqualTo(fixture.clock.instant());
        assertThat(proof.verified()).contains("database");
        assertThat(proof.backup()).isNull();
        Event event = saas.events()
                .list(Query.where(Filter.equal(Event.UUID, proof.event())))
                .get(0);
        assertThat(event.type()).isEqualTo(EventType.TENANT_DELETED);
        assertThat(event.details())
                .containsEntry("uuid", shop.uuid().toString())
                .containsEntry("requestedBy", "boss@example.com");
        assertThat(saas.actingAs(owner.id()).tenants().proofOfDeletion(id))
                .as("its customer may see it")
                .contains(proof);
        User stranger = fixture.signUp("stranger@example.com");
        assertRefusal(() -> saas.actingAs(stranger.id()).tenants().proofOfDeletion(id))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void provesAPurgeAndNamesItsActor() {
        saas.tenants().delete(id);
        DeletionProof proof = saas.tenants().proofOfDeletion(id).orElseThrow();
        assertThat(proof.requestedBy()).isEqualTo("host");
        assertThat(proof.requestedAt()).isEqualTo(fixture.clock.instant());
    }

    @Test
    void isNotGoneWhileItsServerStillHasAPartOfIt() {
        fixture.backend.once("before remains", () -> databases().create(new DatabaseRef(shop.name(), shop.uuid())));

        assertRefusal(() -> saas.tenants().delete(id)).isEqualTo(ErrorCodes.OPERATION_UNFINISHED);

        assertThat(saas.tenants().get(id).state()).isEqualTo(TenantState.OPEN);
        assertThat(saas.tenants().proofOfDeletion(id)).isEmpty();
        databases().drop(new DatabaseRef(shop.name(), shop.uuid()));
        saas.operations().recover();
        assertThat(saas.tenants().get(id).state()).isEqualTo(TenantState.DELETED);
        assertThat(saas.tenants().proofOfDeletion(id)).isPresent();
    }

    @Test
    void isNotRemovedBeforeItsBackupSucceededAndTheProofNamesIt() {
        List<String> saved = new ArrayList<>();
        Saas careful = fixture.builder(fixture.backend)
                .preDeletionBackup(tenant -> {
                    assertThat(databases().exists("shop")).isTrue();
                    assertThat(fixture.storage.isOpen("shop")).isFalse();
                    saved.add(tenant.name());
                    if (saved.size() == 1) {
                        throw new SaasException(
                                ErrorCategory.UNAVAILABLE, "backup.full", "The disk is full.", Map.of(), true, null);
                    }
                    return "s3://backups/" + tenant.uuid();
                })
                .open();

        assertRefusal(() -> careful.tenants().delete(id)).isEqualTo("backup.full");
        assertThat(databases().exists("shop")).isTrue();
        assertThat(careful.tenants().get(id).state()).isEqualTo(TenantState.OPEN);
        fixture.clock.advance(OperationLeases.FIRST_WAIT);
        careful.maintenance().run();

        assertThat(saved).containsExactly("shop", "shop");
        assertThat(databases().exists("shop")).isFalse();
        assertThat(careful.tenants().proofOfDeletion(id).orElseThrow().backup())
                .isEqualTo("s3://backups/" + shop.uuid());
        assertThat(told())
                .containsExactly(EventType.TENANT_CREATED, EventType.TENANT_BACKED_UP, EventType.TENANT_DELETED);
    }

    @Test
    void leavesALongBackupToOneNode() {
        AtomicInteger saved = new AtomicInteger();
        Saas other = fixture.builder(fixture.storage).node("node-b").open();
        List<Saas> self = new ArrayList<>();
        Saas careful = fixture.builder(fixture.storage)
                .preDeletionBackup(tenant -> {
                    saved.incrementAndGet();
                    for (int i = 0; i < 10; i++) {
                        fixture.clock.advance(OperationLeases.LEASE.minusSeconds(1));
                        self.get(0).maintenance().renewLeases();
                        assertThat(other.maintenance().run())
                                .as("it closes the usage of the day before")
                                .isEqualTo(i == 0 ? 1 : 0);
                        assertThat(other.operations().recover()).isZero();
                    }
                    return "saved";
                })
                .open();
        self.add(careful);
        keep(1);
        saas.tenants().delete(id);
        fixture.clock.advance(Duration.ofDays(1));

        careful.maintenance().run();

        assertThat(saved).hasValue(1);
        assertThat(saas.tenants().get(id).state()).isEqualTo(TenantState.DELETED);
    }

    @Test
    void waitsLongerAfterEachFailedBackupUnlessAskedByHand() {
        Instant begun = fixture.clock.instant();
        List<Long> attempts = new ArrayList<>();
        List<Saas> nodes = new ArrayList<>();
        for (String node : List.of("node-b", "node-c")) {
            nodes.add(fixture.builder(fixture.storage)
                    .node(node)
                    .preDeletionBackup(tenant -> {
                        attempts.add(
                                Duration.between(begun, fixture.clock.instant()).toSeconds());
                        throw new IllegalStateException("The disk is full.");
                    })
                    .open());
        }
        assertThatThrownBy(() -> nodes.get(0).tenants().delete(id)).isInstanceOf(IllegalStateException.class);
        for (int second = 0; second < 2000; second++) {
            fixture.clock.advance(Duration.ofSeconds(1));
            nodes.forEach(each -> each.maintenance().run());
        }
        assertThat(attempts).containsExactly(0L, 5L, 15L, 35L, 75L, 155L, 315L, 635L, 1235L, 1835L);

        nodes.get(0).operations().recover();
        assertThat(attempts).as("at once if it is requested").hasSize(11);

        fixture.clock.advance(Duration.ofDays(-1));
        nodes.get(1).maintenance().run();
        assertThat(attempts).as("a clock that was set back causes no wait").hasSize(12);
        saas.operations().recover();
        assertThat(saas.tenants().get(id).state()).isEqualTo(TenantState.DELETED);
    }

    @Test
    void waitsAfterABackupErrorWithoutBlockingOtherOperations() {
        Tenant second = lone("second");
        Saas careful = fixture.builder(fixture.storage)
                .preDeletionBackup(tenant -> {
                    if (tenant.id().equals(id)) {
                        throw new NoClassDefFoundError("Missing");
                    }
                    if (fixture.clock.instant().equals(second.createdAt())) {
                        throw new IllegalStateException("The disk is full.");
                    }
                    return "saved";
                })
                .open();
        assertThatThrownBy(() -> careful.tenants().delete(id)).isInstanceOf(NoClassDefFoundError.class);
        assertThatThrownBy(() -> careful.tenants().delete(second.id())).isInstanceOf(IllegalStateException.class);
        fixture.clock.advance(OperationLeases.FIRST_WAIT);

        assertThatThrownBy(() -> careful.maintenance().run()).isInstanceOf(NoClassDefFoundError.class);
        careful.maintenance().run();

        assertThat(saas.tenants().get(second.id()).state()).isEqualTo(TenantState.DELETED);
        saas.operations().recover();
        assertThat(saas.tenants().get(id).state()).isEqualTo(TenantState.DELETED);
    }

    @Test
    void purgesTenantsOutsidePlansAtOnceAndRetainsExpiredTrials() {
        keep(5);
        Tenant lone = lone("lone");
        assertThat(saas.tenants().delete(lone.id()).state()).isEqualTo(TenantState.DELETED);
        lone("lone");
        saas.parameters().set(MainParameters.DELETE_TRIALS_AFTER, "1");
        Tenant trial = saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(owner)
                        .name("trial")
                        .trial(true)
                        .build())
                .tenant();
        fixture.clock.advance(Duration.ofDays(2));
        saas.maintenance().run();
        assertThat(saas.tenants().get(trial.id()).state()).isEqualTo(TenantState.RETAINED);
        assertRefusal(() -> saas.parameters().set(Parameter.RETENTION_DAYS, "soon"))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
    }

    @Test
    void letsOnlyAdministratorsDelete() {
        keep(5);
        Saas own = saas.actingAs(owner.id());
        assertRefusal(() -> own.tenants().purge(id)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        saas.tenants().delete(id);
        assertRefusal(() -> own.tenants().restore(id)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }
}
