// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.operation;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.access.MemberId;
import dev.allotment.access.NewMember;
import dev.allotment.access.TenantDatabase;
import dev.allotment.core.Fixture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class InTransactionTest {
    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final User user = fixture.signUp("client@example.com");

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void seesEarlierChangesAndReturnsTheResult() {
        String name = saas.inTransaction(records -> {
            records.accounts()
                    .update(user.id(), each -> each.toBuilder().name("Another").build());
            records.parameters().set("a.key", "1");
            return records.accounts().get(user.id()).name();
        });

        assertThat(name).isEqualTo("Another");
        assertThat(saas.accounts().get(user.id()).name()).isEqualTo("Another");
        assertThat(saas.parameters().value("a.key")).contains("1");
    }

    @Test
    void changesNothingIfOneUseCaseIsRefused() {
        long customers = saas.customers().count(Filter.all());

        assertRefusal(() -> saas.inTransaction(records -> {
                    records.customers().create("New", null);
                    records.parameters().set("a.key", "1");
                    records.accounts()
                            .update(
                                    user.id(),
                                    each -> each.toBuilder().login("admin").build());
                    return null;
                }))
                .isEqualTo(ErrorCodes.ACCOUNT_LOGIN_TAKEN);

        assertThat(saas.customers().count(Filter.all())).isEqualTo(customers);
        assertThat(saas.parameters().value("a.key")).isEmpty();
        assertThat(saas.accounts().get(user.id())).isEqualTo(user);
    }

    @Test
    void keepsTheRightsOfTheActingUser() {
        Saas own = saas.actingAs(user.id());

        assertRefusal(() -> own.inTransaction(records -> records.customers().create("New", null)))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(own.<Long>inTransaction(records -> records.accounts().count(Filter.all())))
                .isEqualTo(1);
    }

    @Test
    void invalidatesAnOldPasswordAtTheCommit() {
        assertThat(saas.accounts().authenticate(user.id(), Fixture.PASSWORD, null))
                .isPresent();

        saas.inTransaction(records -> {
            records.accounts().setPassword(user.id(), "another");
            // Another caller does not see what is not committed.
            assertThat(authenticated(user, Fixture.PASSWORD)).isTrue();
            return null;
        });

        assertThat(authenticated(user, Fixture.PASSWORD)).isFalse();
        assertThat(authenticated(user, "another")).isTrue();
    }

    private boolean authenticated(User whom, String password) {
        return saas.accounts().authenticate(whom.id(), password, null).isPresent();
    }

    @Test
    void changesMembersAndParametersOfATenantDatabaseOrNothing() {
        fixture.tenant("shop");
        TenantDatabase shop = saas.database("shop");
        AtomicReference<MemberId> made = new AtomicReference<>();

        assertRefusal(() -> shop.inTransaction(records -> {
                    made.set(records.members()
                            .create(NewMember.builder("new", "New")
                                    .password("secret")
                                    .build())
                            .id());
                    assertThat(records.members().groups(made.get())).isNotEmpty();
                    records.parameters().set("a.key", "1");
                    throw SaasException.conflict(ErrorCodes.RECORD_IN_USE, "No.");
                }))
                .isEqualTo(ErrorCodes.RECORD_IN_USE);

        assertThat(shop.members().find(made.get())).isEmpty();
        assertThat(shop.parameters().value("a.key")).isEmpty();
    }
}
