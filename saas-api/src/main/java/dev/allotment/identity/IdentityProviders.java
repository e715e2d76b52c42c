// SPDX-License-Identifier: Apache-2.0
package dev.allotment.identity;

import static dev.allotment.AllowedFor.Keys.PROVIDED_SESSION;
import static dev.allotment.Permission.MANAGE_TEAM;
import static dev.allotment.Permission.VIEW;

import dev.allotment.AllowedFor;
import dev.allotment.CustomerId;
import dev.allotment.Lookup;
import dev.allotment.Needs;
import dev.allotment.NeedsProof;
import dev.allotment.SaasException;
import java.net.URI;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The providers with which people sign in by OpenID Connect. Those without a customer are for everyone. A customer has
 * providers for its team, which members manage that may manage the team and are not limited to some tenants. Other
 * providers do not exist for a caller ({@code record.missing}), and none does for an API key with a scope.
 *
 * <p>A change of issuer or client id, and a deletion, removes the links of accounts to the provider: another provider
 * must not sign in who was known to the former one. With the links, the sessions end that it has opened. They also end
 * when the provider of a customer becomes inactive. Safe for use by several threads.
 */
@AllowedFor(PROVIDED_SESSION)
@Needs(value = MANAGE_TEAM, operators = VIEW)
public interface IdentityProviders extends Lookup<IdentityProviderId, IdentityProvider> {
    /** How many providers a customer may have, and how many there may be for everyone. */
    int MAX_PROVIDERS = 10;

    /** Returns whether this installation has identity providers: the module {@code allotment-openid} is there. */
    @AllowedFor(PROVIDED_SESSION)
    @Needs({})
    boolean available();

    /**
     * Returns the address to which providers send browsers back, and which has to be registered at the provider. It is
     * the same for all providers of one customer, and another one for each customer.
     *
     * @param customer null: for providers that are for everyone
     */
    @AllowedFor(PROVIDED_SESSION)
    @Needs(value = MANAGE_TEAM, operators = VIEW)
    URI callback(@Nullable CustomerId customer);

    /**
     * Creates a provider.
     *
     * @param wanted its id and time are ignored; it cannot be required yet
     * @param secret with which this installation proves itself to the provider, at most 512 printable characters of
     *     ASCII; no method returns it. Null: it does not
     * @throws SaasException {@code identity.invalid}, {@code identity.limit-reached}, {@code identity.key-missing},
     *     {@code identity.unavailable}, {@code record.missing} for the customer, {@code access.not-allowed}
     */
    @AllowedFor(PROVIDED_SESSION)
    @NeedsProof
    @Needs(MANAGE_TEAM)
    IdentityProvider create(IdentityProvider wanted, @Nullable String secret);

    /**
     * Changes everything but id, customer and time. If issuer or client id changes, the secret is removed, too. A
     * provider can be {@linkplain IdentityProvider#required required} after it has signed a member of the team in.
     *
     * @param change receives the provider as stored and returns it as wanted; may be called more than once
     * @throws SaasException {@code record.missing}, {@code identity.invalid}, {@code identity.untested} if it would be
     *     required and has signed in none, {@code access.not-allowed}
     */
    @AllowedFor(PROVIDED_SESSION)
    @NeedsProof
    @Needs(MANAGE_TEAM)
    IdentityProvider update(IdentityProviderId id, UnaryOperator<IdentityProvider> change);

    /**
     * Replaces the secret.
     *
     * @param secret as in {@link #create}
     * @throws SaasException {@code record.missing}, {@code identity.invalid}, {@code identity.key-missing}
     */
    @AllowedFor(PROVIDED_SESSION)
    @NeedsProof
    @Needs(MANAGE_TEAM)
    void replaceSecret(IdentityProviderId id, @Nullable String secret);

    /**
     * Deletes a provider. Accounts that have no other way to sign in can set a password by email. The sessions end that
     * the provider of a customer has opened; others stay open.
     *
     * @throws SaasException {@code record.missing}
     */
    @AllowedFor(PROVIDED_SESSION)
    @NeedsProof
    @Needs(MANAGE_TEAM)
    void delete(IdentityProviderId id);

    /**
     * Asks a provider for what it publishes about itself and for its keys, as the next sign-in would.
     *
     * @throws SaasException {@code record.missing}, {@code identity.provider-failed} with the reason
     */
    @AllowedFor(PROVIDED_SESSION)
    @Needs(MANAGE_TEAM)
    void check(IdentityProviderId id);
}
