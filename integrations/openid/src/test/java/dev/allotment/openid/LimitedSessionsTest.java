// SPDX-License-Identifier: Apache-2.0
package dev.allotment.openid;

import static dev.allotment.openid.Portal.BROWSER;
import static dev.allotment.openid.Portal.LOGIN;
import static dev.allotment.openid.Portal.PASSWORD;
import static dev.allotment.openid.Portal.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allotment.AllowedFor;
import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Needs;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import dev.allotment.access.SignIns.Next;
import dev.allotment.access.SignIns.Step;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.identity.ProviderSignIns.Answer;
import dev.allotment.identity.ProviderSignIns.Choice;
import dev.allotment.identity.ProviderSignIns.Identity;
import dev.allotment.team.NewInvitation;
import dev.allotment.team.SentInvitation;
import dev.allotment.team.Team;
import dev.allotment.test.AuthenticatorApp;
import dev.allotment.test.HostileProvider;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the operator of a customer's identity provider can do with the accounts of that team: what the team can, and
 * nothing for another customer, whatever the accounts do before or after.
 */
final class LimitedSessionsTest {
    private final Portal portal = openPortal();
    private final Saas saas = portal.saas;
    private final User user = portal.user;
    private final CustomerId home = user.customerId();
    private final HostileProvider operator = openProvider();
    private final IdentityProvider company = saas.identityProviders()
            .create(
                    IdentityProvider.builder("Company", operator.issuer(), HostileProvider.CLIENT)
                            .customerId(home)
                            .build(),
                    HostileProvider.SECRET);

