// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import dev.allotment.access.ApiKeyHolder;
import dev.allotment.access.ApiKeys;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.value.OdooIdentity;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Accepts the API key of a user where a client sends a password. Other texts cost no look-up. A key that has ended, or
 * is of another user, is not checked as a password: a program that still sends it would keep its user from signing in.
 */
public final class UserKeys {
    private UserKeys() {}

    /**
     * Returns the caller who sent a key or a password of a user.
     *
     * @param holding returns the holder of a key
     * @param password returns the user if the text is its password
     * @throws OdooFault ACCESS_DENIED if it is neither
     */
    public static <V> OdooCaller<V> caller(
            ApiKeys keys,
            long uid,
            String secret,
            @Nullable String clientAddress,
            Function<ApiKeyHolder, OdooCaller<V>> holding,
            Supplier<Optional<OdooCaller<V>>> password) {
        Optional<ApiKeyHolder> holder = keys.authenticate(secret, clientAddress).filter(each -> each.userId() == uid);
        if (holder.isPresent()) {
            return holding.apply(holder.get());
        }
        if (keys.isKnown(secret, clientAddress)) {
            throw OdooFault.accessDenied();
        }
        return password.get().orElseThrow(OdooFault::accessDenied);
    }

    /**
     * Returns the id of the user with this login, if the secret is a key or the password of that user; otherwise empty.
     *
     * @param password checks the text as a password
     */
    public static OptionalLong user(
            ApiKeys keys,
            String login,
            String secret,
            @Nullable String clientAddress,
            Supplier<Optional<OdooIdentity>> password) {
        Optional<ApiKeyHolder> holder = keys.authenticate(secret, clientAddress);
        String wanted = login.strip().toLowerCase(Locale.ROOT);
        Optional<Long> user = holder.filter(each -> each.login().equals(wanted)).map(ApiKeyHolder::userId);
        if (user.isEmpty() && !keys.isKnown(secret, clientAddress)) {
            user = password.get().map(OdooIdentity::uid);
        }
        return user.map(OptionalLong::of).orElse(OptionalLong.empty());
    }
}
