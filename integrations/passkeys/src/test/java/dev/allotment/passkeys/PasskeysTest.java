// SPDX-License-Identifier: Apache-2.0
package dev.allotment.passkeys;

import static dev.allotment.passkeys.Installation.BROWSER;
import static dev.allotment.passkeys.Installation.LOGIN;
import static dev.allotment.passkeys.Installation.ORIGIN;
import static dev.allotment.passkeys.Installation.PASSWORD;
import static dev.allotment.passkeys.Installation.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Passkeys;
import dev.allotment.access.Passkeys.Answer;
import dev.allotment.access.Passkeys.Creation;
import dev.allotment.access.Passkeys.NewPasskey;
import dev.allotment.access.Passkeys.Passkey;
import dev.allotment.access.Passkeys.Request;
import dev.allotment.access.Passkeys.Response;
import dev.allotment.access.SignIns.Browser;
import dev.allotment.access.SignIns.Next;
import dev.allotment.access.SignIns.Step;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.test.PasskeyDevice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Passkeys of accounts, with an authenticator that is written with the JDK only. */
final class PasskeysTest {
    private static final Browser OTHER = new Browser("198.51.100.9", null, "another", null);

    private final Installation installation = new Installation();
    private final Saas saas = installation.saas;
    private final User user = installation.user;

    @AfterEach
    void close() {
        installation.close();
    }

    private Request request() {
        return saas.signIns().startPasskey(BROWSER).orElseThrow();
    }

    private Optional<Step> signIn(PasskeyDevice device) {
        return enter(device.use(request()));
    }

    private Optional<Step> enter(Answer answer) {
        return saas.signIns().enterPasskey(answer, BROWSER);
    }

    @Test
    void aPasskeySignsInWithoutPasswordAndCode() {
        PasskeyDevice device = installation.device(user);
        installation.app(user.id());

        Step step = signIn(device).orElseThrow();
        assertThat(step.next()).isEqualTo(Next.NOTHING);
        assertThat(step.user().id()).isEqualTo(user.id());
        assertThat(saas.access().findSession(step.secret())).isPresent();
        Saas own = saas.actingInSession(user.id(), step.secret(), null);
        assertThat(own.signIns().isProven(step.secret())).isTrue();
        Passkey passkey = own.passkeys().list(user.id()).get(0);
        assertThat(passkey.lastUsedAt()).isEqualTo(installation.clock.instant());
        assertThat(passkey.backedUp()).isTrue();
        assertThat(passkey.transports()).containsExactly("hybrid", "internal");
        assertThat(installation.events(user.id())).contains(EventType.PASSKEY_ADDED, EventType.NEW_DEVICE);
        assertThat(saas.signIns().start(LOGIN, PASSWORD, BROWSER).orElseThrow().next())
                .isEqualTo(Next.CODE);
    }

    @Test
    void thePasswordStillSignsIn() {
        installation.device(user);

        assertThat(saas.signIns().start(LOGIN, PASSWORD, BROWSER).orElseThrow().next())
                .isEqualTo(Next.NOTHING);
        assertThat(saas.accounts().authenticate(LOGIN, PASSWORD, null)).isPresent();
    }

    @Test
    void refusesAnAnswerThatWasSentBefore() {
        PasskeyDevice device = installation.device(user);
        Answer answer = device.use(request());

        assertThat(enter(answer)).isPresent();
        assertThat(enter(answer)).isEmpty();
        assertThat(enter(device.use(new Request(answer.challenge(), "portal.example.com"))))
                .as("a new answer to a challenge that was answered")
                .isEmpty();

        Creation creation = saas.passkeys().start(user.id());
        NewPasskey made = PasskeyDevice.at(ORIGIN).make(creation);
        saas.passkeys().add(user.id(), "Phone", made);
        assertRefusal(() -> saas.passkeys().add(user.id(), "Phone", made)).isEqualTo(ErrorCodes.ACCESS_PASSKEY_REFUSED);
        assertRefusal(() -> saas.passkeys()
                        .add(user.id(), "Phone", PasskeyDevice.at(ORIGIN).make(creation)))
                .isEqualTo(ErrorCodes.ACCESS_PASSKEY_REFUSED);
    }

