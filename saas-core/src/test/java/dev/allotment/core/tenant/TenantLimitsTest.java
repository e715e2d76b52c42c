// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.tenant;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.Customer;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.core.Concurrently;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Result;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TenantLimitsTest {
    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final Plan plan = fixture.plan(Plan.builder("Three and one")
            .dbNameTemplate("client-%i")
            .trialHours(24)
            .maxDatabasesPerCustomer(3)
            .maxTrialDatabasesPerCustomer(1));
    private final User owner = fixture.signUp("owner@example.com");
    private final CreateTenant wish = CreateTenant.onPlan(plan).owner(owner).build();

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private Tenant make() {
        return saas.tenants().create(wish).tenant();
    }

    @Test
    void refusesTheTenantAfterTheLastPlace() {
        make();
        make();
        make();

        SaasException refusal = refusal(this::make);

        assertThat(refusal.code()).isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
        assertThat(refusal).hasMessage("Limit of databases for this plan is 3 reached");
        assertThat(refusal.details()).containsEntry("limit", "3");
        assertThat(saas.tenants().count(Filter.all())).isEqualTo(3);
    }

    @Test
    void countsTrialsSeparately() {
        saas.tenants().create(wish.toBuilder().trial(true).build());
        assertThat(refusal(
                        () -> saas.tenants().create(wish.toBuilder().trial(true).build())))
                .hasMessage("Limit of trial databases for this plan is 1 reached");
        make();
        make();
        make();
        assertRefusal(this::make).isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
    }

    @Test
    void countsSuspendedAndDraftTenantsButNoDeletedOnes() {
        saas.tenants().suspend(make().id());
        Tenant second = make();
        fixture.backend.once("before create", () -> {
            assertRefusal(this::make).as("one is a draft").isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
            saas.tenants().delete(second.id());
        });

        make();

        make();
        assertRefusal(this::make).isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
    }

    @Test
    void countsPerCustomerAndPlan() {
        make();
        make();
        make();
        User other = fixture.signUp("other@example.com");
        assertThat(saas.tenants()
                        .create(wish.toBuilder().owner(other).build())
                        .tenant()
                        .ownerId())
                .isEqualTo(other.id());
        Plan more = fixture.plan(Plan.builder("More").dbNameTemplate("more-%i"));
        assertThat(saas.tenants()
                        .create(CreateTenant.onPlan(more).owner(owner).build())
                        .tenant()
                        .planId())
                .isEqualTo(more.id());
        Customer company = saas.customers().create("Company", null);
        assertThat(saas.tenants()
                        .create(wish.toBuilder().customer(company.id()).build())
                        .tenant()
                        .customerId())
                .as("counted for the customer that gets the tenant")
                .isEqualTo(company.id());
        assertRefusal(() -> saas.tenants()
                        .create(wish.toBuilder()
                                .owner(other)
                                .customer(owner.customerId())
                                .build()))
                .isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
    }

    @Test
    void returnsThePlaceOfAFailedCreation() {
        fixture.storage.putForeign("taken");
        for (int i = 0; i < 5; i++) {
            assertRefusal(() ->
                            saas.tenants().create(wish.toBuilder().name("taken").build()))
                    .isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        }
        make();
        make();
        assertThat(make().state().live()).isTrue();
    }

    @Test
    void countsCopiesForTheirCustomer() {
        Tenant source = make();
        make();
        saas.tenants().duplicate(DuplicateTenant.builder(source.id()).build());
        assertRefusal(() -> saas.tenants()
                        .duplicate(DuplicateTenant.builder(source.id()).build()))
                .isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
        Customer company = saas.customers().create("Company", null);
        assertThat(saas.tenants()
                        .duplicate(DuplicateTenant.builder(source.id())
                                .customer(company.id())
                                .build())
                        .tenant()
                        .customerId())
                .isEqualTo(company.id());
    }

    @Test
    void countsConvertedTrialsAndTransferredTenants() {
        make();
        make();
        Tenant last = make();
        Tenant trial =
                saas.tenants().create(wish.toBuilder().trial(true).build()).tenant();
        User other = fixture.signUp("other@example.com");
        Tenant theirs =
                saas.tenants().create(wish.toBuilder().owner(other).build()).tenant();

        assertRefusal(() -> saas.tenants()
                        .update(
                                trial.id(),
                                each -> each.toBuilder().trial(false).build()))
                .isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
        assertRefusal(() -> saas.tenants()
                        .update(
                                theirs.id(),
                                each -> each.toBuilder()
                                        .customerId(owner.customerId())
                                        .build()))
                .isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
        assertRefusal(() -> saas.tenants()
                        .update(
                                theirs.id(),
                                each -> each.toBuilder().customerId(null).build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);

        assertRefusal(() -> saas.tenants()
                        .update(
                                theirs.id(),
                                each -> each.toBuilder().name("another").build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);

        saas.tenants().delete(last.id());
        assertThat(saas.tenants()
                        .update(
                                trial.id(),
                                each -> each.toBuilder().trial(false).build())
                        .trial())
                .isFalse();
        assertRefusal(this::make).isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
    }

    @Test
    void admitsThreeOfEightAtOnce() {
        List<Result<CreatedTenant>> results =
                Concurrently.run(8, number -> saas.tenants().create(wish));

        assertThat(results).filteredOn(Result::succeeded).hasSize(3);
        assertThat(results)
                .filteredOn(result -> !result.succeeded())
                .extracting(Result::code)
                .containsOnly(ErrorCodes.PLAN_LIMIT_REACHED);
        assertThat(saas.tenants().count(Filter.all())).isEqualTo(3);
    }

    @Test
    void generatesDifferentNumbersForEightAtOnce() {
        Plan free = fixture.plan(Plan.builder("Free").dbNameTemplate("free-%i"));
        List<Result<CreatedTenant>> results = Concurrently.run(
                8,
                number -> saas.tenants()
                        .create(CreateTenant.onPlan(free).owner(owner).build()));

        assertThat(results).allMatch(Result::succeeded);
        assertThat(results)
                .extracting(result -> result.value().tenant().name())
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("free-00[1-8]"));
    }

    @Test
    void givesOneNameToOneOfEight() {
        List<Result<CreatedTenant>> results = Concurrently.run(
                8, number -> saas.tenants().create(wish.toBuilder().name("shop").build()));

        assertThat(results).filteredOn(Result::succeeded).hasSize(1);
        assertThat(results)
                .filteredOn(result -> !result.succeeded())
                .extracting(Result::code)
                .containsOnly(ErrorCodes.TENANT_NAME_TAKEN);
    }
}
