// SPDX-License-Identifier: Apache-2.0
package dev.allotment.identity;

import static dev.allotment.AllowedFor.Keys.PROVIDED_SESSION;

import dev.allotment.AllowedFor;
import dev.allotment.Internal;
import dev.allotment.Needs;
import dev.allotment.NeedsProof;
import dev.allotment.SaasException;
import dev.allotment.UserId;
import dev.allotment.access.SignIns;
import dev.allotment.access.SignIns.Browser;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Signs users of the main database in with identity providers, and manages which accounts they sign in to. A provider
 * takes the place of the password: a second factor that the account has or needs is requested as well.
 *
 * <p>An account is found by the provider and what that calls the person, never by an email address. An account that
 * exists is linked to a provider by its user, who has signed in. The provider of a customer is for accounts in the team
 * of that customer, and opens sessions that are limited to it, see {@link AllowedFor}.
 *
 * <p>What a browser takes to a provider is a sealed text. Nothing is stored before it comes back. It counts for {@link
 * #STATE_LIFE}, once, in one browser or session, at each node. Safe for use by several threads.
 */
public interface ProviderSignIns {
    /** How long a sign-in can take at a provider. */
    Duration STATE_LIFE = Duration.ofMinutes(10);

    /** How many identities an account can have. */
    int MAX_IDENTITIES = 10;

    /** How long the path can be at which the caller continues afterwards. */
    int LONGEST_TARGET = 512;

    /**
     * Returns the active providers that are for everyone, by name.
     *
     * @throws SaasException {@code access.not-allowed} unless this view has all rights
     */
    List<Choice> offered();

    /**
     * Returns the active providers of the customer whose verified mail domain an address is in, by name. It says
     * nothing about accounts: it does not look for any.
     *
     * @throws SaasException {@code access.not-allowed} unless this view has all rights
     */
    List<Choice> ofAddress(String email);

    /**
     * Returns the providers with which the acting user has to sign in before it can act for the customer of this view:
     * none, unless the team requires one of them, see {@link IdentityProvider#required}. Otherwise, use cases that need
     * a permission of the team are refused with {@code identity.required}.
     */
    @AllowedFor(PROVIDED_SESSION)
    @Needs({})
    List<Choice> required();

    /**
     * Starts a sign-in.
     *
     * @param target is returned by {@link #finish}; longer ones than {@link #LONGEST_TARGET} are forgotten
     * @return where the browser has to go
     * @throws SaasException {@code record.missing} unless there is such a provider and it is active, {@code
     *     identity.provider-failed}, {@code identity.provider-busy}, {@code access.not-allowed} unless this view has
     *     all rights
     */
    URI start(IdentityProviderId provider, String target, Browser browser);

    /**
     * Finishes what {@link #start}, {@link #startLink} or {@link #startProof} has started.
     *
     * @param session the secret of the session of this browser; null: none
     * @throws SaasException {@code identity.expired} if the answer is late, of another browser or session, or was sent
     *     before; {@code identity.cancelled} if the provider has not signed the person in; {@code identity.refused} if
     *     the answer cannot be trusted; {@code identity.unknown-person} if no account is linked and none is made;
     *     {@code identity.account-exists} if none is made because there is one with this address; {@code
     *     identity.linked} if another account is linked to the person; {@code identity.provider-failed}, {@code
     *     identity.provider-busy}, {@code access.not-allowed} unless this view has all rights
     */
    Finished finish(Answer answer, Browser browser, @Nullable String session);

    /**
     * Returns the identities of an account, the oldest first. A user sees its own, an administrator all. A session that
     * the provider of a customer has opened sees those with which its user can prove in it who it is.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    @AllowedFor(PROVIDED_SESSION)
    @Needs({})
    List<Identity> list(UserId user);

    /**
     * Returns the active providers that the acting user can link its account to: those for everyone and, for a portal
     * account, those of its teams.
     *
     * @throws SaasException {@code access.not-allowed} for another user
     */
    @Needs({})
    List<Choice> linkable(UserId user);

    /**
     * Starts to link the account of the acting user to a provider. The operator of the provider can sign in to the
     * account from then on.
     *
     * @param session the secret of the session
     * @throws SaasException {@code record.missing} unless the user can link to the provider, {@code
     *     identity.limit-reached}, and as {@link #start}
     */
    @NeedsProof
    @Needs({})
    URI startLink(String session, IdentityProviderId provider, String target);

    /**
     * Starts a proof of the acting user in a session by one of its identities, as {@link SignIns#prove} accepts a
     * password. The provider has to ask the person again, and to say that it did. The provider of a customer proves
     * nothing in sessions that no provider of that customer has opened.
     *
     * @param identity the {@link Identity#id}
     * @throws SaasException {@code record.missing} for an identity that proves nothing here, and as {@link #start}
     */
    @AllowedFor(PROVIDED_SESSION)
    @Needs({})
    URI startProof(String session, long identity, String target);

    /**
     * Removes an identity of the acting user. The sessions end that the provider of a customer has opened for it;
     * others stay open.
     *
     * @param identity the {@link Identity#id}
     * @throws SaasException {@code record.missing}, {@code access.not-allowed} for another user
     */
    @NeedsProof
    @Needs({})
    void unlink(UserId user, long identity);

    /**
     * A provider that people choose.
     *
     * @param name on the button
     */
    record Choice(IdentityProviderId provider, String name) {}

    /**
     * A link of an account to a person at a provider.
     *
     * @param id its number, which is not a secret
     * @param providerName as people see it
     * @param email as the provider named it when it last signed the person in; null: it did not
     * @param lastUsedAt when it last signed in; null: never
     * @param proving whether {@link #startProof} accepts it in a session of the view that lists it
     */
    record Identity(
            long id,
            IdentityProviderId provider,
            String providerName,
            @Nullable String email,
            @Nullable Instant lastUsedAt,
            boolean proving) {
        /** Creates a record from all its components. Only the core does, see {@link ProviderSignIns#list}. */
        @Internal
        public Identity {}
    }

    /**
     * What a browser brings from a provider, as it was sent. Its secrets are never printed.
     *
     * @param place the last part of the path at which it has arrived, see {@link IdentityProviders#callback}
     * @param state null: none
     * @param code null: none
     * @param issuer the parameter {@code iss}; null: none
     * @param error null: none
     */
    record Answer(
            String place,
            @Nullable String state,
            @Nullable String code,
            @Nullable String issuer,
            @Nullable String error) {
        /** Returns the error, without secrets. */
        @Override
        public String toString() {
            return "Answer[error=" + error + "]";
        }
    }

    /** What was started. */
    enum Purpose {
        /** A sign-in. */
        SIGN_IN,
        /** To link the account to a provider. */
        LINK,
        /** To prove in a session who the user is. */
        PROOF
    }

    /**
     * What was finished.
     *
     * @param step of the sign-in; null for another purpose
     * @param target as it was given at the start
     */
    record Finished(Purpose purpose, SignIns.@Nullable Step step, String target) {}
}
