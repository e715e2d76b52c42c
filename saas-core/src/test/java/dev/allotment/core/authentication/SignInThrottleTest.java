// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Accounts;
import dev.allotment.Saas;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.core.Concurrently;
import dev.allotment.core.CountedPasswords;
import dev.allotment.core.Fixture;
import dev.allotment.core.Result;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("counts what a provider of cryptography does, of which the process has one list")
final class SignInThrottleTest {
    private static final String LOGIN = "client@example.com";

    /** A single caller may have at least this many passwords checked at once, however few processors there are. */
    private static final int AT_ONCE = 8;

    private final Fixture fixture = new Fixture();
    private final User user = fixture.signUp(LOGIN);
    private final Accounts accounts = fixture.saas.accounts();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void throttlesALoginAfterTenFailuresAndRecoversOverTime() {
        guess(10, LOGIN, null);
        assertThat(in(LOGIN, null)).isFalse();
        assertThat(accounts.authenticate(user.id(), Fixture.PASSWORD, null))
                .as("by number too")
                .isEmpty();

        fixture.seconds(5.9);
        assertThat(in(LOGIN, null)).isFalse();
        fixture.seconds(0.2);
        assertThat(in(LOGIN, null)).isTrue();
    }

    @Test
    void countsSpellingsAndNumbersOfALoginTogether() {
        guess(5, LOGIN.toUpperCase(Locale.ROOT) + " ", null);
        for (int i = 0; i < 5; i++) {
            accounts.authenticate(user.id(), "wrong", null);
        }
        assertThat(in(LOGIN, null)).isFalse();
    }

    @Test
    void throttlesEachLoginAndDatabaseSeparately() {
        fixture.signUp("other@example.com");
        guess(20, LOGIN, null);
        assertThat(in("other@example.com", null)).isTrue();

        fixture.tenant("shop");
        guess(20, "admin", null);
        fixture.saas.database("shop").members().setPassword(Member.ADMINISTRATOR, "secret");
        assertThat(fixture.saas.database("shop").members().authenticate("admin", "secret", null))
                .isPresent();
    }

    @Test
    void forgetsFailuresAfterASuccess() {
        guess(9, LOGIN, null);
        assertThat(in(LOGIN, null)).isTrue();
        guess(9, LOGIN, null);
        assertThat(in(LOGIN, null)).isTrue();
    }

    @Test
    void throttlesAClientAddressAfterAHundredFailures() {
        for (int i = 0; i < 100; i++) {
            guess(1, "login-" + i, "192.0.2.1");
        }
        assertThat(in(LOGIN, "192.0.2.1")).isFalse();
        assertThat(in(LOGIN, "192.0.2.2")).isTrue();
        assertThat(in(LOGIN, "192.0.2.1"))
                .as("a success elsewhere does not clear the client address")
                .isFalse();

        fixture.seconds(60.0 / 100 + 0.01);
        assertThat(in(LOGIN, "192.0.2.1")).isTrue();
    }

    @Test
    void countsNothingWhileTheBucketIsFull() {
        guess(1000, LOGIN, null);
        fixture.seconds(6.1);
        assertThat(in(LOGIN, null)).isTrue();
    }

    @Test
    void reportsThrottlingWithoutRevealingWhetherTheLoginExists() {
        for (String login : List.of(LOGIN, "nobody@example.com")) {
            guess(9, login, null);
            assertThat(accounts.throttled(login, null)).isFalse();
            guess(1, login, null);
            assertThat(accounts.throttled(" " + login.toUpperCase(Locale.ROOT), null))
                    .isTrue();
            fixture.seconds(6.1);
            assertThat(accounts.throttled(login, null)).isFalse();
        }
    }

