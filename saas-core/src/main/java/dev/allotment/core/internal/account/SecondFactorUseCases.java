// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.account;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.SecondFactors;
import dev.allotment.core.internal.authentication.AccountFactors;
import dev.allotment.core.internal.authentication.PasskeyCeremonies;
import dev.allotment.core.internal.authentication.SignIn;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FactorRules;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.spi.backend.StoredFactor;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Manages the second factors of accounts. */
public final class SecondFactorUseCases implements SecondFactors {
    private final CoreContext context;
    private final TenantContent content;
    private final SignIn signIn;
    private final AccountFactors factors;
    private final AccountUseCases accounts;
    private final Actor actor;

    SecondFactorUseCases(
            CoreContext context,
            TenantContent content,
            SignIn signIn,
            AccountFactors factors,
            AccountUseCases accounts,
            Actor actor) {
        this.context = context;
        this.content = content;
        this.signIn = signIn;
        this.factors = factors;
        this.accounts = accounts;
        this.actor = actor;
    }

    @Override
    public Status status(UserId id) {
        actor.requireSelf(id, "see the second factor of another user");
        User user = accounts.get(id);
        return context.catalog().transact(tx -> {
            Optional<StoredFactor> factor = AccountFactors.find(tx, id);
            return new Status(
                    factor.map(StoredFactor::confirmedAt).orElse(null),
                    AccountFactors.isRequired(tx, user),
                    factor.map(each -> each.recoveryCodes().size()).orElse(0),
                    FactorRules.passkeys(tx, id));
        });
    }

    @Override
    public Setup start(UserId id) {
        return start(own(id));
    }

    /** Starts the setup for a user who is known to the caller. */
    public Setup start(User user) {
        String secret = factors.start(user.id());
        String issuer = encoded(context.mainDatabase());
        return new Setup(
                secret,
                URI.create("otpauth://totp/" + issuer + ":" + encoded(user.login()) + "?secret=" + secret + "&issuer="
                        + issuer + "&algorithm=SHA1&digits=6&period=30"));
    }

    /** Encodes a part of a URI: a space is not a plus there. */
    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public List<String> confirm(UserId id, String code) {
        return confirm(own(id), code, actor);
    }

    /** Ends the setup for a user who is known to the caller. */
    public List<String> confirm(User user, String code, Actor by) {
        List<String> codes = factors.confirm(by, user, code);
        signIn.forget(user.id());
        return codes;
    }

    @Override
    public List<String> renewRecoveryCodes(UserId id, String code) {
        User user = own(id);
        requireCode(user, code);
        return factors.renewRecoveryCodes(actor, user);
    }

    @Override
    public void turnOff(UserId id, String password, String code) {
        User user = own(id);
        // The password first, so that a wrong one does not cost a recovery code.
        if (!accounts.isPassword(id, password)) {
            throw SaasException.notAllowed(ErrorCodes.ACCESS_DENIED, "The password is wrong.");
        }
        requireCode(user, code);
        context.catalog().transact(tx -> {
            if (AccountFactors.remove(tx, id)) {
                factors.record(tx, actor, EventType.FACTOR_TURNED_OFF, user, Map.of());
            }
            return null;
        });
        signIn.forget(id);
    }

    @Override
    public void reset(UserId id) {
        actor.requireAdministrator("reset the second factor of a user");
        User user = accounts.get(id);
        AccountSessions sessions = AccountSessions.of(context, content.databases(), id);
        context.catalog().transact(tx -> {
            boolean passkeys = PasskeyCeremonies.removeAll(tx, id);
            if (AccountFactors.remove(tx, id) || passkeys) {
                sessions.end(tx);
                factors.record(tx, actor, EventType.FACTOR_RESET, user, Map.of());
            }
            return null;
        });
        signIn.forget(id);
        sessions.endLogins();
    }

    private void requireCode(User user, String code) {
        if (!factors.accept(actor, user, code)) {
            throw AccountFactors.wrongCode();
        }
    }

    private User own(UserId id) {
        User user = actor.user();
        if (user != null && !user.id().equals(id)) {
            throw actor.refused("change the second factor of another user");
        }
        return accounts.get(id);
    }
}
