// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.tenant;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SelfService;
import dev.allotment.SignUp;
import dev.allotment.SuspendTenant;
import dev.allotment.SwitchPlan;
import dev.allotment.Template;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Group;
import dev.allotment.access.Member;
import dev.allotment.access.TenantDatabase;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.TestAddon;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.hook.SaasListener;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TenantTimelineTest {
    private static Tenant trial(Fixture fixture, int hours) {
        Plan plan = fixture.saas
                .plans()
                .create(Plan.builder("Trial")
                        .dbNameTemplate("trial-%i.example.com")
                        .trialHours(hours)
                        .build());
        User owner = fixture.signUp("owner@example.com");
        return fixture.saas
                .tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).trial(true).build())
                .tenant();
    }

    private static List<EventType> told(Saas saas, TenantId tenant) {
        return saas.events().list(Query.where(Filter.equal(Event.TENANT_ID, tenant))).stream()
                .map(Event::type)
                .filter(each -> each != EventType.USAGE_CLOSED)
                .toList();
    }

    @Test
    void announcesSuspendsResumesAndFinallyRemovesATrial() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            saas.parameters().set(MainParameters.DELETE_TRIALS_AFTER, "30");
            Tenant tenant = trial(fixture, 7 * 24);
            assertThat(saas.maintenance().run()).isZero();

            fixture.clock.advance(Duration.ofDays(5));
            saas.maintenance().run();
            saas.maintenance().run();
            assertThat(told(saas, tenant.id())).containsExactly(EventType.TENANT_CREATED, EventType.TENANT_EXPIRING);
            assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.OPEN);

            fixture.clock.advance(Duration.ofDays(2));
            saas.maintenance().run();
            Tenant suspended = saas.tenants().get(tenant.id());
            assertThat(suspended.state()).isEqualTo(TenantState.SUSPENDED);
            assertThat(suspended.suspendedFor()).containsExactly(SuspensionSchedule.EXPIRED);
            assertThat(saas.database(tenant.name()).parameters().value(Parameter.SUSPENDED))
                    .contains("1");

            Instant later = fixture.clock.instant().plus(Duration.ofDays(10));
            saas.tenants().extend(tenant.id(), later, "paid");
            saas.maintenance().run();
            assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.OPEN);
            assertThat(saas.database(tenant.name()).parameters().value(Parameter.SUSPENDED))
                    .contains("0");

            fixture.clock.advance(Duration.ofDays(41));
            saas.maintenance().run();
            saas.maintenance().run();
            assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.DELETED);
            assertThat(saas.maintenance().run()).isZero();
        }
    }

    @Test
    void allowsExtendingATrialThatIsRestoredLongAfterItExpired() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            saas.parameters().set(MainParameters.DELETE_TRIALS_AFTER, "3");
            saas.parameters().set(Parameter.RETENTION_DAYS, "30");
            Tenant tenant = trial(fixture, 24);
            Instant end = Objects.requireNonNull(tenant.expiresAt());
            fixture.clock.advance(Duration.ofDays(2));
            saas.maintenance().run();
            saas.tenants().delete(tenant.id());
            saas.tenants().restore(tenant.id());
            assertThat(saas.tenants().get(tenant.id()).expiresAt())
                    .as("there is enough time")
                    .isEqualTo(end);
            fixture.clock.advance(Duration.ofDays(2));
            saas.maintenance().run();
            assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.RETAINED);

            fixture.clock.advance(Duration.ofDays(10));
            Instant restoredAt = fixture.clock.instant();
            saas.tenants().restore(tenant.id());
            fixture.clock.advance(Duration.ofDays(3).minusNanos(1000));
            saas.maintenance().run();

            Tenant restored = saas.tenants().get(tenant.id());
            assertThat(restored.state()).isEqualTo(TenantState.SUSPENDED);
            assertThat(restored.suspendedFor()).containsExactly(SuspensionSchedule.EXPIRED);
            assertThat(restored.expiresAt()).isEqualTo(restoredAt);
            assertThat(told(saas, tenant.id())).endsWith(EventType.TENANT_EXTENDED, EventType.TENANT_RESTORED);
            fixture.clock.advance(Duration.ofNanos(1000));
            saas.maintenance().run();
            assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.RETAINED);

            saas.tenants().restore(tenant.id());
            saas.tenants().extend(tenant.id(), restoredAt.plus(Duration.ofDays(99)), "paid");
            saas.maintenance().run();
            assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.OPEN);
        }
    }

    @Test
    void doesNotAnnounceAnExpiryThatHasPassed() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            Tenant tenant = trial(fixture, 7 * 24);
            fixture.clock.advance(Duration.ofDays(8));
            saas.maintenance().run();
            saas.tenants().extend(tenant.id(), fixture.clock.instant().minusSeconds(1), "a slip of the pen");
            saas.maintenance().run();
            assertThat(told(saas, tenant.id()))
                    .containsExactly(EventType.TENANT_CREATED, EventType.TENANT_SUSPENDED, EventType.TENANT_EXTENDED);

            saas.tenants().extend(tenant.id(), fixture.clock.instant().plusSeconds(60), "a minute more");
            saas.maintenance().run();
            assertThat(told(saas, tenant.id())).contains(EventType.TENANT_EXPIRING);
        }
    }

    @Test
    void supportsExpiryUpToTheEndOf9999WithGraceDays() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            saas.parameters().set(Parameter.NOTIFY_IN_ADVANCE, "0");
            Plan patient =
                    fixture.plan(Plan.builder("Patient").blockOnExpiration(true).graceDays(30));
            Tenant tenant = fixture.tenant();
            Instant last = Instant.parse("9999-12-31T23:59:59Z");

            saas.tenants().extend(tenant.id(), last, "for ever");
            saas.tenants()
                    .switchPlan(SwitchPlan.builder(tenant.id(), patient.id()).build());
            assertThat(fixture.row(tenant.id()).nextCheckAt()).isNull();
            saas.tenants().extend(tenant.id(), null, "for ever");
            saas.tenants().extend(tenant.id(), last, "for ever");
            saas.tenants().extend(tenant.id(), null, "for ever");
            saas.configuration()
                    .apply(
                            tenant.id(),
                            ConfigurationChange.builder()
                                    .parameter(Parameter.EXPIRATION, "9999-12-31 23:59:59")
                                    .build());
            assertThat(saas.tenants().get(tenant.id()).expiresAt()).isEqualTo(last);

            for (Instant never : List.of(Instant.MIN, last.plusSeconds(1), Instant.MAX)) {
                assertRefusal(() -> saas.tenants().extend(tenant.id(), never, "for ever"))
                        .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
            }
        }
    }

    @Test
    void keepsEverySuspensionCauseIndependently() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            Tenant tenant = trial(fixture, 24);
            saas.tenants().suspend(tenant.id());
            fixture.clock.advance(Duration.ofDays(1));
            saas.maintenance().run();
            assertThat(saas.tenants().get(tenant.id()).suspendedFor())
                    .contains(SuspensionSchedule.MANUAL, SuspensionSchedule.EXPIRED);

            saas.tenants().resume(tenant.id());
            assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.SUSPENDED);

            saas.tenants().extend(tenant.id(), null, "paid");
            saas.maintenance().run();
            assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.OPEN);
        }
    }

    /** Returns the users with their groups and state, and the quotas that come from the plan. */
    private static List<String> inside(Saas saas, Tenant tenant) {
        TenantDatabase database = saas.database(tenant.name());
        List<String> seen = new ArrayList<>();
        for (Member member : database.members().list(Query.all().orderBy(Member.LOGIN))) {
            seen.add(member.login() + " " + member.name() + " " + member.email() + " " + member.active() + " "
                    + member.share() + " " + member.owner() + " " + member.lang() + " " + member.tz() + " "
                    + database.members().groups(member.id()).stream()
                            .map(Group::xmlId)
                            .sorted()
                            .toList());
        }
        database.parameters()
                .list(Query.all().orderBy(Parameter.KEY))
                .forEach(each -> seen.add(each.key() + " " + each.hidden()));
        return seen;
    }

    @ParameterizedTest
    @ValueSource(strings = {"owner@example.com", "admin"})
    void makesASpareEqualToAFreshCopyOfTheTemplate(String login) {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            Plan plan = saas.plans()
                    .create(Plan.builder("Shop")
                            .dbNameTemplate("shop-%i.example.com")
                            .maxUsers(5)
                            .build());
            saas.templates().build(plan.id(), List.of());
            User owner = login.equals("admin")
                    ? saas.accounts().get(Fixture.ADMINISTRATOR)
                    : fixture.signUp("owner@example.com");
            CreateTenant wish = CreateTenant.onPlan(plan.id()).owner(owner).build();
            Tenant copied = saas.tenants().create(wish).tenant();
            saas.plans().update(plan.id(), each -> each.toBuilder().spares(1).build());
            assertThat(saas.maintenance().run()).isEqualTo(1);
            saas.plans().update(plan.id(), each -> each.toBuilder().maxUsers(7).build());
            Tenant taken = saas.tenants().create(wish).tenant();

            assertThat(saas.templates().spares().claimed()).isEqualTo(1);
            assertThat(inside(saas, taken)).isEqualTo(inside(saas, copied));
            assertThat(saas.database(taken.name()).parameters().value(Parameter.MAX_USERS))
                    .contains("7");
            assertThat(saas.database(taken.name()).parameters().value(Parameter.DATABASE_UUID))
                    .contains(taken.uuid().toString());
        }
    }

    private static List<Map<String, String>> details(Saas saas, EventType type) {
        return saas.events().list(Query.where(Filter.equal(Event.TYPE, type)).orderBy(Event.ID)).stream()
                .map(Event::details)
                .toList();
    }

    @Test
    void recordsChangesFieldByFieldAndExtensionsSeparately() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            Tenant tenant = fixture.tenant();
            Instant until = Instant.parse("2026-05-01T00:00:00Z");
            saas.tenants().update(tenant.id(), each -> each);
            assertThat(details(saas, EventType.TENANT_CHANGED)).isEmpty();

            saas.tenants()
                    .update(
                            tenant.id(),
                            each -> each.toBuilder()
                                    .maxUsers(4)
                                    .blockOnExpiration(true)
                                    .expiresAt(until)
                                    .build());

            assertThat(details(saas, EventType.TENANT_CHANGED))
                    .containsExactly(Map.of(
                            "name",
                            tenant.name(),
                            "maxUsers.from",
                            "0",
                            "maxUsers.to",
                            "4",
                            "blockOnExpiration.from",
                            "false",
                            "blockOnExpiration.to",
                            "true"));
            assertThat(details(saas, EventType.TENANT_EXTENDED))
                    .containsExactly(
                            Map.of("from", "null", "to", until.toString(), "reason", "changed without a reason"));
        }
    }

    @Test
    void recordsExpiryAndSuspensionChangesOfAConfiguration() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            Tenant tenant = fixture.tenant();
            saas.configuration()
                    .apply(
                            tenant.id(),
                            ConfigurationChange.builder()
                                    .parameter(Parameter.EXPIRATION, "2026-05-01 00:00:00")
                                    .hiddenParameter(Parameter.SUSPENDED, "1")
                                    .build());
            saas.configuration()
                    .apply(
                            tenant.id(),
                            ConfigurationChange.builder()
                                    .parameter("any", "thing")
                                    .build());
            saas.configuration()
                    .apply(
                            tenant.id(),
                            ConfigurationChange.builder()
                                    .hiddenParameter(Parameter.SUSPENDED, "0")
                                    .build());

            Map<String, String> manual = Map.of("name", tenant.name(), "cause", SuspensionSchedule.MANUAL);
            assertThat(details(saas, EventType.TENANT_EXTENDED))
                    .containsExactly(
                            Map.of("from", "null", "to", "2026-05-01T00:00:00Z", "reason", "set by a configuration"));
            assertThat(details(saas, EventType.TENANT_SUSPENDED)).containsExactly(manual);
            assertThat(details(saas, EventType.TENANT_RESUMED)).containsExactly(manual);
        }
    }

    @Test
    void recordsWhyATenantIsSuspendedAndShowsItToTheOwnerIfWanted() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            Tenant tenant = trial(fixture, 24);
            SelfService own =
                    saas.actingAs(Objects.requireNonNull(tenant.ownerId())).selfService();
            SuspendTenant unpaid =
                    SuspendTenant.builder(tenant.id()).reason(" unpaid ").build();
            assertThat(own.suspensionReason(tenant.id())).isEmpty();

            saas.tenants().suspend(unpaid.toBuilder().notifyOwner(false).build());
            assertThat(own.suspensionReason(tenant.id())).as("internal").isEmpty();
            saas.tenants().suspend(unpaid);
            assertThat(own.suspensionReason(tenant.id()))
                    .as("the first one stays")
                    .isEmpty();
            saas.tenants().resume(tenant.id());
            saas.tenants().suspend(unpaid);
            assertThat(own.suspensionReason(tenant.id())).contains("unpaid");
            fixture.clock.advance(Duration.ofDays(1));
            saas.maintenance().run();
            assertThat(own.suspensionReason(tenant.id()))
                    .as("after it has expired, too")
                    .contains("unpaid");
            saas.tenants().resume(tenant.id());
            assertThat(own.suspensionReason(tenant.id())).isEmpty();

            assertThat(details(saas, EventType.TENANT_SUSPENDED))
                    .filteredOn(each -> each.containsKey("reason"))
                    .containsExactlyInAnyOrder(
                            Map.of("cause", "manual", "reason", "unpaid", "notify", "false"),
                            Map.of("cause", "manual", "reason", "unpaid"));
            assertRefusal(() -> saas.tenants()
                            .suspend(unpaid.toBuilder().reason("two\nlines").build()))
                    .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
            UserId stranger = fixture.signUp("stranger@example.com").id();
            assertRefusal(() -> saas.actingAs(stranger).selfService().suspensionReason(tenant.id()))
                    .isEqualTo(ErrorCodes.RECORD_MISSING);
            assertRefusal(() -> saas.actingAs(Objects.requireNonNull(tenant.ownerId()))
                            .tenants()
                            .suspend(unpaid))
                    .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        }
    }

    @Test
    void keepsATenantSuspendedForAnotherCauseWhenItIsConfigured() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            Tenant trial = trial(fixture, 24);
            saas.tenants().suspend(trial.id());
            fixture.clock.advance(Duration.ofDays(1));
            saas.maintenance().run();
            ConfigurationChange open = ConfigurationChange.builder()
                    .hiddenParameter(Parameter.SUSPENDED, "0")
                    .build();

            Tenant still = saas.configuration().apply(trial.id(), open).tenant();

            assertThat(still.suspendedFor()).containsExactly(SuspensionSchedule.EXPIRED);
            assertThat(still.state()).isEqualTo(TenantState.SUSPENDED);
            assertThat(fixture.storage.isOpen(trial.name())).isFalse();
            assertThat(saas.database(trial.name()).parameters().value(Parameter.SUSPENDED))
                    .contains("1");
            Tenant paid = saas.configuration()
                    .apply(
                            trial.id(),
                            ConfigurationChange.builder()
                                    .hiddenParameter(Parameter.SUSPENDED, "0")
                                    .parameter(Parameter.EXPIRATION, "2027-01-01 00:00:00")
                                    .build())
                    .tenant();
            assertThat(paid.state()).isEqualTo(TenantState.OPEN);
            assertThat(fixture.storage.isOpen(trial.name())).isTrue();
            assertThat(details(saas, EventType.TENANT_RESUMED))
                    .extracting(each -> each.get("cause"))
                    .containsExactly(SuspensionSchedule.MANUAL, SuspensionSchedule.EXPIRED);
        }
    }

    @Test
    void keepsACauseThatIsFoundDuringAConfiguration() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            Tenant tenant = trial(fixture, 24);
            saas.tenants().suspend(tenant.id());
            fixture.backend.once("after transact", () -> {
                fixture.clock.advance(Duration.ofHours(24));
                saas.maintenance().run();
            });

            saas.configuration()
                    .apply(
                            tenant.id(),
                            ConfigurationChange.builder()
                                    .parameter("key", "value")
                                    .build());
            fixture.backend.unwatch();
            saas.maintenance().run();

            assertThat(saas.tenants().get(tenant.id()).suspendedFor())
                    .containsExactly(SuspensionSchedule.MANUAL, SuspensionSchedule.EXPIRED);
            assertThat(told(saas, tenant.id()))
                    .filteredOn(type -> type != EventType.TENANT_EXPIRING)
                    .containsExactly(
                            EventType.TENANT_CREATED,
                            EventType.TENANT_SUSPENDED,
                            EventType.TENANT_SUSPENDED,
                            EventType.TENANT_CONFIGURED);
        }
    }

    @Test
    void keepsAConfiguredSuspensionAfterAnExtension() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            Tenant trial = trial(fixture, 24);
            fixture.clock.advance(Duration.ofDays(1));
            saas.maintenance().run();
            saas.configuration()
                    .apply(
                            trial.id(),
                            ConfigurationChange.builder()
                                    .hiddenParameter(Parameter.SUSPENDED, "1")
                                    .build());

            saas.tenants().extend(trial.id(), null, "paid");
            saas.maintenance().run();

            assertThat(saas.tenants().get(trial.id()).suspendedFor()).containsExactly(SuspensionSchedule.MANUAL);
        }
    }

    @Test
    void recordsAddonChangesMadeInsideATenantDatabaseAndTheirActor() {
        try (Fixture fixture =
                new Fixture(TestAddon.of("sale"), TestAddon.of("crm").needs("sale"))) {
            Saas saas = fixture.saas;
            Tenant tenant = fixture.tenant();
            saas.database(tenant.name()).addons().install(List.of("crm"));
            saas.database(tenant.name()).addons().install(List.of("crm"));
            saas.database(tenant.name()).actingAs(Member.ADMINISTRATOR).addons().uninstall(List.of("crm"));

            List<Event> told = saas.events()
                    .list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_CONFIGURED))
                            .orderBy(Event.ID));
            assertThat(told).extracting(Event::tenantId).containsExactly(tenant.id(), tenant.id());
            assertThat(told).extracting(Event::actor).containsExactly("host", "admin in " + tenant.name());
            assertThat(told)
                    .extracting(Event::details)
                    .containsExactly(
                            Map.of("install", "sale,crm", "update", "", "uninstall", ""),
                            Map.of("install", "", "update", "", "uninstall", "crm"));
        }
    }

    /** Such as one that a crash of the server, or a restored catalog, knows nothing of. */
    @Test
    void aSpareThatAnUnknownOperationHasFilledIsReplaced() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            Plan plan = saas.plans()
                    .create(Plan.builder("Shop")
                            .dbNameTemplate("shop-%i.example.com")
                            .spares(1)
                            .build());
            saas.templates().build(plan.id(), List.of());
            saas.maintenance().run();
            var databases =
                    fixture.backend.databases(saas.servers().list(Query.all()).get(0));
            DatabaseRef spare = databases.list().stream()
                    .filter(each -> each.name().startsWith("spare-"))
                    .findFirst()
                    .orElseThrow();
            databases.transact(spare, tx -> {
                Member placeholder = tx.records(RecordTypes.MEMBERS)
                        .list(Query.where(Filter.equal(Member.LOGIN, "__owner__")))
                        .get(0);
                tx.records(RecordTypes.MEMBERS)
                        .update(placeholder.toBuilder()
                                .login("eve@example.com")
                                .owner(true)
                                .build());
                return null;
            });

            Tenant tenant = saas.tenants()
                    .create(CreateTenant.onPlan(plan.id())
                            .owner(fixture.signUp("owner@example.com"))
                            .build())
                    .tenant();

            assertThat(tenant.uuid()).isNotEqualTo(spare.uuid());
            assertThat(databases.find(spare.uuid())).isNull();
            assertThat(saas.database(tenant.name()).members().list(Query.where(Filter.equal(Member.OWNER, true))))
                    .extracting(Member::login)
                    .containsExactly("owner@example.com");
        }
    }

    @Test
    void keepsSparesForAPlanAndGivesOneToANewTenant() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            Plan plan = saas.plans()
                    .create(Plan.builder("Shop")
                            .dbNameTemplate("shop-%i.example.com")
                            .spares(2)
                            .build());
            Template template = saas.templates().build(plan.id(), List.of());
            User owner = fixture.signUp("owner@example.com");
            assertThat(saas.maintenance().run()).isEqualTo(2);
            assertThat(saas.maintenance().run()).isZero();
            var databases =
                    fixture.backend.databases(saas.servers().list(Query.all()).get(0));
            List<String> stock = databases.list().stream()
                    .map(each -> each.name())
                    .filter(each -> each.startsWith("spare-"))
                    .toList();
            assertThat(stock).hasSize(2);

            Tenant tenant = saas.tenants()
                    .create(CreateTenant.onPlan(plan.id()).owner(owner).build())
                    .tenant();

            assertThat(databases.list())
                    .filteredOn(each -> each.name().startsWith("spare-"))
                    .hasSize(1);
            assertThat(databases.list())
                    .anyMatch(each -> each.name().equals("shop-001.example.com")
                            && each.uuid().equals(tenant.uuid()));
            assertThat(saas.maintenance().run()).isEqualTo(1);

            saas.templates().build(plan.id(), List.of());
            while (saas.maintenance().run() > 0) {
                assertThat(saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                        .isZero();
            }
            saas.templates().delete(template.id());
            assertThat(databases.list())
                    .filteredOn(each -> each.name().startsWith("spare-"))
                    .hasSize(2);
        }
    }

    @Test
    void deliversEveryEventOnceAndIsolatesFailingListeners() {
        List<EventType> good = new ArrayList<>();
        List<EventType> bad = new ArrayList<>();
        try (Fixture fixture = new Fixture();
                Saas saas = fixture.builder(fixture.backend)
                        .listener(listener("good", good, 0))
                        .listener(listener("bad", bad, 1))
                        .open()) {
            saas.accounts().signUp(SignUp.builder("a@example.com", "A", "pw").build());

            saas.maintenance().run();
            assertThat(good).containsExactly(EventType.SIGNED_UP);
            assertThat(bad).isEmpty();

            saas.maintenance().run();
            assertThat(bad).isEmpty();
            fixture.clock.advance(Duration.ofSeconds(31));
            saas.maintenance().run();
            assertThat(bad).containsExactly(EventType.SIGNED_UP);
            fixture.clock.advance(Duration.ofDays(1));
            assertThat(saas.maintenance().run()).isZero();
            assertThat(good).hasSize(1);
        }
    }

    private static SaasListener listener(String name, List<EventType> told, int failures) {
        return new SaasListener() {
            private int left = failures;

            @Override
            public String name() {
                return name;
            }

            @Override
            public void on(Event event) {
                if (left-- > 0) {
                    throw new IllegalStateException("not today");
                }
                told.add(event.type());
            }
        };
    }

    @Test
    void leavesATenantDeletedIfItIsDeletedDuringMaintenance() {
        try (Fixture fixture = new Fixture()) {
            Tenant tenant = trial(fixture, 24);
            fixture.clock.advance(Duration.ofDays(1));
            AtomicInteger transactions = new AtomicInteger();
            fixture.backend.watch(step -> {
                // After it was found to be due, and before it is processed.
                if (step.equals("before catalog") && transactions.incrementAndGet() == 3) {
                    fixture.saas.tenants().delete(tenant.id());
                }
            });

            fixture.saas.maintenance().run();

            assertThat(fixture.saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.DELETED);
            Consistency.check(fixture.storage);
        }
    }

    @Test
    void awaitsAnOperationNoLongerThanItTakesOrTheTimeoutSays() {
        try (Fixture fixture = new Fixture()) {
            fixture.tenant();
            Operation done = fixture.saas.operations().list(Query.all()).get(0);
            for (Duration timeout : List.of(
                    Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Long.MAX_VALUE), Duration.ofDays(400))) {
                assertThat(fixture.saas.operations().await(done.id(), timeout)).isEqualTo(done);
            }
        }
    }

    @Test
    void awaitsAndCancelsAnAsynchronousCreation() {
        try (Fixture fixture = new Fixture()) {
            Saas saas = fixture.saas;
            Plan plan = fixture.plan();
            User owner = fixture.signUp("owner@example.com");
            CreateTenant command = CreateTenant.onPlan(plan.id())
                    .owner(owner)
                    .idempotencyKey("k")
                    .build();

            Operation begun = saas.async().create(command);
            assertThat(begun.state()).isEqualTo(OperationState.RUNNING);
            assertThat(saas.async().create(command).id()).isEqualTo(begun.id());
            saas.maintenance().run();
            Operation done = saas.operations().await(begun.id(), Duration.ofSeconds(5));
            assertThat(done.state()).isEqualTo(OperationState.DONE);
            assertThat(done.percent()).isEqualTo(100);
            Tenant tenant = saas.tenants().get(Objects.requireNonNull(done.tenantId()));
            assertThat(tenant.state()).isEqualTo(TenantState.OPEN);
            assertThat(saas.access().issue(tenant.id()).url().toString()).contains(tenant.name());

            Operation second = saas.async()
                    .create(CreateTenant.onPlan(plan.id())
                            .owner(owner)
                            .name("b.example.com")
                            .build());
            saas.operations().cancel(second.id());
            saas.maintenance().run();
            assertThat(saas.operations().get(second.id()).state()).isEqualTo(OperationState.FAILED);
            assertThat(saas.tenants().findByName("b.example.com")).isEmpty();
            assertThat(saas.tenants()
                            .create(CreateTenant.onPlan(plan.id())
                                    .owner(owner)
                                    .name("b.example.com")
                                    .build())
                            .tenant()
                            .state())
                    .isEqualTo(TenantState.OPEN);
        }
    }
}
