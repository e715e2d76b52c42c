// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.account;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.NewUser;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.Concurrently;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.spi.backend.RecordTypes;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AccountRulesTest {
    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final User user = fixture.signUp("client@example.com");

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void checksAndNormalisesAnUpdateLikeANewAccount() {
        fixture.clock.set(Instant.parse("2026-04-01T00:00:00Z"));

        User changed = saas.accounts()
                .update(
                        user.id(),
                        each -> new User(
                                new UserId(77),
                                " NEW@example.com",
                                " New Name ",
                                " new@example.com ",
                                Role.ADMINISTRATOR,
                                false,
                                new CustomerId(1),
                                "de_DE",
                                "Europe/Berlin",
                                Instant.EPOCH,
                                Instant.EPOCH,
                                Instant.EPOCH));

        assertThat(changed)
                .isEqualTo(new User(
                        user.id(),
                        "new@example.com",
                        "New Name",
                        "new@example.com",
                        Role.ADMINISTRATOR,
                        false,
                        user.customerId(),
                        "de_DE",
                        "Europe/Berlin",
                        user.createdAt(),
                        null,
                        null));
        assertThat(saas.accounts().get(user.id())).isEqualTo(changed);
    }

    @Test
    void refusesAnUpdateThatANewAccountCouldNotHave() {
        fixture.signUp("other@example.com");
        assertThat(refusal(() -> saas.accounts()
                                .update(
                                        user.id(),
                                        each -> each.toBuilder()
                                                .login("Other@example.com")
                                                .build()))
                        .code())
                .isEqualTo(ErrorCodes.ACCOUNT_LOGIN_TAKEN);
        assertRefusal(() -> saas.accounts()
                        .update(user.id(), each -> each.toBuilder().login(" ").build()))
                .isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertRefusal(() -> saas.accounts()
                        .update(user.id(), each -> each.toBuilder().name("a\0b").build()))
                .isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertRefusal(() -> saas.accounts()
                        .update(
                                user.id(),
                                each -> each.toBuilder().email("no-address").build()))
                .isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertRefusal(() -> saas.accounts()
                        .update(user.id(), each -> each.toBuilder().lang("\0").build()))
                .isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertRefusal(() -> saas.accounts()
                        .update(
                                user.id(),
                                each -> each.toBuilder().tz("nowhere").build()))
                .isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertRefusal(() -> saas.accounts().update(new UserId(99), each -> each))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(saas.accounts().get(user.id())).isEqualTo(user);
    }

    @Test
    void letsOnlyAdministratorsCreateAdministrators() {
        User boss = saas.actingAs(Fixture.ADMINISTRATOR)
                .accounts()
                .create(SignUp.builder("boss", "Boss", "secret").build(), Role.ADMINISTRATOR);

        assertThat(boss.portal()).isFalse();
        assertThat(saas.accounts().list(Query.where(Filter.equal(User.ROLE, Role.ADMINISTRATOR))))
                .extracting(User::login)
                .containsExactly("__system__", "admin", "boss");
        assertThat(saas.actingAs(boss.id()).operations().count(Filter.all())).isZero();
    }

    @Test
    void refusesToActAsAnInactiveUnknownOrSystemAccount() {
        saas.accounts().update(user.id(), each -> each.toBuilder().active(false).build());
        assertRefusal(() -> saas.actingAs(user.id())).isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertRefusal(() -> saas.actingAs(new UserId(99))).isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertRefusal(() -> saas.actingAs(new UserId(1))).isEqualTo(ErrorCodes.ACCESS_DENIED);
    }

    @Test
    void keepsTheSystemAccountUnchanged() {
        UserId system = saas.accounts()
                .list(Query.where(Filter.equal(User.LOGIN, "__system__")))
                .get(0)
                .id();
        assertRefusal(() -> saas.accounts()
                        .update(system, each -> each.toBuilder().active(true).build()))
                .isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
        assertRefusal(() -> saas.accounts()
                        .update(system, each -> each.toBuilder().login("me").build()))
                .isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
        assertRefusal(() -> saas.accounts().delete(system)).isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
    }

    @Test
    void deletesAnAccountWithItsPasswordAndSessions() {
        String session = saas.access().openSession("portal.localhost", user.id().value());

        saas.accounts().delete(user.id());

        assertThat(saas.accounts().find(user.id())).isEmpty();
        assertThat(saas.access().findSession(session)).isEmpty();
        assertThat(Consistency.all(fixture.storage, RecordTypes.CREDENTIALS))
                .noneMatch(each -> each.userId() == user.id().value());
        assertThat(fixture.signUp("client@example.com").id()).isNotEqualTo(user.id());
        assertRefusal(() -> saas.accounts().delete(user.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void refusesToDeleteAnOwnerOfALiveTenant() {
        Tenant tenant = saas.tenants()
                .create(CreateTenant.onPlan(fixture.plan()).owner(user).build())
                .tenant();
        SaasException refusal = refusal(() -> saas.accounts().delete(user.id()));
        assertThat(refusal.code()).isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
        saas.tenants().suspend(tenant.id());
        assertRefusal(() -> saas.accounts().delete(user.id())).isEqualTo(ErrorCodes.ACCOUNT_IN_USE);

        saas.tenants().delete(tenant.id());
        saas.accounts().delete(user.id());

        assertThat(saas.accounts().find(user.id())).isEmpty();
    }

    @Test
    void endsTheSessionsOfAnAccountThatBecomesInactive() {
        String session = saas.access().openSession("portal.localhost", user.id().value());
        saas.accounts().update(user.id(), each -> each.toBuilder().active(false).build());
        saas.accounts().update(user.id(), each -> each.toBuilder().active(true).build());
        assertThat(saas.access().findSession(session)).isEmpty();
    }

    @Test
    void filtersRegularUsers() {
        assertThat(saas.accounts().count(Filter.equal(User.ROLE, Role.PORTAL))).isEqualTo(1);
        assertRefusal(() -> saas.accounts().list(Query.all().orderBy(RecordField.named("password"))))
                .isEqualTo(ErrorCodes.QUERY_UNKNOWN_FIELD);
        assertRefusal(() -> saas.accounts().count(Filter.equal(RecordField.named("active"), "yes")))
                .isEqualTo(ErrorCodes.QUERY_INVALID);
    }

    private User administrator(String login) {
        return saas.accounts()
                .create(NewUser.builder(login, login)
                        .role(Role.ADMINISTRATOR)
                        .password("Client Password")
                        .build());
    }

    @Test
    void theLastAdministratorStaysOne() {
        UserId last = Fixture.ADMINISTRATOR;

        assertRefusal(() -> saas.accounts().delete(last)).isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
        assertRefusal(() -> saas.accounts()
                        .update(last, each -> each.toBuilder().active(false).build()))
                .isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
        assertRefusal(() -> saas.accounts()
                        .update(last, each -> each.toBuilder().role(Role.PORTAL).build()))
                .isEqualTo(ErrorCodes.ACCOUNT_IN_USE);

        User another = administrator("second");
        saas.accounts()
                .update(another.id(), each -> each.toBuilder().active(false).build());
        assertRefusal(() -> saas.accounts().delete(last))
                .as("an inactive one cannot help")
                .isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
        saas.accounts()
                .update(another.id(), each -> each.toBuilder().active(true).build());
        saas.accounts().delete(last);
        assertRefusal(() -> saas.accounts().delete(another.id())).isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
    }

    @Test
    void noAdministratorTakesItsOwnRightsAway() {
        User second = administrator("second");
        Saas own = saas.actingAs(second.id());

        assertRefusal(() -> own.accounts().delete(second.id())).isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
        assertRefusal(() -> own.accounts()
                        .update(
                                second.id(),
                                each -> each.toBuilder().active(false).build()))
                .isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
        assertRefusal(() -> own.accounts()
                        .update(
                                second.id(),
                                each -> each.toBuilder().role(Role.PORTAL).build()))
                .isEqualTo(ErrorCodes.ACCOUNT_IN_USE);
        assertThat(own.accounts().get(second.id())).isEqualTo(second);
        saas.actingAs(Fixture.ADMINISTRATOR).accounts().delete(second.id());
    }

    @Test
    void ofTwoAdministratorsThatRemoveEachOtherOneStays() {
        User second = administrator("second");
        List<UserId> both = List.of(Fixture.ADMINISTRATOR, second.id());

        Concurrently.run(2, i -> {
            saas.actingAs(both.get(i))
                    .accounts()
                    .update(
                            both.get(1 - i),
                            each -> each.toBuilder().role(Role.PORTAL).build());
            return true;
        });

        assertThat(saas.accounts()
                        .list(Query.where(Filter.and(
                                Filter.equal(User.ROLE, Role.ADMINISTRATOR), Filter.equal(User.ACTIVE, true)))))
                .extracting(User::id)
                .filteredOn(both::contains)
                .hasSize(1);
    }
}
