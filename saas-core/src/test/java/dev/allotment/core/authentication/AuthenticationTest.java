// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.authentication;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Accounts;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.Consistency;
import dev.allotment.core.CountedPasswords;
import dev.allotment.core.Fixture;
import dev.allotment.core.Passlib;
import dev.allotment.core.internal.authentication.Passwords;
import dev.allotment.core.internal.record.CredentialRows;
import dev.allotment.spi.backend.Credential;
import dev.allotment.spi.backend.RecordTypes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("counts what a provider of cryptography does, of which the process has one list")
final class AuthenticationTest {
    private static final int ROUNDS = 40;
    private static final UserId NOBODY = new UserId(999);

    private final CountedPasswords counted = CountedPasswords.begin();
    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.builder(fixture.backend)
            .passwordIterations(ROUNDS)
            .failedSignIns(0, 0)
            .open();
    private final Accounts accounts = saas.accounts();
    private final User user = accounts.signUp(
            SignUp.builder("client@example.com", "Client", Fixture.PASSWORD).build());

    @AfterEach
    void close() {
        counted.close();
        fixture.close();
    }

    @Test
    void acceptsTheRightPasswordAndRecordsTheTime() {
        User found = accounts.authenticate("client@example.com", Fixture.PASSWORD, "192.0.2.1")
                .orElseThrow();

        assertThat(found.id()).isEqualTo(user.id());
        assertThat(found.lastLoginAt()).isEqualTo(fixture.clock.instant());
        assertThat(accounts.get(user.id()).lastLoginAt()).isEqualTo(fixture.clock.instant());
        assertThat(accounts.authenticate(user.id(), Fixture.PASSWORD, null)).isPresent();
    }

    @Test
    void recordsTheTimeOncePerMinuteAndAfterTheClockWasSetBack() {
        Instant first = fixture.clock.instant();
        assertThat(lastLogInAfter(Duration.ZERO)).isEqualTo(first);
        assertThat(lastLogInAfter(Duration.ofSeconds(59))).isEqualTo(first);
        assertThat(lastLogInAfter(Duration.ofSeconds(1))).isEqualTo(first.plusSeconds(60));
        assertThat(lastLogInAfter(Duration.ofDays(-1)))
                .isEqualTo(first.plusSeconds(60).minus(Duration.ofDays(1)));
    }

    private @Nullable Instant lastLogInAfter(Duration time) {
        fixture.clock.advance(time);
        assertThat(accounts.authenticate("client@example.com", Fixture.PASSWORD, null))
                .isPresent();
        return accounts.get(user.id()).lastLoginAt();
    }

