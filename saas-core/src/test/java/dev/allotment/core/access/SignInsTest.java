// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.access;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyHolder;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import dev.allotment.access.SignIns;
import dev.allotment.access.SignIns.Browser;
import dev.allotment.access.SignIns.Next;
import dev.allotment.access.SignIns.OpenSession;
import dev.allotment.access.SignIns.Step;
import dev.allotment.core.Fixture;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredFactor;
import dev.allotment.test.AuthenticatorApp;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Signing in to accounts with a second factor, and what a session may do. */
final class SignInsTest {
    private static final String LOGIN = "client@example.com";
    private static final Browser FIREFOX = new Browser(
            "192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "own", null);
    private static final Browser OTHER = new Browser("198.51.100.9", null, "another", null);

    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final User user = fixture.signUp(LOGIN);
    private List<String> recoveryCodes = List.of();

    @AfterEach
    void close() {
        fixture.close();
    }

    private AuthenticatorApp setUp(User owner) {
        AuthenticatorApp app = new AuthenticatorApp(
                saas.secondFactors().start(owner.id()).uri().toString(), fixture.clock::instant);
        recoveryCodes = saas.secondFactors().confirm(owner.id(), app.code());
        nextCode();
        return app;
    }

    /** Waits until the app shows another code, and for what is throttled. */
    private void nextCode() {
        fixture.clock.advance(Duration.ofSeconds(30));
    }

    private Step start(Browser browser) {
        return saas.signIns().start(LOGIN, Fixture.PASSWORD, browser).orElseThrow();
    }

    private String signIn(Browser browser) {
        Step step = start(browser);
        assertThat(step.next()).isEqualTo(Next.NOTHING);
        return step.secret();
    }

    private Saas in(String session) {
        return saas.actingInSession(user.id(), session, null);
    }

    private List<StoredFactor> factors() {
        return fixture.storage
                .catalog()
                .transact(tx -> tx.records(RecordTypes.SECOND_FACTORS).list(Query.all()));
    }

    private List<EventType> events(UserId about) {
        return saas
                .events()
                .list(Query.where(Filter.<Event, UserId>equal(Event.USER_ID, about))
                        .orderBy(Event.ID))
                .stream()
                .map(Event::type)
                .toList();
    }

    @Test
    void thePasswordIsEnoughWithoutASecondFactor() {
        String session = signIn(FIREFOX);

        assertThat(saas.access().findSession(session)).hasValueSatisfying(found -> {
            assertThat(found.login()).isEqualTo(LOGIN);
            assertThat(found.byBrowser()).isTrue();
        });
        assertThat(saas.signIns().start(LOGIN, "wrong", FIREFOX)).isEmpty();
        assertThat(saas.signIns().start("stranger", "wrong", FIREFOX)).isEmpty();
    }

    @Test
    void asksForACodeAndOpensASessionWithIt() {
        AuthenticatorApp app = setUp(user);
        Step waiting = start(FIREFOX);

        assertThat(waiting.next()).isEqualTo(Next.CODE);
        assertRefusal(() -> saas.signIns().enterCode(waiting.secret(), "000000", FIREFOX))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);
        Step done = saas.signIns()
                .enterCode(waiting.secret(), app.code().replaceFirst("...", "$0 "), FIREFOX)
                .orElseThrow();
        assertThat(done.next()).isEqualTo(Next.NOTHING);
        assertThat(saas.access().findSession(done.secret())).isPresent();
        assertThat(done.toString() + waiting).doesNotContain(done.secret(), waiting.secret());
    }

    @Test
    void aPendingSignInIsNoSession() {
        setUp(user);
        String pending = start(FIREFOX).secret();

        assertThat(saas.access().findSession(pending)).isEmpty();
        assertRefusal(() -> in(pending)).isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertThat(saas.signIns().list(user.id(), null)).isEmpty();
    }

