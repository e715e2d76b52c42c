// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.VIEW;

import dev.allotment.AllowedFor;
import dev.allotment.Lookup;
import dev.allotment.Needs;
import dev.allotment.NeedsProof;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The API keys of one database: of the accounts ({@link Saas#apiKeys}) or of the members of a tenant database ({@link
 * TenantDatabase#apiKeys}). A user sees its own keys, an administrator all. Expired keys are not listed.
 *
 * <p>A key is used instead of a password. A change of the password does not affect keys. They are revoked if their user
 * becomes inactive or is deleted. Safe for use by several threads.
 */
@AllowedFor({READ_ONLY, TENANTS})
@Needs(
        value = {},
        operators = VIEW)
public interface ApiKeys extends Lookup<ApiKeyId, ApiKey> {
    /** How many keys that have not expired a user may have. */
    int MAX_PER_USER = 10;

    /** How long the key of a user who is not an administrator is valid at most. */
    Duration MAX_LIFE = Duration.ofDays(90);

    /**
     * Creates a key for the acting user. No password is checked: authenticate first.
     *
     * @throws SaasException {@code api-key.invalid}, {@code api-key.limit-reached}; {@code access.not-allowed} if this
     *     view does not act as a user, or acts with a key of a narrower scope
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @NeedsProof
    @Needs({})
    CreatedApiKey create(NewApiKey key);

    /**
     * Creates a key as {@link #create(NewApiKey)}, after checking a key or the password of the acting user. A wrong
     * password counts as a failed sign-in.
     *
     * @param keyOrPassword a key whose scope covers that of the new key, or the password
     * @throws SaasException {@code access.denied} if it is wrong, {@code access.busy} also if there were too many
     *     failed sign-ins, and as {@link #create(NewApiKey)}
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @NeedsProof
    @Needs({})
    CreatedApiKey create(NewApiKey key, String keyOrPassword);

    /**
     * Replaces a key of the acting user by a new one with the same name, scope and life time.
     *
     * @param overlap how long the old key stays valid, unless it expires earlier; zero: it is revoked at once
     * @throws SaasException {@code record.missing}, {@code api-key.limit-reached} if both would be too many, {@code
     *     access.not-allowed}
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @NeedsProof
    @Needs({})
    CreatedApiKey rotate(ApiKeyId key, Duration overlap);

    /**
     * Revokes a key. It is refused at once on this node, and within 10 seconds on every node.
     *
     * @throws SaasException {@code record.missing}, {@code access.not-allowed}
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs({})
    void revoke(ApiKeyId key);

    /**
     * Revokes a key of the acting user by its secret.
     *
     * @throws SaasException {@code access.denied} if the acting user has no such key
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs({})
    void revoke(String secret);

    /**
     * Finds a key by its secret, and records its use, at most once a minute. Returns empty if there is no such key in
     * this database, if it has expired, or if its user is not active. A network from which many unknown keys
     * come is served one request at a time; a caller there may have to try again. Requires all rights.
     *
     * @param clientAddress null: not known
     * @return for {@link Saas#actingAs(ApiKeyHolder, String)} or {@link TenantDatabase#actingAs(ApiKeyHolder, String)}
     * @throws SaasException {@code access.busy}; {@code tenant.state} if the tenant is suspended and this is not its
     *     administrator
     */
    Optional<ApiKeyHolder> authenticate(String secret, @Nullable String clientAddress);

    /**
     * Returns whether a text is a key of this database, including one that expired or was revoked in the last 90 days.
     * Such a text is no guess at a password: do not check it as one. Requires all rights.
     *
     * @param clientAddress null: not known
     * @throws SaasException {@code access.busy}
     */
    boolean isKnown(String text, @Nullable String clientAddress);
}