    @Test
    void storesHashesInTheFormatOfPasslib() {
        Credential stored = Consistency.all(fixture.storage, RecordTypes.CREDENTIALS).stream()
                .filter(each -> each.userId() == user.id().value())
                .findFirst()
                .orElseThrow();
        assertThat(stored.hash()).matches("\\$pbkdf2-sha512\\$40\\$[A-Za-z0-9./]{22}\\$[A-Za-z0-9./]{86}");

        store(Passlib.HASH);
        assertThat(accounts.authenticate("client@example.com", Passlib.PASSWORD, null))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "$pbkdf2-sha512$",
                "$pbkdf2-sha512$5$c2FsdA",
                "$pbkdf2-sha512$x$c2FsdA$AAAA",
                "$pbkdf2-sha512$-1$c2FsdA$AAAA",
                "$pbkdf2-sha512$99999999999$c2FsdA$AAAA",
                "$pbkdf2-sha512$5$!!$AAAA",
                "$pbkdf2-sha512$5$$",
                "$2b$12$abcdefghijklmnopqrstuv"
            })
    void refusesDamagedAndUnknownHashesWithoutFailing(String hash) {
        store(hash);

        for (String password : List.of(Fixture.PASSWORD, "secret", hash, "-")) {
            assertThat(accounts.authenticate("client@example.com", password, null))
                    .isEmpty();
            assertThat(accounts.authenticate(user.id(), password, null)).isEmpty();
        }
    }

    @Test
    void spendsTheSameTimeOnWrongUnknownInactiveAndPasswordlessAccounts() {
        User inactive =
                accounts.signUp(SignUp.builder("inactive", "Inactive", "secret").build());
        accounts.update(inactive.id(), each -> each.toBuilder().active(false).build());
        accounts.signUp(SignUp.builder("passwordless", "Passwordless", "secret").build());
        User passwordless = accounts.list(Query.where(Filter.equal(User.LOGIN, "passwordless")))
                .get(0);
        fixture.storage.catalog().transact(tx -> {
            CredentialRows.setPasswordHash(tx, passwordless.id().value(), null);
            return null;
        });
        Set<Long> costs = new HashSet<>();

        for (String login : List.of(
                "client@example.com",
                "unknown",
                "inactive",
                "passwordless",
                "__system__",
                "",
                "x".repeat(300),
                "a\0b",
                "\ud800")) {
            for (String password : List.of("wrong", "", "secret", "p".repeat(5000), "\ud800")) {
                costs.add(counted.iterations(() -> assertThat(accounts.authenticate(login, password, "192.0.2.1"))
                        .isEmpty()));
            }
        }
        costs.add(counted.iterations(
                () -> assertThat(accounts.authenticate("x".repeat(10_000_000), "secret", "192.0.2.1"))
                        .isEmpty()));
        for (UserId id : List.of(user.id(), inactive.id(), passwordless.id(), new UserId(1), NOBODY, new UserId(0))) {
            for (String password : List.of("wrong", "", "secret")) {
                costs.add(counted.iterations(() -> assertThat(accounts.authenticate(id, password, "192.0.2.1"))
                        .isEmpty()));
            }
        }
        costs.add(
                counted.iterations(() -> assertThat(accounts.authenticate("client@example.com", Fixture.PASSWORD, null))
                        .isPresent()));

        assertThat(costs).containsExactly((long) ROUNDS);
    }

    @Test
    void spendsAsMuchOnOldHashesAsOnUnknownLogins() {
        try (Saas dearer = fixture.builder(fixture.backend)
                .passwordIterations(3 * ROUNDS)
                .failedSignIns(0, 0)
                .open()) {
            for (String login : List.of("client@example.com", "unknown")) {
                assertThat(counted.iterations(() -> dearer.accounts().authenticate(login, "wrong", null)))
                        .as(login)
                        .isEqualTo(3 * ROUNDS);
            }
            assertThat(dearer.accounts().authenticate("client@example.com", Fixture.PASSWORD, null))
                    .isPresent();
        }
    }

    @Test
    void rehashesExpensiveHashesAtTheFirstSignIn() {
        try (Saas cheaper = fixture.builder(fixture.backend)
                .passwordIterations(ROUNDS / 2)
                .failedSignIns(0, 0)
                .open()) {
            for (String login : List.of("client@example.com", "unknown", "another unknown login")) {
                assertThat(counted.iterations(() -> cheaper.accounts().authenticate(login, "wrong", null)))
                        .as(login)
                        .isEqualTo(ROUNDS);
            }
            assertThat(cheaper.accounts().authenticate("client@example.com", Fixture.PASSWORD, null))
                    .isPresent();

            assertThat(Consistency.all(fixture.storage, RecordTypes.CREDENTIALS))
                    .filteredOn(each -> each.userId() == user.id().value())
                    .extracting(Credential::hash)
                    .singleElement()
                    .asString()
                    .startsWith("$pbkdf2-sha512$" + ROUNDS / 2 + "$");
            assertThat(cheaper.accounts().authenticate("client@example.com", Fixture.PASSWORD, null))
                    .isPresent();
        }
    }

    /** It can come with the database of another installation. A check of it would take minutes. */
    @Test
    void aStoredHashOfTooManyIterationsAdmitsNoPassword() {
        store("$pbkdf2-sha512$999999999" + Passlib.HASH.substring(Passlib.HASH.indexOf('$', 15)));
        assertThat(accounts.authenticate("client@example.com", Passlib.PASSWORD, null))
                .isEmpty();
    }

    @Test
    void letsAdministratorsImportVerifiableHashes() {
        accounts.importPassword(user.id(), Passlib.HASH);

        assertThat(accounts.authenticate(user.id(), Fixture.PASSWORD, null)).isEmpty();
        assertThat(accounts.authenticate("client@example.com", Passlib.PASSWORD, null))
                .isPresent();
        assertRefusal(() -> saas.actingAs(user.id()).accounts().importPassword(user.id(), Passlib.HASH))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        String checksum = Passlib.HASH.substring(Passlib.HASH.lastIndexOf('$'));
        for (String wrong : List.of(
                "",
                "secret",
                "$pbkdf2-sha512$1000001$c2FsdA" + checksum,
                "$pbkdf2-sha512$0$c2FsdA" + checksum,
                "$pbkdf2-sha512$5$c2Fsd" + checksum,
                "$pbkdf2-sha512$5$" + "c2Fs".repeat(100) + checksum,
                Passlib.HASH + "\n",
                Passlib.HASH.replace("sha512", "sha256"))) {
            assertRefusal(() -> accounts.importPassword(user.id(), wrong))
                    .as(wrong)
                    .isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        }
        assertThat(accounts.authenticate(user.id(), Passlib.PASSWORD, null)).isPresent();
    }

    @Test
    void queuesChecksAndRefusesThemForAMomentIfTooManyWait() throws Exception {
        assertThat(accounts.authenticate(user.id(), Fixture.PASSWORD, null)).isPresent();
        CountDownLatch goOn = counted.hold();
        ExecutorService callers = Executors.newCachedThreadPool();
        try {
            CountDownLatch refused = new CountDownLatch(1);
            List<Future<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i <= Passwords.MOST; i++) {
                String clientAddress = "192.0.2." + i;
                calls.add(callers.submit(() -> {
                    try {
                        return accounts.authenticate("unknown", "wrong", clientAddress)
                                .isEmpty();
                    } catch (SaasException e) {
                        assertThat(e.code()).isEqualTo(ErrorCodes.ACCESS_BUSY);
                        assertThat(e.retryable()).isTrue();
                        refused.countDown();
                        return false;
                    }
                }));
            }
            assertThat(refused.await(1, TimeUnit.MINUTES)).isTrue();
            assertThat(accounts.authenticate(user.id(), Fixture.PASSWORD, null))
                    .as("a remembered password does not wait")
                    .isPresent();
            goOn.countDown();
            int answered = 0;
            for (Future<Boolean> call : calls) {
                answered += call.get() ? 1 : 0;
            }
            assertThat(answered).isEqualTo(Passwords.MOST);
        } finally {
            goOn.countDown();
            callers.shutdown();
        }
    }

    @Test
    void checksARememberedPasswordWithoutCost() {
        assertThat(cost(saas, Fixture.PASSWORD)).isEqualTo(ROUNDS);
        assertThat(cost(saas, Fixture.PASSWORD)).isZero();
        fixture.seconds(4);
        assertThat(cost(saas, Fixture.PASSWORD)).isZero();
        fixture.seconds(3600);
        assertThat(cost(saas, Fixture.PASSWORD))
                .as("the stored hash is read again and has not changed")
                .isZero();
    }

    @Test
    void remembersAPasswordFromSignIn() {
        accounts.authenticate("client@example.com", Fixture.PASSWORD, null);

        assertThat(cost(saas, Fixture.PASSWORD)).isZero();
        assertThat(counted.iterations(
                        () -> assertThat(accounts.authenticate("client@example.com", Fixture.PASSWORD, null))
                                .isPresent()))
                .as("a user who signs in all the time costs nothing")
                .isZero();
        assertThat(counted.iterations(() -> accounts.authenticate("client@example.com", "wrong", null)))
                .isEqualTo(ROUNDS);
    }

    @Test
    void aCallerWithManyChecksDelaysItselfOnly() throws Exception {
        CountDownLatch held = counted.hold();
        ExecutorService callers = Executors.newCachedThreadPool();
        try {
            List<Future<Boolean>> attack = new ArrayList<>();
            CountDownLatch refused = new CountDownLatch(Passwords.MOST);
            for (int i = 0; i < 2 * Passwords.MOST; i++) {
                String login = "login" + i;
                attack.add(callers.submit(() -> {
                    try {
                        return accounts.authenticate(login, "wrong", "2001:db8::" + login.substring(5))
                                .isEmpty();
                    } catch (SaasException e) {
                        refused.countDown();
                        return false;
                    }
                }));
            }
            assertThat(refused.await(1, TimeUnit.MINUTES))
                    .as("one network gets half of the room")
                    .isTrue();
            Future<Boolean> other = callers.submit(
                    () -> accounts.authenticate("client@example.com", Fixture.PASSWORD, "2001:db8:0:1::1")
                            .isPresent());
            held.countDown();

            assertThat(other.get(1, TimeUnit.MINUTES)).isTrue();
            for (Future<Boolean> call : attack) {
                call.get(1, TimeUnit.MINUTES);
            }
        } finally {
            held.countDown();
            callers.shutdown();
        }
    }

    @Test
    void remembersAPasswordWhileOthersTryWrongOnes() {
        cost(saas, Fixture.PASSWORD);

        assertThat(accounts.authenticate(user.id(), "wrong", null)).isEmpty();

        assertThat(cost(saas, Fixture.PASSWORD)).isZero();
    }

    @Test
    void remembersAPasswordForItsAccountOnly() {
        User other = accounts.signUp(SignUp.builder("other", "Other", "secret?").build());
        cost(saas, Fixture.PASSWORD);
        accounts.authenticate(other.id(), "secret?", null);

        assertThat(accounts.authenticate(other.id(), Fixture.PASSWORD, null)).isEmpty();
        assertThat(accounts.authenticate(user.id(), "secret?", null)).isEmpty();
        assertThat(accounts.authenticate(other.id(), "secret\ud800", null)).isEmpty();
    }

    @Test
    void refusesAChangedPasswordAtOnceHereAndInFiveSecondsElsewhere() {
        try (Saas node = fixture.builder(fixture.backend)
                .passwordIterations(ROUNDS)
                .node("node-b")
                .open()) {
            accounts.authenticate(user.id(), Fixture.PASSWORD, null);
            node.accounts().authenticate(user.id(), Fixture.PASSWORD, null);

            accounts.changePassword(user.id(), Fixture.PASSWORD, "new secret");

            assertThat(accounts.authenticate(user.id(), Fixture.PASSWORD, null)).isEmpty();
            assertThat(accounts.authenticate(user.id(), "new secret", null)).isPresent();
            fixture.seconds(5);
            assertThat(node.accounts().authenticate(user.id(), Fixture.PASSWORD, null))
                    .isEmpty();
            assertThat(node.accounts().authenticate(user.id(), "new secret", null))
                    .isPresent();
        }
    }

    @Test
    void forgetsAPasswordWhenItSeesAChangeMadeOnAnotherNode() {
        try (Saas node = fixture.builder(fixture.backend).node("node-b").open()) {
            node.accounts().authenticate(user.id(), Fixture.PASSWORD, null);
            accounts.setPassword(user.id(), "new secret");

            node.accounts().authenticate(user.id(), "wrong", null);

            assertThat(node.accounts().authenticate(user.id(), Fixture.PASSWORD, null))
                    .isEmpty();
        }
    }

    @Test
    void doesNotRememberAPasswordThatChangedDuringTheCheck() {
        fixture.backend.once("after catalog", () -> accounts.setPassword(user.id(), "new secret"));
        accounts.authenticate(user.id(), Fixture.PASSWORD, null);

        assertThat(accounts.authenticate(user.id(), Fixture.PASSWORD, null)).isEmpty();
        assertThat(accounts.authenticate(user.id(), "new secret", null)).isPresent();
    }

    @Test
    void remembersAPasswordFromWhenItsHashWasRead() {
        fixture.backend.once("after catalog", () -> fixture.seconds(4));
        accounts.authenticate(user.id(), Fixture.PASSWORD, null);
        fixture.storage.catalog().transact(tx -> {
            CredentialRows.setPasswordHash(tx, user.id().value(), Passlib.HASH);
            return null;
        });
        fixture.seconds(1);

        assertThat(accounts.authenticate(user.id(), Fixture.PASSWORD, null)).isEmpty();
    }

    @Test
    void refusesInactiveAndDeletedAccountsAtOnce() {
        accounts.authenticate(user.id(), Fixture.PASSWORD, null);
        accounts.update(user.id(), each -> each.toBuilder().active(false).build());
        assertThat(accounts.authenticate(user.id(), Fixture.PASSWORD, null)).isEmpty();

        accounts.update(user.id(), each -> each.toBuilder().active(true).build());
        assertThat(accounts.authenticate(user.id(), Fixture.PASSWORD, null)).isPresent();

        accounts.delete(user.id());
        assertThat(accounts.authenticate(user.id(), Fixture.PASSWORD, null)).isEmpty();
        assertThat(accounts.authenticate("client@example.com", Fixture.PASSWORD, null))
                .isEmpty();
    }

    @Test
    void refusesAnAccountThatIsDeletedDuringTheCheck() {
        fixture.backend.once("after catalog", () -> accounts.delete(user.id()));
        assertThat(accounts.authenticate("client@example.com", Fixture.PASSWORD, null))
                .isEmpty();

        User other = accounts.signUp(SignUp.builder("other", "Other", "secret").build());
        fixture.backend.once(
                "after catalog",
                () -> accounts.update(
                        other.id(), each -> each.toBuilder().active(false).build()));
        assertThat(accounts.authenticate("other", "secret", null)).isEmpty();
    }

    private long cost(Saas node, String password) {
        return counted.iterations(() -> assertThat(node.accounts().authenticate(user.id(), password, null))
                .isPresent());
    }

    private void store(String hash) {
        fixture.storage.catalog().transact(tx -> {
            CredentialRows.setPasswordHash(tx, user.id().value(), hash);
            return null;
        });
        fixture.seconds(60);
    }
}
