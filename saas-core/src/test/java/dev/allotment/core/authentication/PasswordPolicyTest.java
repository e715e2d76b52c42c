// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.authentication;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.NewUser;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.access.MemberChange;
import dev.allotment.access.Members;
import dev.allotment.access.NewMember;
import dev.allotment.core.Fixture;
import dev.allotment.hook.PasswordPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PasswordPolicyTest {
    private static final String GOOD = "long enough \uD83D\uDE80";
    private static final String BAD = "hunter2";

    private final Fixture fixture = new Fixture();
    private final List<String> logins = new ArrayList<>();
    private PasswordPolicy policy = PasswordPolicy.minimumLength(12);
    private final Saas saas = fixture.builder(fixture.backend)
            .node("node-b")
            .passwordPolicy((login, password) -> {
                logins.add(login);
                return policy.refusal(login, password);
            })
            .open();

    @AfterEach
    void close() {
        saas.close();
        fixture.close();
    }

    private User signUp(String login) {
        return saas.accounts()
                .signUp(SignUp.builder(login, "Name", GOOD).email(login).build(), null);
    }

    private static void assertWeak(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.ACCOUNT_INVALID))
                .hasMessage("Choose a password of at least 12 characters.");
    }

    @Test
    void isAskedWhereverAnAccountGetsAPassword() {
        User user = signUp("a@example.com");
        Saas own = saas.actingAs(user.id());
        String invitation = saas.accounts().requestSignUp("b@example.com", "B");
        String reset = saas.access()
                .requestPasswordReset("a@example.com")
                .orElseThrow()
                .secret();
        logins.clear();

        assertWeak(() ->
                saas.accounts().signUp(SignUp.builder("c@example.com", "C", BAD).build(), null));
        assertWeak(() -> saas.accounts().confirmSignUp(invitation, BAD));
        assertWeak(() -> saas.accounts()
                .create(NewUser.builder("d@example.com", "D")
                        .role(Role.ADMINISTRATOR)
                        .password(BAD)
                        .build()));
        assertWeak(() -> own.accounts().changePassword(user.id(), GOOD, BAD));
        assertWeak(() -> saas.accounts().setPassword(user.id(), BAD));
        assertWeak(() -> saas.accounts().update(user.id(), each -> each, BAD));
        assertWeak(() -> saas.access().resetPassword(reset, BAD));
        assertWeak(() -> saas.inTransaction(records -> {
            records.accounts().setPassword(user.id(), BAD);
            return user;
        }));

        assertThat(logins)
                .containsExactly(
                        "c@example.com",
                        "b@example.com",
                        "d@example.com",
                        "a@example.com",
                        "a@example.com",
                        "a@example.com",
                        "a@example.com",
                        "a@example.com");
        assertThat(saas.accounts().authenticate("a@example.com", GOOD, null)).isPresent();
        assertThat(saas.access().resetPassword(reset, GOOD + "!"))
                .as("a refusal does not use up the link")
                .isPresent();
        assertThat(saas.accounts().confirmSignUp(invitation, GOOD)).isPresent();
    }

    @Test
    void isAskedWhereverAMemberGetsAPassword() {
        assertWeak(() -> saas.tenants()
                .create(CreateTenant.outsidePlans("x", new CreateTenant.Administrator("boss", BAD))
                        .build()));
        saas.tenants()
                .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", GOOD))
                        .build());
        Members members = saas.database("shop").members();
        Member member =
                members.create(NewMember.builder("m", "M").password(GOOD).build());
        assertWeak(
                () -> members.create(NewMember.builder("n", "N").password(BAD).build()));
        assertWeak(() -> members.setPassword(member.id(), BAD));
        assertWeak(() ->
                members.update(member.id(), MemberChange.builder().password(BAD).build()));
        assertWeak(() -> members.changePassword(member.id(), GOOD, BAD));
        assertThat(logins).endsWith("m", "n", "m", "m", "m");
        assertThat(members.authenticate("m", GOOD, null)).isPresent();
    }

    @Test
    void doesNotApplyToStoredPasswordsAndSettings() {
        assertThat(saas.accounts().authenticate("admin", "admin", null)).isPresent();
        saas.changeMasterPassword(BAD);
        assertThat(logins).isEmpty();
    }

    @Test
    void mayCompareThePasswordWithTheLogin() {
        policy = (login, password) ->
                password.contains(login) ? Optional.of("It contains your login.") : Optional.empty();
        assertThatThrownBy(() -> saas.accounts()
                        .signUp(
                                SignUp.builder("E@Example.com", "E", "I am e@example.com")
                                        .build(),
                                null))
                .hasMessage("It contains your login.");
    }

    @Test
    void isAskedWithTheNewLoginIfBothChange() {
        User user = signUp("g@example.com");
        logins.clear();
        saas.accounts()
                .update(
                        user.id(),
                        each -> each.toBuilder().login("New@Example.com").build(),
                        GOOD);
        assertThat(logins).containsExactly("new@example.com");
    }

    @Test
    void isNotAskedAgainWhenARequestIsRepeated() {
        CreateTenant wanted = CreateTenant.outsidePlans("lone", new CreateTenant.Administrator("boss", GOOD))
                .idempotencyKey("lone")
                .build();
        Tenant first = saas.tenants().create(wanted).tenant();
        policy = PasswordPolicy.minimumLength(64);
        assertThat(saas.tenants().create(wanted).tenant()).isEqualTo(first);
        assertThat(logins).containsExactly("boss");
    }

    @Test
    void isAskedByAClientAsOftenAsItMayHavePasswordsHashed() {
        User user = signUp("h@example.com");
        logins.clear();
        try (Saas node = fixture.builder(fixture.backend)
                .node("node-c")
                .failedSignIns(5, 1)
                .passwordPolicy((login, password) -> {
                    logins.add(login);
                    return Optional.of("Never.");
                })
                .open()) {
            Saas client = node.actingAs(Fixture.ADMINISTRATOR, "192.0.2.1");
            for (int i = 0; i < 4; i++) {
                assertRefusal(() -> client.accounts().setPassword(user.id(), GOOD))
                        .isEqualTo(i < 2 ? ErrorCodes.ACCOUNT_INVALID : ErrorCodes.ACCESS_BUSY);
            }
        }
        assertThat(logins).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"throws", "null"})
    void noPasswordIsSetIfThePolicyFails(String how) {
        User user = signUp("f@example.com");
        policy = (login, password) -> {
            if (how.equals("throws")) {
                throw new IllegalStateException("cannot judge " + password);
            }
            return null;
        };
        List<String> logged = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public synchronized void publish(LogRecord record) {
                logged.add(record.getMessage() + record.getThrown());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("dev.allotment.core.internal.authentication.Passwords");
        logger.setLevel(Level.WARNING);
        logger.setUseParentHandlers(false);
        logger.addHandler(handler);
        try {
            SaasException failure = catchThrowableOfType(
                    SaasException.class, () -> saas.accounts().setPassword(user.id(), "a secret password"));
            assertThat(failure.code()).isEqualTo(ErrorCodes.ACCOUNT_POLICY_FAILED);
            assertThat(failure).hasNoCause();
            assertThat(failure.getMessage()).doesNotContain("a secret password");
        } finally {
            logger.removeHandler(handler);
            logger.setLevel(null);
        }
        assertThat(logged).singleElement().asString().contains("policy").doesNotContain("a secret password");
        assertThat(saas.accounts().authenticate("f@example.com", GOOD, null)).isPresent();
    }

    @Test
    void countsCharactersAndNotTheirParts() {
        PasswordPolicy two = PasswordPolicy.minimumLength(2);
        assertThat(two.refusal("x", "\uD83D\uDE80")).isPresent();
        assertThat(two.refusal("x", "\uD83D\uDE80\uD83D\uDE80")).isEmpty();
        assertRefusal(() -> PasswordPolicy.minimumLength(0)).isEqualTo(ErrorCodes.SETTING_INVALID);
        assertRefusal(() -> PasswordPolicy.minimumLength(65)).isEqualTo(ErrorCodes.SETTING_INVALID);
    }
}