    @Test
    void guessesFromOneNetworkDoNotLockTheUserOutElsewhere() {
        for (int minutes = 0; minutes < 60; minutes++) {
            guess(11, LOGIN, "192.0.2.1");
            fixture.seconds(60);
        }
        guess(11, LOGIN, "192.0.2.1");

        assertThat(in(LOGIN, "192.0.2.1")).isFalse();
        assertThat(in(LOGIN, "192.0.2.2")).isTrue();
        assertThat(accounts.authenticate(user.id(), Fixture.PASSWORD, "192.0.2.3"))
                .isPresent();
        assertThat(accounts.throttled(LOGIN, "192.0.2.1")).isTrue();
        assertThat(accounts.throttled(LOGIN, "192.0.2.2")).isFalse();
    }

    @Test
    void aRememberedPasswordCountsWhileAnotherCallerInTheSameNetworkGuesses() {
        assertThat(in(LOGIN, "192.0.2.1")).isTrue();
        guess(11, LOGIN, "192.0.2.1");

        for (int i = 0; i < 200; i++) {
            assertThat(in(LOGIN, "192.0.2.1")).isTrue();
            assertThat(accounts.authenticate(user.id(), Fixture.PASSWORD, "192.0.2.1"))
                    .isPresent();
        }
        assertThat(in(LOGIN, "192.0.2.2")).isTrue();
    }

    @Test
    void guessesOfARememberedPasswordAreLimitedToo() {
        assertThat(in(LOGIN, "192.0.2.1")).isTrue();
        guess(100, LOGIN, "192.0.2.1");

        assertThat(in(LOGIN, "192.0.2.1")).as("the limit of the network").isFalse();
    }

    @Test
    void guessesFromManyNetworksAreLimitedButKnownNetworksAreNotLockedOut() {
        assertThat(in(LOGIN, "198.51.100.1")).isTrue();
        int answered = 0;
        for (int i = 0; i < 1000; i++) {
            String network = "192.0.2." + i;
            if (!accounts.throttled(LOGIN, network)) {
                guess(1, LOGIN, network);
                answered++;
            }
        }

        assertThat(answered).isBetween(90, 100);
        assertThat(in(LOGIN, "203.0.113.1")).as("a new network").isFalse();
        assertThat(in(LOGIN, "198.51.100.1")).as("a known network").isTrue();

        fixture.seconds(3600);
        assertThat(in(LOGIN, "203.0.113.1")).isTrue();
    }

    @Test
    void fewNetworksCannotUseUpTheLimitOfALogin() {
        for (int minutes = 0; minutes < 60; minutes++) {
            for (int network = 0; network < 4; network++) {
                guess(10, LOGIN, "192.0.2." + network);
            }
            fixture.seconds(60);
        }

        assertThat(in(LOGIN, "203.0.113.1")).isTrue();
    }

    @Test
    void countsTheAddressesOfAnIpv6NetworkTogether() {
        for (int i = 0; i < 10; i++) {
            guess(1, LOGIN, "2001:db8:0:1:" + i + "::1");
        }

        assertThat(in(LOGIN, "2001:db8:0:1:ffff::1")).isFalse();
        assertThat(in(LOGIN, "2001:db8:0:2::1")).isTrue();
        for (int i = 0; i < 90; i++) {
            guess(1, "login-" + i, "2001:db8:0:1::" + i);
        }
        fixture.signUp("other@example.com");
        assertThat(in("other@example.com", "2001:db8:0:1::1")).isFalse();
    }

    @Test
    void throttlesTheMasterPasswordPerAddressAndInTotal() {
        Saas saas = fixture.builder(fixture.backend).masterPassword("master").open();
        guessMaster(saas, 20, "192.0.2.1");
        assertThat(saas.withMasterPassword("master", "192.0.2.1")).isEmpty();
        assertThat(saas.withMasterPassword("master", "192.0.2.2")).isPresent();
        assertThat(saas.withMasterPassword("master", "192.0.2.1"))
                .as("a success elsewhere does not clear the client address")
                .isEmpty();

        for (int i = 0; i < 100; i++) {
            guessMaster(saas, 1, "198.51.100." + i);
        }
        assertThat(saas.withMasterPassword("master", "192.0.2.3")).isEmpty();
        assertThat(saas.withMasterPassword("master", "192.0.2.2"))
                .as("a known network")
                .isPresent();
        fixture.seconds(3600);
        assertThat(saas.withMasterPassword("master", "192.0.2.3")).isPresent();
    }

