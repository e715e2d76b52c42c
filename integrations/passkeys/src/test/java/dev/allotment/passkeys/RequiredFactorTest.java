// SPDX-License-Identifier: Apache-2.0
package dev.allotment.passkeys;

import static dev.allotment.passkeys.Installation.BROWSER;
import static dev.allotment.passkeys.Installation.LOGIN;
import static dev.allotment.passkeys.Installation.PASSWORD;
import static dev.allotment.passkeys.Installation.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import dev.allotment.access.SignIns.Next;
import dev.allotment.team.NewInvitation;
import dev.allotment.team.TenantLimit;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A team in which everyone needs a second factor or a passkey. */
final class RequiredFactorTest {
    private static final String MEMBER = "member@example.com";

    private final Installation installation = new Installation();
    private final Saas saas = installation.saas;
    private final User owner = installation.user;
    private final CustomerId customer = owner.customerId();
    private final User member = installation.signUp(MEMBER);
    private final Saas ofOwner = saas.actingAs(owner.id());

    @BeforeEach
    void join() {
        String secret = ofOwner.teams()
                .invite(NewInvitation.of(MEMBER, TeamRole.ADMINISTRATOR))
                .secret();
        saas.actingAs(member.id()).teams().accept(secret, false);
    }

    @AfterEach
    void close() {
        installation.close();
    }

    private void require() {
        installation.app(owner.id());
        ofOwner.teams().requireFactor(true);
    }

    private Saas ofMember() {
        return saas.actingAs(member.id()).actingFor(customer);
    }

    private NewApiKey key() {
        return new NewApiKey(
                "Script", ApiKeyScope.EVERYTHING, installation.clock.instant().plus(Duration.ofDays(1)));
    }

    @Test
    void whoRequiresAFactorHasOne() {
        assertRefusal(() -> ofOwner.teams().requireFactor(true)).isEqualTo(ErrorCodes.ACCESS_FACTOR_MISSING);
        assertThat(ofOwner.teams().requiresFactor()).isFalse();

        installation.device(owner);
        ofOwner.teams().requireFactor(true);
        assertThat(ofOwner.teams().requiresFactor()).isTrue();
        ofOwner.teams().requireFactor(false);
        assertThat(ofOwner.teams().requiresFactor()).isFalse();
    }

    @Test
    void aMemberWithoutOneHasNoRightsOfTheTeamUntilOneIsSetUp() {
        Saas before = ofMember();
        assertThat(before.teams().members()).hasSize(2);
        require();

        assertRefusal(() -> before.teams().members()).isEqualTo(ErrorCodes.ACCESS_FACTOR_MISSING);
        assertRefusal(() -> ofMember().teams().requireFactor(false)).isEqualTo(ErrorCodes.ACCESS_FACTOR_MISSING);
        assertThat(saas.secondFactors().status(member.id()).missing()).isTrue();
        assertThat(saas.actingAs(member.id()).teams().members())
                .as("its own team does not require one")
                .hasSize(1);

        installation.app(member.id());
        assertThat(before.teams().members()).hasSize(2);
        assertThat(saas.secondFactors().status(member.id()).missing()).isFalse();
    }

    @Test
    void aPasskeyIsEnough() {
        require();
        var device = installation.device(member);

        assertThat(ofMember().teams().members()).hasSize(2);
        assertThat(saas.signIns().start(MEMBER, PASSWORD, BROWSER).orElseThrow().next())
                .as("the password alone is not")
                .isEqualTo(Next.PASSKEY);
        assertRefusal(() -> saas.accounts().authenticate(MEMBER, PASSWORD, null))
                .isEqualTo(ErrorCodes.ACCESS_FACTOR_NEEDED);
        var request = saas.signIns().startPasskey(BROWSER).orElseThrow();
        assertThat(saas.signIns().enterPasskey(device.use(request), BROWSER)).isPresent();
    }

    @Test
    void aMemberWithoutOneSignsInToSetItUp() {
        require();
        var step = saas.signIns().start(MEMBER, PASSWORD, BROWSER).orElseThrow();

        assertThat(step.next()).isEqualTo(Next.NOTHING);
        Saas session = saas.actingInSession(member.id(), step.secret(), null).actingFor(customer);
        assertRefusal(() -> session.teams().members()).isEqualTo(ErrorCodes.ACCESS_FACTOR_MISSING);
        assertThat(session.passkeys().start(member.id())).isNotNull();
        assertThat(session.secondFactors().start(member.id())).isNotNull();
        assertThat(session.teams().mine()).hasSize(2);
    }

    @Test
    void keysWorkOnButAMemberWithoutOneMakesNone() {
        var key = saas.actingAs(member.id()).apiKeys().create(key());
        require();

        var holder = saas.apiKeys().authenticate(key.secret(), null).orElseThrow();
        assertThat(saas.actingAs(holder, null).actingFor(customer).teams().members())
                .hasSize(2);
        assertRefusal(() -> saas.actingAs(member.id()).apiKeys().create(key()))
                .isEqualTo(ErrorCodes.ACCESS_FACTOR_MISSING);
    }

    @Test
    void aMemberWithoutOneCanLeave() {
        require();
        ofMember().teams().leave();

        assertThat(saas.secondFactors().status(member.id()).required()).isFalse();
        assertThat(ofOwner.teams().members()).hasSize(1);
    }

    @Test
    void theRoleDecidesWhoRequiresIt() {
        installation.app(member.id());
        ofOwner.teams().change(member.id(), TeamRole.READER, TenantLimit.ALL);

        assertRefusal(() -> ofMember().teams().requireFactor(true)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        saas.actingFor(customer).teams().requireFactor(true);
        assertThat(ofMember().teams().requiresFactor()).isTrue();
        assertThat(saas.signIns().start(LOGIN, PASSWORD, BROWSER).orElseThrow().next())
                .isEqualTo(Next.NOTHING);
        assertRefusal(() -> ofOwner.teams().members()).isEqualTo(ErrorCodes.ACCESS_FACTOR_MISSING);
    }
}
