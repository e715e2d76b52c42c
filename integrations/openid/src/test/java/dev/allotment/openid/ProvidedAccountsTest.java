// SPDX-License-Identifier: Apache-2.0
package dev.allotment.openid;

import static dev.allotment.openid.Portal.BROWSER;
import static dev.allotment.openid.Portal.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.access.Access.Session;
import dev.allotment.access.SignIns.Step;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.identity.MailDomain;
import dev.allotment.identity.ProviderSignIns.Choice;
import dev.allotment.test.HostileProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The accounts that the provider of a customer makes for people in its mail domains. */
final class ProvidedAccountsTest {
    private static final String ADDRESS = "new@corp.example";

    private final Portal portal = open();
    private final Saas saas = portal.saas;
    private final User owner = portal.user;
    private final HostileProvider hostile = company(owner);
    private final IdentityProvider provider = registered(TeamRole.MEMBER);

    private static Portal open() {
        try {
            return new Portal();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HostileProvider company(User of) {
        try {
            HostileProvider opened = new HostileProvider("customer-" + of.customerId(), portal.clock::instant);
            opened.person(person("1", ADDRESS));
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> person(String subject, String email) {
        return Map.of("sub", subject, "email", email, "email_verified", true, "name", "New Person");
    }

    private IdentityProvider registered(TeamRole role) {
        return saas.identityProviders()
                .create(
                        IdentityProvider.builder("Company", hostile.issuer(), HostileProvider.CLIENT)
                                .customerId(owner.customerId())
                                .newAccounts(role)
                                .build(),
                        HostileProvider.SECRET);
    }

    @AfterEach
    void close() {
        hostile.close();
        portal.close();
    }

    private Step step() {
        return Objects.requireNonNull(
                portal.finish(hostile.authorize(saas.providerSignIns().start(provider.id(), "", BROWSER)))
                        .step());
    }

    private User signIn() {
        return step().user();
    }

    private TeamRole roleOf(User user) {
        return saas.actingAs(user.id()).teams().mine().get(0).member().role();
    }

    @Test
    void aPersonInAVerifiedDomainGetsAnAccountInTheTeam() {
        assertRefusal(this::signIn).as("no domain").isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
        MailDomain added = saas.actingFor(owner.customerId()).mailDomains().add("corp.example");
        assertRefusal(this::signIn).as("not verified").isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
        portal.dns.put(added.recordName(), List.of(added.recordText()));
        saas.actingFor(owner.customerId()).mailDomains().verify(added.id());

        User made = signIn();
        assertThat(made.login()).isEqualTo(ADDRESS);
        assertThat(made.name()).isEqualTo("New Person");
        assertThat(made.customerId()).isEqualTo(owner.customerId());
        assertThat(made.portal()).isTrue();
        assertThat(roleOf(made)).isEqualTo(TeamRole.MEMBER);
        assertThat(saas.accounts().authenticate(ADDRESS, "", null)).isEmpty();
        assertThat(signIn().id()).as("not another one").isEqualTo(made.id());
        assertThat(saas.actingFor(owner.customerId()).teams().members()).hasSize(2);
    }

    /** Otherwise a person who joins another team later would take the operator of the provider there. */
    @Test
    void theFirstSessionIsLimitedToTheCustomerAsWell() {
        portal.verify(owner.customerId(), "corp.example");

        assertThat(saas.access().findSession(step().secret()).orElseThrow())
                .returns(true, Session::provided)
                .returns(owner.customerId(), Session::customer);
    }

    @Test
    void onlyAddressesInTheDomainThatTheProviderHasVerifiedGetAnAccount() {
        portal.verify(owner.customerId(), "corp.example");
        for (Map<String, Object> person : List.of(
                person("2", "new@example.org"),
                person("2", "new@mail.corp.example"),
                person("2", "new@corp.example.org"),
                person("2", "new@evil.example@corp.example"),
                Map.<String, Object>of("sub", "2", "email", ADDRESS),
                Map.<String, Object>of("sub", "2", "email", ADDRESS, "email_verified", false),
                Map.<String, Object>of("sub", "2"))) {
            hostile.person(person);
            assertRefusal(this::signIn).as(person.toString()).isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
        }
        assertThat(saas.actingFor(owner.customerId()).teams().members()).hasSize(1);
    }

    @Test
    void theDomainOfAnotherCustomerMakesNoAccounts() {
        User other = portal.signUp("other@example.com");
        portal.verify(other.customerId(), "corp.example");

        assertRefusal(this::signIn).isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
    }

    @Test
    void anAccountWithTheAddressIsNotTakenOver() {
        portal.verify(owner.customerId(), "corp.example");
        User present = portal.signUp(ADDRESS);
        assertRefusal(this::signIn).isEqualTo(ErrorCodes.IDENTITY_ACCOUNT_EXISTS);

        saas.accounts()
                .update(
                        present.id(),
                        each -> each.toBuilder()
                                .login("other")
                                .email("NEW@corp.example")
                                .build());
        assertRefusal(this::signIn).as("not the login").isEqualTo(ErrorCodes.IDENTITY_ACCOUNT_EXISTS);
        assertThat(saas.providerSignIns().list(present.id())).isEmpty();
    }

    @Test
    void aDomainThatLapsedOrWasRemovedMakesNoAccounts() {
        MailDomain domain = portal.verify(owner.customerId(), "corp.example");
        User known = signIn();
        portal.dns.clear();
        for (int day = 0; day < 9; day++) {
            portal.pass(Duration.ofDays(1));
            saas.maintenance().run();
        }
        assertThat(signIn().id()).as("who has an account").isEqualTo(known.id());
        hostile.person(person("2", "second@corp.example"));
        assertRefusal(this::signIn).isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
        assertThat(saas.providerSignIns().ofAddress(ADDRESS)).isEmpty();

        portal.dns.put(domain.recordName(), List.of(domain.recordText()));
        saas.actingFor(owner.customerId()).mailDomains().verify(domain.id());
        assertThat(signIn().login()).isEqualTo("second@corp.example");
        saas.actingFor(owner.customerId()).mailDomains().remove(domain.id());
        hostile.person(person("3", "third@corp.example"));
        assertRefusal(this::signIn).isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
    }

    @Test
    void aFullTeamGetsNoOtherMember() {
        portal.verify(owner.customerId(), "corp.example");
        saas.parameters().set(Parameter.TEAM_LIMIT, "1");

        assertRefusal(this::signIn).isEqualTo(ErrorCodes.TEAM_FULL);
    }

    @Test
    void aProviderThatMakesNoAccountsMakesNone() {
        portal.verify(owner.customerId(), "corp.example");
        saas.identityProviders()
                .update(
                        provider.id(),
                        each -> each.toBuilder().newAccounts(null).build());

        assertRefusal(this::signIn).isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
    }

    @Test
    void theProvidersOfACustomerAreFoundByAnAddress() {
        portal.signUp("known@corp.example");
        assertThat(saas.providerSignIns().ofAddress(ADDRESS)).isEmpty();
        portal.verify(owner.customerId(), "corp.example");

        for (String address : List.of(ADDRESS, "known@corp.example", " ANY@Corp.Example ")) {
            assertThat(saas.providerSignIns().ofAddress(address))
                    .as(address)
                    .extracting(Choice::name)
                    .containsExactly("Company");
        }
        for (String address : List.of("", "new", "@corp.example", "new@sub.corp.example", "new@example.com")) {
            assertThat(saas.providerSignIns().ofAddress(address)).as(address).isEmpty();
        }
        assertRefusal(() -> saas.actingAs(owner.id()).providerSignIns().ofAddress(ADDRESS))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        saas.identityProviders()
                .update(provider.id(), each -> each.toBuilder().active(false).build());
        assertThat(saas.providerSignIns().ofAddress(ADDRESS)).isEmpty();
    }
}
