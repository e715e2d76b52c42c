// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import dev.allotment.ApiKeyHolder;
import dev.allotment.ApiKeys;
import dev.allotment.odoo.fault.OdooFault;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Accepts the API key of a user where a client sends a password. Other texts cost no look-up. */
public final class UserKeys {
    private UserKeys() {}

    /**
     * Returns the view of a user that sent a key or a password.
     *
     * @param acting returns the view of the holder of a key
     * @param password checks the text as a password
     * @param plain returns the view without a scope
     * @throws OdooFault ACCESS_DENIED if it is neither
     */
    public static <V> V view(
            ApiKeys keys,
            long uid,
            String secret,
            @Nullable String clientAddress,
            Function<ApiKeyHolder, V> acting,
            BooleanSupplier password,
            Supplier<V> plain) {
        Optional<ApiKeyHolder> holder = keys.authenticate(secret, clientAddress).filter(each -> each.userId() == uid);
        if (holder.isPresent()) {
            return acting.apply(holder.get());
        }
        if (!password.getAsBoolean()) {
            throw OdooFault.accessDenied();
        }
        return plain.get();
    }

    /**
     * Returns the id of the user with this login, if the secret is a key of it; otherwise empty.
     *
     * @param loginOf returns the login of a user; empty if the user was deleted meanwhile
     */
    public static OptionalLong user(
            ApiKeys keys,
            String login,
            String secret,
            @Nullable String clientAddress,
            LongFunction<Optional<String>> loginOf) {
        Optional<ApiKeyHolder> holder = keys.authenticate(secret, clientAddress);
        String wanted = login.strip().toLowerCase(Locale.ROOT);
        return holder.filter(each ->
                        loginOf.apply(each.userId()).filter(wanted::equals).isPresent())
                .map(each -> OptionalLong.of(each.userId()))
                .orElse(OptionalLong.empty());
    }
}
