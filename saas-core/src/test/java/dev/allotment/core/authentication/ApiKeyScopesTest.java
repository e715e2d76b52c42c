// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.authentication;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.DuplicateTenant;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SelfService;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.ApiKey;
import dev.allotment.access.ApiKeyHolder;
import dev.allotment.access.ApiKeyId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.ApiKeys;
import dev.allotment.access.Member;
import dev.allotment.access.MemberChange;
import dev.allotment.access.NewApiKey;
import dev.allotment.access.NewMember;
import dev.allotment.access.TenantDatabase;
import dev.allotment.backup.Backup;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.Fixture;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Scopes limit what a caller with an API key can do, whatever its user may do. */
class ApiKeyScopesTest {
    private final Fixture fixture = new Fixture();
    private final User administrator = fixture.administrator("boss@example.com");
    private final User owner = fixture.signUp("owner@example.com");
    private final User other = fixture.signUp("other@example.com");
    private final Plan plan = fixture.plan(Plan.builder("One").dbNameTemplate("one%i"));
    private final Plan second = fixture.plan(Plan.builder("Two").dbNameTemplate("two%i"));
    private final Tenant own = tenant(plan, owner);
    private final Tenant foreign = tenant(second, other);

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aReadOnlyKeyReadsEverythingThatItsUserSees() {
        Saas view = acting(administrator, ApiKeyScope.READ_ONLY);

        assertThat(view.tenants().list(Query.all())).hasSize(2);
        assertThat(view.tenants().findByName(own.name())).isPresent();
        assertThat(view.plans().count(Filter.all())).isEqualTo(2);
        assertThat(view.events().list(Query.all())).isNotEmpty();
        assertThat(view.parameters().value("web.base.url")).isPresent();
        assertThat(view.database(own.name()).members().list(Query.all())).isNotEmpty();
        assertThat(view.<Long>inTransaction(records -> records.accounts().count(Filter.all())))
                .isEqualTo(5);
    }