    @Test
    void aPendingSignInCountsInItsBrowserForTenMinutesAndWithItsPassword() {
        AuthenticatorApp app = setUp(user);
        String pending = start(FIREFOX).secret();

        assertThat(saas.signIns().pending(pending, FIREFOX)).isPresent();
        assertThat(saas.signIns().enterCode(pending, app.code(), OTHER)).isEmpty();
        assertThat(saas.signIns().pending(pending.replaceFirst("\\.[0-9]+\\.", ".2."), FIREFOX))
                .isEmpty();
        assertThat(saas.signIns().pending("9" + pending, FIREFOX)).isEmpty();

        saas.accounts().setPassword(user.id(), "another password");
        assertThat(saas.signIns().enterCode(pending, app.code(), FIREFOX)).isEmpty();
        String second = saas.signIns()
                .start(LOGIN, "another password", FIREFOX)
                .orElseThrow()
                .secret();
        fixture.clock.advance(Duration.ofMinutes(10));
        assertThat(saas.signIns().enterCode(second, app.code(), FIREFOX)).isEmpty();
    }

    @Test
    void acceptsACodeOnce() {
        AuthenticatorApp app = setUp(user);
        String code = app.code();
        String pending = start(FIREFOX).secret();

        assertThat(saas.signIns().enterCode(pending, code, FIREFOX)).isPresent();
        assertRefusal(() -> saas.signIns().enterCode(pending, code, FIREFOX)).isEqualTo(ErrorCodes.ACCESS_DENIED);
        // Also if the clock of the node is set back.
        fixture.clock.advance(Duration.ofMinutes(-1));
        assertRefusal(() -> saas.signIns().enterCode(start(FIREFOX).secret(), app.code(), FIREFOX))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);
    }

    @Test
    void ofManyCallersWithOneCodeOneSucceeds() throws Exception {
        AuthenticatorApp app = setUp(user);
        String pending = start(FIREFOX).secret();
        String code = app.code();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                calls.add(() -> {
                    try {
                        return saas.signIns().enterCode(pending, code, FIREFOX).isPresent();
                    } catch (RuntimeException e) {
                        return false;
                    }
                });
            }
            int right = 0;
            for (Future<Boolean> each : threads.invokeAll(calls)) {
                right += each.get() ? 1 : 0;
            }
            assertThat(right).isEqualTo(1);
            assertThat(saas.signIns().list(user.id(), null)).hasSize(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void limitsGuessesOfCodesAsThoseOfPasswords() {
        AuthenticatorApp app = setUp(user);
        String pending = start(FIREFOX).secret();
        for (int i = 0; i < 10; i++) {
            assertRefusal(() -> saas.signIns().enterCode(pending, "000000", FIREFOX))
                    .isEqualTo(ErrorCodes.ACCESS_DENIED);
        }

        assertRefusal(() -> saas.signIns().enterCode(pending, app.code(), FIREFOX))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);
        fixture.seconds(61);
        assertThat(saas.signIns().enterCode(pending, app.code(), FIREFOX)).isPresent();
    }

    @Test
    void acceptsEachRecoveryCodeOnceAndStoresHashesOnly() {
        setUp(user);
        assertThat(Set.copyOf(recoveryCodes))
                .hasSize(10)
                .allMatch(each -> each.matches("([A-Z2-7]{4}-){3}[A-Z2-7]{4}"));
        String code = recoveryCodes.get(3);
        String pending = start(FIREFOX).secret();

        assertThat(saas.signIns()
                        .enterCode(pending, " " + code.toLowerCase(Locale.ROOT).replace('-', ' '), FIREFOX))
                .isPresent();
        assertRefusal(() -> saas.signIns().enterCode(pending, code, FIREFOX)).isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertThat(saas.secondFactors().status(user.id()).recoveryCodes()).isEqualTo(9);
        assertThat(events(user.id())).contains(EventType.FACTOR_SET, EventType.FACTOR_CODE_USED);
        String stored = factors().toString();
        assertThat(stored).doesNotContain(recoveryCodes).doesNotContain(code.replace("-", ""));
    }

    @Test
    void replacesRecoveryCodes() {
        AuthenticatorApp app = setUp(user);
        List<String> former = recoveryCodes;

        assertRefusal(() -> saas.secondFactors().renewRecoveryCodes(user.id(), "000000"))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);
        List<String> codes = saas.secondFactors().renewRecoveryCodes(user.id(), app.code());
        String pending = start(FIREFOX).secret();
        assertRefusal(() -> saas.signIns().enterCode(pending, former.get(0), FIREFOX))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertThat(saas.signIns().enterCode(pending, codes.get(0), FIREFOX)).isPresent();
    }

    @Test
    void aSecondFactorCountsAfterItWasConfirmed() {
        AuthenticatorApp app =
                new AuthenticatorApp(saas.secondFactors().start(user.id()).uri().toString(), fixture.clock::instant);
        assertThat(saas.secondFactors().status(user.id()).on()).isFalse();
        assertThat(saas.secondFactors().start(user.id()).secret())
                .as("goes on")
                .isEqualTo(saas.secondFactors().start(user.id()).secret());
        signIn(FIREFOX);
        assertRefusal(() -> saas.secondFactors().confirm(user.id(), "000000")).isEqualTo(ErrorCodes.ACCESS_DENIED);

        fixture.clock.advance(Duration.ofHours(1));
        assertRefusal(() -> saas.secondFactors().confirm(user.id(), app.code())).isEqualTo(ErrorCodes.ACCESS_DENIED);
        saas.maintenance().run();
        assertThat(factors()).isEmpty();

        setUp(user);
        assertRefusal(() -> saas.secondFactors().start(user.id())).isEqualTo(ErrorCodes.ACCESS_FACTOR_STATE);
    }

    @Test
    void encryptsTheSecretAndNeedsAKeyForThat() {
        setUp(user);
        fixture.secrets = List.of("another secret key", "a secret key for tests");
        fixture.seconds(3601);
        saas.maintenance().run();
        fixture.secrets = List.of("another secret key");
        nextCode();
        String pending = start(FIREFOX).secret();
        assertThat(saas.signIns().enterCode(pending, recoveryCodes.get(0), FIREFOX))
                .isPresent();

        fixture.secrets = List.of();
        assertRefusal(() -> saas.secondFactors().start(new UserId(2))).isEqualTo(ErrorCodes.ACCESS_FACTOR_KEY_MISSING);
    }

    @Test
    void turnsASecondFactorOffWithThePasswordAndACode() {
        AuthenticatorApp app = setUp(user);

        assertRefusal(() -> saas.secondFactors().turnOff(user.id(), "wrong", app.code()))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertRefusal(() -> saas.secondFactors().turnOff(user.id(), Fixture.PASSWORD, "000000"))
                .isEqualTo(ErrorCodes.ACCESS_DENIED);
        saas.secondFactors().turnOff(user.id(), Fixture.PASSWORD, app.code());
        signIn(FIREFOX);
        assertThat(events(user.id())).contains(EventType.FACTOR_TURNED_OFF);
    }

    @Test
    void anAdministratorResetsASecondFactorAndEndsTheSessions() {
        AuthenticatorApp app = setUp(user);
        String pending = start(FIREFOX).secret();
        String session = saas.signIns()
                .enterCode(pending, app.code(), FIREFOX)
                .orElseThrow()
                .secret();
        Saas own = saas.actingAs(user.id());

        assertRefusal(() -> own.secondFactors().reset(user.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.secondFactors().start(Fixture.ADMINISTRATOR)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> saas.actingAs(Fixture.ADMINISTRATOR).secondFactors().start(user.id()))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        saas.actingAs(Fixture.ADMINISTRATOR).secondFactors().reset(user.id());
        assertThat(saas.access().findSession(session)).isEmpty();
        nextCode();
        assertThat(saas.signIns().enterCode(pending, app.code(), FIREFOX)).isEmpty();
        signIn(FIREFOX);
        assertThat(events(user.id())).contains(EventType.FACTOR_RESET);
    }

    @Test
    void aPasswordAloneSignsInNowhereElse() {
        setUp(user);
        String session = saas.signIns()
                .enterCode(start(FIREFOX).secret(), recoveryCodes.get(0), FIREFOX)
                .orElseThrow()
                .secret();

        assertRefusal(() -> saas.accounts().authenticate(LOGIN, Fixture.PASSWORD, null))
                .isEqualTo(ErrorCodes.ACCESS_FACTOR_NEEDED);
        assertRefusal(() -> saas.accounts().authenticate(user.id(), Fixture.PASSWORD, null))
                .isEqualTo(ErrorCodes.ACCESS_FACTOR_NEEDED);
        assertThat(saas.accounts().authenticate(LOGIN, "wrong", null)).isEmpty();
        assertThat(saas.accounts().authenticate(user.id(), "wrong", null)).isEmpty();

        // What needs the password of a user who is signed in still works with it.
        var key = in(session)
                .apiKeys()
                .create(
                        new NewApiKey(
                                "Script",
                                ApiKeyScope.EVERYTHING,
                                fixture.clock.instant().plus(Duration.ofDays(1))),
                        Fixture.PASSWORD);
        in(session).accounts().changeEmail(user.id(), Fixture.PASSWORD, "new@example.com");
        in(session).accounts().changePassword(user.id(), Fixture.PASSWORD, "another password");
        ApiKeyHolder holder = saas.apiKeys().authenticate(key.secret(), null).orElseThrow();
        assertThat(saas.actingAs(holder, null).accounts().find(user.id())).isPresent();
    }

    @Test
    void anotherNodeRefusesThePasswordWithinTenSeconds() {
        try (Saas other = fixture.open(fixture.storage)) {
            assertThat(other.accounts().authenticate(user.id(), Fixture.PASSWORD, null))
                    .isPresent();
            setUp(user);
            fixture.seconds(10);
            assertRefusal(() -> other.accounts().authenticate(user.id(), Fixture.PASSWORD, null))
                    .isEqualTo(ErrorCodes.ACCESS_FACTOR_NEEDED);
        }
    }

    @Test
    void aResetOfThePasswordDoesNotBypassTheSecondFactor() {
        AuthenticatorApp app = setUp(user);
        String before = saas.signIns()
                .enterCode(start(FIREFOX).secret(), app.code(), FIREFOX)
                .orElseThrow()
                .secret();
        String secret = saas.access().requestPasswordReset(LOGIN).orElseThrow().secret();
        saas.access().resetPassword(secret, "another password");

        assertThat(saas.access().findSession(before)).isEmpty();
        assertThat(saas.signIns()
                        .start(LOGIN, "another password", FIREFOX)
                        .orElseThrow()
                        .next())
                .isEqualTo(Next.CODE);
        assertRefusal(() -> saas.accounts().authenticate(LOGIN, "another password", null))
                .isEqualTo(ErrorCodes.ACCESS_FACTOR_NEEDED);
    }

    @Test
    void administratorsCanBeRequiredToHaveASecondFactor() {
        fixture.administrator("boss@example.com");
        String boss = "boss@example.com";
        String former = saas.signIns()
                .start(boss, Fixture.PASSWORD, FIREFOX)
                .orElseThrow()
                .secret();
        assertRefusal(() -> saas.parameters().set(Parameter.REQUIRE_FACTOR, "perhaps"))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        saas.parameters().set(Parameter.REQUIRE_FACTOR, "true");

        assertThat(saas.access().findSession(former)).isEmpty();
        fixture.seconds(10);
        assertRefusal(() -> saas.accounts().authenticate(boss, Fixture.PASSWORD, null))
                .isEqualTo(ErrorCodes.ACCESS_FACTOR_NEEDED);
        signIn(FIREFOX);

        Step waiting = saas.signIns().start(boss, Fixture.PASSWORD, FIREFOX).orElseThrow();
        assertThat(waiting.next()).isEqualTo(Next.SETUP);
        assertThat(saas.signIns().enterCode(waiting.secret(), "000000", FIREFOX))
                .isEmpty();
        assertThat(saas.signIns().startSetup(waiting.secret(), OTHER)).isEmpty();
        AuthenticatorApp app = new AuthenticatorApp(
                saas.signIns()
                        .startSetup(waiting.secret(), FIREFOX)
                        .orElseThrow()
                        .uri()
                        .toString(),
                fixture.clock::instant);
        Step done = saas.signIns()
                .confirmSetup(waiting.secret(), app.code(), FIREFOX)
                .orElseThrow();
        assertThat(done.recoveryCodes()).hasSize(10);
        assertThat(saas.access().findSession(done.secret())).isPresent();
        assertThat(saas.signIns().startSetup(waiting.secret(), FIREFOX)).isEmpty();
    }

    @Test
    void aUserWhoBecomesAnAdministratorNeedsASecondFactor() {
        saas.parameters().set(Parameter.REQUIRE_FACTOR, "true");
        String session = signIn(FIREFOX);
        saas.accounts()
                .update(
                        user.id(),
                        each -> each.toBuilder().role(Role.ADMINISTRATOR).build());

        assertThat(saas.access().findSession(session)).isEmpty();
        assertThat(start(FIREFOX).next()).isEqualTo(Next.SETUP);
    }

    @Test
    void someActionsNeedAFreshProofInThisSession() {
        Tenant tenant = fixture.tenant();
        UserId owner = tenant.ownerId();
        String login = saas.accounts().get(owner).login();
        String session = saas.signIns()
                .start(login, Fixture.PASSWORD, FIREFOX)
                .orElseThrow()
                .secret();
        String second = saas.signIns()
                .start(login, Fixture.PASSWORD, OTHER)
                .orElseThrow()
                .secret();
        Saas view = saas.actingInSession(owner, session, null);
        assertThat(view.signIns().isProven(session)).isTrue();
        fixture.clock.advance(SignIns.PROOF_LIFE);
        assertThat(view.signIns().isProven(session)).isFalse();

        NewApiKey key = new NewApiKey(
                "Script", ApiKeyScope.READ_ONLY, fixture.clock.instant().plusSeconds(60));
        for (Runnable action : List.<Runnable>of(
                () -> view.selfService().delete(tenant.id()),
                () -> view.tenants().delete(tenant.id()),
                () -> view.async().delete(tenant.id()),
                () -> view.async().prepareExport(tenant.id(), null),
                () -> view.exports().write(tenant.id(), OutputStream.nullOutputStream()),
                () -> view.exports()
                        .writeCustomer(saas.accounts().get(owner).customerId(), OutputStream.nullOutputStream()),
                () -> view.erasures().request(owner),
                () -> view.apiKeys().create(key),
                () -> view.apiKeys().create(key, Fixture.PASSWORD),
                () -> view.accounts().changeEmail(owner, Fixture.PASSWORD, null),
                () -> view.accounts().changePassword(owner, Fixture.PASSWORD, "another password"),
                () -> view.inTransaction(records -> records.accounts()
                        .update(owner, each -> each.toBuilder().name("Other").build())),
                () -> view.actingAs(owner).selfService().delete(tenant.id()),
                () -> view.secondFactors().turnOff(owner, Fixture.PASSWORD, "000000"),
                () -> view.secondFactors().start(owner))) {
            assertRefusal(action::run).isEqualTo(ErrorCodes.ACCESS_PROOF_NEEDED);
        }
        assertThat(view.tenants().get(tenant.id())).isNotNull();

        assertThat(view.signIns().prove(session, "wrong")).isFalse();
        assertThat(view.signIns().prove(second + "x", Fixture.PASSWORD)).isFalse();
        assertThat(view.signIns().prove(second, Fixture.PASSWORD)).isTrue();
        assertThat(view.signIns().isProven(session))
                .as("the proof is of another session")
                .isFalse();
        assertRefusal(() -> view.selfService().delete(tenant.id())).isEqualTo(ErrorCodes.ACCESS_PROOF_NEEDED);
        assertThat(view.signIns().prove(session, Fixture.PASSWORD)).isTrue();
        view.erasures().request(owner);
        view.selfService().delete(tenant.id());

        String stranger = signIn(FIREFOX);
        assertThat(view.signIns().isProven(stranger)).isFalse();
        assertRefusal(() -> saas.actingInSession(owner, stranger, null)).isEqualTo(ErrorCodes.ACCESS_DENIED);
    }

    @Test
    void aProofIsACodeIfTheAccountHasASecondFactor() {
        AuthenticatorApp app = setUp(user);
        String session = saas.signIns()
                .enterCode(start(FIREFOX).secret(), app.code(), FIREFOX)
                .orElseThrow()
                .secret();
        fixture.clock.advance(SignIns.PROOF_LIFE);

        assertThat(in(session).signIns().prove(session, Fixture.PASSWORD)).isFalse();
        String code = app.code();
        assertThat(in(session).signIns().prove(session, code)).isTrue();
        assertThat(in(session).signIns().prove(session, code)).isFalse();
        in(session).erasures().request(user.id());

        fixture.clock.advance(Duration.ofDays(-1));
        assertThat(in(session).signIns().isProven(session))
                .as("the clock was set back")
                .isFalse();
    }

    @Test
    void listsTheSessionsOfAnAccountAndClosesThem() {
        String first = signIn(FIREFOX);
        fixture.clock.advance(Duration.ofHours(1));
        String second = signIn(OTHER);
        String program = saas.actingAs(user.id(), "203.0.113.5")
                .access()
                .openSession("portal.localhost", user.id().value(), LOGIN);
        User stranger = fixture.signUp("stranger@example.com");

        List<OpenSession> sessions = in(second).signIns().list(user.id(), second);
        assertThat(sessions)
                .extracting(OpenSession::browser)
                .containsExactlyInAnyOrder("Unknown browser", null, "Firefox on Linux");
        OpenSession mine =
                sessions.stream().filter(OpenSession::present).findFirst().orElseThrow();
        assertThat(mine.clientAddress()).isEqualTo("198.51.100.9");
        assertThat(sessions).extracting(OpenSession::clientAddress).contains("203.0.113.5");
        OpenSession old = sessions.stream()
                .filter(each -> "Firefox on Linux".equals(each.browser()))
                .findFirst()
                .orElseThrow();

        SignIns theirs = saas.actingAs(stranger.id()).signIns();
        assertRefusal(() -> theirs.list(user.id(), null)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> theirs.close(user.id(), old.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(theirs.close(stranger.id(), old.id())).isFalse();
        assertRefusal(() -> theirs.closeOthers(second)).isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertThat(saas.access().findSession(first)).isPresent();

        try (Saas node = fixture.open(fixture.storage)) {
            assertThat(node.access().findSession(first)).isPresent();
            assertThat(in(second).signIns().close(user.id(), old.id())).isTrue();
            assertThat(node.access().findSession(first)).isEmpty();
        }
        in(second).signIns().closeOthers(second);
        assertThat(saas.access().findSession(program)).isEmpty();
        assertThat(saas.access().findSession(second)).isPresent();
    }

    @Test
    void reportsADeviceThatIsNewToTheAccountButNotTheFirstOne() {
        Step first = start(FIREFOX);
        assertThat(events(user.id())).doesNotContain(EventType.NEW_DEVICE);
        fixture.clock.advance(Duration.ofHours(1));
        start(new Browser(null, null, "own", first.device()));
        assertThat(events(user.id())).doesNotContain(EventType.NEW_DEVICE);

        Step elsewhere = start(OTHER);
        assertThat(events(user.id())).containsOnlyOnce(EventType.NEW_DEVICE);
        User other = fixture.signUp("other@example.com");
        Step shared = saas.signIns()
                .start("other@example.com", Fixture.PASSWORD, new Browser(null, null, "x", elsewhere.device()))
                .orElseThrow();
        assertThat(events(other.id())).doesNotContain(EventType.NEW_DEVICE);
        start(new Browser(null, null, "x", shared.device()));
        start(new Browser(null, null, "x", shared.device().repeat(50)));
        assertThat(events(user.id())).containsOnlyOnce(EventType.NEW_DEVICE);
        start(new Browser(null, "<script>\r\n Firefox/1", "x", "invented"));
        Event report = saas.events()
                .list(Query.where(Filter.equal(Event.TYPE, EventType.NEW_DEVICE))
                        .orderByDescending(Event.ID))
                .get(0);
        assertThat(report.details()).containsEntry("browser", "Firefox");
    }

    @Test
    void nothingOfASecondFactorIsLeftOfADeletedAccount() {
        setUp(user);
        saas.accounts().delete(user.id());

        assertThat(factors()).isEmpty();
    }

    @Test
    void onlyTheEmbedderSignsUsersIn() {
        SignIns own = saas.actingAs(user.id()).signIns();
        assertRefusal(() -> own.start(LOGIN, Fixture.PASSWORD, FIREFOX)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.open(user.id(), FIREFOX)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> saas.signIns().open(new UserId(999), FIREFOX)).isEqualTo(ErrorCodes.ACCESS_DENIED);
        assertThat(saas.access()
                        .findSession(saas.signIns().open(user.id(), FIREFOX).secret()))
                .isPresent();
    }
}
