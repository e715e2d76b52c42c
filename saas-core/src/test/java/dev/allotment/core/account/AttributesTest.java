// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.account;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Customer;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AttributesTest {
    private static final String HOSTILE = "<b onclick=\"x()\">'; DROP TABLE tenants; -- \\ % _ \uD83D\uDE80";

    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final User owner = fixture.signUp("owner@example.com");
    private final Saas own = saas.actingAs(owner.id());
    private final Plan plan = fixture.plan(Plan.builder("Gold").published(true).attribute("stripe.price", "price_1"));
    private final Tenant tenant = saas.tenants()
            .create(CreateTenant.onPlan(plan)
                    .owner(owner)
                    .name("one")
                    .attributes(Map.of("stripe.subscription", "sub_1"))
                    .build())
            .tenant();

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private Tenant set(String key, String value) {
        return saas.tenants()
                .update(
                        tenant.id(),
                        each -> each.toBuilder().attribute(key, value).build());
    }

    private List<String> names(Filter<Tenant> filter) {
        return saas.tenants().list(Query.where(filter)).stream()
                .map(Tenant::name)
                .toList();
    }

    @Test
    void areSetAndSearchedOnTenantsCustomersAndPlans() {
        assertThat(tenant.attributes()).containsExactly(Map.entry("stripe.subscription", "sub_1"));
        assertThat(names(Filter.attribute("stripe.subscription", "sub_1"))).containsExactly("one");
        assertThat(set("a", "1").attributes()).containsOnlyKeys("a", "stripe.subscription");
        assertThat(saas.tenants()
                        .update(
                                tenant.id(),
                                each -> each.toBuilder()
                                        .attribute("stripe.subscription", null)
                                        .build())
                        .attributes())
                .containsExactly(Map.entry("a", "1"));
        assertThat(names(Filter.attribute("stripe.subscription", "sub_1"))).isEmpty();

        Customer customer = saas.customers()
                .update(
                        owner.customerId(),
                        each -> each.toBuilder()
                                .attribute("stripe.customer", "cus_1")
                                .build());
        assertThat(customer.attributes()).containsExactly(Map.entry("stripe.customer", "cus_1"));
        assertThat(saas.customers().list(Query.where(Filter.attribute("stripe.customer", "cus_1"))))
                .containsExactly(customer);
        assertThat(saas.customers()
                        .create(Customer.builder("New").attribute("k", "v").build(), "once")
                        .attributes())
                .containsExactly(Map.entry("k", "v"));

        assertThat(saas.plans().list(Query.where(Filter.attribute("stripe.price", "price_1"))))
                .containsExactly(plan);
        Plan changed = saas.plans()
                .replace(
                        plan,
                        plan.toBuilder().attribute("stripe.price", "price_2").build());
        assertThat(changed.attributes()).containsEntry("stripe.price", "price_2");
        assertThat(changed.version()).as("an attribute is no term").isEqualTo(plan.version());
    }

    @Test
    void areComparedAsAWhole() {
        set("key", HOSTILE);
        set("other", "x\",\"fake\":\"y");
        assertThat(names(Filter.attribute("key", HOSTILE))).containsExactly("one");
        for (String part : List.of("", "<b", HOSTILE + "%", HOSTILE.toUpperCase(Locale.ROOT), "%", "\0", "\uD800")) {
            assertThat(names(Filter.attribute("key", part))).as(part).isEmpty();
        }
        assertThat(names(Filter.attribute("fake", "y"))).isEmpty();
        assertThat(names(Filter.attribute("ey", HOSTILE))).isEmpty();
        assertThat(names(Filter.attribute("%", HOSTILE))).isEmpty();
    }

    @Test
    void doNotGoToCopiesOrToTheTenantsOfAPlan() {
        Tenant copy = saas.tenants()
                .duplicate(DuplicateTenant.builder(tenant.id()).name("copy").build())
                .tenant();
        assertThat(copy.attributes()).isEmpty();
        assertThat(tenant.attributes()).doesNotContainKey("stripe.price");
        assertThat(saas.tenants().rename(tenant.id(), "renamed").attributes()).isEqualTo(tenant.attributes());
    }

    @Test
    void ownersNeitherSeeNorSetNorSearchThem() {
        saas.customers()
                .update(
                        owner.customerId(),
                        each -> each.toBuilder().attribute("note", "bad payer").build());
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        Stream.of(
                        own.tenants().get(tenant.id()),
                        own.tenants().find(tenant.id()).orElseThrow(),
                        own.tenants().findByName("one").orElseThrow(),
                        own.tenants().findByHost(saas.tenants().host(tenant)).orElseThrow(),
                        own.tenants().list(Query.all()).get(0),
                        own.selfService().rename(tenant.id(), "another"),
                        saas.database("another").tenant(),
                        own.selfService().delete(tenant.id()),
                        own.selfService().restorable().get(0),
                        own.selfService().restore(tenant.id()))
                .forEach(each -> assertThat(each.attributes()).isEmpty());
        assertThat(saas.tenants().get(tenant.id()).attributes()).isEqualTo(tenant.attributes());
        assertThat(own.customers().get(owner.customerId()).attributes()).isEmpty();
        assertThat(own.customers().list(Query.all()).get(0).attributes()).isEmpty();
        assertThat(own.plans().get(plan.id()).attributes()).isEmpty();
        assertThat(own.selfService().offers().get(0).attributes()).isEmpty();

        Filter<Object> hidden = Filter.attribute("stripe.subscription", "sub_1");
        for (Filter<Object> asked : List.<Filter<Object>>of(
                hidden,
                Filter.not(hidden),
                Filter.and(Filter.all(), Filter.or(hidden)),
                Filter.equal(RecordField.named("attributes"), "{}"),
                Filter.in(RecordField.named("attributes"), List.of("{}")))) {
            assertRefusal(() -> own.tenants().list(Query.where(asked))).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertRefusal(() -> own.tenants().count(asked)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertRefusal(() -> own.customers().list(Query.where(asked))).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertRefusal(() -> own.plans().count(asked)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        }
        assertRefusal(() -> own.tenants().list(Query.all().orderBy(RecordField.named("attributes"))))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.tenants()
                        .update(
                                tenant.id(),
                                each -> each.toBuilder().attribute("a", "b").build()))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }

    @Test
    void aKeyThatIsLimitedToACustomerKeepsThem() {
        Saas admin = saas.actingAs(fixture.administrator("boss@example.com").id());
        String secret = admin.apiKeys()
                .create(new NewApiKey("K", ApiKeyScope.ofCustomer(owner.customerId()), null))
                .secret();
        Saas limited = saas.actingAs(saas.apiKeys().authenticate(secret, null).orElseThrow(), null);
        Tenant changed = limited.tenants()
                .update(tenant.id(), each -> each.toBuilder().maxUsers(7).build());
        assertThat(changed.attributes()).isEmpty();
        assertThat(saas.tenants().get(tenant.id()).attributes()).isEqualTo(tenant.attributes());
        assertRefusal(() -> limited.tenants()
                        .update(
                                tenant.id(),
                                each -> each.toBuilder().attribute("a", "b").build()))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(admin.tenants().get(tenant.id()).attributes()).isEqualTo(tenant.attributes());
    }

    @Test
    void areNotInTheAuditLog() {
        set("secret", "sub_42");
        saas.tenants()
                .update(
                        tenant.id(),
                        each -> each.toBuilder()
                                .maxUsers(3)
                                .attribute("secret", "sub_43")
                                .build());
        List<Event> changes = saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_CHANGED)));
        assertThat(changes).hasSize(1);
        assertThat(changes.toString()).contains("maxUsers").doesNotContain("attributes", "sub_4");
    }

    @Test
    void twoCallersSetDifferentOnesAtTheSameTime() {
        User other = fixture.signUp("other@example.com");
        CompletableFuture.allOf(Stream.of("a", "b", "c", "d")
                        .map(key -> CompletableFuture.runAsync(() -> saas.customers()
                                .update(
                                        other.customerId(),
                                        each -> each.toBuilder()
                                                .attribute(key, key)
                                                .build())))
                        .toArray(CompletableFuture[]::new))
                .join();
        assertThat(saas.customers().get(other.customerId()).attributes()).containsOnlyKeys("a", "b", "c", "d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "a b", "-a", ".a", "ä", "a\"b", "a=b", "a\n", "a%"})
    void aKeyIsAPlainWord(String wrong) {
        assertRefused(Map.of(wrong, "x"));
        assertRefused(Map.of("a".repeat(65), "x"));
    }

    static Stream<String> wrongValues() {
        return Stream.of("", "a\0b", "a\nb", "\uD800", "x".repeat(501), "x".repeat(1_000_000));
    }

    @ParameterizedTest
    @MethodSource("wrongValues")
    void aValueIsOneLineOfText(String wrong) {
        assertRefused(Map.of("key", wrong));
    }

    @Test
    void lengthsAndNumbersHaveLimits() {
        assertThat(set("k".repeat(64), "\uD83D\uDE80".repeat(500)).attributes()).containsKey("k".repeat(64));
        Map<String, String> many = new HashMap<>();
        for (int i = 0; i < 51; i++) {
            many.put("k" + i, "v");
        }
        assertRefused(many);
        many.remove("k0");
        assertThat(saas.tenants()
                        .update(
                                tenant.id(),
                                each -> each.toBuilder().attributes(many).build())
                        .attributes())
                .hasSize(50);
    }

    private void assertRefused(Map<String, String> attributes) {
        assertRefusal(() -> saas.tenants()
                        .update(
                                tenant.id(),
                                each -> each.toBuilder().attributes(attributes).build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> saas.tenants()
                        .create(CreateTenant.onPlan(plan)
                                .owner(owner)
                                .name("new")
                                .attributes(attributes)
                                .build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertRefusal(() -> saas.plans()
                        .update(
                                plan.id(),
                                each -> each.toBuilder().attributes(attributes).build()))
                .isEqualTo(ErrorCodes.PLAN_INVALID);
        assertRefusal(() -> saas.customers()
                        .update(
                                owner.customerId(),
                                each -> each.toBuilder().attributes(attributes).build()))
                .isEqualTo(ErrorCodes.ACCOUNT_INVALID);
    }
}
