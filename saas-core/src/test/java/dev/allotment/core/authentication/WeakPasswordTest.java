// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.authentication;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.NewUser;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.access.NewMember;
import dev.allotment.core.Fixture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WeakPasswordTest {
    private static final String LOGIN = "carolina@example.com";
    private static final String GOOD = "three quiet otters";

    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;

    @AfterEach
    void close() {
        fixture.close();
    }

    private User signUp(String password) {
        return saas.accounts()
                .signUp(SignUp.builder(LOGIN, "Carolina", password).email(LOGIN).build());
    }

    private static void assertWeak(ThrowingCallable call) {
        assertRefusal(call).isEqualTo(ErrorCodes.ACCOUNT_INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password",
                "Password1",
                "P@ssw0rd!",
                "12345678",
                "iloveyou",
                "qwertzuiop",
                "1234abcd",
                "asdfgh654321",
                "aaaaaaaaaaaa",
                "ababababab",
                "carolina@example.com",
                "Carolina2026!",
                "Portal",
                "portal-2026"
            })
    void isRefused(String password) {
        assertWeak(() -> signUp(password));
        assertThat(saas.accounts().count(Filter.equal(User.LOGIN, LOGIN))).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {GOOD, "password of carolina", "1234abcd-otter", "my carolina", "日本語のパスワード"})
    void anotherOneIsAccepted(String password) {
        signUp(password);
        assertThat(saas.accounts().authenticate(LOGIN, password, null)).isPresent();
    }

    @Test
    void isRefusedWhereverAnAccountGetsAPassword() {
        User user = signUp(GOOD);
        Saas own = saas.actingAs(user.id());
        assertWeak(() -> own.accounts().changePassword(user.id(), GOOD, "password"));
        assertWeak(() -> saas.accounts().setPassword(user.id(), "password"));
        assertWeak(() -> saas.accounts()
                .create(NewUser.builder("other", "Other").password("password").build()));
        String secret = saas.access().requestPasswordReset(LOGIN).orElseThrow().secret();
        assertWeak(() -> saas.access().resetPassword(secret, "password"));
        assertThat(saas.access().resetPassword(secret, GOOD + "!"))
                .as("a refusal does not use up the link")
                .isPresent();
        String invitation = saas.accounts().requestSignUp("new@example.com", "New");
        assertWeak(() -> saas.accounts().confirmSignUp(invitation, "password"));
    }

    @Test
    void theApplicationDecidesAboutItsOwnUsers() {
        User owner = signUp(GOOD);
        String tenant = saas.tenants()
                .create(CreateTenant.onPlan(fixture.plan()).owner(owner).build())
                .tenant()
                .name();

        Member member = saas.database(tenant)
                .members()
                .create(NewMember.builder("demo", "Demo").password("demo").build());

        assertThat(member.login()).isEqualTo("demo");
    }
}
