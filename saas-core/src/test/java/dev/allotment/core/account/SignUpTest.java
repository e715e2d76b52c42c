// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.account;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.allotment.Customer;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.core.Concurrently;
import dev.allotment.core.CountedPasswords;
import dev.allotment.core.Fixture;
import dev.allotment.core.Result;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("counts what a provider of cryptography does, of which the process has one list")
final class SignUpTest {
    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void becomesAPortalUserWithItsOwnCustomer() {
        User user = saas.accounts()
                .signUp(SignUp.builder("client@example.com", "  Client Name ", "secret")
                        .build());

        assertThat(user.role()).isEqualTo(Role.PORTAL);
        assertThat(user.portal()).isTrue();
        assertThat(user.active()).isTrue();
        assertThat(user.name()).isEqualTo("Client Name");
        assertThat(user.email()).isEqualTo("client@example.com");
        assertThat(user.createdAt()).isEqualTo(fixture.clock.instant());
        assertThat(user.lastLoginAt()).isNull();
        Customer customer = saas.customers().get(user.customerId());
        assertThat(customer.name()).isEqualTo("Client Name");
        assertThat(saas.accounts().list(Query.where(Filter.equal(User.CUSTOMER_ID, customer.id()))))
                .containsExactly(user);
    }

    @Test
    void normalisesTheLogin() {
        User user = saas.accounts()
                .signUp(SignUp.builder(" \tClient@Example.COM\u2003", "Client", "secret")
                        .build());

        assertThat(user.login()).isEqualTo("client@example.com");
        assertThat(saas.accounts().authenticate("CLIENT@example.com ", "secret", null))
                .isPresent();
    }

    @Test
    void hasNoEmailAddressIfTheLoginIsNone() {
        assertThat(saas.accounts()
                        .signUp(SignUp.builder("client", "Client", "secret").build())
                        .email())
                .isNull();
        assertThat(saas.accounts()
                        .signUp(SignUp.builder("other", "Other", "secret")
                                .email("other@example.com")
                                .lang("de_DE")
                                .tz("Europe/Berlin")
                                .build()))
                .extracting(User::email, User::lang, User::tz)
                .containsExactly("other@example.com", "de_DE", "Europe/Berlin");
    }

    @Test
    void refusesATakenLoginInAnySpelling() {
        fixture.signUp("client@example.com");
        long customers = saas.customers().count(Filter.all());

        SaasException refusal = refusal(() -> fixture.signUp(" CLIENT@example.com"));

        assertThat(refusal.code()).isEqualTo(ErrorCodes.ACCOUNT_LOGIN_TAKEN);
        assertThat(refusal).hasMessage("Another user is already registered using this email address.");
        assertThat(saas.customers().count(Filter.all())).isEqualTo(customers);
    }

    @Test
    void givesALoginToOneOfEight() {
        List<Result<User>> results = Concurrently.run(8, number -> fixture.signUp("client@example.com"));

        assertThat(results).filteredOn(Result::succeeded).hasSize(1);
        assertThat(results)
                .filteredOn(result -> !result.succeeded())
                .extracting(Result::code)
                .containsOnly(ErrorCodes.ACCOUNT_LOGIN_TAKEN);
        assertThat(saas.accounts().count(Filter.equal(User.LOGIN, "client@example.com")))
                .isEqualTo(1);
    }

    @Test
    void isRefusedIfSignUpIsSwitchedOff() {
        saas.parameters().set(Parameter.ALLOW_UNINVITED, "False");
        SaasException refusal = refusal(() -> fixture.signUp("client@example.com"));
        assertThat(refusal.code()).isEqualTo(ErrorCodes.ACCOUNT_SIGNUP_OFF);
        assertThat(refusal).hasMessage("Signup is not allowed for uninvited users");

        saas.parameters().set(Parameter.INVITATION_SCOPE, "b2c");
        assertThat(fixture.signUp("client@example.com").active()).isTrue();

        saas.parameters().set(Parameter.INVITATION_SCOPE, "b2b");
        assertRefusal(() -> fixture.signUp("other@example.com")).isEqualTo(ErrorCodes.ACCOUNT_SIGNUP_OFF);
        assertThat(fixture.administrator("boss").portal())
                .as("an administrator still opens accounts")
                .isFalse();

        saas.parameters().set(Parameter.ALLOW_UNINVITED, null);
        assertRefusal(() -> fixture.signUp("other@example.com")).isEqualTo(ErrorCodes.ACCOUNT_SIGNUP_OFF);
    }

