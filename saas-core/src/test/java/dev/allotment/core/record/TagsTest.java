// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.record;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.BatchResult;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TagsTest {
    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final User owner = fixture.signUp("owner@example.com");
    private final Plan tagged = fixture.plan(Plan.builder("Tagged").tags(List.of("vip", "eu", "vip")));
    private final Plan plain = fixture.plan(Plan.builder("Plain"));

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private Tenant tenant(Plan plan, String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant();
    }

    private List<String> names(Filter<Tenant> filter) {
        return saas.tenants().list(Query.where(filter)).stream()
                .map(Tenant::name)
                .toList();
    }

    @Test
    void copiesTagsFromThePlanToNewTenantsAndCopies() {
        assertThat(tagged.tags()).containsExactly("eu", "vip");
        Tenant one = tenant(tagged, "one");
        tenant(plain, "two");
        saas.plans()
                .update(
                        tagged.id(),
                        plan -> plan.toBuilder().tags(List.of("late")).build());
        Tenant three = tenant(tagged, "three");
        saas.tenants().duplicate(DuplicateTenant.builder(one.id()).name("copy").build());

        assertThat(one.tags()).containsExactly("eu", "vip");
        assertThat(three.tags()).containsExactly("late");
        assertThat(saas.plans().get(tagged.id()).version())
                .as("a tag does not belong to the plan")
                .isEqualTo(1);
        assertThat(names(Filter.tagged("vip"))).containsExactly("one", "copy");
        assertThat(saas.tenants()
                        .update(
                                one.id(),
                                each -> each.toBuilder().tags(List.of("b", "a")).build())
                        .tags())
                .containsExactly("a", "b");
        assertThat(names(Filter.tagged("vip"))).containsExactly("copy");
        assertThat(saas.plans().list(Query.where(Filter.tagged("late"))))
                .extracting(Plan::name)
                .containsExactly("Tagged");
    }

    @Test
    void comparesWholeTagsLetterByLetter() {
        saas.tenants()
                .update(
                        tenant(plain, "one").id(),
                        each -> each.toBuilder().tags(List.of("a_b", "abc")).build());
        assertThat(names(Filter.tagged("a_b"))).containsExactly("one");
        for (String other : List.of("a", "b", "ab", "a%", "aXb", "abc\",\"a_b", "a\\_b", "")) {
            assertThat(names(Filter.tagged(other))).as(other).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Vip",
                "no tag",
                "-x",
                "a\"b",
                "a,b",
                "\u00fc",
                "123456789012345678901234567890123456789012345678901"
            })
    void acceptsWordsOnly(String wrong) {
        Tenant tenant = tenant(plain, "one");
        assertRefusal(() -> saas.tenants()
                        .update(
                                tenant.id(),
                                each -> each.toBuilder().tags(List.of(wrong)).build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> fixture.plan(Plan.builder("Wrong").tags(List.of(wrong))))
                .isEqualTo(ErrorCodes.PLAN_INVALID);
    }

    @Test
    void aBatchContinuesAfterAnyException() {
        Tenant one = tenant(tagged, "one");
        Tenant two = tenant(tagged, "two");
        IllegalStateException failure = new IllegalStateException("a migration failed");

        BatchResult result = saas.tenants().batch(Filter.tagged("vip"), each -> {
            if (each.id().equals(one.id())) {
                throw failure;
            }
        });

        assertThat(result.done()).containsExactly(two.id());
        assertThat(result.failed()).containsExactly(Map.entry(one.id(), failure));
    }

    @Test
    void selectsTenantsForABatchThatContinuesAfterAFailure() {
        Tenant one = tenant(tagged, "one");
        tenant(plain, "two");
        Tenant three = tenant(tagged, "three");
        Tenant four = tenant(tagged, "four");
        saas.tenants().delete(three.id());

        BatchResult suspended = saas.tenants()
                .batch(Filter.tagged("vip"), each -> saas.tenants().suspend(each.id()));

        assertThat(suspended.done()).containsExactly(one.id(), four.id());
        assertThat(suspended.failed()).containsOnlyKeys(three.id());
        assertThat(suspended.failed().get(three.id()))
                .isInstanceOfSatisfying(
                        SaasException.class, error -> assertThat(error.code()).isEqualTo(ErrorCodes.TENANT_STATE));
        assertThat(names(Filter.equal(Tenant.STATE, TenantState.SUSPENDED))).containsExactly("one", "four");

        Filter<Tenant> suspendedOnes =
                Filter.and(Filter.tagged("vip"), Filter.equal(Tenant.STATE, TenantState.SUSPENDED));
        assertThat(saas.tenants()
                        .batch(suspendedOnes, each -> saas.tenants().resume(each.id()))
                        .done())
                .as("what the action changes does not hide the rest")
                .containsExactly(one.id(), four.id());
        ConfigurationChange wish = ConfigurationChange.builder()
                .hiddenParameter(Parameter.MAX_USERS, "9")
                .build();
        Filter<Tenant> open = Filter.equal(Tenant.STATE, TenantState.OPEN);
        assertThat(saas.tenants()
                        .batch(open, each -> saas.configuration().apply(each.id(), wish))
                        .done())
                .hasSize(3);
        assertThat(saas.tenants().batch(Filter.none(), each -> {}).done()).isEmpty();
    }

    @Test
    void selectsMoreThanOnePageAndNoFailureStopsIt() {
        for (int i = 0; i < 103; i++) {
            tenant(tagged, "t" + i);
        }
        List<TenantId> seen = new ArrayList<>();
        assertThat(saas.tenants()
                        .batch(Filter.tagged("eu"), each -> seen.add(each.id()))
                        .done())
                .hasSize(103)
                .isEqualTo(seen);
        Saas own = saas.actingAs(owner.id());
        List<TenantId> tried = new ArrayList<>();
        BatchResult refused = own.tenants().batch(Filter.all(), each -> {
            tried.add(each.id());
            own.tenants().suspend(each.id());
        });
        assertThat(tried).hasSize(103);
        assertThat(refused.failed()).hasSize(103);
        BatchResult unreachable = saas.tenants().batch(Filter.all(), each -> {
            if (!each.id().equals(seen.get(0))) {
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
            }
        });
        assertThat(unreachable.done()).containsExactly(seen.get(0));
        assertThat(unreachable.failed()).hasSize(102);
    }
}
