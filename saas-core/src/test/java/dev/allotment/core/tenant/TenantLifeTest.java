// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.tenant;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.CreatedTenant;
import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.UserId;
import dev.allotment.access.Member;
import dev.allotment.access.NewMember;
import dev.allotment.access.TenantDatabase;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Refusals;
import dev.allotment.core.Story;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TenantLifeTest {
    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final Tenant shop = fixture.tenant("shop");
    private final TenantId id = shop.id();

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private TenantDatabase inside(String name) {
        return saas.database(name);
    }

    private Databases databases() {
        return fixture.storage.databases(saas.servers().get(new ServerId(1)));
    }

    private Tenant outsidePlans(String name) {
        return saas.tenants()
                .create(CreateTenant.outsidePlans(name, new Administrator("boss", "secret"))
                        .build())
                .tenant();
    }

    @Test
    void keepsItsIdentityOnRename() {
        String session = saas.access().openSession("shop", 2);
        CreatedTenant other = saas.tenants()
                .create(CreateTenant.onPlan(shop.planId())
                        .owner(shop.ownerId())
                        .name("other")
                        .build());

        Tenant renamed = saas.tenants().rename(id, "store.example.com");

        assertThat(renamed).isEqualTo(shop.toBuilder().name("store.example.com").build());
        assertThat(inside("store.example.com").tenant()).isEqualTo(renamed);
        assertRefusal(() -> inside("shop")).isEqualTo(ErrorCodes.DATABASE_UNKNOWN);
        assertThat(saas.access().findSession(session))
                .hasValueSatisfying(found -> assertThat(found.database()).isEqualTo("store.example.com"));
        fixture.clock.advance(Duration.ofDays(30));
        assertThat(saas.tenants().rename(other.tenant().id(), "shop").name())
                .as("the old name is free")
                .isEqualTo("shop");
        Story.letsIn(saas, "shop", saas.access().issue(other.tenant().id()));
    }

    @Test
    void reservesItsOldNameAndMayTakeItBack() {
        saas.tenants().rename(id, "store");
        assertRefusal(() -> outsidePlans("shop")).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);

        assertThat(saas.tenants().rename(id, "shop").name()).isEqualTo("shop");
        assertRefusal(() -> outsidePlans("store")).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        fixture.clock.advance(Duration.ofDays(30));
        assertThat(outsidePlans("store").name()).isEqualTo("store");

        Tenant lone = outsidePlans("lone");
        saas.tenants().rename(lone.id(), "only");
        assertThat(outsidePlans("lone").name())
                .as("outside any plan names are free at once")
                .isEqualTo("lone");
    }

    @Test
    void reservesItsOldNameAsLongAsBeforeIfItCannotTakeItBack() {
        saas.tenants().rename(id, "store");
        fixture.clock.advance(Duration.ofDays(29));
        fixture.backend.once("before rename", () -> {
            throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
        });
        assertRefusal(() -> saas.tenants().rename(id, "shop")).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);

        assertThat(saas.tenants().get(id).name()).isEqualTo("store");
        assertRefusal(() -> outsidePlans("shop")).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        fixture.clock.advance(Duration.ofDays(1));
        assertThat(outsidePlans("shop").name()).isEqualTo("shop");
    }

    @Test
    void doesNothingIfRenamedToItsOwnName() {
        assertThat(saas.tenants().rename(id, "shop")).isEqualTo(shop);
        assertThat(saas.operations().count(Filter.equal(Operation.TENANT_ID, id)))
                .isEqualTo(1);
    }

    @Test
    void refusesTakenReservedAndForeignNames() {
        fixture.tenant("other");
        Tenant gone = fixture.tenant("gone");
        saas.tenants().delete(gone.id());
        fixture.storage.putForeign("foreign");

        for (String name : new String[] {"other", "gone", "foreign"}) {
            assertRefusal(() -> saas.tenants().rename(id, name)).as(name).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        }
        assertRefusal(() -> saas.tenants().rename(gone.id(), "x")).isEqualTo(ErrorCodes.TENANT_STATE);
        assertRefusal(() -> saas.tenants().rename(new TenantId(99), "x")).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(saas.tenants().get(id)).isEqualTo(shop);
        assertThat(saas.tenants().rename(id, "free").name()).isEqualTo("free");
    }

    @Test
    void reservesBothNamesAndIsBusyDuringARename() {
        fixture.backend.once("before rename", () -> {
            for (String name : new String[] {"shop", "store"}) {
                assertRefusal(() -> outsidePlans(name)).as(name).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
            }
            assertRefusal(() -> saas.tenants().delete(id)).isEqualTo(ErrorCodes.TENANT_BUSY);
            assertRefusal(() -> saas.tenants().suspend(id)).isEqualTo(ErrorCodes.TENANT_BUSY);
            assertRefusal(() -> saas.tenants().rename(id, "x")).isEqualTo(ErrorCodes.TENANT_BUSY);
            assertRefusal(() -> saas.tenants()
                            .duplicate(DuplicateTenant.builder(id).name("copy").build()))
                    .isEqualTo(ErrorCodes.TENANT_BUSY);
            assertRefusal(() -> saas.configuration()
                            .apply(id, ConfigurationChange.builder().build()))
                    .isEqualTo(ErrorCodes.TENANT_BUSY);
        });
        assertThat(saas.tenants().rename(id, "store").name()).isEqualTo("store");
    }

    @Test
    void copiesMembersAndParametersUnderANewIdentity() {
        inside("shop")
                .members()
                .create(NewMember.builder("worker", "Worker").password("secret").build());
        saas.configuration()
                .apply(
                        id,
                        ConfigurationChange.builder()
                                .parameter("greeting", "hello")
                                .build());
        Customer company = saas.customers().create("Company", null);
        fixture.clock.advance(Duration.ofDays(1));

        CreatedTenant copy = saas.tenants()
                .duplicate(DuplicateTenant.builder(id)
                        .name("copy")
                        .customer(company.id())
                        .expirationHours(24)
                        .build());

        assertThat(copy.tenant().uuid()).isNotEqualTo(shop.uuid());
        assertThat(copy.tenant().customerId()).isEqualTo(company.id());
        assertThat(copy.tenant().planId()).isEqualTo(shop.planId());
        assertThat(copy.tenant().createdAt()).isEqualTo(fixture.clock.instant());
        assertThat(copy.tenant().expiresAt()).isEqualTo(fixture.clock.instant().plus(Duration.ofDays(1)));
        assertThat(inside("copy").members().authenticate("worker", "secret", null))
                .isPresent();
        assertThat(inside("copy").parameters().value("greeting")).contains("hello");
        assertThat(inside("copy").parameters().value(Parameter.DATABASE_UUID))
                .contains(copy.tenant().uuid().toString());
        Story.letsIn(saas, "copy", copy.signInLink());
        inside("copy").members().create(NewMember.builder("second", "Second").build());
        assertThat(inside("shop").members().list(Query.where(Filter.equal(Member.LOGIN, "second"))))
                .as("they are independent from now on")
                .isEmpty();
    }

    @Test
    void closesTheDatabaseBeforeItStoresTheSuspensionInside() {
        fixture.backend.watch(passed -> {
            if (passed.equals("before transact")) {
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
            }
        });
        assertRefusal(() -> saas.tenants().suspend(id)).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);

        fixture.backend.unwatch();
        assertThat(fixture.storage.isOpen("shop")).isFalse();
        assertThat(saas.operations().recover()).isEqualTo(1);
    }

    @Test
    void copiesASuspendedTenantIntoAnOpenOne() {
        saas.tenants().suspend(id);
        assertThat(saas.tenants()
                        .duplicate(DuplicateTenant.builder(id).name("copy").build())
                        .tenant()
                        .state())
                .isEqualTo(TenantState.OPEN);
        assertThat(saas.tenants()
                        .duplicate(DuplicateTenant.builder(id).build())
                        .tenant()
                        .name())
                .as("from its plan")
                .isEqualTo("client-001.example.com");
        assertRefusal(() -> saas.tenants()
                        .duplicate(DuplicateTenant.builder(id)
                                .server(new ServerId(2))
                                .build()))
                .isEqualTo(ErrorCodes.SERVER_NONE);
        assertRefusal(() -> saas.tenants()
                        .duplicate(DuplicateTenant.builder(id)
                                .customer(new CustomerId(99))
                                .build()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> saas.tenants()
                        .duplicate(DuplicateTenant.builder(id)
                                .expirationHours(Integer.MAX_VALUE)
                                .build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> saas.tenants()
                        .duplicate(
                                DuplicateTenant.builder(id).expirationHours(-1).build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> saas.tenants()
                        .duplicate(DuplicateTenant.builder(new TenantId(99)).build()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        saas.tenants().delete(id);
        assertRefusal(() -> saas.tenants().duplicate(DuplicateTenant.builder(id).build()))
                .isEqualTo(ErrorCodes.TENANT_STATE);
        Tenant lone = outsidePlans("lone");
        assertRefusal(() -> saas.tenants()
                        .duplicate(DuplicateTenant.builder(lone.id()).build()))
                .isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
    }

    @Test
    void leavesATombstoneWhenItIsDeletedForGood() {
        String session = saas.access().openSession("shop", 2);
        String token = saas.access().issue(id).token();
        fixture.clock.advance(Duration.ofMinutes(1));

        Tenant deleted = saas.tenants().delete(id);

        assertThat(deleted)
                .isEqualTo(shop.toBuilder()
                        .state(TenantState.DELETED)
                        .deletedAt(fixture.clock.instant())
                        .build());
        assertThat(fixture.row(id).nextSyncAt()).isNull();
        assertThat(saas.tenants().delete(id))
                .as("a second deletion does nothing")
                .isEqualTo(deleted);
        assertThat(saas.tenants().findByName("shop")).isEmpty();
        assertThat(saas.tenants().databaseNames()).containsExactly("portal.localhost");
        assertThat(saas.access().redeem("shop", token)).isEmpty();
        assertThat(saas.access().findSession(session)).isEmpty();
        assertRefusal(() -> inside("shop")).isEqualTo(ErrorCodes.DATABASE_UNKNOWN);
        assertRefusal(() -> saas.access().issue(id)).isEqualTo(ErrorCodes.TENANT_STATE);
        assertRefusal(() -> saas.tenants().suspend(id)).isEqualTo(ErrorCodes.TENANT_STATE);
        assertRefusal(() -> saas.tenants().sync(id)).isEqualTo(ErrorCodes.TENANT_STATE);
        assertRefusal(() -> saas.configuration()
                        .apply(id, ConfigurationChange.builder().build()))
                .isEqualTo(ErrorCodes.TENANT_STATE);
        assertRefusal(() -> saas.tenants().delete(new TenantId(99))).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void reservesADeletedNameForThirtyDays() {
        saas.tenants().delete(id);
        fixture.clock.advance(Duration.ofDays(30).minusNanos(1000));
        assertRefusal(() -> outsidePlans("shop")).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        fixture.clock.advance(Duration.ofNanos(1000));
        Tenant lone = outsidePlans("shop");
        assertThat(saas.tenants().findByName("shop")).contains(lone);

        saas.tenants().delete(lone.id());
        assertThat(outsidePlans("shop").uuid()).isNotEqualTo(lone.uuid());
        assertThat(saas.tenants().count(Filter.equal(Tenant.NAME, "shop")))
                .as("tombstones keep the name")
                .isEqualTo(3);
    }

    @Test
    void freesADeletedNameAtOnceIfTheCoolDownIsZero() {
        Saas hasty =
                fixture.builder(fixture.backend).nameRetention(Duration.ZERO).open();
        hasty.tenants().delete(id);
        assertThat(hasty.tenants()
                        .create(CreateTenant.onPlan(shop.planId())
                                .owner(shop.ownerId())
                                .name("shop")
                                .build())
                        .tenant()
                        .name())
                .isEqualTo("shop");
    }

    @Test
    void canBeSuspendedAndResumedRepeatedly() {
        String session = saas.access().openSession("shop", 2);
        String token = saas.access().issue(id).token();

        assertThat(saas.tenants().suspend(id).state()).isEqualTo(TenantState.SUSPENDED);
        assertThat(saas.tenants().suspend(id).state()).isEqualTo(TenantState.SUSPENDED);
        assertThat(inside("shop").parameters().value(Parameter.SUSPENDED)).contains("1");
        assertThat(saas.access().redeem("shop", token)).isEmpty();
        assertThat(saas.access().findSession(session)).isEmpty();
        assertRefusal(() -> saas.access().issue(id)).isEqualTo(ErrorCodes.TENANT_STATE);
        assertThat(saas.tenants().databaseNames()).contains("shop");

        assertThat(saas.tenants().resume(id).state()).isEqualTo(TenantState.OPEN);
        assertThat(saas.tenants().resume(id)).isEqualTo(shop);
        assertThat(saas.access().findSession(session))
                .describedAs("signed-in users must sign in again")
                .isEmpty();
        assertThat(saas.access().redeem("shop", token)).isPresent();
        assertThat(saas.events()
                        .list(Query.where(Filter.equal(Event.TENANT_ID, id)).orderBy(Event.ID)))
                .extracting(Event::type)
                .as("a change without effect is no event")
                .containsOnlyOnce(EventType.TENANT_SUSPENDED, EventType.TENANT_RESUMED);
    }

    @Test
    void updatesLimitsBlockingExpiryAndCustomerInsideToo() {
        Customer company = saas.customers().create("Company", null);
        Instant expiry = Instant.parse("2027-01-01T00:00:00.123456Z");

        List<UnaryOperator<Tenant.Builder>> others = List.of(
                each -> each.state(TenantState.DELETED),
                each -> each.planId(new PlanId(9)),
                each -> each.ownerId(new UserId(9)),
                each -> each.usersCount(99),
                each -> each.databaseSizeBytes(99),
                each -> each.lang("fr_FR"),
                each -> each.tz("Europe/Paris"),
                each -> each.suspendedFor(List.of("whim")),
                each -> each.syncedAt(Instant.EPOCH));
        for (UnaryOperator<Tenant.Builder> other : others) {
            assertRefusal(() -> saas.tenants()
                            .update(
                                    id,
                                    each -> other.apply(each.toBuilder().maxUsers(3))
                                            .build()))
                    .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        }

        Tenant changed = saas.tenants()
                .update(
                        id,
                        each -> each.toBuilder()
                                .customerId(company.id())
                                .trial(true)
                                .expiresAt(expiry)
                                .maxUsers(3)
                                .storageLimitMb(7)
                                .blockOnExpiration(true)
                                .blockOnStorageExceed(true)
                                .build());

        assertThat(changed)
                .isEqualTo(shop.toBuilder()
                        .customerId(company.id())
                        .trial(true)
                        .expiresAt(expiry)
                        .maxUsers(3)
                        .storageLimitMb(7)
                        .blockOnExpiration(true)
                        .blockOnStorageExceed(true)
                        .build());
        assertThat(fixture.row(id).nextCheckAt()).isEqualTo(expiry.minus(Duration.ofDays(2)));
        assertThat(inside("shop").parameters().value(Parameter.MAX_USERS)).contains("3");
        assertThat(inside("shop").parameters().value(Parameter.STORAGE_LIMIT_MB))
                .contains("7");
        assertThat(inside("shop").parameters().value(Parameter.EXPIRATION)).contains("2027-01-01 00:00:00");
        assertThat(saas.tenants().sync(id).expiresAt())
                .as("the read value is as exact as the written one")
                .isEqualTo(expiry);
    }

    @Test
    void refusesNegativeLimitsAndMissingCustomers() {
        assertRefusal(() -> saas.tenants()
                        .update(id, each -> each.toBuilder().maxUsers(-1).build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> saas.tenants()
                        .update(id, each -> each.toBuilder().storageLimitMb(-1).build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> saas.tenants()
                        .update(
                                id,
                                each -> each.toBuilder()
                                        .customerId(new CustomerId(99))
                                        .build()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(saas.tenants().get(id)).isEqualTo(shop);
        assertThat(saas.tenants().sendParameters(id)).isEqualTo(shop);
    }

    @Test
    void readsMembersAndSizes() {
        inside("shop").members().create(NewMember.builder("worker", "Worker").build());
        inside("shop")
                .members()
                .create(NewMember.builder("guest", "Guest").share(true).build());
        Member idle = inside("shop")
                .members()
                .create(NewMember.builder("idle", "Idle").build());
        inside("shop")
                .members()
                .update(idle.id(), each -> each.toBuilder().active(false).build());
        saas.tenants().update(id, each -> each.toBuilder().storageLimitMb(1).build());
        fixture.storage.setSize("shop", 2_000_000);

        Tenant synced = saas.tenants().sync(id);

        assertThat(synced.usersCount()).isEqualTo(2);
        assertThat(synced.databaseSizeBytes()).isEqualTo(2_000_000);
        assertThat(synced.storageExceeded()).isTrue();
        assertThat(saas.tenants().get(id)).isEqualTo(synced);
    }

    /** What a restore of the tenant database from a backup, or a failover of its server, leaves inside. */
    private void restoreInside(String maxUsers, String storage, String expiry, String suspended) {
        databases().transact(new DatabaseRef(shop.name(), shop.uuid()), tx -> {
            ParameterRows.set(tx, Parameter.MAX_USERS, maxUsers, true);
            ParameterRows.set(tx, Parameter.STORAGE_LIMIT_MB, storage, true);
            ParameterRows.set(tx, Parameter.EXPIRATION, expiry, true);
            ParameterRows.set(tx, Parameter.SUSPENDED, suspended, true);
            return null;
        });
    }

    private void assertTold() {
        assertThat(inside("shop").parameters().value(Parameter.MAX_USERS)).contains("12");
        assertThat(inside("shop").parameters().value(Parameter.STORAGE_LIMIT_MB))
                .contains("34");
        assertThat(inside("shop").parameters().value(Parameter.EXPIRATION)).contains("2027-01-01 00:00:00");
        assertThat(inside("shop").parameters().value(Parameter.SUSPENDED)).contains("0");
    }

    private Tenant extended() {
        return saas.tenants()
                .update(
                        id,
                        each -> each.toBuilder()
                                .maxUsers(12)
                                .storageLimitMb(34)
                                .expiresAt(Instant.parse("2027-01-01T00:00:00.5Z"))
                                .build());
    }

    @Test
    void tellsARestoredDatabaseAgainWhatTheCatalogKnows() {
        Tenant extended = extended();
        for (List<String> old : List.of(
                List.of("3", "4", "2026-03-01 00:00:00", "1"),
                List.of("", "", "", ""),
                List.of("many", "-1", "tomorrow", "yes"))) {
            restoreInside(old.get(0), old.get(1), old.get(2), old.get(3));

            Tenant synced = saas.tenants().sync(id);

            assertThat(synced.maxUsers()).isEqualTo(12);
            assertThat(synced.storageLimitMb()).isEqualTo(34);
            assertThat(synced.expiresAt()).isEqualTo(extended.expiresAt());
            assertThat(synced.state()).isEqualTo(TenantState.OPEN);
            assertTold();
        }
        long operations = saas.operations().count(Filter.all());
        saas.tenants().sync(id);
        assertThat(saas.operations().count(Filter.all()))
                .as("nothing differs any more")
                .isEqualTo(operations);
    }

    @Test
    void configuresARestoredDatabaseWithoutTakingItsOldLimits() {
        Tenant extended = extended();
        restoreInside("3", "4", "2026-03-01 00:00:00", "1");

        saas.configuration()
                .apply(
                        id,
                        ConfigurationChange.builder().parameter("some", "value").build());

        Tenant configured = saas.tenants().get(id);
        assertThat(configured.maxUsers()).isEqualTo(12);
        assertThat(configured.expiresAt()).isEqualTo(extended.expiresAt());
        assertThat(configured.state()).isEqualTo(TenantState.OPEN);
        assertTold();
    }

    @Test
    void readsARestoredDatabaseWhileAnOperationWorksOnIt() {
        extended();
        restoreInside("3", "4", "2026-03-01 00:00:00", "1");
        fixture.backend.once(
                "before transact",
                () -> assertThat(saas.tenants().sync(id).maxUsers()).isEqualTo(12));
        saas.tenants().resume(id);
        assertTold();
    }

    @Test
    void doesNotRestoreOldLimitsReadBeforeAChange() {
        for (String step : new String[] {"before size", "before transact", "after transact"}) {
            saas.tenants().update(id, each -> each.toBuilder().maxUsers(5).build());
            fixture.backend.once(
                    step,
                    () -> saas.tenants()
                            .update(id, each -> each.toBuilder().maxUsers(10).build()));
            assertThat(saas.tenants().sync(id).maxUsers()).as(step).isEqualTo(10);
            assertThat(inside("shop").parameters().value(Parameter.MAX_USERS)).contains("10");
        }
    }

    @Test
    void doesNotRestoreOldLimitsReadDuringAChange() {
        saas.tenants().update(id, each -> each.toBuilder().maxUsers(5).build());
        fixture.backend.once("before transact", () -> saas.tenants().sync(id));
        Tenant changed =
                saas.tenants().update(id, each -> each.toBuilder().maxUsers(10).build());
        assertThat(changed.maxUsers()).isEqualTo(10);
    }

    @Test
    void ignoresASyncThatFinishesAfterItsDeletion() {
        fixture.backend.once("after size", () -> saas.tenants().delete(id));
        assertRefusal(() -> saas.tenants().sync(id)).isIn(ErrorCodes.TENANT_STATE, ErrorCodes.DATABASE_UNKNOWN);
        assertThat(saas.tenants().get(id).databaseSizeBytes()).isZero();
    }

    @Test
    void canBeSuspendedAndDeletedIfItsDatabaseWasRemovedByHand() {
        databases().drop(new DatabaseRef(shop.name(), shop.uuid()));
        assertRefusal(() -> saas.tenants().suspend(id)).isEqualTo(ErrorCodes.DATABASE_UNKNOWN);
        assertRefusal(() -> saas.configuration()
                        .apply(id, ConfigurationChange.builder().build()))
                .isEqualTo(ErrorCodes.DATABASE_UNKNOWN);
        assertRefusal(() -> saas.tenants().sync(id)).isEqualTo(ErrorCodes.DATABASE_UNKNOWN);
        assertThat(saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .isZero();

        assertThat(saas.tenants().delete(id).state()).isEqualTo(TenantState.DELETED);
    }

    @Test
    void leavesAForeignDatabaseOfItsNameAlone() {
        databases().rename(new DatabaseRef(shop.name(), shop.uuid()), "moved-away");
        fixture.storage.putForeign("shop");
        assertRefusal(() -> saas.tenants().suspend(id)).isEqualTo(ErrorCodes.DATABASE_FOREIGN);

        assertThat(saas.tenants().delete(id).state()).isEqualTo(TenantState.DELETED);

        assertThat(databases().exists("shop")).isTrue();
        assertThat(databases().exists("moved-away")).isFalse();
    }

    @Test
    void isBusyWhileAnotherOperationRunsAndFreeAfterItFails() {
        fixture.backend.once("before transact", () -> {
            SaasException busy = Refusals.refusal(() -> saas.tenants().rename(id, "other"));
            assertThat(busy.code()).isEqualTo(ErrorCodes.TENANT_BUSY);
            assertThat(busy.retryable()).isTrue();
            throw new IllegalStateException("broken");
        });
        assertThatThrownBy(() -> saas.tenants().suspend(id)).isInstanceOf(IllegalStateException.class);
        assertRefusal(() -> saas.tenants().rename(id, "other")).isEqualTo(ErrorCodes.TENANT_BUSY);

        assertThat(saas.operations().recover())
                .as("at once, because no node works on it any more")
                .isEqualTo(1);

        assertThat(saas.tenants().get(id).state()).isEqualTo(TenantState.SUSPENDED);
        assertThat(saas.tenants().delete(id).state()).isEqualTo(TenantState.DELETED);
    }
}