    @Test
    void ofManyCallersWithOneAnswerOneSucceeds() throws Exception {
        Answer answer = installation.device(user).use(request());
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                calls.add(() -> enter(answer).isPresent());
            }
            int right = 0;
            for (Future<Boolean> each : threads.invokeAll(calls)) {
                right += each.get() ? 1 : 0;
            }
            assertThat(right).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aChallengeIsAnsweredWithinFiveMinutesInItsBrowserOrForItsAccount() {
        PasskeyDevice device = installation.device(user);
        User other = installation.signUp("other@example.com");
        Answer late = device.use(request());
        Creation creation = saas.passkeys().start(user.id());
        NewPasskey made = PasskeyDevice.at(ORIGIN).make(creation);

        assertThat(saas.signIns().enterPasskey(device.use(request()), OTHER)).isEmpty();
        assertThat(enter(device.use(new Request(creation.request().challenge(), "portal.example.com"))))
                .as("a challenge of a registration")
                .isEmpty();
        assertRefusal(() -> saas.passkeys().add(other.id(), "Phone", made))
                .isEqualTo(ErrorCodes.ACCESS_PASSKEY_REFUSED);
        String invented = "OTk5OTk5OTk5OQ";
        assertThat(enter(device.use(new Request(invented, "portal.example.com"))))
                .isEmpty();

        installation.clock.advance(Passkeys.CHALLENGE_LIFE);
        assertThat(enter(late)).isEmpty();
        assertRefusal(() -> saas.passkeys().add(user.id(), "Phone", made)).isEqualTo(ErrorCodes.ACCESS_PASSKEY_REFUSED);
        assertThat(signIn(device)).isPresent();
    }

    @Test
    void refusesAnotherOriginAndAnotherRelyingParty() {
        PasskeyDevice device = installation.device(user);
        PasskeyDevice phished = installation.device(user).moveTo("https://portal.example.org");

        assertThat(signIn(phished)).isEmpty();
        assertThat(signIn(phished.moveTo("https://tenant.portal.example.com"))).isEmpty();
        assertThat(signIn(phished.moveTo("http://portal.example.com"))).isEmpty();
        assertThat(signIn(phished.moveTo("https://portal.example.com:8443"))).isEmpty();
        assertThat(enter(device.use(new Request(request().challenge(), "example.com"))))
                .isEmpty();
        assertRefusal(() -> installation.add(user, PasskeyDevice.at("https://portal.example.org")))
                .isEqualTo(ErrorCodes.ACCESS_PASSKEY_REFUSED);
        installation.clock.advance(Duration.ofMinutes(2));
        assertThat(signIn(device)).isPresent();
    }

    private static Response withHandle(Response response, @Nullable String userHandle) {
        return new Response(response.clientData(), response.authenticatorData(), response.signature(), userHandle);
    }

    @Test
    void refusesAnotherKeyAndTheCredentialOfAnotherAccount() {
        PasskeyDevice device = installation.device(user);
        User other = installation.signUp("other@example.com");
        PasskeyDevice theirs = installation.device(other);
        Answer right = theirs.use(request());
        Answer stolen = new Answer(
                right.challenge(),
                right.credential(),
                withHandle(right.response(), saas.passkeys().start(user.id()).userHandle()));

        assertThat(enter(stolen)).as("the handle of another account").isEmpty();
        Answer swapped = new Answer(right.challenge(), device.credential(), withHandle(right.response(), null));
        assertThat(enter(swapped)).as("the credential of another account").isEmpty();
        assertThat(signIn(device.withAnotherKey())).isEmpty();
        assertThat(signIn(PasskeyDevice.at(ORIGIN))).as("an unknown credential").isEmpty();
        assertThat(enter(right).orElseThrow().user().id()).isEqualTo(other.id());
    }

    @Test
    void refusesACounterThatDidNotGrow() {
        PasskeyDevice device = installation.device(user);
        assertThat(signIn(device.counter(10))).isPresent();

        assertThat(signIn(device.counter(10))).isEmpty();
        assertThat(signIn(device.counter(3))).isEmpty();
        assertThat(signIn(device.counter(0))).isEmpty();
        assertThat(signIn(device.counter(11))).isPresent();

        PasskeyDevice uncounted = PasskeyDevice.at(ORIGIN).counter(0);
        installation.add(user, uncounted);
        assertThat(signIn(uncounted.counter(0))).isPresent();
        assertThat(signIn(uncounted.counter(0))).isPresent();
    }

