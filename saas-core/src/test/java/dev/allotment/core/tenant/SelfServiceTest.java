// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.tenant;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allotment.AddonStatus;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.PlanSwitch;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SelfService;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.NewMember;
import dev.allotment.core.Fixture;
import dev.allotment.core.RecordingSchema;
import dev.allotment.core.Refusals;
import dev.allotment.core.Story;
import dev.allotment.core.TestAddon;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SelfServiceTest {
    private final Fixture fixture = new Fixture(TestAddon.of("sale"));
    private final Saas host = fixture.saas;
    private final User user = fixture.signUp("client@example.com");
    private final User stranger = fixture.signUp("stranger@example.com");
    private final Plan unpublished = fixture.plan(Plan.builder("Internal").dbNameTemplate("internal-%i.example.com"));
    private final Plan trial = fixture.plan(Plan.builder("Trial")
            .dbNameTemplate("client-%i.example.com")
            .published(true)
            .sequence(2)
            .trialHours(48)
            .maxTrialDatabasesPerCustomer(2));
    private final Plan free = fixture.plan(Plan.builder("Free").published(true).sequence(1));
    private final SelfService own = host.actingAs(user.id(), "192.0.2.7").selfService();
    private final SelfService others = host.actingAs(stranger.id()).selfService();

    @AfterEach
    void close() {
        fixture.close();
    }

    private Tenant started(SelfService who, Plan plan, String label) {
        Operation begun = who.start(plan.id(), label, null);
        host.maintenance().run();
        Operation ended = who.operation(begun.id());
        assertThat(ended.state()).isEqualTo(OperationState.DONE);
        return host.tenants().get(ended.tenantId());
    }

    @Test
    void offersThePublishedPlansInOrder() {
        assertThat(own.offers()).containsExactly(free, trial);
    }

    @Test
    void startsATenantAndShowsItsProgress() {
        Operation begun = own.start(trial.id(), "my-shop", "key");
        assertThat(own.operation(begun.id()).state()).isEqualTo(OperationState.RUNNING);
        assertThat(own.start(trial.id(), "my-shop", "key").id()).isEqualTo(begun.id());

        host.maintenance().run();

        Operation ended = own.operation(begun.id());
        assertThat(ended.state()).isEqualTo(OperationState.DONE);
        Tenant made = host.tenants().get(ended.tenantId());
        assertThat(made.name()).isEqualTo("my-shop.example.com");
        assertThat(made.ownerId()).isEqualTo(user.id());
        assertThat(made.customerId()).isEqualTo(user.customerId());
        assertThat(made.trial()).isTrue();
        assertThat(made.expiresAt()).isEqualTo(fixture.clock.instant().plus(Duration.ofDays(2)));
        Story.letsIn(host, made.name(), host.actingAs(user.id()).access().issue(made.id()));
        assertThat(host.events().list(Query.all()))
                .filteredOn(event -> made.id().equals(event.tenantId()))
                .extracting(Event::actor, Event::clientAddress)
                .contains(org.assertj.core.api.Assertions.tuple(user.login(), "192.0.2.7"));
    }

    @Test
    void generatesANameIfNoneIsChosen() {
        assertThat(started(own, trial, null).name()).isEqualTo("client-001.example.com");
        assertThat(started(own, free, "plain").name()).isEqualTo("plain");
        assertThat(host.tenants().findByName("plain").orElseThrow().trial()).isFalse();
    }

    @Test
    void enforcesThePlansLimits() {
        started(own, trial, "first");
        started(own, trial, "second");
        assertRefusal(() -> own.start(trial.id(), "third", null)).isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
        started(others, trial, "third");
    }

    @Test
    void checksANameBeforeTheStart() {
        own.checkName(trial.id(), "shop");
        Tenant shop = started(others, trial, "shop");
        assertRefusal(() -> own.checkName(trial.id(), "shop")).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        assertRefusal(() -> own.start(trial.id(), "shop", null)).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        others.delete(shop.id());
        assertRefusal(() -> own.checkName(trial.id(), "shop"))
                .as("during the cool-down")
                .isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        assertRefusal(() -> own.checkName(unpublished.id(), "shop")).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ab",
                "-ab",
                "ab-",
                "Shop",
                "shop.example.org",
                "sh op",
                "sh\nop",
                "www",
                "login",
                "auth",
                "sso",
                "accounts",
                "secure",
                "billing",
                "support",
                "help",
                "status",
                "admin",
                "mail",
                "api",
                "postmaster",
                "wpad",
                "shöp",
                "a/b",
                "x\"; drop database y; --",
                "a123456789012345678901234567890123456789012345678901234567890123"
            })
    void refusesReservedAndMisleadingNames(String label) {
        assertRefusal(() -> own.checkName(trial.id(), label)).isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
        assertRefusal(() -> own.start(trial.id(), label, null)).isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
        Tenant mine = host.tenants()
                .create(CreateTenant.onPlan(free).name("mine").owner(user).build())
                .tenant();
        assertRefusal(() -> own.rename(mine.id(), label)).isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
    }

    @Test
    void saysWhatIsWrongWithAName() {
        assertThat(Refusals.refusal(() -> own.checkName(trial.id(), "ab")))
                .hasMessage("A name has at least 3 characters; found \"ab\".");
        assertThat(Refusals.refusal(() -> own.checkName(trial.id(), "a".repeat(70))))
                .hasMessage("A name has at most 63 characters; found 70.");
        assertThat(Refusals.refusal(() -> own.checkName(trial.id(), "My Shop!")))
                .hasMessageEndingWith("found \"My Shop!\". Try \"my-shop\".");
        assertThat(Refusals.refusal(() -> own.checkName(trial.id(), "Müller & Söhne")))
                .hasMessageEndingWith("Try \"mueller-soehne\".");
        assertThat(Refusals.refusal(() -> own.checkName(trial.id(), "---"))).hasMessageEndingWith("found \"---\".");
        assertThat(Refusals.refusal(() -> own.checkName(trial.id(), "www")))
                .hasMessage("The name \"www\" is reserved for the provider. Choose another one.");
    }

    @Test
    void hidesWhatAnAdministratorHides() {
        Tenant shop = started(own, trial, "shop");
        Operation begun = host.async()
                .configure(
                        shop.id(),
                        ConfigurationChange.builder()
                                .hiddenParameter("key", "a secret")
                                .build());

        assertThat(own.operation(begun.id()).state()).isEqualTo(OperationState.RUNNING);
        assertThat(own.operation(begun.id()).toString()).doesNotContain("secret");
    }

    @Test
    void renamesAndDeletesItsOwnTenants() {
        Tenant shop = started(own, trial, "shop");
        assertThat(own.rename(shop.id(), "store").name()).isEqualTo("store.example.com");
        assertThat(own.delete(shop.id()).state()).isEqualTo(TenantState.DELETED);
    }

    @Test
    void restoresWhatTheOwnerDeletedAndNothingElse() {
        host.parameters().set(Parameter.RETENTION_DAYS, "7");
        Tenant shop = started(own, trial, "shop");
        Tenant other = started(own, trial, "other");
        own.delete(shop.id());
        host.tenants().delete(other.id());

        assertThat(own.restorable()).extracting(Tenant::name).containsExactly("shop.example.com");
        assertThat(others.restorable()).isEmpty();
        assertRefusal(() -> others.restore(shop.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> own.restore(other.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        started(own, trial, "second");
        Tenant third = started(own, trial, "third");
        assertRefusal(() -> own.restore(shop.id()))
                .as("others have taken the places of the plan")
                .isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
        own.delete(third.id());

        assertThat(own.restore(shop.id()).state()).isEqualTo(TenantState.OPEN);
        assertThat(own.restorable()).extracting(Tenant::name).containsExactly("third.example.com");
        assertThat(host.events()
                        .list(Query.where(Filter.and(
                                Filter.equal(Event.TENANT_ID, shop.id()),
                                Filter.equal(Event.TYPE, EventType.TENANT_RESTORED)))))
                .singleElement()
                .extracting(Event::actor, Event::clientAddress)
                .containsExactly(user.login(), "192.0.2.7");
        assertRefusal(() -> own.restore(shop.id()))
                .as("the tenant is open again")
                .isEqualTo(ErrorCodes.TENANT_STATE);
    }

    @Test
    void migratesNothingThatTheOwnerMayNotRestore() {
        host.parameters().set(Parameter.RETENTION_DAYS, "7");
        Tenant suspended = started(own, trial, "suspended");
        host.tenants().suspend(suspended.id());
        Tenant deleted = started(own, trial, "deleted");
        host.tenants().delete(deleted.id());
        List<String> done = new ArrayList<>();
        Saas node = fixture.builder(RecordingSchema.withLogins(fixture.storage))
                .node("node-b")
                .tenantSchema(new RecordingSchema(done))
                .open();
        SelfService there = node.actingAs(user.id()).selfService();

        assertRefusal(() -> there.restore(deleted.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> there.restore(suspended.id())).isEqualTo(ErrorCodes.TENANT_STATE);

        assertThat(done).isEmpty();
        node.close();
    }

    @Test
    void restoresByTheAccountThatDeletedNotByItsLogin() {
        host.parameters().set(Parameter.RETENTION_DAYS, "7");
        User admin = fixture.administrator("boss");
        Tenant shop = started(own, trial, "shop");
        Tenant other = started(own, trial, "other");
        own.delete(shop.id());
        host.actingAs(admin.id()).tenants().delete(other.id());
        host.accounts().update(user.id(), each -> each.toBuilder().login("new").build());
        SelfService renamed = host.actingAs(user.id()).selfService();
        assertThat(renamed.restorable()).extracting(Tenant::id).containsExactly(shop.id());
        assertThat(renamed.restore(shop.id()).state()).isEqualTo(TenantState.OPEN);

        host.accounts()
                .update(admin.id(), each -> each.toBuilder().login("former").build());
        host.accounts().update(user.id(), each -> each.toBuilder().login("boss").build());
        SelfService namesake = host.actingAs(user.id()).selfService();
        assertThat(namesake.restorable()).isEmpty();
        assertRefusal(() -> namesake.restore(other.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }

    @Test
    void listsTheRestorableTenantsThatAreRemovedFirst() {
        host.parameters().set(Parameter.RETENTION_DAYS, "7");
        Tenant late = started(own, free, "late");
        own.delete(late.id());
        Tenant early = started(own, free, "early");
        own.delete(early.id());
        own.restore(early.id());
        host.parameters().set(Parameter.RETENTION_DAYS, "1");
        own.delete(early.id());
        assertThat(own.restorable()).extracting(Tenant::id).containsExactly(early.id(), late.id());

        StoredTenant row = fixture.row(early.id());
        fixture.storage.catalog().transact(tx -> {
            for (int i = 0; i < 99; i++) {
                tx.records(RecordTypes.TENANTS)
                        .insert(row.toBuilder()
                                .uuid(UUID.randomUUID())
                                .name("other-" + i)
                                .build());
            }
            return null;
        });
        assertThat(own.restorable()).extracting(Tenant::id).containsExactly(early.id());

        own.restore(early.id());
        host.tenants().delete(early.id());
        assertThat(own.restorable())
                .as("the last deletion counts")
                .extracting(Tenant::id)
                .doesNotContain(early.id());
        assertRefusal(() -> own.restore(early.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void doesNotRestoreWhatAnAdministratorDeletesMeanwhile(int transactions) {
        host.parameters().set(Parameter.RETENTION_DAYS, "7");
        Tenant shop = started(own, trial, "shop");
        own.delete(shop.id());
        AtomicInteger passed = new AtomicInteger();
        AtomicBoolean deleted = new AtomicBoolean();
        fixture.backend.watch(step -> {
            if (step.equals("after catalog")
                    && passed.incrementAndGet() == transactions
                    && fixture.row(shop.id()).state() == TenantState.RETAINED) {
                host.tenants().restore(shop.id());
                host.tenants().delete(shop.id());
                deleted.set(true);
            }
        });
        Throwable refused = catchThrowable(() -> own.restore(shop.id()));
        fixture.backend.unwatch();
        assertThat(refused != null)
                .as("refused if the administrator's deletion came first")
                .isEqualTo(deleted.get());
        assertThat(fixture.row(shop.id()).state()).isEqualTo(deleted.get() ? TenantState.RETAINED : TenantState.OPEN);
    }

    @Test
    void movesATenantToAnotherPublishedPlanAsPreviewed() {
        Tenant shop = started(own, trial, "shop");
        Plan large = fixture.plan(
                Plan.builder("Large").published(true).trialHours(1).maxUsers(50).graceDays(3));
        host.templates().build(large.id(), List.of("sale"));

        PlanSwitch seen = own.previewSwitch(shop.id(), large.id());
        assertThat(seen.addonsToInstall()).containsExactly("sale");
        assertThat(host.tenants().get(shop.id())).isEqualTo(shop);
        Operation begun = own.switchPlan(shop.id(), large.id(), seen.version(), List.of());
        assertThat(own.operation(begun.id()).state()).isEqualTo(OperationState.RUNNING);
        assertRefusal(() -> own.switchPlan(shop.id(), large.id(), seen.version(), List.of()))
                .as("a repeat")
                .isEqualTo(ErrorCodes.TENANT_BUSY);
        host.maintenance().run();

        assertThat(own.operation(begun.id()).state()).isEqualTo(OperationState.DONE);
        assertThat(host.tenants().get(shop.id())).satisfies(moved -> {
            assertThat(moved.planId()).isEqualTo(large.id());
            assertThat(moved.maxUsers()).isEqualTo(50);
            assertThat(moved.trial()).isTrue();
            assertThat(moved.expiresAt()).isEqualTo(shop.expiresAt());
        });
        assertThat(host.events().list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_PLAN_SWITCHED))))
                .extracting(Event::actor)
                .containsExactly(user.login());
    }

    @Test
    void movesNoTenantBeyondALimitOrToWhatItsOwnerHasNotSeen() {
        Tenant shop = started(own, trial, "shop");
        Plan small = fixture.plan(Plan.builder("Small").published(true).maxUsers(1));
        host.database(shop.name())
                .members()
                .create(NewMember.builder("second@example.com", "Second")
                        .password("some words")
                        .build());

        PlanSwitch full = own.previewSwitch(shop.id(), small.id());
        assertThat(full.exceeded()).hasSize(1);
        assertRefusal(() -> own.switchPlan(shop.id(), small.id(), 1, List.of()))
                .isEqualTo(ErrorCodes.PLAN_SWITCH_REFUSED);

        host.plans().update(small.id(), each -> each.toBuilder().maxUsers(2).build());
        assertRefusal(() -> own.switchPlan(shop.id(), small.id(), 1, List.of())).isEqualTo(ErrorCodes.RECORD_CHANGED);
        assertRefusal(() -> own.previewSwitch(shop.id(), unpublished.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> own.switchPlan(shop.id(), unpublished.id(), 1, List.of()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> others.previewSwitch(shop.id(), small.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> others.switchPlan(shop.id(), small.id(), 2, List.of()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(host.tenants().get(shop.id()).planId()).isEqualTo(trial.id());
    }

    @Test
    void removesTheAddonsThatTheOwnerHasSeenOnly() {
        host.templates().build(trial.id(), List.of("sale"));
        Tenant shop = started(own, trial, "shop");
        assertThat(own.previewSwitch(shop.id(), free.id()).addonsToRemove()).containsExactly("sale");
        assertRefusal(() -> own.switchPlan(shop.id(), free.id(), 1, List.of())).isEqualTo(ErrorCodes.RECORD_CHANGED);
        assertRefusal(() -> own.switchPlan(shop.id(), free.id(), 1, List.of("sale", "crm")))
                .isEqualTo(ErrorCodes.RECORD_CHANGED);

        own.switchPlan(shop.id(), free.id(), 1, List.of("sale"));
        host.maintenance().run();
        assertThat(host.tenants().get(shop.id()).planId()).isEqualTo(free.id());
        assertThat(host.database(shop.name()).addons().count(Filter.equal(AddonStatus.INSTALLED, true)))
                .isZero();
    }

    @Test
    void copiesAnOpenTenantWithinTheLimitsOfItsPlan() {
        Tenant shop = started(own, trial, "shop");

        Operation begun = own.duplicate(shop.id(), "copy", "key");
        assertThat(own.duplicate(shop.id(), "copy", "key").id()).isEqualTo(begun.id());
        host.maintenance().run();

        assertThat(own.operation(begun.id()).state()).isEqualTo(OperationState.DONE);
        Tenant copy = host.tenants().findByName("copy.example.com").orElseThrow();
        assertThat(copy.ownerId()).isEqualTo(user.id());
        assertThat(copy.expiresAt()).isEqualTo(shop.expiresAt());
        assertRefusal(() -> own.duplicate(shop.id(), "third", null)).isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
        own.delete(copy.id());
        own.preview(shop.id(), "look", 2, "another key");
        assertRefusal(() -> others.preview(shop.id(), "stolen", 2, null)).isEqualTo(ErrorCodes.RECORD_MISSING);
        host.maintenance().run();
        Tenant preview = host.tenants().findByName("look.example.com").orElseThrow();
        assertThat(preview.previewOf()).isEqualTo(shop.id());
        own.delete(preview.id());
        assertRefusal(() -> own.duplicate(shop.id(), "No Name", null)).isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
        assertRefusal(() -> others.duplicate(shop.id(), "stolen", null)).isEqualTo(ErrorCodes.RECORD_MISSING);
        host.tenants().suspend(shop.id());
        assertRefusal(() -> own.duplicate(shop.id(), "around", null)).isEqualTo(ErrorCodes.TENANT_STATE);
        host.tenants().resume(shop.id());
        host.plans()
                .update(trial.id(), each -> each.toBuilder().published(false).build());
        assertRefusal(() -> own.duplicate(shop.id(), "hidden", null)).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void aPreviewCopyExpiresNoLaterThanItsSource() {
        host.plans()
                .update(
                        trial.id(),
                        each -> each.toBuilder().maxTrialDatabasesPerCustomer(5).build());
        Tenant shop = started(own, trial, "shop");

        Tenant preview = preview(shop, "look", DuplicateTenant.MAX_PREVIEW_HOURS);
        assertThat(preview.expiresAt()).isEqualTo(shop.expiresAt());
        Tenant second = preview(preview, "closer-look", 1);
        assertThat(second.expiresAt()).isEqualTo(fixture.clock.instant().plus(Duration.ofHours(1)));
        fixture.clock.advance(Duration.ofMinutes(30));
        Tenant third = preview(second, "closest-look", 1);
        assertThat(third.expiresAt()).isEqualTo(second.expiresAt());

        fixture.clock.advance(Duration.ofMinutes(30));
        assertRefusal(() -> own.preview(second.id(), "late", 1, null)).isEqualTo(ErrorCodes.TENANT_STATE);
    }

    private Tenant preview(Tenant source, String label, int hours) {
        Operation begun = own.preview(source.id(), label, hours, null);
        host.maintenance().run();
        return host.tenants().get(own.operation(begun.id()).tenantId());
    }

    @Test
    void showsNothingThatBelongsToOthersOrIsNotPublished() {
        Operation begun = others.start(trial.id(), "theirs", null);
        host.maintenance().run();
        Tenant theirs = host.tenants().findByName("theirs.example.com").orElseThrow();

        assertRefusal(() -> own.operation(begun.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> own.rename(theirs.id(), "mine")).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> own.delete(theirs.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> own.start(unpublished.id(), "shop", null)).isEqualTo(ErrorCodes.RECORD_MISSING);
        // The owner of a customer acts on all its tenants. Their owner does not act on those of another customer.
        host.tenants()
                .update(
                        theirs.id(),
                        each -> each.toBuilder().customerId(user.customerId()).build());
        assertRefusal(() -> others.delete(theirs.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(host.tenants().get(theirs.id()).state()).isEqualTo(TenantState.OPEN);
        own.delete(theirs.id());
        assertThat(host.tenants().get(theirs.id()).state()).isEqualTo(TenantState.DELETED);
    }

    @Test
    void isNotAvailableToTheEmbedder() {
        assertRefusal(host::selfService).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(List.of(own.offers().size(), others.offers().size())).containsOnly(2);
    }
}
