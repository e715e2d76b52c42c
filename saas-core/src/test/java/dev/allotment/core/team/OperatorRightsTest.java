// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.team;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allotment.AllowedFor;
import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.NewUser;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Price;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SuspendTenant;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.CreatedApiKey;
import dev.allotment.access.NewApiKey;
import dev.allotment.core.Concurrently;
import dev.allotment.core.Fixture;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An operator may do what the permissions of its role are enough for. */
final class OperatorRightsTest {
    private final Fixture fixture = new Fixture();
    private final Saas host = fixture.saas;
    private final User customer = fixture.signUp("customer@example.com");
    private final Plan plan = fixture.plan(Plan.builder("Shop").dbNameTemplate("shop-%i.example.com"));

    @AfterEach
    void close() {
        fixture.close();
    }

    private User operator(Role role) {
        return operator(role, role.name().toLowerCase(Locale.ROOT) + "@provider.example");
    }

    private User operator(Role role, String login) {
        return host.accounts()
                .create(NewUser.builder(login, "Someone")
                        .password(Fixture.PASSWORD)
                        .role(role)
                        .build());
    }

    private Saas acting(Role role) {
        return host.actingAs(operator(role).id());
    }

    private Tenant tenant() {
        return host.tenants()
                .create(CreateTenant.onPlan(plan.id()).owner(customer).build())
                .tenant();
    }

    @ParameterizedTest
    @EnumSource(value = Role.class, mode = EnumSource.Mode.EXCLUDE, names = "PORTAL")
    void aRoleMayCallWhatItsPermissionsAreEnoughFor(Role role) {
        Set<String> refused = new TreeSet<>();
        Set<String> lacking = new TreeSet<>();
        for (ApiCall call : ApiCall.of(acting(role))) {
            boolean enough = role == Role.ADMINISTRATOR
                    || call.ofOperator().filter(role.permissions()::containsAll).isPresent();
            if (!enough) {
                lacking.add(call.toString());
            }
            if (call.isRefused()) {
                refused.add(call.toString());
            }
        }

        assertThat(refused).isEqualTo(lacking);
        assertThat(lacking.isEmpty()).isEqualTo(role == Role.ADMINISTRATOR);
    }