    @Test
    void refusesADeviceThatHasNotVerifiedItsUser() {
        PasskeyDevice device = installation.device(user);

        assertThat(signIn(device.verifies(false))).isEmpty();
        assertRefusal(() -> installation.add(user, PasskeyDevice.at(ORIGIN).verifies(false)))
                .isEqualTo(ErrorCodes.ACCESS_PASSKEY_REFUSED);
    }

    @Test
    void refusesAnAlgorithmThatWasNotOffered() {
        assertRefusal(() -> installation.add(user, PasskeyDevice.withOtherAlgorithm(ORIGIN)))
                .isEqualTo(ErrorCodes.ACCESS_PASSKEY_REFUSED);
    }

    @Test
    void refusesWhatCannotBeRead() {
        PasskeyDevice device = installation.device(user);
        String challenge = request().challenge();
        for (String junk : List.of("", "!", "AA", "e30", "oA", "x".repeat(40_000))) {
            Answer answer = new Answer(challenge, device.credential(), new Response(junk, junk, junk, null));
            assertThat(enter(answer)).isEmpty();
            Creation creation = saas.passkeys().start(user.id());
            assertRefusal(() -> saas.passkeys()
                            .add(
                                    user.id(),
                                    "Phone",
                                    new NewPasskey(creation.request().challenge(), junk, junk, List.of())))
                    .isEqualTo(ErrorCodes.ACCESS_PASSKEY_REFUSED);
            assertThat(enter(new Answer(junk, junk, new Response(junk, junk, junk, junk))))
                    .isEmpty();
        }
    }

    @Test
    void aPasskeyIsOfOneAccount() {
        PasskeyDevice device = installation.device(user);
        User other = installation.signUp("other@example.com");

        assertRefusal(() -> installation.add(other, device)).isEqualTo(ErrorCodes.ACCESS_PASSKEY_REFUSED);
        assertThat(saas.passkeys().list(other.id())).isEmpty();
    }

    @Test
    void anAccountHasTenPasskeysAtMost() {
        NewPasskey late = PasskeyDevice.at(ORIGIN).make(saas.passkeys().start(user.id()));
        for (int i = 0; i < Passkeys.MAX_PASSKEYS; i++) {
            installation.device(user);
        }

        assertRefusal(() -> saas.passkeys().start(user.id())).isEqualTo(ErrorCodes.ACCESS_PASSKEY_LIMIT);
        assertRefusal(() -> saas.passkeys().add(user.id(), "Eleventh", late))
                .isEqualTo(ErrorCodes.ACCESS_PASSKEY_LIMIT);
        assertThat(saas.passkeys().list(user.id())).hasSize(10);
    }

