// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.plan;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.allotment.AddonStatus;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.PlanSwitch;
import dev.allotment.PlanSwitch.Change;
import dev.allotment.PlanSwitch.Excess;
import dev.allotment.PlanVersion;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.access.NewMember;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.TestAddon;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PlanSwitchTest {
    private final Fixture fixture = new Fixture(
            TestAddon.of("sale").script("1.0", "create table sale_order (id int)"),
            TestAddon.of("stock").needs("sale"),
            TestAddon.of("crm").uninstall("drop table lead"),
            TestAddon.of("broken").script("1.0", "fail on purpose"));
    private final Saas saas = fixture.saas;
    private final User owner = fixture.signUp("owner@example.com");

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private Plan plan(String name, UnaryOperator<Plan.Builder> terms, String... addons) {
        Plan plan = fixture.plan(terms.apply(Plan.builder(name)));
        if (addons.length > 0) {
            saas.templates().build(plan.id(), List.of(addons));
        }
        return saas.plans().get(plan.id());
    }

    private Tenant tenant(Plan plan, String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant();
    }

    private List<String> installed(Tenant tenant) {
        return saas
                .database(saas.tenants().get(tenant.id()).name())
                .addons()
                .list(Query.where(Filter.equal(AddonStatus.INSTALLED, true)).orderBy(AddonStatus.NAME))
                .stream()
                .map(AddonStatus::name)
                .toList();
    }

    private Plan change(Plan plan, UnaryOperator<Plan.Builder> change) {
        return saas.plans()
                .update(plan.id(), each -> change.apply(each.toBuilder()).build());
    }

    @Test
    void keepsATenantMovableAfterItsTargetPlanWasDeleted() {
        Plan old = plan("Old", terms -> terms.graceDays(3));
        Plan other = plan("Other", terms -> terms.maxUsers(5));
        Tenant tenant = tenant(old, "shop");
        SwitchPlan move = new SwitchPlan(tenant.id(), other.id(), 0, false);
        fixture.backend.once("before configure", () -> {
            saas.plans().delete(old.id());
            throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
        });
        assertRefusal(() -> saas.tenants().switchPlan(move)).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        fixture.backend.unwatch();

        Instant end = fixture.clock.instant().plus(Duration.ofDays(1));
        saas.tenants()
                .update(
                        tenant.id(),
                        each -> each.toBuilder()
                                .blockOnExpiration(true)
                                .expiresAt(end)
                                .build());
        fixture.clock.advance(Duration.ofDays(1));
        saas.maintenance().run();
        assertThat(saas.tenants().get(tenant.id()).suspendedFor()).containsExactly(SuspensionSchedule.EXPIRED);

        assertThat(saas.tenants().switchPlan(move).planId()).isEqualTo(other.id());
    }

    @Test
    void createsAVersionForEachChangeOfTerms() {
        Plan plan = plan("Shop", terms -> terms.maxUsers(5).graceDays(3));
        assertThat(plan.version()).isEqualTo(1);
        fixture.clock.advance(Duration.ofDays(1));

        assertThat(change(plan, each -> each.name("Store").spares(2).sequence(1).summary("New"))
                        .version())
                .isEqualTo(1);
        assertThat(change(plan, each -> each.version(7).maxUsers(6)).version()).isEqualTo(2);
        assertThat(change(plan, each -> each.trialHours(24)).version()).isEqualTo(3);
        saas.templates().build(plan.id(), List.of("stock"));

        assertThat(saas.plans().get(plan.id()).version()).isEqualTo(4);
        assertThat(saas.plans().versions().list(Query.where(Filter.equal(PlanVersion.PLAN_ID, plan.id()))))
                .extracting(PlanVersion::number, PlanVersion::maxUsers, PlanVersion::trialHours, PlanVersion::addons)
                .containsExactly(
                        tuple(1, 5, 0, List.of()),
                        tuple(2, 6, 0, List.of()),
                        tuple(3, 6, 24, List.of()),
                        tuple(4, 6, 24, List.of("sale", "stock")));
        assertThat(saas.plans().version(plan.id(), 1).createdAt()).isEqualTo(plan.createdAt());
        assertThat(saas.plans().version(plan.id(), 2).createdAt()).isEqualTo(fixture.clock.instant());
        assertThat(saas.plans().version(plan.id(), 0).number()).isEqualTo(4);
        assertRefusal(() -> saas.plans().version(plan.id(), 5)).isEqualTo(ErrorCodes.RECORD_MISSING);
        saas.plans().delete(plan.id());
        assertThat(saas.plans().versions().count(Filter.all())).isZero();
    }

    @Test
    void keepsTheTermsOfEachVersionApart() {
        Plan plan = plan(
                "Shop",
                terms -> terms.graceDays(10)
                        .blockOnExpiration(true)
                        .maxDatabasesPerCustomer(3)
                        .maxTrialDatabasesPerCustomer(1));
        Tenant old = tenant(plan, "old");
        change(plan, each -> each.graceDays(1).maxDatabasesPerCustomer(1));
        saas.tenants().extend(old.id(), fixture.clock.instant().plus(Duration.ofDays(1)), "sold for a day");
        fixture.clock.advance(Duration.ofDays(3));
        saas.maintenance().run();

        assertThat(saas.tenants().get(old.id()).state()).as("ten days of grace").isEqualTo(TenantState.OPEN);
        assertThat(saas.tenants().get(old.id()).planVersion()).isEqualTo(1);
        assertRefusal(() -> tenant(plan, "another")).isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
        Tenant copy = saas.tenants()
                .duplicate(DuplicateTenant.builder(old.id()).name("copy").build())
                .tenant();
        assertThat(copy.planVersion()).as("a copy has the terms of its source").isEqualTo(1);
    }

    @Test
    void previewsASwitchWithoutDoingIt() {
        Plan small = plan("Small", terms -> terms.maxUsers(1).graceDays(2), "crm");
        Plan large = plan("Large", terms -> terms.maxUsers(9).blockOnExpiration(true), "stock");
        Tenant tenant = tenant(small, "shop");
        long operations = saas.operations().count(Filter.all());

        PlanSwitch preview = saas.tenants().previewSwitch(tenant.id(), large.id(), 0);

        assertThat(preview)
                .isEqualTo(new PlanSwitch(
                        large.id(),
                        2,
                        List.of(
                                new Change(
                                        "planId",
                                        small.id().toString(),
                                        large.id().toString()),
                                new Change("maxUsers", "1", "9"),
                                new Change("blockOnExpiration", "false", "true"),
                                new Change("graceDays", "2", "0")),
                        List.of(),
                        List.of("sale", "stock"),
                        List.of("crm")));
        assertThat(preview.needsForce()).isTrue();
        assertThat(saas.tenants().get(tenant.id())).isEqualTo(tenant);
        assertThat(installed(tenant)).containsExactly("crm");
        assertThat(saas.operations().count(Filter.all())).isEqualTo(operations);
        assertThat(saas.tenants().previewSwitch(tenant.id(), small.id(), 0).empty())
                .isTrue();
    }

    @Test
    void switchesLimitsAddonsAndCatalogTogether() {
        Plan small = plan("Small", terms -> terms.maxUsers(1), "crm");
        Plan large = plan("Large", terms -> terms.maxUsers(9).storageLimitMb(50), "stock");
        Tenant tenant = tenant(small, "shop");
        SwitchPlan command = SwitchPlan.builder(tenant.id(), large.id()).build();
        assertThat(refusal(() -> saas.tenants().switchPlan(command)))
                .hasMessageContainingAll("shop", "crm")
                .extracting("code")
                .isEqualTo(ErrorCodes.PLAN_SWITCH_REFUSED);

        Tenant moved = saas.tenants().switchPlan(command.toBuilder().force(true).build());

        assertThat(moved)
                .isEqualTo(tenant.toBuilder()
                        .planId(large.id())
                        .planVersion(2)
                        .maxUsers(9)
                        .storageLimitMb(50)
                        .build());
        assertThat(installed(tenant)).containsExactly("sale", "stock");
        assertThat(saas.database("shop").parameters().value(Parameter.MAX_USERS))
                .contains("9");
        Event event = saas.events()
                .list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_PLAN_SWITCHED)))
                .get(0);
        assertThat(event.tenantId()).isEqualTo(tenant.id());
        assertThat(event.details())
                .containsEntry("from", small.id() + "/2")
                .containsEntry("to", large.id() + "/2")
                .containsEntry("installed", "sale,stock")
                .containsEntry("removed", "crm")
                .containsEntry("forced", "true");
        long operations = saas.operations().count(Filter.all());
        assertThat(saas.tenants().switchPlan(command))
                .as("it already has the new plan")
                .isEqualTo(moved);
        assertThat(saas.operations().count(Filter.all())).isEqualTo(operations);
    }

    @Test
    void switchesVersionsAndDropsIndividualLimits() {
        Plan plan = plan("Shop", terms -> terms.maxUsers(5));
        Tenant tenant = tenant(plan, "shop");
        change(plan, each -> each.maxUsers(7));
        saas.tenants().update(tenant.id(), each -> each.toBuilder().maxUsers(99).build());

        assertThat(saas.tenants()
                        .switchPlan(SwitchPlan.builder(tenant.id(), plan.id()).build())
                        .maxUsers())
                .isEqualTo(7);
        Tenant back = saas.tenants()
                .switchPlan(
                        SwitchPlan.builder(tenant.id(), plan.id()).version(1).build());
        assertThat(back.maxUsers()).isEqualTo(5);
        assertThat(back.planVersion()).isEqualTo(1);
    }

    @Test
    void refusesASwitchToSmallerLimitsUnlessForced() {
        Plan large = plan("Large", terms -> terms);
        Plan small = plan("Small", terms -> terms.maxUsers(1).maxDatabasesPerCustomer(1));
        Tenant tenant = tenant(large, "shop");
        tenant(small, "other");
        saas.database("shop")
                .members()
                .create(NewMember.builder("second", "Second").build());

        PlanSwitch preview = saas.tenants().previewSwitch(tenant.id(), small.id(), 0);
        assertThat(preview.exceeded())
                .as("counted now, not at the last sync")
                .containsExactly(new Excess("maxUsers", 1, 2), new Excess("maxDatabasesPerCustomer", 1, 2));
        SwitchPlan command = SwitchPlan.builder(tenant.id(), small.id()).build();
        assertRefusal(() -> saas.tenants().switchPlan(command)).isEqualTo(ErrorCodes.PLAN_SWITCH_REFUSED);
        assertThat(saas.tenants().get(tenant.id()).planId()).isEqualTo(large.id());

        saas.tenants().switchPlan(command.toBuilder().force(true).build());

        assertRefusal(() -> saas.database("shop")
                        .members()
                        .create(NewMember.builder("third", "Third").build()))
                .isEqualTo(ErrorCodes.USER_LIMIT_REACHED);
        assertThat(saas.database("shop").members().authenticate("second", "x", null))
                .isEmpty();
        assertThat(saas.database("shop").members().count(Filter.equal(Member.LOGIN, "second")))
                .isEqualTo(1);
    }

    @Test
    void staysOnItsPlanIfAnAddonCannotBeInstalled() {
        Plan plan = plan("Shop", terms -> terms.maxUsers(5));
        Tenant tenant = tenant(plan, "shop");
        fixture.addons.removeIf(each -> each.name().equals("broken"));
        fixture.addons.add(TestAddon.of("broken"));
        saas.configuration()
                .apply(
                        tenant.id(),
                        ConfigurationChange.builder().refreshAddons().build());
        Plan other = plan("Other", terms -> terms.maxUsers(6), "broken");
        fixture.addons.removeIf(each -> each.name().equals("broken"));
        fixture.addons.add(TestAddon.of("broken").script("1.0", "fail on purpose"));
        saas.configuration()
                .apply(
                        tenant.id(),
                        ConfigurationChange.builder().refreshAddons().build());

        assertRefusal(() -> saas.tenants()
                        .switchPlan(SwitchPlan.builder(tenant.id(), other.id()).build()))
                .isEqualTo(ErrorCodes.ADDON_FAILED);

        assertThat(saas.tenants().get(tenant.id())).isEqualTo(tenant);
        assertThat(installed(tenant)).isEmpty();
        saas.tenants().suspend(tenant.id());
    }

    @Test
    void suspendsByTheGraceDaysOfThePlanItStaysOn() {
        Plan strict = plan("Strict", terms -> terms.blockOnExpiration(true));
        Plan patient = plan("Patient", terms -> terms.blockOnExpiration(true).graceDays(30));
        Tenant tenant = tenant(strict, "shop");
        saas.tenants().extend(tenant.id(), fixture.clock.instant().plus(Duration.ofDays(1)), "one day");
        fixture.backend.once("before configure", () -> {
            fixture.clock.advance(Duration.ofDays(2));
            saas.maintenance().run();
            throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
        });
        assertRefusal(() -> saas.tenants()
                        .switchPlan(
                                SwitchPlan.builder(tenant.id(), patient.id()).build()))
                .isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        fixture.backend.unwatch();
        assertThat(saas.tenants().get(tenant.id()).planId()).isEqualTo(strict.id());

        saas.maintenance().run();

        assertThat(saas.tenants().get(tenant.id()).suspendedFor()).containsExactly(SuspensionSchedule.EXPIRED);
    }

    @Test
    void keepsAnAddonThatAManuallyInstalledOneNeeds() {
        Plan with = plan("With", terms -> terms, "sale", "crm");
        Plan without = plan("Without", terms -> terms.maxUsers(3));
        Tenant tenant = tenant(with, "shop");
        saas.configuration()
                .apply(
                        tenant.id(),
                        ConfigurationChange.builder().install("stock").build());

        saas.tenants()
                .switchPlan(SwitchPlan.builder(tenant.id(), without.id())
                        .force(true)
                        .build());

        assertThat(installed(tenant)).containsExactly("sale", "stock");
    }

    @Test
    void refusesSwitchesOfDraftsDeletedTenantsAndMissingPlans() {
        Plan plan = plan("Shop", terms -> terms);
        Tenant tenant = tenant(plan, "shop");
        assertRefusal(() -> saas.tenants()
                        .switchPlan(
                                SwitchPlan.builder(tenant.id(), new PlanId(99)).build()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> saas.tenants().previewSwitch(tenant.id(), plan.id(), 9))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        Tenant lone = saas.tenants()
                .create(CreateTenant.outsidePlans("lone", new Administrator("boss", "secret"))
                        .build())
                .tenant();
        assertRefusal(() -> saas.tenants()
                        .switchPlan(SwitchPlan.builder(lone.id(), plan.id()).build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> saas.tenants().previewSwitch(lone.id(), plan.id(), 0))
                .as("a dry run reports what would be refused")
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        saas.tenants()
                .update(
                        lone.id(),
                        each -> each.toBuilder().customerId(owner.customerId()).build());
        assertThat(saas.tenants()
                        .switchPlan(SwitchPlan.builder(lone.id(), plan.id()).build())
                        .planVersion())
                .isEqualTo(1);
        saas.tenants().delete(tenant.id());
        assertRefusal(() -> saas.tenants()
                        .switchPlan(SwitchPlan.builder(tenant.id(), plan.id()).build()))
                .isEqualTo(ErrorCodes.TENANT_STATE);
        assertRefusal(() -> saas.tenants().previewSwitch(tenant.id(), plan.id(), 0))
                .isEqualTo(ErrorCodes.TENANT_STATE);
    }

    @Test
    void showsPortalUsersTheTermsOfTheirTenantsOnly() {
        Plan plan = plan("Shop", terms -> terms.maxUsers(5));
        Tenant tenant = tenant(plan, "shop");
        change(plan, each -> each.maxUsers(7));
        Plan other = plan("Other", terms -> terms);
        Saas own = saas.actingAs(owner.id());

        assertThat(own.plans().versions().list(Query.all()))
                .extracting(PlanVersion::planId, PlanVersion::number)
                .containsExactly(tuple(plan.id(), 1));
        assertRefusal(() -> own.plans().version(plan.id(), 2)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> own.plans().version(other.id(), 0)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(own.plans().version(plan.id(), 1).maxUsers()).isEqualTo(5);
        assertRefusal(() -> own.tenants().previewSwitch(tenant.id(), other.id(), 0))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.tenants()
                        .switchPlan(SwitchPlan.builder(tenant.id(), other.id())
                                .force(true)
                                .build()))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }

    @Test
    void letsOneTenantTakeTheLastPlaceOfAPlan() {
        Plan from = plan("From", terms -> terms);
        Plan to = plan("To", terms -> terms.maxDatabasesPerCustomer(1));
        Tenant tenant = tenant(from, "shop");
        fixture.backend.once(
                "before configure",
                () -> assertRefusal(() -> tenant(to, "fast")).isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED));

        saas.tenants().switchPlan(SwitchPlan.builder(tenant.id(), to.id()).build());

        assertThat(Objects.requireNonNull(saas.tenants().get(tenant.id()).planId()))
                .isEqualTo(to.id());
    }
}
