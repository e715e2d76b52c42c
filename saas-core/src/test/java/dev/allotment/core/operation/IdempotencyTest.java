// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.CreatedTenant;
import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.core.Concurrently;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.Result;
import dev.allotment.core.Story;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IdempotencyTest {
    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final Plan plan = fixture.plan();
    private final User owner = fixture.signUp("owner@example.com");
    private final CreateTenant wish =
            CreateTenant.onPlan(plan).owner(owner).idempotencyKey("key").build();

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    @Test
    void returnsTheFirstResultWithANewTokenForARepeatedKey() {
        CreatedTenant first = saas.tenants().create(wish);
        CreatedTenant second = saas.tenants().create(wish);

        assertThat(second.tenant()).isEqualTo(first.tenant());
        assertThat(second.operation()).isEqualTo(first.operation());
        assertThat(Objects.requireNonNull(second.signInLink()).token())
                .isNotEqualTo(Objects.requireNonNull(first.signInLink()).token());
        Story.letsIn(saas, first.tenant().name(), first.signInLink());
        Story.letsIn(saas, first.tenant().name(), second.signInLink());
        assertThat(saas.tenants().count(Filter.all())).isEqualTo(1);
    }

    @Test
    void refusesAnotherRequestWithTheSameKey() {
        saas.tenants().create(wish);
        for (CreateTenant other : List.of(
                wish.toBuilder().name("other").build(),
                wish.toBuilder().trial(true).build(),
                wish.toBuilder().notifyOwner(false).build(),
                wish.toBuilder().lang("de_DE").build())) {
            assertRefusal(() -> saas.tenants().create(other)).isEqualTo(ErrorCodes.IDEMPOTENCY_MISMATCH);
        }
        assertRefusal(() -> saas.tenants()
                        .duplicate(DuplicateTenant.builder(new TenantId(1))
                                .idempotencyKey("key")
                                .build()))
                .isEqualTo(ErrorCodes.IDEMPOTENCY_MISMATCH);
        assertThat(saas.tenants().count(Filter.all())).isEqualTo(1);
    }

    @Test
    void separatesTheKeysOfDifferentUsers() {
        User boss = fixture.administrator("boss");
        CreatedTenant first = saas.actingAs(Fixture.ADMINISTRATOR).tenants().create(wish);
        CreatedTenant second = saas.actingAs(boss.id()).tenants().create(wish);
        CreatedTenant third = saas.tenants().create(wish);
        assertThat(List.of(
                        first.tenant().id(),
                        second.tenant().id(),
                        third.tenant().id()))
                .doesNotHaveDuplicates();
    }

    @Test
    void createsOneDatabaseForEightEqualRequestsAtOnce() {
        List<Result<CreatedTenant>> results =
                Concurrently.run(8, number -> saas.tenants().create(wish));

        assertThat(results).filteredOn(Result::succeeded).isNotEmpty();
        assertThat(results)
                .filteredOn(result -> !result.succeeded())
                .extracting(Result::code)
                .allMatch(ErrorCodes.OPERATION_IN_PROGRESS::equals);
        assertThat(saas.tenants().count(Filter.all())).isEqualTo(1);
    }

    @Test
    void asksTheCallerToRepeatWhileTheFirstRequestRuns() {
        fixture.backend.once("before create", () -> {
            SaasException refusal = refusal(() -> saas.tenants().create(wish));
            assertThat(refusal.code()).isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);
            assertThat(refusal.retryable()).isTrue();
        });
        assertThat(saas.tenants().create(wish).tenant().state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void allowsARetryAfterAFailureEvenWithAnotherBody() {
        fixture.storage.putForeign("shop");
        assertRefusal(() -> saas.tenants().create(wish.toBuilder().name("shop").build()))
                .isEqualTo(ErrorCodes.TENANT_NAME_TAKEN);
        assertRefusal(() ->
                        saas.tenants().create(wish.toBuilder().name("no name").build()))
                .isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
        fixture.backend.once("before create", () -> {
            throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
        });
        assertRefusal(() -> saas.tenants().create(wish)).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);

        assertThat(saas.tenants()
                        .create(wish.toBuilder().name("store").build())
                        .tenant()
                        .name())
                .isEqualTo("store");
    }

    @Test
    void returnsWhatBecameOfTheFirstResult() {
        CreatedTenant first = saas.tenants().create(wish);
        saas.tenants().suspend(first.tenant().id());
        CreatedTenant second = saas.tenants().create(wish);
        assertThat(second.tenant().state()).isEqualTo(TenantState.SUSPENDED);
        assertThat(second.signInLink()).isNull();
        saas.tenants().delete(first.tenant().id());

        assertThat(saas.tenants().create(wish).tenant().state()).isEqualTo(TenantState.DELETED);
    }

    @Test
    void createsOneCopyPerKey() {
        CreatedTenant source = saas.tenants().create(wish);
        DuplicateTenant copy = DuplicateTenant.builder(source.tenant().id())
                .idempotencyKey("copy")
                .build();
        CreatedTenant first = saas.tenants().duplicate(copy);
        assertThat(saas.tenants().duplicate(copy).tenant()).isEqualTo(first.tenant());
        assertRefusal(() ->
                        saas.tenants().duplicate(copy.toBuilder().name("other").build()))
                .isEqualTo(ErrorCodes.IDEMPOTENCY_MISMATCH);
        assertThat(saas.tenants().count(Filter.all())).isEqualTo(2);
    }

    @Test
    void createsOnePlanPerKeyAndRecordsItsNumber() {
        Plan wanted = Plan.builder("Gold").maxUsers(5).build();
        Plan first = saas.plans().create(wanted, "gold");
        saas.plans()
                .update(first.id(), present -> present.toBuilder().maxUsers(6).build());

        assertThat(saas.plans().create(wanted, "gold"))
                .isEqualTo(saas.plans().get(first.id()))
                .extracting(Plan::maxUsers)
                .isEqualTo(6);
        assertThat(saas.plans().count(Filter.equal(Plan.NAME, "Gold"))).isEqualTo(1);
        assertRefusal(() -> saas.plans().create(wanted.toBuilder().maxUsers(7).build(), "gold"))
                .isEqualTo(ErrorCodes.IDEMPOTENCY_MISMATCH);
        assertRefusal(() -> saas.tenants()
                        .create(wish.toBuilder().idempotencyKey("gold").build()))
                .isEqualTo(ErrorCodes.IDEMPOTENCY_MISMATCH);
        assertThat(saas.operations().list(Query.where(Filter.equal(Operation.KIND, OperationKind.CREATE_PLAN))))
                .singleElement()
                .satisfies(operation -> {
                    assertThat(operation.state()).isEqualTo(OperationState.DONE);
                    assertThat(operation.result())
                            .isEqualTo(Map.of("plan", first.id().toString()));
                });
        assertThat(saas.operations().recover()).isZero();

        saas.plans().delete(first.id());
        assertRefusal(() -> saas.plans().create(wanted, "gold")).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void createsOneCustomerPerKey() {
        Customer acme = new Customer(new CustomerId(0), "Acme", "acme@example.com", false, Instant.EPOCH, Map.of());
        Customer first = saas.customers().create(acme, "acme");

        assertThat(first.active()).isFalse();
        saas.customers()
                .update(first.id(), each -> each.toBuilder().active(true).build());

        assertThat(saas.customers().create(acme, "acme"))
                .isEqualTo(first.toBuilder().active(true).build());
        assertThat(saas.customers().count(Filter.equal(Customer.NAME, "Acme"))).isEqualTo(1);
        assertRefusal(() ->
                        saas.customers().create(acme.toBuilder().active(true).build(), "acme"))
                .isEqualTo(ErrorCodes.IDEMPOTENCY_MISMATCH);
        assertRefusal(() -> saas.customers().create(acme.toBuilder().email(null).build(), "acme"))
                .isEqualTo(ErrorCodes.IDEMPOTENCY_MISMATCH);
        assertRefusal(() -> saas.plans().create(Plan.builder("Acme").build(), "acme"))
                .isEqualTo(ErrorCodes.IDEMPOTENCY_MISMATCH);

        saas.customers().delete(first.id());
        assertRefusal(() -> saas.customers().create(acme, "acme")).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void forgetsTheKeyOfAnInvalidPlan() {
        assertRefusal(() -> saas.plans().create(Plan.builder(" ").build(), "gold"))
                .isEqualTo(ErrorCodes.PLAN_INVALID);
        assertThat(saas.plans().create(Plan.builder("Gold").build(), "gold").name())
                .isEqualTo("Gold");
        assertRefusal(() -> saas.plans().create(Plan.builder("Gold").build(), " "))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
    }

    @Test
    void createsOnePlanForEightEqualRequestsAtOnce() {
        Plan wanted = Plan.builder("Gold").build();
        assertThat(Concurrently.run(8, number -> saas.plans().create(wanted, "gold")))
                .allMatch(Result::succeeded)
                .extracting(result -> Objects.requireNonNull(result.value()).id())
                .containsOnly(saas.plans()
                        .list(Query.where(Filter.equal(Plan.NAME, "Gold")))
                        .get(0)
                        .id());
        assertThat(saas.plans().count(Filter.equal(Plan.NAME, "Gold"))).isEqualTo(1);
    }

    @Test
    void recognisesARequestDespiteItsRehashedPassword() {
        CreateTenant lone = CreateTenant.outsidePlans("lone", new Administrator("boss", "secret"))
                .idempotencyKey("lone")
                .build();
        assertThat(saas.tenants().create(lone).tenant())
                .isEqualTo(saas.tenants().create(lone).tenant());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\nb", "\ud800"})
    void requiresAPrintableKeyOfAtMost255Characters(String key) {
        assertRefusal(() -> saas.tenants()
                        .create(wish.toBuilder().idempotencyKey(key).build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> saas.tenants()
                        .create(wish.toBuilder().idempotencyKey("k".repeat(256)).build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertThat(saas.tenants()
                        .create(wish.toBuilder().idempotencyKey("k".repeat(255)).build())
                        .tenant()
                        .state())
                .isEqualTo(TenantState.OPEN);
    }
}
