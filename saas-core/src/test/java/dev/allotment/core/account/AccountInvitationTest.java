// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.account;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.NewUser;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Access;
import dev.allotment.core.Fixture;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AccountInvitationTest {
    private static final String LOGIN = "ina@example.com";

    private final Fixture fixture = new Fixture();
    private final Access access = fixture.saas.access();

    @AfterEach
    void close() {
        fixture.close();
    }

    private User made() {
        return fixture.saas.accounts().create(NewUser.builder(LOGIN, "Ina").build());
    }

    @Test
    void lastsSevenDays() {
        User ina = made();
        assertThat(access.invitedUntil(ina.id())).isEmpty();
        Access.Reset invitation = access.invite(ina.id()).orElseThrow();
        assertThat(invitation.email()).isEqualTo(LOGIN);
        assertThat(access.invitedUntil(ina.id()))
                .contains(fixture.clock.instant().plus(Duration.ofDays(7)));

        fixture.clock.advance(Duration.ofDays(7).minusSeconds(1));
        assertThat(access.canResetPassword(invitation.secret())).isTrue();
        fixture.clock.advance(Duration.ofSeconds(1));
        assertThat(access.canResetPassword(invitation.secret())).isFalse();
        assertThat(access.invitedUntil(ina.id())).isEmpty();
    }

    @Test
    void isOnlyForAUserWhoHasNeverSignedIn() {
        User ina = made();
        String secret = access.invite(ina.id()).orElseThrow().secret();
        assertThat(access.resetPassword(secret, "my own words")).isPresent();
        assertThat(fixture.saas.accounts().authenticate(LOGIN, "my own words", null))
                .isPresent();

        assertThat(access.invite(ina.id())).isEmpty();
        assertThat(access.invite(new UserId(4711))).as("no account").isEmpty();
        String reset = access.requestPasswordReset(LOGIN).orElseThrow().secret();
        assertThat(access.invitedUntil(ina.id())).isEmpty();
        access.revokeInvitation(ina.id());
        assertThat(access.canResetPassword(reset)).as("it is no invitation").isTrue();
    }

    @Test
    void canBeRevoked() {
        User ina = made();
        String secret = access.invite(ina.id()).orElseThrow().secret();
        access.revokeInvitation(ina.id());
        assertThat(access.resetPassword(secret, "my own words")).isEmpty();
        assertThat(access.invitedUntil(ina.id())).isEmpty();
    }

    @Test
    void isForAdministratorsOnly() {
        User ina = made();
        Access own = fixture.saas.actingAs(ina.id()).access();
        assertRefusal(() -> own.invite(ina.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.invitedUntil(ina.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.revokeInvitation(ina.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }
}