    private static void guessMaster(Saas saas, int times, String clientAddress) {
        for (int i = 0; i < times; i++) {
            assertThat(saas.withMasterPassword("guess", clientAddress)).isEmpty();
        }
    }

    @Test
    void answersNoMoreGuessesAtOnceThanOneAfterAnother() {
        Saas patient = fixture.builder(fixture.backend)
                .passwordIterations(1)
                .failedSignIns(5, 0)
                .open();
        List<Result<Optional<User>>> results = Concurrently.run(
                AT_ONCE, number -> patient.accounts().authenticate(LOGIN, number == 0 ? "x" : "wrong", null));
        assertThat(results)
                .allMatch(result -> result.value() != null && result.value().isEmpty());

        assertThat(patient.accounts().throttled(LOGIN, null)).isTrue();
        fixture.seconds(12.1);
        assertThat(patient.accounts().authenticate(LOGIN, Fixture.PASSWORD, null))
                .as("five were counted, one has leaked away")
                .isPresent();
    }

    @Test
    void admitsManyRightPasswordsAtOnce() {
        List<Result<Optional<User>>> results =
                Concurrently.run(AT_ONCE, number -> accounts.authenticate(user.id(), Fixture.PASSWORD, "192.0.2.1"));
        assertThat(results)
                .allMatch(result -> result.value() != null && result.value().isPresent());
    }

    @Test
    void refusesARightPasswordIfTheBucketFilledMeanwhile() {
        fixture.backend.once("after catalog", () -> guess(10, LOGIN, null));
        assertThat(in(LOGIN, null)).isFalse();
    }

    @Test
    void followsTheSettingsDownToOff() {
        Saas strict = fixture.builder(fixture.backend).failedSignIns(1, 2).open();
        strict.accounts().authenticate(LOGIN, "wrong", null);
        assertThat(strict.accounts().authenticate(LOGIN, Fixture.PASSWORD, null))
                .isEmpty();

        Saas open = fixture.builder(fixture.backend).failedSignIns(0, 0).open();
        for (int i = 0; i < 300; i++) {
            open.accounts().authenticate(LOGIN, "wrong", "192.0.2.1");
        }
        assertThat(open.accounts().authenticate(LOGIN, Fixture.PASSWORD, "192.0.2.1"))
                .isPresent();
    }

    @Test
    void forgetsFailuresAfterALongTime() {
        Saas generous = fixture.builder(fixture.backend)
                .failedSignIns(Integer.MAX_VALUE, Integer.MAX_VALUE)
                .open();
        for (double seconds : List.of(5.0, 3600.0, 86_400.0 * 365, 86_400.0 * 365 * 50)) {
            generous.accounts().authenticate(LOGIN, "wrong", "192.0.2.1");
            fixture.seconds(seconds);
            assertThat(generous.accounts().authenticate(LOGIN, Fixture.PASSWORD, "192.0.2.1"))
                    .as("after %s seconds", seconds)
                    .isPresent();
        }
    }

    @Test
    void spendsNoHashingWhileTheBucketIsFull() {
        try (CountedPasswords counted = CountedPasswords.begin()) {
            for (String login : List.of(LOGIN, "x".repeat(1000))) {
                guess(10, login, null);
                assertThat(counted.iterations(() ->
                                accounts.authenticate(login + "y".repeat(login.length() / 500), "w", null)))
                        .isZero();
            }
        }
    }

    private void guess(int times, String login, String clientAddress) {
        for (int i = 0; i < times; i++) {
            assertThat(accounts.authenticate(login, "wrong", clientAddress)).isEmpty();
        }
    }

    private boolean in(String login, String clientAddress) {
        return accounts.authenticate(login, Fixture.PASSWORD, clientAddress).isPresent();
    }
}
