// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Member;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Throttle;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.spi.core.SaasSettings;
import java.time.Duration;

/** What finds out who calls: the passwords and API keys of accounts and of members, and the master password. */
public record SignIn(
        Passwords passwords,
        SignInThrottle throttle,
        Authenticator<User> accounts,
        Authenticator<Member> members,
        ApiKeyAuthenticator<User> accountKeys,
        ApiKeyAuthenticator<Member> memberKeys,
        MasterPassword masterPassword,
        SignUpLimit signUpLimit) {
    public static SignIn of(CoreContext context, SaasSettings settings) {
        SaasSettings.Limits limits = settings.limits();
        Passwords passwords = new Passwords(
                settings.secrets().passwordIterations(),
                settings.node().random(),
                new WeakPasswords(context.mainDatabase()),
                settings.secrets().passwordPolicy(),
                new Throttle(context::tick, Duration.ofMinutes(1)),
                2 * Math.min(Integer.MAX_VALUE / 2, limits.failedSignInsPerClientAddress()));
        SignInThrottle throttle = new SignInThrottle(
                context::tick,
                new SignInLimits(limits.failedSignInsPerLogin(), limits.failedSignInsPerClientAddress()));
        return new SignIn(
                passwords,
                throttle,
                new Authenticator<>(passwords, context.secrets(), throttle, context::tick),
                new Authenticator<>(passwords, context.secrets(), throttle, context::tick),
                new ApiKeyAuthenticator<>(context),
                new ApiKeyAuthenticator<>(context),
                new MasterPassword(
                        context,
                        passwords,
                        new Authenticator<>(passwords, context.secrets(), throttle, context::tick),
                        settings.secrets().masterPassword()),
                new SignUpLimit(new Throttle(context::tick, Duration.ofHours(1)), limits.signUpsPerClientAddress()));
    }

    /** How many wrong API keys were presented to this node. */
    public long wrongKeys() {
        return accountKeys.wrong() + memberKeys.wrong();
    }

    /** Makes this node forget that it has checked the password or a key of an account. */
    public void forget(UserId account) {
        accounts.forget(Place.MAIN, account.value());
        accountKeys.forget(SessionRows.MAIN, account.value());
    }
}