    /** What a key may call that only reads, an operator that only reads may call, and the other way round. */
    @Test
    void aReaderMayCallWhatReads() {
        for (ApiCall call : ApiCall.of(acting(Role.READER))) {
            AllowedFor keys = call.allowedFor();
            if (keys != null && List.of(keys.value()).contains(AllowedFor.Keys.READ_ONLY)) {
                assertThat(call.isRefused()).as(call.toString()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Role.class, mode = EnumSource.Mode.EXCLUDE, names = "PORTAL")
    void eachOperatorSeesAllCustomers(Role role) {
        Tenant tenant = tenant();
        Saas view = acting(role);

        assertThat(view.tenants().find(tenant.id())).isPresent();
        assertThat(view.accounts().find(customer.id())).isPresent();
        assertThat(view.customers().find(customer.customerId())).isPresent();
        assertThat(view.servers().count(Filter.all())).isPositive();
        assertThat(view.events().count(Filter.all())).isPositive();
        assertThat(view.actingFor(customer.customerId()).teams().members()).hasSize(1);
    }

    @Test
    void supportSuspendsAndResumesButDeletesNothing() {
        Tenant tenant = tenant();
        Saas support = acting(Role.SUPPORT);

        support.tenants()
                .suspend(SuspendTenant.builder(tenant.id()).reason("Abuse").build());
        assertThat(support.tenants().get(tenant.id()).state()).isEqualTo(TenantState.SUSPENDED);
        assertThat(support.tenants().resume(tenant.id()).state()).isEqualTo(TenantState.OPEN);
        assertNotAllowed(() -> support.tenants().delete(tenant.id()));
        assertNotAllowed(() -> support.async().delete(tenant.id()));
        assertNotAllowed(() -> support.selfService().delete(tenant.id()));
        assertNotAllowed(() -> support.plans().update(plan.id(), UnaryOperator.identity()));
        assertNotAllowed(() -> support.parameters().set("x", "y"));
        assertNotAllowed(() -> support.accounts().setPassword(customer.id(), Fixture.PASSWORD));
        assertNotAllowed(() -> support.access().requestPasswordReset(customer.login()));
        assertNotAllowed(() -> support.changeMasterPassword("another password"));
        assertNotAllowed(() -> support.actingAs(customer.id()));
    }

    @Test
    void supportInvitesCustomersButNoOperators() {
        User invited =
                host.accounts().create(NewUser.builder("new@example.com", "New").build());
        User chief = operator(Role.ADMINISTRATOR, "chief@provider.example");
        Saas support = acting(Role.SUPPORT);

        assertThat(support.access().invite(invited.id())).isPresent();
        assertNotAllowed(() -> support.access().invite(chief.id()));
    }

    @Test
    void anOperatorOnlyReadsInDatabases() {
        Tenant tenant = tenant();
        Saas support = acting(Role.SUPPORT);

        assertThat(support.database(tenant.name()).members().count(Filter.all()))
                .isPositive();
        assertNotAllowed(() -> support.database(tenant.name()).parameters().set("x", "y"));
    }

    @Test
    void billingChangesPricesAndNothingElseOfAPlan() {
        Saas billing = acting(Role.BILLING);
        PlanId id = plan.id();

        assertThat(billing.plans()
                        .update(
                                id,
                                each -> each.toBuilder()
                                        .price(Price.parse("12.00 EUR/month"))
                                        .build())
                        .price())
                .isNotNull();
        assertNotAllowed(() -> billing.plans()
                .update(id, each -> each.toBuilder().maxUsers(1_000).build()));
        Plan seen = billing.plans().get(id);
        assertNotAllowed(() ->
                billing.plans().replace(seen, seen.toBuilder().published(true).build()));
        assertNotAllowed(() -> billing.tenants().suspend(tenant().id()));
        assertThat(billing.customers()
                        .update(
                                customer.customerId(),
                                each -> each.toBuilder().name("Example Ltd").build())
                        .name())
                .isEqualTo("Example Ltd");
    }

    @ParameterizedTest
    @EnumSource(
            value = Role.class,
            names = {"SUPPORT", "BILLING", "READER"})
    void anOperatorCannotChangeARole(Role role) {
        User self = operator(role);
        User other = operator(Role.READER, "other@provider.example");
        Saas view = host.actingAs(self.id());

        for (User each : List.of(self, other, customer)) {
            for (Role wanted : Role.values()) {
                if (wanted != each.role()) {
                    assertThat(refusal(() -> view.accounts()
                                    .update(
                                            each.id(),
                                            user -> user.toBuilder()
                                                    .role(wanted)
                                                    .build())))
                            .as(each.login() + " " + wanted)
                            .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
                }
            }
            assertThat(host.accounts().get(each.id()).role()).isEqualTo(each.role());
        }
        assertNotAllowed(() -> view.accounts()
                .create(NewUser.builder("evil@example.com", "Evil")
                        .role(Role.ADMINISTRATOR)
                        .build()));
        assertThat(view.accounts()
                        .update(self.id(), user -> user.toBuilder().name("Me").build())
                        .name())
                .isEqualTo("Me");
    }

    @Test
    void aViewLosesItsRightsWithTheRole() {
        User chief = operator(Role.ADMINISTRATOR, "chief@provider.example");
        Saas view = host.actingAs(chief.id());
        CreatedApiKey key = view.apiKeys().create(new NewApiKey("x", ApiKeyScope.EVERYTHING, null));
        Tenant tenant = tenant();
        view.tenants().suspend(tenant.id());

        change(chief, Role.READER);

        assertNotAllowed(() -> view.tenants().resume(tenant.id()));
        assertNotAllowed(() -> view.changeMasterPassword("another password"));
        Saas byKey =
                host.actingAs(host.apiKeys().authenticate(key.secret(), null).orElseThrow(), null);
        assertNotAllowed(() -> byKey.tenants().resume(tenant.id()));
        assertThat(byKey.tenants().find(tenant.id())).isPresent();
        change(chief, Role.PORTAL);
        assertThat(view.tenants().find(tenant.id())).isEmpty();
    }

    private void change(User user, Role role) {
        host.accounts().update(user.id(), each -> each.toBuilder().role(role).build());
    }

    @ParameterizedTest
    @EnumSource(
            value = Role.class,
            names = {"SUPPORT", "BILLING", "READER", "PORTAL"})
    void theLastAdministratorKeepsItsRole(Role role) {
        User admin = host.accounts().findByLogin("admin").orElseThrow();

        assertRefusal(() -> change(admin, role)).isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
        User second = operator(Role.ADMINISTRATOR, "second@provider.example");
        change(admin, role);
        assertRefusal(() -> change(second, role)).isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
    }

    /** Of two who take each other's rights away, one loses them before it can. */
    @Test
    void administratorsWhoDemoteEachOtherLeaveOne() {
        User first = operator(Role.ADMINISTRATOR, "first@provider.example");
        User second = operator(Role.ADMINISTRATOR, "second@provider.example");
        Saas asFirst = host.actingAs(first.id());
        Saas asSecond = host.actingAs(second.id());

        Concurrently.run(2, each -> each == 0 ? demoted(asFirst, second) : demoted(asSecond, first));

        List<Role> roles = List.of(
                host.accounts().get(first.id()).role(),
                host.accounts().get(second.id()).role());
        assertThat(roles).containsExactlyInAnyOrder(Role.ADMINISTRATOR, Role.READER);
    }

    private static boolean demoted(Saas view, User other) {
        try {
            view.accounts()
                    .update(
                            other.id(),
                            each -> each.toBuilder().role(Role.READER).build());
            return true;
        } catch (SaasException e) {
            assertThat(e.code()).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            return false;
        }
    }

    private static String refusal(ThrowingCallable call) {
        return ((SaasException) catchThrowable(call)).code();
    }

    private static void assertNotAllowed(ThrowingCallable call) {
        assertThat(refusal(call)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }
}