    static List<SignUp> wrong() {
        return List.of(
                SignUp.builder("", "Name", "secret").build(),
                SignUp.builder(" \u2003 ", "Name", "secret").build(),
                SignUp.builder("a".repeat(255), "Name", "secret").build(),
                SignUp.builder("a".repeat(10_000_000), "Name", "secret").build(),
                SignUp.builder("a\0b", "Name", "secret").build(),
                SignUp.builder("a\nb", "Name", "secret").build(),
                SignUp.builder("a\u0085b", "Name", "secret").build(),
                SignUp.builder("a\ud800b", "Name", "secret").build(),
                SignUp.builder("login", "", "secret").build(),
                SignUp.builder("login", "  ", "secret").build(),
                SignUp.builder("login", "n".repeat(257), "secret").build(),
                SignUp.builder("login", "na\u001bme", "secret").build(),
                SignUp.builder("login", "na\udc00me", "secret").build(),
                SignUp.builder("login", "Name", "").build(),
                SignUp.builder("login", "Name", "p".repeat(4097)).build(),
                SignUp.builder("login", "Name", "half \ud83d").build(),
                SignUp.builder("login", "Name", "secret").email("no-address").build(),
                SignUp.builder("login", "Name", "secret")
                        .email("a@" + "b".repeat(260))
                        .build(),
                SignUp.builder("login", "Name", "secret").email("a@b\0").build(),
                SignUp.builder("login", "Name", "secret").lang("english").build(),
                SignUp.builder("login", "Name", "secret")
                        .lang("e".repeat(10_000_000))
                        .build(),
                SignUp.builder("login", "Name", "secret").tz("Mars/Olympus").build(),
                SignUp.builder("login", "Name", "secret").tz("UTC\0").build());
    }

