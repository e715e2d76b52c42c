// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.authentication;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Accounts;
import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.Fixture;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PasswordChangeTest {
    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final User user = fixture.signUp("client@example.com");
    private final Accounts own = saas.actingAs(user.id()).accounts();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void changesThePasswordOfAUserWhoKnowsTheOldOne() {
        own.changePassword(user.id(), Fixture.PASSWORD, "new secret");

        assertThat(saas.accounts().authenticate("client@example.com", Fixture.PASSWORD, null))
                .isEmpty();
        assertThat(saas.accounts().authenticate("client@example.com", "new secret", null))
                .isPresent();
    }

    @Test
    void refusesAWrongOldPasswordAndAnUnusableNewOne() {
        assertRefusal(() -> own.changePassword(user.id(), "wrong", "new secret"))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertRefusal(() -> own.changePassword(user.id(), "", "new secret")).isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertRefusal(() -> own.changePassword(user.id(), Fixture.PASSWORD, "")).isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertRefusal(() -> own.changePassword(user.id(), Fixture.PASSWORD, "p".repeat(4097)))
                .isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertRefusal(() -> saas.accounts().setPassword(user.id(), "")).isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertRefusal(() -> saas.accounts().setPassword(new UserId(99), "secret"))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(saas.accounts().authenticate("client@example.com", Fixture.PASSWORD, null))
                .isPresent();
    }

    @Test
    void letsOnlyAdministratorsSetOtherPasswords() {
        User other = fixture.signUp("other@example.com");

        assertRefusal(() -> own.changePassword(other.id(), Fixture.PASSWORD, "new secret"))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.setPassword(user.id(), "new secret")).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        saas.actingAs(Fixture.ADMINISTRATOR).accounts().setPassword(user.id(), "new secret");
        assertThat(saas.accounts().authenticate("client@example.com", "new secret", null))
                .isPresent();
    }

    @Test
    void throttlesGuessesOfTheOldPassword() {
        for (int i = 0; i < 10; i++) {
            assertRefusal(() -> own.changePassword(user.id(), "wrong", "new secret"))
                    .isEqualTo(ErrorCodes.ACCESS_DENIED);
        }
        assertRefusal(() -> own.changePassword(user.id(), Fixture.PASSWORD, "new secret"))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);
    }

    @Test
    void endsTheUsersSessionsOnly() {
        User other = fixture.signUp("other@example.com");
        String mine = saas.access().openSession("portal.localhost", user.id().value());
        String theirs = saas.access().openSession("portal.localhost", other.id().value());

        own.changePassword(user.id(), Fixture.PASSWORD, "new secret");
        assertThat(saas.access().findSession(mine)).isEmpty();
        assertThat(saas.access().findSession(theirs)).isPresent();

        saas.accounts().setPassword(other.id(), "new secret");
        assertThat(saas.access().findSession(theirs)).isEmpty();
    }

    @Test
    void requiresThePasswordToChangeTheEmailAddress() {
        for (String password : List.of("", "wrong", "new secret")) {
            assertRefusal(() -> own.changeEmail(user.id(), password, "thief@example.com"))
                    .isEqualTo(ErrorCodes.ACCESS_DENIED);
        }
        assertRefusal(() -> own.changeEmail(user.id(), Fixture.PASSWORD, "no address"))
                .isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertThat(saas.accounts().get(user.id()).email()).isEqualTo("client@example.com");
        String reset = saas.access()
                .requestPasswordReset("client@example.com")
                .orElseThrow()
                .secret();

        assertThat(own.changeEmail(user.id(), Fixture.PASSWORD, "moved@example.com")
                        .email())
                .isEqualTo("moved@example.com");

        assertThat(saas.access().resetPassword(reset, "from the old mailbox")).isEmpty();
        assertThat(own.changeEmail(user.id(), Fixture.PASSWORD, null).email()).isNull();
    }
}