    @Test
    void aReadOnlyKeyChangesNothing() {
        Saas view = acting(administrator, ApiKeyScope.READ_ONLY);
        TenantDatabase database = view.database(own.name());
        Member member = database.members().list(Query.all()).get(0);

        assertRefusal(() -> view.tenants().suspend(own.id())).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.tenants().create(CreateTenant.onPlan(plan).build()))
                .isEqualTo("access.not-allowed");
        assertRefusal(() -> view.async().delete(own.id())).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.async().createBackup(own.id(), null)).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.selfService().start(plan.id(), null, null)).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.access().issue(own.id())).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.access()
                        .openSession(view.mainDatabase(), administrator.id().value()))
                .isEqualTo("access.not-allowed");
        assertRefusal(() -> view.inTransaction(records -> records.accounts().update(owner.id(), each -> each)))
                .isEqualTo("access.not-allowed");
        assertRefusal(() -> view.accounts().setPassword(owner.id(), "new password"))
                .isEqualTo("access.not-allowed");
        assertRefusal(() -> view.actingAs(owner.id())).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.changeMasterPassword("new password")).isEqualTo("access.not-allowed");
        assertRefusal(view::forgetMasterPassword).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.maintenance().run()).isEqualTo("access.not-allowed");
        assertRefusal(() ->
                        database.members().create(NewMember.builder("a", "A").build()))
                .isEqualTo("access.not-allowed");
        assertRefusal(() -> database.inTransaction(records -> records.members()
                        .update(member.id(), MemberChange.builder().build())))
                .isEqualTo("access.not-allowed");
        assertRefusal(() -> database.parameters().set("a", "b")).isEqualTo("access.not-allowed");
        assertRefusal(database::login).isEqualTo("access.not-allowed");
        assertRefusal(() -> database.actingAs(
                        new ApiKeyHolder(new ApiKeyId(1), member.id().value(), member.login(), ApiKeyScope.EVERYTHING),
                        null))
                .isEqualTo("access.not-allowed");
        assertRefusal(() -> view.actingAs(administrator.id()).tenants().suspend(own.id()))
                .isEqualTo("access.not-allowed");
    }

    @Test
    void aLimitedKeyOfAnAdministratorRevokesNoKeyOfAnotherUser() {
        ApiKeys owners = fixture.saas.actingAs(owner.id()).apiKeys();
        ApiKey key = owners.create(new NewApiKey(
                        "reads", ApiKeyScope.READ_ONLY, fixture.clock.instant().plus(Duration.ofDays(1))))
                .apiKey();

        assertRefusal(() ->
                        acting(administrator, ApiKeyScope.READ_ONLY).apiKeys().revoke(key.id()))
                .isEqualTo("record.missing");
        assertThat(owners.find(key.id())).isPresent();
        acting(administrator, ApiKeyScope.EVERYTHING).apiKeys().revoke(key.id());
        assertThat(owners.find(key.id())).isEmpty();
    }

    @Test
    void aKeyForOneCustomerReachesOnlyItsTenants() {
        Saas view = acting(administrator, ApiKeyScope.ofCustomer(owner.customerId()));

        assertThat(view.tenants().list(Query.all())).extracting(Tenant::id).containsExactly(own.id());
        assertThat(view.customers().list(Query.all())).extracting(Customer::id).containsExactly(owner.customerId());
        assertThat(view.accounts().list(Query.all()))
                .extracting(User::login)
                .containsExactlyInAnyOrder("boss@example.com", "owner@example.com");
        assertThat(view.operations().list(Query.all()))
                .allMatch(each -> own.id().equals(each.tenantId()));
        assertThat(view.usage().list(Query.all()))
                .isNotEmpty()
                .allMatch(each -> own.id().equals(each.tenantId()));
        assertOnly(view, own, foreign);
        assertRefusal(() -> view.tenants()
                        .create(CreateTenant.onPlan(plan).owner(other).build()))
                .isEqualTo("access.not-allowed");
        assertRefusal(() -> view.tenants()
                        .create(CreateTenant.onPlan(plan)
                                .owner(other)
                                .customer(owner.customerId())
                                .build()))
                .isEqualTo("access.not-allowed");
        assertRefusal(() -> view.tenants()
                        .update(
                                own.id(),
                                each -> each.toBuilder()
                                        .customerId(other.customerId())
                                        .build()))
                .isEqualTo("access.not-allowed");
        assertRefusal(() -> view.tenants()
                        .duplicate(DuplicateTenant.builder(own.id())
                                .customer(other.customerId())
                                .build()))
                .isEqualTo("access.not-allowed");
        assertThat(view.tenants()
                        .create(CreateTenant.onPlan(second).owner(owner).build())
                        .tenant()
                        .customerId())
                .isEqualTo(owner.customerId());
    }

    @Test
    void aKeyForOnePlanReachesOnlyItsTenants() {
        Saas view = acting(administrator, ApiKeyScope.ofPlan(plan.id()));

        assertThat(view.plans().list(Query.all())).extracting(Plan::id).containsExactly(plan.id());
        assertThat(view.customers().list(Query.all())).extracting(Customer::id).containsExactly(owner.customerId());
        assertOnly(view, own, foreign);
        assertRefusal(() -> view.tenants()
                        .create(CreateTenant.onPlan(second).owner(owner).build()))
                .isEqualTo("access.not-allowed");
        assertRefusal(() -> view.tenants()
                        .switchPlan(SwitchPlan.builder(own.id(), second.id()).build()))
                .isEqualTo("access.not-allowed");
        view.tenants().create(CreateTenant.onPlan(plan).owner(other).build());
        assertThat(view.tenants().count(Filter.all())).isEqualTo(2);
    }

    @Test
    void aKeyForOnePlanIsOfferedOnlyThatPlan() {
        for (Plan each : List.of(plan, second)) {
            fixture.saas
                    .plans()
                    .update(
                            each.id(),
                            stored -> stored.toBuilder().published(true).build());
        }
        SelfService own = acting(owner, ApiKeyScope.ofPlan(plan.id())).selfService();

        assertThat(own.offers()).extracting(Plan::id).containsExactly(plan.id());
        own.checkName(plan.id(), "my-shop");
        assertRefusal(() -> own.checkName(second.id(), "my-shop")).isEqualTo("record.missing");
        assertRefusal(() -> own.start(second.id(), "my-shop", null)).isEqualTo("record.missing");
        assertThat(acting(owner, ApiKeyScope.ofCustomer(owner.customerId()))
                        .selfService()
                        .offers())
                .hasSize(2);
    }

    @Test
    void aRepeatedRequestTellsAKeyNothingOutsideItsScope() {
        CreateTenant wanted = CreateTenant.onPlan(second)
                .owner(other)
                .idempotencyKey("order-17")
                .build();
        Saas everything = acting(administrator, ApiKeyScope.EVERYTHING);
        Saas inside = acting(administrator, ApiKeyScope.ofPlan(second.id()));
        Saas outside = acting(administrator, ApiKeyScope.ofPlan(plan.id()));
        Operation started = everything.async().create(wanted);
        assertThat(started.state()).isEqualTo(OperationState.RUNNING);

        assertThat(inside.async().create(wanted).id()).isEqualTo(started.id());
        assertRefusal(() -> inside.tenants().create(wanted)).isEqualTo("operation.in-progress");
        assertRefusal(() -> outside.async().create(wanted)).isEqualTo("record.missing");
        assertRefusal(() -> outside.tenants().create(wanted)).isEqualTo("record.missing");
        fixture.saas.maintenance().run();
        assertThat(inside.tenants().create(wanted).tenant().planId()).isEqualTo(second.id());
        assertRefusal(() -> outside.async().create(wanted)).isEqualTo("record.missing");
    }

    private static void assertOnly(Saas view, Tenant inside, Tenant outside) {
        ConfigurationChange change = ConfigurationChange.builder().build();
        assertThat(view.tenants().suspend(inside.id()).suspendedFor()).isNotEmpty();
        view.tenants().resume(inside.id());
        assertRefusal(() -> view.database(inside.name())).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.tenants().get(outside.id())).isEqualTo("record.missing");
        assertThat(view.tenants().findByName(outside.name())).isEmpty();
        assertRefusal(() -> view.tenants().suspend(outside.id())).isEqualTo("record.missing");
        assertRefusal(() -> view.tenants().delete(outside.id())).isEqualTo("record.missing");
        assertRefusal(() -> view.async().delete(outside.id())).isEqualTo("record.missing");
        Backup made = view.backups().create(inside.id(), "key");
        assertThat(view.backups().list(inside.id())).containsExactly(made);
        assertThat(view.async().createBackup(inside.id(), "key").uuid())
                .isEqualTo(made.id().value());
        assertRefusal(() -> view.async().createBackup(outside.id(), null)).isEqualTo("record.missing");
        assertRefusal(() -> view.async()
                        .restoreBackup(
                                RestoreBackup.builder(outside.id(), made.id()).build()))
                .isEqualTo("record.missing");
        assertRefusal(() -> view.backups().delete(inside.id(), made.id())).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.configuration().apply(outside.id(), change)).isEqualTo("record.missing");
        assertRefusal(() -> view.access().issue(outside.id())).isEqualTo("record.missing");
        assertRefusal(() -> view.database(outside.name())).isEqualTo("database.unknown");
        assertRefusal(() -> view.tenants().databaseNames()).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.plans().create(Plan.builder("New").build())).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.events().list(Query.all())).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.servers().list(Query.all())).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.maintenance().run()).isEqualTo("access.not-allowed");
        assertRefusal(() -> view.access().openSession(view.mainDatabase(), 2)).isEqualTo("access.not-allowed");
    }

    @Test
    void aKeyCreatesOnlyKeysOfItsOwnScope() {
        Saas view = acting(administrator, ApiKeyScope.ofPlan(plan.id()));
        for (ApiKeyScope wider : List.of(
                ApiKeyScope.EVERYTHING,
                ApiKeyScope.READ_ONLY,
                ApiKeyScope.ofPlan(second.id()),
                ApiKeyScope.ofCustomer(owner.customerId()))) {
            assertRefusal(() -> view.apiKeys().create(new NewApiKey("K", wider, null)))
                    .isEqualTo("access.not-allowed");
            assertRefusal(() -> view.apiKeys().create(new NewApiKey("K", wider, null), Fixture.PASSWORD))
                    .isEqualTo("access.not-allowed");
        }
        view.apiKeys().create(new NewApiKey("K", ApiKeyScope.ofPlan(plan.id()), null), Fixture.PASSWORD);
        assertThat(view.apiKeys().list(Query.all()))
                .allMatch(each -> each.userId() == administrator.id().value());
    }

    @Test
    void aPortalUserLimitsKeysToItsOwnCustomer() {
        acting(owner, ApiKeyScope.ofCustomer(owner.customerId()));
        for (ApiKeyScope scope : List.of(
                ApiKeyScope.ofCustomer(other.customerId()),
                ApiKeyScope.ofCustomer(new CustomerId(99)),
                ApiKeyScope.ofPlan(new PlanId(99)),
                new ApiKeyScope("something"))) {
            assertRefusal(() -> acting(owner, scope)).isEqualTo("api-key.invalid");
        }
        assertThat(acting(owner, ApiKeyScope.ofPlan(second.id())).tenants().list(Query.all()))
                .isEmpty();
    }

    private Saas acting(User user, ApiKeyScope scope) {
        NewApiKey wanted = new NewApiKey("Till", scope, fixture.clock.instant().plus(Duration.ofDays(30)));
        String secret =
                fixture.saas.actingAs(user.id()).apiKeys().create(wanted).secret();
        ApiKeyHolder holder = fixture.saas.apiKeys().authenticate(secret, null).orElseThrow();
        return fixture.saas.actingAs(holder, null);
    }

    private Tenant tenant(Plan on, User by) {
        return fixture.saas
                .tenants()
                .create(CreateTenant.onPlan(on).owner(by).build())
                .tenant();
    }
}