    @ParameterizedTest(name = "case {index}")
    @MethodSource("wrong")
    void refusesUnstorableAndUnprintableValues(SignUp signUp) {
        long customers = saas.customers().count(Filter.all());

        SaasException refusal = refusal(() -> saas.accounts().signUp(signUp));

        assertThat(refusal.code()).isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertThat(String.valueOf(refusal.getMessage()).codePoints())
                .as("a message that can be shown")
                .hasSizeLessThan(400)
                .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
        assertThat(saas.customers().count(Filter.all())).isEqualTo(customers);
        assertThat(saas.accounts().count(Filter.all())).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "ünïcode@exämple.com", "日本", "emoji-😀", "it's \"quoted\"; drop table users; --"})
    void acceptsAnyPrintableLogin(String login) {
        String password = "password of " + login;
        User user = saas.accounts()
                .signUp(SignUp.builder(login, "Name " + login, password).build());

        assertThat(saas.accounts().authenticate(login, password, null))
                .hasValueSatisfying(found -> assertThat(found.id()).isEqualTo(user.id()));
    }

    @Test
    void acceptsTheGreatestLengths() {
        SignUp signUp = SignUp.builder("l".repeat(254), "n".repeat(256), "pass word".repeat(455) + "!")
                .build();

        saas.accounts().signUp(signUp);

        assertThat(saas.accounts().authenticate(signUp.login(), signUp.password(), null))
                .isPresent();
        assertThat(saas.accounts().authenticate(signUp.login(), signUp.password() + "!", null))
                .isEmpty();
    }

    @Test
    void doesNotPrintThePassword() {
        assertThat(SignUp.builder("login", "Name", "secret").build().toString()).doesNotContain("secret");
    }

    private User from(String clientAddress, String login) {
        return saas.accounts().signUp(SignUp.builder(login, "Client", "secret").build(), clientAddress);
    }

    @Test
    void allowsTwentyAttemptsPerHourAndAddress() {
        fixture.signUp("taken@example.com");
        for (int i = 0; i < 10; i++) {
            from("192.0.2.1", "client-" + i + "@example.com");
            assertRefusal(() -> from("192.0.2.1", "taken@example.com")).isEqualTo(ErrorCodes.ACCOUNT_LOGIN_TAKEN);
        }
        try (CountedPasswords counted = CountedPasswords.begin()) {
            for (String login : List.of("client@example.com", "taken@example.com")) {
                assertThat(counted.iterations(() -> {
                            SaasException refusal = refusal(() -> from("192.0.2.1", login));
                            assertThat(refusal.code()).isEqualTo(ErrorCodes.ACCOUNT_SIGNUP_TOO_OFTEN);
                            assertThat(refusal.retryable()).isTrue();
                        }))
                        .isZero();
            }
        }
        assertThat(from("192.0.2.2", "neighbour@example.com").active()).isTrue();
        assertThat(fixture.signUp("unknown-address@example.com").active()).isTrue();

        fixture.seconds(3600 / 20.0 - 1);
        assertRefusal(() -> from("192.0.2.1", "client@example.com")).isEqualTo(ErrorCodes.ACCOUNT_SIGNUP_TOO_OFTEN);
        fixture.seconds(2);
        assertThat(from("192.0.2.1", "client@example.com").active()).isTrue();
    }

    @Test
    void countsAttemptsOfPortalUsersButNotOfAdministrators() {
        Saas strict = fixture.builder(fixture.backend).signUps(2).open();
        User user = fixture.signUp("client@example.com");
        Saas users = strict.actingAs(user.id(), "192.0.2.1");
        users.accounts().signUp(SignUp.builder("first", "First", "secret").build());
        users.accounts().signUp(SignUp.builder("second", "Second", "secret").build(), "192.0.2.99");

        assertRefusal(() -> users.accounts()
                        .signUp(SignUp.builder("third", "Third", "secret").build(), "192.0.2.98"))
                .isEqualTo(ErrorCodes.ACCOUNT_SIGNUP_TOO_OFTEN);
        Saas administrators = strict.actingAs(Fixture.ADMINISTRATOR, "192.0.2.1");
        for (int i = 0; i < 5; i++) {
            administrators
                    .accounts()
                    .signUp(SignUp.builder("login-" + i, "Name", "secret").build());
        }

        Saas open = fixture.builder(fixture.backend).signUps(0).open();
        for (int i = 0; i < 50; i++) {
            open.accounts().signUp(SignUp.builder("open-" + i, "Name", "secret").build(), "192.0.2.1");
        }
    }

    @Test
    void spendsNoHashingOnTakenLoginsAndForgedSecrets() {
        fixture.signUp("client@example.com");
        try (CountedPasswords counted = CountedPasswords.begin()) {
            assertThat(counted.iterations(() -> assertRefusal(() -> fixture.signUp("client@example.com"))
                            .isEqualTo(ErrorCodes.ACCOUNT_LOGIN_TAKEN)))
                    .isZero();
            assertThat(counted.iterations(() -> assertThat(saas.access().resetPassword("made up", "secret"))
                            .isEmpty()))
                    .isZero();
            String expired = saas.access()
                    .requestPasswordReset("client@example.com")
                    .orElseThrow()
                    .secret();
            fixture.clock.advance(Duration.ofHours(1));
            assertThat(counted.iterations(() -> assertThat(saas.access().resetPassword(expired, "secret"))
                            .isEmpty()))
                    .isZero();
            assertThat(counted.iterations(() -> fixture.signUp("other@example.com")))
                    .isPositive();
        }
    }

    @Test
    void recordsLoginAndClientAddressInTheAuditLog() {
        saas.accounts()
                .signUp(
                        SignUp.builder("client@example.com", "Client", "my own words")
                                .build(),
                        "192.0.2.7");

        assertThat(saas.events().list(Query.all()))
                .extracting(Event::type, Event::actor, Event::clientAddress)
                .containsExactly(tuple(EventType.SIGNED_UP, "client@example.com", "192.0.2.7"));
    }

    @Test
    void storesNothingBeforeTheAddressIsConfirmed() {
        saas.parameters().set(Parameter.SIGNUP_CONFIRMATION, "true");
        String secret = saas.accounts().requestSignUp(" Client@Example.com", "  Client Name ");
        String squatters = saas.accounts().requestSignUp("client@example.com", "Squatter");

        assertThat(secret).matches("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{43}");
        assertThat(saas.accounts().count(Filter.all())).isEqualTo(2);
        assertThat(saas.events().count(Filter.all())).isZero();

        assertThat(saas.accounts().canConfirmSignUp(secret)).isTrue();
        assertThat(saas.accounts().canConfirmSignUp(secret + "x")).isFalse();
        assertRefusal(() -> saas.accounts().confirmSignUp(secret, "")).isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        User user = saas.accounts().confirmSignUp(secret, "my own words").orElseThrow();
        assertThat(user)
                .extracting(User::login, User::email, User::name, User::role)
                .containsExactly("client@example.com", "client@example.com", "Client Name", Role.PORTAL);
        assertThat(saas.accounts().authenticate("client@example.com", "my own words", null))
                .isPresent();
        assertThat(saas.events().list(Query.all())).extracting(Event::type).containsExactly(EventType.SIGNED_UP);
        assertThat(saas.accounts().canConfirmSignUp(secret)).as("used").isFalse();
        assertThat(saas.accounts().confirmSignUp(secret, "my own words"))
                .as("used")
                .isEmpty();
        assertThat(saas.accounts().confirmSignUp(squatters, "other words")).isEmpty();
        assertRefusal(() -> saas.accounts().requestSignUp("client@example.com", "Client"))
                .isEqualTo(ErrorCodes.ACCOUNT_LOGIN_TAKEN);
    }

    @Test
    void confirmsWithAGenuineSecretWithinAnHourOnAnyNode() {
        String secret = saas.accounts().requestSignUp("client@example.com", "Name");
        String other = saas.accounts().requestSignUp("other@example.com", "Name");
        String seal = secret.substring(secret.indexOf('.'));
        try (CountedPasswords counted = CountedPasswords.begin()) {
            for (String made : List.of(
                    "",
                    ".",
                    "x",
                    seal,
                    other.substring(0, other.indexOf('.')) + seal,
                    secret + "x",
                    "x".repeat(1_000_000) + ".x")) {
                assertThat(counted.iterations(() -> assertThat(saas.accounts().confirmSignUp(made, "secret"))
                                .isEmpty()))
                        .isZero();
            }
        }
        saas.parameters().set(Parameter.ALLOW_UNINVITED, "False");
        assertRefusal(() -> saas.accounts().confirmSignUp(secret, "secret")).isEqualTo(ErrorCodes.ACCOUNT_SIGNUP_OFF);
        assertRefusal(() -> saas.accounts().requestSignUp("client@example.com", "Name"))
                .isEqualTo(ErrorCodes.ACCOUNT_SIGNUP_OFF);
        saas.parameters().set(Parameter.ALLOW_UNINVITED, "True");

        assertThat(fixture.open(fixture.backend).accounts().confirmSignUp(secret, "secret"))
                .isPresent();
        fixture.clock.advance(Duration.ofHours(1));
        assertThat(saas.accounts().confirmSignUp(other, "secret")).isEmpty();
    }

    @Test
    void refusesUnconfirmedAddressesFromPortalUsers() {
        User user = fixture.signUp("client@example.com");
        saas.parameters().set(Parameter.SIGNUP_CONFIRMATION, "True");
        SignUp wish = SignUp.builder("other@example.com", "Other", "secret").build();

        assertRefusal(() -> saas.actingAs(user.id()).accounts().signUp(wish))
                .isEqualTo(ErrorCodes.ACCOUNT_SIGNUP_UNCONFIRMED);
        assertRefusal(() -> saas.actingAs(user.id()).accounts().requestSignUp("other@example.com", "Other"))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(saas.actingAs(Fixture.ADMINISTRATOR).accounts().signUp(wish).active())
                .isTrue();
        assertRefusal(() -> saas.parameters().set(Parameter.SIGNUP_CONFIRMATION, "yes"))
                .as("what is not understood would be taken for no")
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        assertThat(saas.parameters().value(Parameter.SIGNUP_CONFIRMATION)).contains("true");
    }
}