    @Test
    void aUserRenamesAndRemovesItsOwnPasskeys() {
        PasskeyDevice device = installation.device(user);
        User other = installation.signUp("other@example.com");
        long id = saas.passkeys().list(user.id()).get(0).id();
        Passkeys own = saas.actingAs(user.id()).passkeys();
        Passkeys theirs = saas.actingAs(other.id()).passkeys();

        assertRefusal(() -> theirs.list(user.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> theirs.remove(user.id(), id)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> theirs.remove(other.id(), id)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> theirs.rename(other.id(), id, "Mine")).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> theirs.start(user.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(own.rename(user.id(), id, " Work laptop ").name()).isEqualTo("Work laptop");
        assertRefusal(() -> own.rename(user.id(), id, " ")).isEqualTo(ErrorCodes.ACCESS_PASSKEY_INVALID);
        assertRefusal(() -> own.rename(user.id(), id, "x".repeat(65))).isEqualTo(ErrorCodes.ACCESS_PASSKEY_INVALID);

        own.remove(user.id(), id);
        assertThat(own.list(user.id())).isEmpty();
        assertThat(signIn(device)).isEmpty();
        assertThat(installation.events(user.id())).contains(EventType.PASSKEY_REMOVED);
    }

    @Test
    void addingAndRemovingNeedAFreshProof() {
        PasskeyDevice device = installation.device(user);
        long id = saas.passkeys().list(user.id()).get(0).id();
        String session = signIn(device).orElseThrow().secret();
        installation.clock.advance(Duration.ofMinutes(15));
        Passkeys own = saas.actingInSession(user.id(), session, null).passkeys();

        assertRefusal(() -> own.start(user.id())).isEqualTo(ErrorCodes.ACCESS_PROOF_NEEDED);
        assertRefusal(() -> own.remove(user.id(), id)).isEqualTo(ErrorCodes.ACCESS_PROOF_NEEDED);
    }

    @Test
    void anInactiveOrDeletedAccountDoesNotSignIn() {
        PasskeyDevice device = installation.device(user);
        saas.accounts().update(user.id(), each -> each.toBuilder().active(false).build());
        assertThat(signIn(device)).isEmpty();

        saas.accounts().delete(user.id());
        assertThat(signIn(device)).isEmpty();
        long left = installation
                .storage
                .catalog()
                .transact(tx -> tx.records(RecordTypes.PASSKEYS).list(Query.all()))
                .size();
        assertThat(left).isZero();
    }

    @Test
    void anAdministratorRemovesThePasskeysOfAUserWhoHasLostThem() {
        PasskeyDevice device = installation.device(user);
        String session = signIn(device).orElseThrow().secret();

        saas.actingAs(new UserId(2)).secondFactors().reset(user.id());
        assertThat(saas.access().findSession(session)).isEmpty();
        assertThat(signIn(device)).isEmpty();
        assertThat(installation.events(user.id())).contains(EventType.FACTOR_RESET);
    }

    @Test
    void anAdministratorWhoNeedsASecondFactorCanHaveAPasskeyInstead() {
        UserId boss = new UserId(2);
        saas.parameters().set(Parameter.REQUIRE_FACTOR, "true");
        assertThat(saas.signIns().start("admin", "admin", BROWSER).orElseThrow().next())
                .isEqualTo(Next.SETUP);

        PasskeyDevice device = installation.device(saas.accounts().get(boss));
        assertThat(saas.signIns().start("admin", "admin", BROWSER).orElseThrow().next())
                .isEqualTo(Next.PASSKEY);
        String session = signIn(device).orElseThrow().secret();
        assertThat(saas.access().findSession(session)).isPresent();
        saas.passkeys().remove(boss, saas.passkeys().list(boss).get(0).id());
        assertThat(saas.access().findSession(session)).isEmpty();
    }

    @Test
    void forgetsUsedChallengesAfterTheyHaveExpired() {
        PasskeyDevice device = installation.device(user);
        signIn(device);
        saas.maintenance().run();
        assertThat(used()).isEqualTo(2);

        installation.clock.advance(Duration.ofHours(2));
        saas.maintenance().run();
        assertThat(used()).isZero();
    }

    private long used() {
        return installation
                .storage
                .catalog()
                .transact(tx -> tx.records(RecordTypes.USED_CHALLENGES).list(Query.all()))
                .size();
    }

    @Test
    void thereAreNoPasskeysAtAnAddressThatBrowsersAllowNoneFor() {
        PasskeyDevice device = installation.device(user);
        for (String url : List.of("http://portal.example.com", "https://192.0.2.1", "http://127.0.0.1:8069")) {
            saas.parameters().set(Parameter.BASE_URL, url);
            assertThat(saas.passkeys().available()).as(url).isFalse();
            assertThat(saas.signIns().startPasskey(BROWSER)).isEmpty();
            assertRefusal(() -> saas.passkeys().start(user.id())).isEqualTo(ErrorCodes.ACCESS_PASSKEYS_UNAVAILABLE);
        }
        saas.parameters().set(Parameter.BASE_URL, "http://portal.localhost:8069");
        assertThat(saas.passkeys().available()).isTrue();
        saas.parameters().set(Parameter.BASE_URL, "http://localhost:8069");
        assertThat(saas.passkeys().available()).isTrue();
        assertThat(signIn(device)).as("of another address").isEmpty();
        assertThat(installation.add(user, PasskeyDevice.at("http://localhost:8069")))
                .isNotNull();
    }

    @Test
    void onlyTheEmbedderSignsUsersIn() {
        Saas own = saas.actingAs(user.id());
        Answer answer = installation.device(user).use(request());

        assertRefusal(() -> own.signIns().startPasskey(BROWSER)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.signIns().enterPasskey(answer, BROWSER)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }
}
