// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.plan;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Plans;
import dev.allotment.Price;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.Tenant;
import dev.allotment.core.Fixture;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlansTest {
    private final Fixture fixture = new Fixture();
    private final Plans plans = fixture.saas.plans();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void returnsAPlanAsGivenWithNumberAndCreationTime() {
        Plan.Builder wish = Plan.builder("Gold")
                .id(new PlanId(77))
                .createdAt(Instant.EPOCH)
                .summary("All of it,\nand more")
                .serverId(new ServerId(1))
                .dbNameTemplate("gold-%i.example.com")
                .demo(true)
                .maxUsers(5)
                .storageLimitMb(100)
                .blockOnExpiration(true)
                .blockOnStorageExceed(true)
                .trialHours(48)
                .graceDays(3)
                .maxDatabasesPerCustomer(2)
                .maxTrialDatabasesPerCustomer(1)
                .lang("de_DE")
                .tz("Europe/Berlin")
                .sequence(-4);

        Plan plan = plans.create(wish.build());

        assertThat(plan)
                .isEqualTo(wish.id(plan.id()).createdAt(fixture.clock.instant()).build());
        assertThat(plans.get(plan.id())).isEqualTo(plan);
        assertThat(plans.list(Query.where(Filter.equal(Plan.MAX_USERS, 5)).orderBy(Plan.SEQUENCE)))
                .containsExactly(plan);
    }

    @Test
    void hasAPriceAndAnAddressForBillingThatAreNoTerms() {
        Plan plan = plans.create(Plan.builder("Gold")
                .price(new Price("12.5 EUR/month"))
                .billingUrl("https://pay.example.com/{customer}?of={tenant}")
                .build());
        Price price = Objects.requireNonNull(plan.price());
        assertThat(price).isEqualTo(Price.of(new BigDecimal("12.50"), "EUR", Price.Period.MONTH));
        assertThat(price.amount()).isEqualTo(new BigDecimal("12.50"));
        assertThat(price.currency()).isEqualTo(Currency.getInstance("EUR"));
        assertThat(price.period()).isEqualTo(Price.Period.MONTH);
        assertThat(plans.get(plan.id())).isEqualTo(plan);

        Plan changed = plans.update(
                plan.id(),
                each -> each.toBuilder().price(Price.parse("1200 JPY/year")).build());
        assertThat(changed.version()).isEqualTo(1);
        Tenant tenant = fixture.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(fixture.signUp("owner@example.com"))
                        .name("shop")
                        .build())
                .tenant();
        assertThat(plan.billingUrl(tenant))
                .contains("https://pay.example.com/" + tenant.customerId() + "?of=" + tenant.uuid());
        assertThat(Plan.builder("None").build().billingUrl(tenant)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "12.50",
                "12.50 EUR",
                "-1 EUR/month",
                "12.505 EUR/month",
                "0.5 JPY/month",
                "1 XYZ/month",
                "1 eur/month",
                "1 EUR/week",
                "1e3 EUR/month",
                "1234567890123 EUR/month",
                "12.50  EUR/month"
            })
    void refusesAPriceThatIsNone(String price) {
        assertThat(refusal(() -> plans.create(
                        Plan.builder("Gold").price(new Price(price)).build())))
                .hasMessageContaining("price: ")
                .extracting("code")
                .isEqualTo(ErrorCodes.PLAN_INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://pay.example.com/",
                "https:///path",
                "https://user@pay.example.com/",
                "https://{tenant}.example.com/",
                "https://pay.example.com:{customer}/",
                "https://pay.example.com/{other}",
                "javascript:alert(1)",
                "HTTPS://pay.example.com/a b",
                "HTTPS://{tenant}.example.com/",
                "https://pay.example.com/\u00e4",
                "pay.example.com"
            })
    void refusesAnAddressForBillingThatIsNone(String url) {
        assertThat(refusal(
                        () -> plans.create(Plan.builder("Gold").billingUrl(url).build())))
                .hasMessageContaining("billing_url: an https address")
                .extracting("code")
                .isEqualTo(ErrorCodes.PLAN_INVALID);
    }

    @Test
    void replacesAPlanOnlyIfItIsStillAsItWasSeen() {
        Plan seen = plans.create(Plan.builder("Gold").maxUsers(8).build());
        Plan first = plans.replace(seen, seen.toBuilder().maxUsers(11).build());

        SaasException refusal = refusal(
                () -> plans.replace(seen, seen.toBuilder().summary("New").build()));

        assertThat(refusal.code()).isEqualTo(ErrorCodes.RECORD_CHANGED);
        assertThat(refusal.details())
                .isEqualTo(Map.of("type", "plans", "id", seen.id().toString()));
        assertThat(plans.get(seen.id())).isEqualTo(first);
        assertThat(plans.replace(first, first.toBuilder().summary("New").build()))
                .satisfies(plan -> assertThat(plan.maxUsers()).isEqualTo(11))
                .satisfies(plan -> assertThat(plan.summary()).isEqualTo("New"));
        assertRefusal(() -> plans.replace(seen.toBuilder().id(new PlanId(999)).build(), seen))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void reportsAllProblemsOfAPlanAtOnce() {
        Plan wrong = Plan.builder(" ")
                .summary("s".repeat(10_001))
                .templateId(new TemplateId(9))
                .serverId(new ServerId(9))
                .dbNameTemplate("No Name")
                .maxUsers(-1)
                .storageLimitMb(-2)
                .trialHours(-3)
                .graceDays(-4)
                .maxDatabasesPerCustomer(-5)
                .maxTrialDatabasesPerCustomer(-6)
                .lang("klingon")
                .spares(-7)
                .tz("Mars")
                .build();

        SaasException refusal = refusal(() -> plans.create(wrong));

        assertThat(refusal.code()).isEqualTo(ErrorCodes.PLAN_INVALID);
        assertThat(refusal)
                .hasMessageContainingAll(
                        "name:",
                        "summary:",
                        "template_id:",
                        "server_id:",
                        "dbname_template:",
                        "max_users:",
                        "-1",
                        "total_storage_limit:",
                        "expiration:",
                        "grace_period:",
                        "maximum_allowed_dbs_per_partner:",
                        "maximum_allowed_trial_dbs_per_partner:",
                        "lang:",
                        "spares:",
                        "tz:");
        assertThat(plans.count(Filter.all())).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "%i.",
                ".%i",
                "%i-",
                "a b%i",
                "UPPER%i",
                "%d",
                "x\"; drop database y; --%i",
                "a..%i",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%i"
            })
    void refusesNameTemplatesThatMakeInvalidNames(String template) {
        assertRefusal(() -> fixture.plan(Plan.builder("Plan").dbNameTemplate(template)))
                .isEqualTo(ErrorCodes.PLAN_INVALID);
    }

    @Test
    void limitsTheLengthOfATrial() {
        assertRefusal(() -> fixture.plan(Plan.builder("Plan").trialHours(Integer.MAX_VALUE)))
                .isEqualTo(ErrorCodes.PLAN_INVALID);
        assertRefusal(() -> fixture.plan(Plan.builder("Plan").spares(Integer.MAX_VALUE)))
                .isEqualTo(ErrorCodes.PLAN_INVALID);
        Plan plan = fixture.plan(Plan.builder("Plan").dbNameTemplate("db-%i").trialHours(876_000));
        Tenant tenant = fixture.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(fixture.signUp("owner"))
                        .trial(true)
                        .build())
                .tenant();
        assertThat(tenant.expiresAt()).isEqualTo(fixture.clock.instant().plus(Duration.ofDays(36_500)));
    }

    @Test
    void updatesAPlanAndChecksIt() {
        Plan plan = fixture.plan();
        fixture.clock.advance(Duration.ofDays(1));

        Plan changed = plans.update(
                plan.id(),
                each -> each.toBuilder()
                        .id(new PlanId(99))
                        .createdAt(Instant.EPOCH)
                        .name("Silver")
                        .maxUsers(2)
                        .build());

        assertThat(changed)
                .isEqualTo(
                        plan.toBuilder().name("Silver").maxUsers(2).version(2).build());
        assertThat(plans.get(plan.id())).isEqualTo(changed);
        assertRefusal(() -> plans.update(
                        plan.id(), each -> each.toBuilder().maxUsers(-1).build()))
                .isEqualTo(ErrorCodes.PLAN_INVALID);
        assertRefusal(() -> plans.update(new PlanId(99), each -> each)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(plans.get(plan.id())).isEqualTo(changed);
    }

    @Test
    void doesNotChangeExistingTenants() {
        Tenant tenant = fixture.tenant();
        plans.update(tenant.planId(), each -> each.toBuilder().maxUsers(1).build());
        assertThat(fixture.saas.tenants().get(tenant.id())).isEqualTo(tenant);
    }

    @Test
    void refusesToDeleteAPlanWithLiveTenants() {
        Tenant tenant = fixture.tenant();
        assertRefusal(() -> plans.delete(tenant.planId())).isEqualTo(ErrorCodes.PLAN_IN_USE);
        fixture.saas.tenants().suspend(tenant.id());
        assertRefusal(() -> plans.delete(tenant.planId())).isEqualTo(ErrorCodes.PLAN_IN_USE);

        fixture.saas.tenants().delete(tenant.id());
        plans.delete(tenant.planId());

        assertThat(plans.find(tenant.planId())).isEmpty();
        assertRefusal(() -> plans.delete(tenant.planId())).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void refusesATemplateThatIsNotReadyOrIsBeingDeleted() {
        Plan plan = fixture.plan();
        Template template = fixture.saas.templates().build(plan.id(), List.of());
        plans.update(plan.id(), each -> each.toBuilder().templateId(null).build());

        fixture.backend.once(
                "before drop",
                () -> assertRefusal(() -> plans.update(
                                plan.id(),
                                each -> each.toBuilder()
                                        .templateId(template.id())
                                        .build()))
                        .isEqualTo(ErrorCodes.PLAN_INVALID));
        fixture.saas.templates().delete(template.id());

        assertThat(plans.get(plan.id()).templateId()).isNull();
    }

    @Test
    void generatesADifferentNameEachTime() {
        Plan plan = fixture.plan();
        assertThat(plans.generateName(plan.id())).isEqualTo("client-001.example.com");
        assertThat(plans.generateName(plan.id())).isEqualTo("client-002.example.com");
        Plan nameless = fixture.plan(Plan.builder("Nameless"));
        assertRefusal(() -> plans.generateName(nameless.id())).isEqualTo(ErrorCodes.PLAN_NO_NAME_TEMPLATE);
        assertRefusal(() -> plans.generateName(new PlanId(99))).isEqualTo(ErrorCodes.RECORD_MISSING);
        for (String reserved : List.of("portal.localhost", "postgres")) {
            Plan wrong = fixture.plan(Plan.builder("Reserved").dbNameTemplate(reserved));
            assertRefusal(() -> plans.generateName(wrong.id())).as(reserved).isEqualTo(ErrorCodes.TENANT_NAME_INVALID);
        }
    }
}