    private static Portal openPortal() {
        try {
            return new Portal();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HostileProvider openProvider() {
        try {
            return new HostileProvider("customer-" + home, portal.clock::instant);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        operator.close();
        portal.close();
    }

    private void link() {
        String session = portal.session();
        saas.providerSignIns()
                .finish(
                        operator.authorize(portal.own(session).providerSignIns().startLink(session, company.id(), "")),
                        BROWSER,
                        session);
    }

    private Answer start() {
        return operator.authorize(saas.providerSignIns().start(company.id(), "", BROWSER));
    }

    private Step signIn() {
        return Objects.requireNonNull(
                saas.providerSignIns().finish(start(), BROWSER, null).step());
    }

    /** Signs in, and the provider says that it has asked the person just now. */
    private String proven() {
        operator.claims(all -> all.put("auth_time", portal.clock.instant().getEpochSecond()));
        return signIn().secret();
    }

    /** Lets the account join the team of a stranger. Returns the customer of that team. */
    private CustomerId joinAnotherTeam() {
        User stranger = portal.signUp("stranger@example.com");
        SentInvitation sent = saas.actingAs(stranger.id()).teams().invite(NewInvitation.of(LOGIN, TeamRole.OWNER));
        saas.actingAs(user.id()).teams().accept(Objects.requireNonNull(sent.secret()), false);
        return stranger.customerId();
    }

    private boolean isOpen(String session) {
        return saas.access().findSession(session).isPresent();
    }

    private NewApiKey key(ApiKeyScope scope) {
        return new NewApiKey("key", scope, portal.clock.instant().plus(Duration.ofDays(1)));
    }

    @Test
    void aSessionCountsForTheCustomerOnlyWhoseProviderHasOpenedIt() {
        link();
        String before = proven();
        CustomerId other = joinAnotherTeam();
        String after = proven();

        for (String session : List.of(before, after)) {
            Saas own = portal.own(session);
            assertThat(own.teams().mine())
                    .extracting(Team::member)
                    .allMatch(each -> each.customerId().equals(home))
                    .hasSize(1);
            assertThat(own.teams().members()).hasSize(1);
            assertThat(own.actingAs(user.id()).teams().mine()).hasSize(1);
            List<Runnable> attacks = List.of(
                    () -> own.actingFor(other), () -> own.actingAs(user.id()).actingFor(other));
            for (Runnable each : attacks) {
                assertRefusal(each).isEqualTo(ErrorCodes.RECORD_MISSING);
            }
            assertRefusal(() -> saas.access().switchCustomer(session, other))
                    .isEqualTo(ErrorCodes.IDENTITY_LIMITED_SESSION);
            assertThat(own.customers().list(Query.all()))
                    .extracting(each -> each.id())
                    .containsExactly(home);
        }
        assertThat(saas.actingInSession(user.id(), portal.session(), null)
                        .actingFor(other)
                        .teams()
                        .members())
                .as("the password opens both")
                .hasSize(2);
    }

    @Test
    void aKeyThatASessionMakesIsForTheSameCustomer() {
        link();
        CustomerId other = joinAnotherTeam();
        String session = proven();
        Saas own = portal.own(session);

        for (ApiKeyScope each : List.of(ApiKeyScope.EVERYTHING, ApiKeyScope.READ_ONLY, ApiKeyScope.ofCustomer(other))) {
            assertRefusal(() -> own.apiKeys().create(key(each))).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        }
        String made = own.apiKeys().create(key(ApiKeyScope.ofCustomer(home))).secret();
        assertThat(saas.apiKeys().authenticate(made, null)).isPresent();
        Saas byKey = saas.actingAs(saas.apiKeys().authenticate(made, null).orElseThrow(), null);
        assertRefusal(() -> byKey.actingFor(other)).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void aSessionSeesAndRevokesNoKeysForOtherCustomers() {
        link();
        CustomerId other = joinAnotherTeam();
        var full = saas.actingAs(user.id()).apiKeys();
        var everything = full.create(key(ApiKeyScope.EVERYTHING)).apiKey().id();
        var others = full.create(key(ApiKeyScope.ofCustomer(other))).apiKey().id();
        var homes = full.create(key(ApiKeyScope.ofCustomer(home))).apiKey().id();
        var limited = portal.own(proven()).apiKeys();

        assertThat(limited.list(Query.all())).extracting(each -> each.id()).containsExactly(homes);
        assertRefusal(() -> limited.revoke(everything)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> limited.rotate(others, Duration.ZERO)).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    /** Each use case that exists, so that none is forgotten that will exist. */
    @Test
    void aSessionChangesNothingOfTheAccount() throws IllegalAccessException {
        link();
        Saas own = portal.own(proven());
        List<String> called = new ArrayList<>();
        for (Method part : Saas.class.getMethods()) {
            if (part.getParameterCount() > 0 || !part.getReturnType().isInterface()) {
                continue;
            }
            Class<?> api = part.getReturnType();
            for (Method each : api.getDeclaredMethods()) {
                Needs needs = each.getAnnotation(Needs.class);
                if (needs != null
                        && each.getAnnotation(AllowedFor.class) == null
                        && !Modifier.isStatic(each.getModifiers())) {
                    SaasException refusal = refusal(invoke(part, own), each);
                    assertThat(refusal.code()).as("%s", each).isEqualTo(ErrorCodes.IDENTITY_LIMITED_SESSION);
                    called.add(each.getName());
                }
            }
        }
        assertThat(called)
                .contains(
                        "changePassword",
                        "changeEmail",
                        "update",
                        "openSession",
                        "closeOthers",
                        "accept",
                        "startLink",
                        "unlink",
                        "add",
                        "turnOff",
                        "confirm");
    }

    private static Object invoke(Method part, Saas own) throws IllegalAccessException {
        try {
            return part.invoke(own);
        } catch (InvocationTargetException e) {
            throw new AssertionError(part.toString(), e);
        }
    }

    private static SaasException refusal(Object part, Method method) throws IllegalAccessException {
        Object[] arguments = Arrays.stream(method.getParameterTypes())
                .map(LimitedSessionsTest::nothing)
                .toArray();
        try {
            method.invoke(part, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SaasException refusal) {
                return refusal;
            }
            throw new AssertionError(method.toString(), e);
        }
        throw new AssertionError(method + " was accepted");
    }

    private static Object nothing(Class<?> type) {
        return type == long.class ? 0L : type == int.class ? (Object) 0 : type == boolean.class ? (Object) false : null;
    }

    @Test
    void aSecondFactorDoesNotWidenASession() {
        link();
        CustomerId other = joinAnotherTeam();
        AuthenticatorApp app =
                new AuthenticatorApp(saas.secondFactors().start(user.id()).uri().toString(), portal.clock::instant);
        saas.secondFactors().confirm(user.id(), app.code());
        portal.pass(Duration.ofSeconds(30));
        Step waiting = signIn();
        assertThat(waiting.next()).isEqualTo(Next.CODE);
        String pending = waiting.secret();
        String widened = pending.replaceFirst("(\\d+\\.\\d+)\\.\\d+", "$1.0");
        assertThat(widened).isNotEqualTo(pending);

        assertThat(saas.signIns().enterCode(widened, app.code(), BROWSER)).isEmpty();
        String session = saas.signIns()
                .enterCode(pending, app.code(), BROWSER)
                .orElseThrow()
                .secret();
        assertRefusal(() -> portal.own(session).actingFor(other)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> portal.own(session).secondFactors().turnOff(user.id(), PASSWORD, app.code()))
                .isEqualTo(ErrorCodes.IDENTITY_LIMITED_SESSION);
    }

    @Test
    void aSignInThatWaitsEndsWithTheProviderAndTheMembership() {
        link();
        AuthenticatorApp app =
                new AuthenticatorApp(saas.secondFactors().start(user.id()).uri().toString(), portal.clock::instant);
        saas.secondFactors().confirm(user.id(), app.code());
        portal.pass(Duration.ofSeconds(30));
        String pending = signIn().secret();
        change(each -> each.toBuilder().active(false).build());

        assertRefusal(() -> saas.signIns().enterCode(pending, app.code(), BROWSER))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);
    }

    private void change(UnaryOperator<IdentityProvider> change) {
        saas.identityProviders().update(company.id(), change);
    }

    @Test
    void theProviderTakesThePlaceOfTheFactorThatTheTeamNeeds() {
        link();
        saas.actingFor(home).teams().requireFactor(true);
        Step step = signIn();

        assertThat(step.next()).isEqualTo(Next.NOTHING);
        assertThat(portal.own(step.secret()).teams().members()).hasSize(1);
        assertRefusal(() -> portal.own(portal.session()).teams().members())
                .as("a password does not")
                .isEqualTo(ErrorCodes.ACCESS_FACTOR_MISSING);
    }

    @Test
    void sessionsEndWithWhatHasOpenedThem() {
        link();
        String unlinked = signIn().secret();
        String password = portal.session();
        Identity identity =
                portal.own(password).providerSignIns().list(user.id()).get(0);
        portal.own(password).providerSignIns().unlink(user.id(), identity.id());
        assertThat(isOpen(unlinked)).as("the link was removed").isFalse();

        link();
        String inactive = signIn().secret();
        change(each -> each.toBuilder().active(false).build());
        assertThat(isOpen(inactive)).as("the provider is inactive").isFalse();

        change(each -> each.toBuilder().active(true).build());
        String changed = signIn().secret();
        change(each -> each.toBuilder().clientId("another").build());
        assertThat(isOpen(changed)).as("the provider is another one").isFalse();

        change(each -> each.toBuilder().clientId(HostileProvider.CLIENT).build());
        saas.identityProviders().replaceSecret(company.id(), HostileProvider.SECRET);
        link();
        String deleted = signIn().secret();
        saas.identityProviders().delete(company.id());
        assertThat(isOpen(deleted)).as("the provider was deleted").isFalse();
        assertThat(isOpen(password)).as("a password has opened it").isTrue();
    }

    /** An account in the team with a role, that is linked to the provider and has signed in with it. */
    private User colleague(TeamRole role) {
        User colleague = portal.signUp("colleague@example.com");
        SentInvitation sent = saas.actingAs(user.id()).teams().invite(NewInvitation.of("colleague@example.com", role));
        saas.actingAs(colleague.id()).teams().accept(Objects.requireNonNull(sent.secret()), false);
        String password = password();
        var own = saas.actingInSession(colleague.id(), password, null).providerSignIns();
        saas.providerSignIns().finish(operator.authorize(own.startLink(password, company.id(), "")), BROWSER, password);
        assertThat(isOpen(signIn().secret())).isTrue();
        return colleague;
    }

    /** Opens a session of the colleague with the password. */
    private String password() {
        return saas.signIns()
                .start("colleague@example.com", PASSWORD, BROWSER)
                .orElseThrow()
                .secret();
    }

    private void require() {
        change(each -> each.toBuilder().required(true).build());
    }

    @Test
    void aTeamRequiresItsProvider() {
        User colleague = colleague(TeamRole.ADMINISTRATOR);
        CustomerId others = colleague.customerId();
        require();
        Saas full = saas.actingInSession(colleague.id(), password(), null);
        Saas forTeam = full.actingFor(home);
        Saas provided = saas.actingInSession(colleague.id(), signIn().secret(), null);

        List<Runnable> refused = List.of(
                () -> forTeam.teams().members(),
                () -> forTeam.tenants().list(Query.all()),
                () -> saas.actingAs(colleague.id()).actingFor(home).teams().members(),
                () -> full.apiKeys().create(key(ApiKeyScope.EVERYTHING)),
                () -> full.apiKeys().create(key(ApiKeyScope.ofCustomer(home))));
        for (Runnable each : refused) {
            assertRefusal(each).isEqualTo(ErrorCodes.IDENTITY_REQUIRED);
        }
        assertThat(forTeam.providerSignIns().required())
                .extracting(Choice::provider)
                .containsExactly(company.id());
        assertThat(provided.teams().members()).hasSize(2);
        assertThat(provided.providerSignIns().required()).isEmpty();
        assertThat(full.actingFor(others).teams().members())
                .as("of the own customer")
                .hasSize(1);
        full.apiKeys().create(key(ApiKeyScope.ofCustomer(others)));
    }

    @Test
    void ownersAreTheWayBack() {
        User colleague = colleague(TeamRole.MEMBER);
        require();
        Saas member = saas.actingInSession(colleague.id(), password(), null).actingFor(home);
        assertRefusal(() -> member.teams().members()).isEqualTo(ErrorCodes.IDENTITY_REQUIRED);

        portal.own(portal.session())
                .identityProviders()
                .update(company.id(), each -> each.toBuilder().required(false).build());
        assertThat(member.teams().members()).hasSize(2);
        require();
        change(each -> each.toBuilder().active(false).required(false).build());
        assertThat(member.teams().members()).hasSize(2);
    }

    @Test
    void aProviderThatHasSignedInNoOneCannotBeRequired() {
        assertRefusal(this::require).isEqualTo(ErrorCodes.IDENTITY_UNTESTED);
        link();
        assertRefusal(this::require).as("linked, but not used").isEqualTo(ErrorCodes.IDENTITY_UNTESTED);
        assertThat(signIn().next()).isEqualTo(Next.NOTHING);
        require();

        assertRefusal(() -> change(each -> each.toBuilder().clientId("another").build()))
                .as("the links would be removed")
                .isEqualTo(ErrorCodes.IDENTITY_UNTESTED);
        assertRefusal(() -> change(each -> each.toBuilder().active(false).build()))
                .isEqualTo(ErrorCodes.IDENTITY_INVALID);
        assertRefusal(() -> saas.identityProviders()
                        .update(
                                portal.known.id(),
                                each -> each.toBuilder().required(true).build()))
                .as("for everyone")
                .isEqualTo(ErrorCodes.IDENTITY_INVALID);
        assertRefusal(() -> saas.identityProviders()
                        .create(company.toBuilder().name("New").required(true).build(), null))
                .isEqualTo(ErrorCodes.IDENTITY_UNTESTED);
    }

    /** Signs in with the provider, and waits for the code of the app. */
    private String pending(AuthenticatorApp app) {
        saas.secondFactors().confirm(user.id(), app.code());
        portal.pass(Duration.ofSeconds(30));
        return signIn().secret();
    }

    private AuthenticatorApp app() {
        return new AuthenticatorApp(saas.secondFactors().start(user.id()).uri().toString(), portal.clock::instant);
    }

    @Test
    void aSignInThatWaitsEndsWithTheLink() {
        link();
        AuthenticatorApp app = app();
        String unlinked = pending(app);
        saas.providerSignIns()
                .unlink(user.id(), saas.providerSignIns().list(user.id()).get(0).id());
        assertRefusal(() -> saas.signIns().enterCode(unlinked, app.code(), BROWSER))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);

        saas.secondFactors().reset(user.id());
        link();
        AuthenticatorApp second = app();
        String changed = pending(second);
        change(each -> each.toBuilder().clientId("another").build());
        assertRefusal(() -> saas.signIns().enterCode(changed, second.code(), BROWSER))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);
    }

    @Test
    void aSignInThatWaitsSetsUpNoFactorOfAnOperator() {
        link();
        String pending = pending(app());
        saas.parameters().set(Parameter.REQUIRE_FACTOR, "True");
        saas.secondFactors().reset(user.id());
        saas.accounts()
                .update(
                        user.id(),
                        each -> each.toBuilder().role(Role.ADMINISTRATOR).build());

        assertThat(saas.signIns().startSetup(pending, BROWSER)).isEmpty();
        assertThat(saas.signIns().pending(pending, BROWSER)).isEmpty();
    }

    @Test
    void aSessionNeitherRequestsNorWithdrawsAnErasure() {
        User colleague = colleague(TeamRole.OWNER);
        Saas limited = saas.actingInSession(colleague.id(), proven(), null);
        assertRefusal(() -> limited.erasures().request(colleague.id())).isEqualTo(ErrorCodes.IDENTITY_LIMITED_SESSION);

        saas.actingInSession(colleague.id(), password(), null).erasures().request(colleague.id());
        assertRefusal(() -> limited.erasures().withdraw(colleague.id())).isEqualTo(ErrorCodes.IDENTITY_LIMITED_SESSION);
        assertThat(saas.accounts().get(colleague.id()).erasureRequestedAt()).isNotNull();
        assertThat(limited.accounts().get(colleague.id()).erasureRequestedAt()).isNull();
    }

    @Test
    void aSessionDoesNotReadWhereItsAccountBelongs() {
        User colleague = colleague(TeamRole.MEMBER);
        Saas limited = saas.actingInSession(colleague.id(), signIn().secret(), null);

        assertThat(limited.accounts().get(colleague.id()).customerId()).isEqualTo(home);
        assertThat(limited.accounts().list(Query.all()))
                .extracting(User::customerId)
                .containsOnly(home);
    }

    @Test
    void theExportForACustomerDoesNotShowWhatItsAccountsDoForAnother() throws IOException {
        link();
        CustomerId other = joinAnotherTeam();
        Saas forOther = portal.own(portal.session()).actingFor(other);
        forOther.apiKeys().create(key(ApiKeyScope.ofCustomer(other)));
        forOther.teams().invite(NewInvitation.of("whistle@example.com", TeamRole.MEMBER));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        portal.own(proven()).exports().writeCustomer(home, out);

        StringBuilder all = new StringBuilder();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(out.toByteArray()))) {
            while (zip.getNextEntry() != null) {
                all.append(new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        assertThat(all)
                .contains(LOGIN)
                .doesNotContain("customer:" + other, "whistle@example.com", "TEAM_INVITATION_ACCEPTED");
    }

    @Test
    void aKeyOfASessionGetsNoRightsOfAnOperator() {
        link();
        String secret = portal.own(proven())
                .apiKeys()
                .create(key(ApiKeyScope.ofCustomer(home)))
                .secret();
        saas.accounts()
                .update(
                        user.id(),
                        each -> each.toBuilder().role(Role.ADMINISTRATOR).build());

        assertThat(saas.apiKeys().authenticate(secret, null)).isEmpty();
    }

    @Test
    void aReplacedKeyIsCheckedAsANewOne() {
        User colleague = colleague(TeamRole.ADMINISTRATOR);
        Saas full = saas.actingInSession(colleague.id(), password(), null);
        var made = full.apiKeys()
                .create(key(ApiKeyScope.ofCustomer(home)))
                .apiKey()
                .id();
        require();

        assertRefusal(() -> full.apiKeys().rotate(made, Duration.ZERO)).isEqualTo(ErrorCodes.IDENTITY_REQUIRED);
    }

    @Test
    void aKeyFromBeforeTheMembershipDoesNotActForTheTeam() {
        link();
        assertThat(signIn().next()).isEqualTo(Next.NOTHING);
        require();
        User late = portal.signUp("late@example.com");
        String secret = saas.actingAs(late.id())
                .apiKeys()
                .create(key(ApiKeyScope.EVERYTHING))
                .secret();
        SentInvitation sent =
                saas.actingAs(user.id()).teams().invite(NewInvitation.of("late@example.com", TeamRole.ADMINISTRATOR));
        saas.actingAs(late.id()).teams().accept(Objects.requireNonNull(sent.secret()), false);
        Saas byKey = saas.actingAs(saas.apiKeys().authenticate(secret, null).orElseThrow(), null);

        assertRefusal(() -> byKey.actingFor(home).teams().members()).isEqualTo(ErrorCodes.IDENTITY_REQUIRED);
        assertThat(byKey.teams().members()).as("of the own team").hasSize(1);
    }

    @Test
    void whoHasLeftTheTeamHasNotTestedTheProvider() {
        User colleague = colleague(TeamRole.MEMBER);
        saas.actingAs(user.id()).teams().remove(colleague.id());
        assertRefusal(this::require).isEqualTo(ErrorCodes.IDENTITY_UNTESTED);

        operator.person(Map.of("sub", "another"));
        link();
        assertThat(signIn().next()).isEqualTo(Next.NOTHING);
        require();
        saas.providerSignIns()
                .unlink(user.id(), saas.providerSignIns().list(user.id()).get(0).id());
        change(each -> each.toBuilder().name("Renamed").build());
    }

    @Test
    void sessionsEndWithTheMembership() {
        User colleague = colleague(TeamRole.MEMBER);
        String session = signIn().secret();
        saas.actingAs(user.id()).teams().remove(colleague.id());

        assertThat(isOpen(session)).isFalse();
        assertThat(saas.actingAs(colleague.id()).providerSignIns().linkable(colleague.id()))
                .extracting(Choice::name)
                .containsExactly("Example");
        assertRefusal(this::signIn).isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
    }

    @Test
    void anOperatorHasNoSuchSession() {
        link();
        String session = signIn().secret();
        saas.accounts()
                .update(
                        user.id(),
                        each -> each.toBuilder().role(Role.ADMINISTRATOR).build());

        assertRefusal(() -> portal.own(session).tenants().list(Query.all())).isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertRefusal(this::signIn).isEqualTo(ErrorCodes.IDENTITY_UNKNOWN_PERSON);
    }

    @Test
    void theProviderProvesInItsOwnSessionsOnly() {
        link();
        String own = signIn().secret();
        String full = portal.session();
        long identity = portal.own(own).providerSignIns().list(user.id()).get(0).id();

        assertThat(portal.own(own).signIns().isProven(own)).isFalse();
        Answer proof = operator.authorize(portal.own(own).providerSignIns().startProof(own, identity, ""));
        saas.providerSignIns().finish(proof, BROWSER, own);
        assertThat(portal.own(own).signIns().isProven(own)).isTrue();

        assertThat(portal.own(full).providerSignIns().list(user.id()))
                .extracting(Identity::proving)
                .containsExactly(false);
        assertRefusal(() -> portal.own(full).providerSignIns().startProof(full, identity, ""))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void aSessionOfAnotherAccountOrOfNoneGivesNoView() {
        User stranger = portal.signUp("stranger@example.com");
        SaasException refusal = catchThrowableOfType(
                SaasException.class, () -> saas.actingInSession(stranger.id(), portal.session(), null));

        assertThat(refusal.code()).isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertRefusal(() -> saas.actingInSession(user.id(), "unknown", null)).isEqualTo(ErrorCodes.ACCESS_DENIED);
    }

    @Test
    void anOwnerManagesTheProvidersInItsSession() {
        link();
        Saas own = portal.own(proven());

        assertThat(own.identityProviders().list(Query.all())).containsExactly(company);
        assertThat(own.identityProviders()
                        .update(
                                company.id(),
                                each -> each.toBuilder().name("Renamed").build())
                        .name())
                .isEqualTo("Renamed");
    }
}
