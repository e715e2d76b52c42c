// SPDX-License-Identifier: Apache-2.0
package dev.allotment.openid;

import static dev.allotment.openid.Portal.BROWSER;
import static dev.allotment.openid.Portal.LOGIN;
import static dev.allotment.openid.Portal.PASSWORD;
import static dev.allotment.openid.Portal.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.access.SignIns.Next;
import dev.allotment.access.SignIns.Step;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.identity.ProviderSignIns.Answer;
import dev.allotment.identity.ProviderSignIns.Choice;
import dev.allotment.identity.ProviderSignIns.Identity;
import dev.allotment.identity.ProviderSignIns.Purpose;
import dev.allotment.spi.backend.ProviderSecret;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.test.AuthenticatorApp;
import dev.allotment.test.HostileProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Signing in with identity providers, and who may link and manage them. */
final class ProviderSignInsTest {
    private final Portal portal = open();
    private final Saas saas = portal.saas;
    private final HostileProvider provider = portal.provider;
    private final User user = portal.user;

    private static Portal open() {
        try {
            return new Portal();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        portal.close();
    }

    private void makeAccounts() {
        saas.identityProviders()
                .update(
                        portal.known.id(),
                        present ->
                                present.toBuilder().newAccounts(TeamRole.OWNER).build());
    }

    private IdentityProvider ofCustomer(HostileProvider hostile) {
        return saas.identityProviders()
                .create(
                        IdentityProvider.builder("Company", hostile.issuer(), HostileProvider.CLIENT)
                                .customerId(user.customerId())
                                .build(),
                        HostileProvider.SECRET);
    }

    @Test
    void aLinkedAccountSignsIn() {
        portal.link();
        Step step = portal.signIn();

        assertThat(step.next()).isEqualTo(Next.NOTHING);
        assertThat(step.user().id()).isEqualTo(user.id());
        assertThat(saas.access().findSession(step.secret())).isPresent();
        Identity identity =
                portal.own(step.secret()).providerSignIns().list(user.id()).get(0);
        assertThat(identity.providerName()).isEqualTo("Example");
        assertThat(identity.lastUsedAt()).isEqualTo(portal.clock.instant());
        assertThat(portal.finish(provider.authorize(portal.start())).target()).isEqualTo("/my/databases");
        assertThat(saas.events()
                        .list(Query.where(Filter.<Event, EventType>equal(Event.TYPE, EventType.IDENTITY_LINKED)))
                        .get(0)
                        .userId())
                .isEqualTo(user.id());
    }

    @Test
    void anotherNodeFinishesWhatOneHasStarted() {
        portal.link();
        Saas other = portal.open(portal.storage);
        Answer answer = provider.authorize(portal.start());

        assertThat(other.providerSignIns().finish(answer, BROWSER, null).step()).isNotNull();
        assertRefusal(() -> portal.finish(answer)).isEqualTo(ErrorCodes.IDENTITY_EXPIRED);
    }

    @Test
    void anAccountIsNeverTakenOverByItsAddress() {
        provider.person(Map.of("sub", "1", "email", LOGIN, "email_verified", true));

        portal.assertRefused().isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
        makeAccounts();
        portal.assertRefused().isEqualTo(ErrorCodes.IDENTITY_ACCOUNT_EXISTS);
        assertThat(saas.providerSignIns().list(user.id())).isEmpty();
    }

    @Test
    void aNewPersonGetsAnAccountOnlyIfThatIsWanted() {
        provider.person(Map.of("sub", "2", "email", "new@example.com", "email_verified", true, "name", "New Person"));
        portal.assertRefused().isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
        makeAccounts();

        User made = portal.signIn().user();
        assertThat(made.login()).isEqualTo("new@example.com");
        assertThat(made.name()).isEqualTo("New Person");
        assertThat(made.portal()).isTrue();
        assertThat(saas.actingAs(made.id()).teams().mine().get(0).member().role())
                .isEqualTo(TeamRole.OWNER);
        assertThat(portal.signIn().user().id()).as("not another one").isEqualTo(made.id());
        assertThat(saas.accounts().authenticate("new@example.com", "", null)).isEmpty();
    }

    @Test
    void anAddressThatTheProviderHasNotVerifiedMakesNoAccount() {
        makeAccounts();
        for (Map<String, Object> person : List.of(
                Map.<String, Object>of("sub", "3", "email", "new@example.com"),
                Map.<String, Object>of("sub", "3", "email", "new@example.com", "email_verified", false),
                Map.<String, Object>of("sub", "3", "email_verified", true))) {
            provider.person(person);
            portal.assertRefused().isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
        }
    }

    @Test
    void aPersonIsFoundByTheSubjectAlsoAfterItsAddressHasChanged() {
        portal.link();
        provider.person(Map.of("sub", "248289761001", "email", "other@example.com", "email_verified", true));
        assertThat(portal.signIn().user().id()).isEqualTo(user.id());

        provider.person(Map.of("sub", "another", "email", LOGIN, "email_verified", true));
        portal.assertRefused().isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
    }

    @Test
    void aSecondFactorIsAskedForAsWell() {
        portal.link();
        AuthenticatorApp app =
                new AuthenticatorApp(saas.secondFactors().start(user.id()).uri().toString(), portal.clock::instant);
        saas.secondFactors().confirm(user.id(), app.code());
        portal.pass(Duration.ofSeconds(30));

        Step step = portal.signIn();
        assertThat(step.next()).isEqualTo(Next.CODE);
        assertThat(saas.access().findSession(step.secret())).isEmpty();
        assertThat(saas.signIns()
                        .enterCode(step.secret(), app.code(), BROWSER)
                        .orElseThrow()
                        .next())
                .isEqualTo(Next.NOTHING);
    }

    @Test
    void aSignInIsAProofOnlyIfTheProviderHasAskedThePersonNow() {
        portal.link();
        String session = portal.signIn().secret();
        assertThat(portal.own(session).signIns().isProven(session)).isFalse();
        provider.claims(all -> all.put("auth_time", portal.clock.instant().getEpochSecond() - 3600));
        String old = portal.signIn().secret();
        assertThat(portal.own(old).signIns().isProven(old)).isFalse();
        provider.claims(all -> all.put("auth_time", portal.clock.instant().getEpochSecond() - 60));
        String recent = portal.signIn().secret();
        assertThat(portal.own(recent).signIns().isProven(recent)).isTrue();
    }

    private URI startProof(String session) {
        Saas own = portal.own(session);
        return own.providerSignIns()
                .startProof(
                        session, own.providerSignIns().list(user.id()).get(0).id(), "/my/team");
    }

    @Test
    void aProviderProvesWhoTheUserIs() {
        portal.link();
        String session = portal.signIn().secret();
        URI address = startProof(session);
        assertThat(address.getQuery()).contains("prompt=login", "max_age=0");
        Answer answer = provider.authorize(address);

        assertThat(saas.providerSignIns().finish(answer, BROWSER, session).purpose())
                .isEqualTo(Purpose.PROOF);
        assertThat(portal.own(session).signIns().isProven(session)).isTrue();
    }

    @Test
    void aProofNeedsThePersonNowAndInThisSession() {
        portal.link();
        String session = portal.signIn().secret();
        provider.claims(all -> all.remove("auth_time"));
        assertRefusal(() -> saas.providerSignIns().finish(provider.authorize(startProof(session)), BROWSER, session))
                .as("the provider ignores that it has to ask")
                .isEqualTo(ErrorCodes.IDENTITY_REFUSED);
        provider.claims(all -> all.put("auth_time", portal.clock.instant().getEpochSecond() - 120));
        assertRefusal(() -> saas.providerSignIns().finish(provider.authorize(startProof(session)), BROWSER, session))
                .as("it has asked before")
                .isEqualTo(ErrorCodes.IDENTITY_REFUSED);
        provider.claims(all -> {});
        String other = portal.signIn().secret();
        assertRefusal(() -> saas.providerSignIns().finish(provider.authorize(startProof(session)), BROWSER, other))
                .as("another session")
                .isEqualTo(ErrorCodes.IDENTITY_EXPIRED);
        provider.person(Map.of("sub", "colleague"));
        assertRefusal(() -> saas.providerSignIns().finish(provider.authorize(startProof(session)), BROWSER, session))
                .as("another person")
                .isEqualTo(ErrorCodes.IDENTITY_REFUSED);
        assertThat(portal.own(session).signIns().isProven(session)).isFalse();
    }

    @Test
    void aSignInCannotBeTurnedIntoALink() {
        String session = portal.session();
        Answer planted = provider.authorize(portal.start());

        assertRefusal(() -> saas.providerSignIns().finish(planted, BROWSER, session))
                .isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
        assertThat(saas.providerSignIns().list(user.id())).isEmpty();
    }

    @Test
    void aLinkNeedsTheSessionThatHasStartedIt() {
        URI address = portal.startLink(portal.session());
        Answer answer = provider.authorize(address);
        User other = portal.signUp("other@example.com");
        String others = saas.signIns()
                .start("other@example.com", PASSWORD, BROWSER)
                .orElseThrow()
                .secret();

        assertRefusal(() -> saas.providerSignIns().finish(answer, BROWSER, others))
                .isEqualTo(ErrorCodes.IDENTITY_EXPIRED);
        assertRefusal(() -> saas.providerSignIns().finish(answer, BROWSER, null))
                .isEqualTo(ErrorCodes.IDENTITY_EXPIRED);
        assertThat(saas.providerSignIns().list(other.id())).isEmpty();
    }

    @Test
    void aLinkNeedsAProof() {
        portal.link();
        String session = portal.signIn().secret();

        assertRefusal(() -> portal.startLink(session)).isEqualTo(ErrorCodes.ACCESS_PROOF_NEEDED);
        assertRefusal(() -> portal.own(session).providerSignIns().unlink(user.id(), 1))
                .isEqualTo(ErrorCodes.ACCESS_PROOF_NEEDED);
    }

    @Test
    void aPersonBelongsToOneAccount() {
        portal.link();
        User other = portal.signUp("other@example.com");
        String session = saas.signIns()
                .start("other@example.com", PASSWORD, BROWSER)
                .orElseThrow()
                .secret();
        URI address = saas.actingInSession(other.id(), session, null)
                .providerSignIns()
                .startLink(session, portal.known.id(), "");

        assertRefusal(() -> saas.providerSignIns().finish(provider.authorize(address), BROWSER, session))
                .isEqualTo(ErrorCodes.IDENTITY_LINKED);
    }

    @Test
    void anotherIssuerOrClientSignsInNobodyWhoWasKnownToTheFormerOne() throws IOException {
        portal.link();
        try (HostileProvider other = new HostileProvider("all", portal.clock::instant)) {
            saas.identityProviders()
                    .update(
                            portal.known.id(),
                            present ->
                                    present.toBuilder().issuer(other.issuer()).build());
            saas.identityProviders().replaceSecret(portal.known.id(), HostileProvider.SECRET);

            assertRefusal(() -> portal.finish(other.authorize(portal.start())))
                    .isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
            assertThat(saas.providerSignIns().list(user.id())).isEmpty();
        }
    }

    @Test
    void noOtherProviderGetsTheSecret() throws IOException {
        try (HostileProvider other = new HostileProvider("all", portal.clock::instant)) {
            saas.identityProviders()
                    .update(
                            portal.known.id(),
                            present ->
                                    present.toBuilder().issuer(other.issuer()).build());

            assertRefusal(() -> portal.finish(other.authorize(portal.start())))
                    .as("the client has no secret any more")
                    .isEqualTo(ErrorCodes.IDENTITY_PROVIDER_FAILED);
        }
        List<ProviderSecret> secrets = portal.storage
                .catalog()
                .transact(tx -> tx.records(RecordTypes.PROVIDER_SECRETS).list(Query.all()));
        assertThat(secrets).isEmpty();
    }

    @Test
    void anInactiveOrDeletedProviderSignsNobodyIn() {
        portal.link();
        Answer started = provider.authorize(portal.start());
        saas.identityProviders()
                .update(
                        portal.known.id(),
                        present -> present.toBuilder().active(false).build());

        assertRefusal(() -> portal.finish(started)).isEqualTo(ErrorCodes.IDENTITY_EXPIRED);
        assertRefusal(portal::start).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(saas.providerSignIns().offered()).isEmpty();
        saas.identityProviders().delete(portal.known.id());
        assertThat(saas.providerSignIns().list(user.id())).isEmpty();
        assertRefusal(portal::start).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void aDeactivatedAccountDoesNotSignIn() {
        portal.link();
        saas.accounts()
                .update(user.id(), present -> present.toBuilder().active(false).build());

        portal.assertRefused().isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
    }

    @Test
    void aProviderOfACustomerIsForItsTeamOnly() throws IOException {
        try (HostileProvider hostile = new HostileProvider("customer-" + user.customerId(), portal.clock::instant)) {
            IdentityProvider company = ofCustomer(hostile);
            User stranger = portal.signUp("stranger@example.com");
            Saas strangers = saas.actingAs(stranger.id());

            assertThat(saas.providerSignIns().offered())
                    .extracting(Choice::name)
                    .containsExactly("Example");
            assertThat(saas.actingAs(user.id()).providerSignIns().linkable(user.id()))
                    .extracting(Choice::name)
                    .containsExactly("Example", "Company");
            assertThat(strangers.providerSignIns().linkable(stranger.id()))
                    .extracting(Choice::name)
                    .containsExactly("Example");
            String session = saas.signIns()
                    .start("stranger@example.com", PASSWORD, BROWSER)
                    .orElseThrow()
                    .secret();
            assertRefusal(() -> saas.actingInSession(stranger.id(), session, null)
                            .providerSignIns()
                            .startLink(session, company.id(), ""))
                    .isEqualTo(ErrorCodes.RECORD_MISSING);
            hostile.person(Map.of("sub", "x", "email", "stranger@example.com", "email_verified", true));
            assertRefusal(() -> portal.finish(
                            hostile.authorize(saas.providerSignIns().start(company.id(), "", BROWSER))))
                    .isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
        }
    }

    @Test
    void aProviderOfACustomerNeverSignsInAnOperator() throws IOException {
        try (HostileProvider hostile = new HostileProvider("customer-" + user.customerId(), portal.clock::instant)) {
            IdentityProvider company = ofCustomer(hostile);
            User operator = saas.accounts()
                    .list(Query.where(Filter.equal(User.LOGIN, "admin")))
                    .get(0);
            String session = saas.signIns()
                    .start("admin", "admin", BROWSER)
                    .orElseThrow()
                    .secret();

            assertRefusal(() -> saas.actingInSession(operator.id(), session, null)
                            .providerSignIns()
                            .startLink(session, company.id(), ""))
                    .isEqualTo(ErrorCodes.RECORD_MISSING);
        }
    }

    @Test
    void othersDoNotSeeTheProvidersOfACustomer() throws IOException {
        try (HostileProvider hostile = new HostileProvider("customer-" + user.customerId(), portal.clock::instant)) {
            IdentityProvider company = ofCustomer(hostile);
            User stranger = portal.signUp("stranger@example.com");
            var others = saas.actingAs(stranger.id()).identityProviders();
            var own = saas.actingAs(user.id()).identityProviders();

            assertThat(own.list(Query.all())).containsExactly(company);
            assertThat(others.list(Query.all())).isEmpty();
            List<Runnable> attacks = List.of(
                    () -> others.get(company.id()),
                    () -> others.update(company.id(), each -> each),
                    () -> others.replaceSecret(company.id(), "x"),
                    () -> others.delete(company.id()),
                    () -> others.check(company.id()),
                    () -> others.callback(user.customerId()),
                    () -> others.callback(null),
                    () -> others.create(company, null),
                    () -> own.delete(portal.known.id()),
                    () -> own.get(portal.known.id()),
                    () -> own.update(portal.known.id(), each -> each));
            for (Runnable each : attacks) {
                assertRefusal(each).isEqualTo(ErrorCodes.RECORD_MISSING);
            }
            assertRefusal(() -> own.create(company.toBuilder().customerId(null).build(), null))
                    .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertThat(own.get(company.id())).isEqualTo(company);
        }
    }

    @Test
    void aProviderNeedsValidSettings() {
        var providers = saas.identityProviders();
        IdentityProvider valid = IdentityProvider.builder("Valid", "https://login.example.com", "client")
                .build();
        List<IdentityProvider> invalid = List.of(
                valid.toBuilder().name(" ").build(),
                valid.toBuilder().name("x".repeat(65)).build(),
                valid.toBuilder().issuer("ftp://login.example.com").build(),
                valid.toBuilder().issuer("https://login.example.com?x=1").build(),
                valid.toBuilder().issuer("https://user@login.example.com").build(),
                valid.toBuilder().clientId("").build(),
                valid.toBuilder().clientId("a b").build(),
                valid.toBuilder().newAccounts(TeamRole.MEMBER).build(),
                valid.toBuilder()
                        .customerId(user.customerId())
                        .newAccounts(TeamRole.OWNER)
                        .build());
        for (IdentityProvider each : invalid) {
            assertRefusal(() -> providers.create(each, null)).isEqualTo(ErrorCodes.IDENTITY_INVALID);
        }
        assertRefusal(() -> providers.create(valid, "a\nb")).isEqualTo(ErrorCodes.IDENTITY_INVALID);
        for (int i = providers.list(Query.all()).size(); i < 10; i++) {
            providers.create(valid, null);
        }
        assertRefusal(() -> providers.create(valid, null)).isEqualTo(ErrorCodes.IDENTITY_LIMIT_REACHED);
    }

    @Test
    void aDeletedAccountLeavesNoIdentity() {
        portal.link();
        User other = portal.signUp("other@example.com");
        saas.accounts().delete(user.id());

        portal.assertRefused().isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
        assertThat(saas.providerSignIns().list(other.id())).isEmpty();
    }
}
