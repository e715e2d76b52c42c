// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.identity;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.UserId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.identity.IdentityProviderId;
import dev.allotment.identity.ProviderSignIns.Answer;
import dev.allotment.identity.ProviderSignIns.Purpose;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.openid.OpenIdReader.Claims;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sends browsers to providers, and finds out who comes back. It does not know accounts. */
record ProviderDoor(
        CoreContext context,
        @Nullable AskedProviders asked,
        ProviderSecrets secrets,
        Callbacks callbacks,
        SignInStates states) {
    private static final int LONGEST_CODE = 4096;

    /** Who has come back from a provider. */
    record Person(SignInState state, IdentityProvider provider, Claims claims) {}

    boolean available() {
        return asked != null;
    }

    private AskedProviders requireAsked() {
        if (asked == null) {
            throw ProviderUseCases.unavailable();
        }
        return asked;
    }

    /** The provider, if it is active. */
    static IdentityProvider active(Transaction tx, IdentityProviderId id) {
        return tx.records(RecordTypes.IDENTITY_PROVIDERS)
                .find(id.value())
                .filter(IdentityProvider::active)
                .orElseThrow(() -> missing(id));
    }

    static SaasException missing(IdentityProviderId id) {
        return RecordLookup.missing(RecordTypes.IDENTITY_PROVIDERS, "Identity provider", id.value());
    }

    /**
     * Returns where a browser has to go.
     *
     * @param holder a secret of the browser, or of the session
     */
    URI send(Purpose purpose, IdentityProvider provider, @Nullable UserId user, String target, String holder) {
        String state = states.seal(purpose, provider.id(), user, target, holder);
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("response_type", "code");
        parameters.put("client_id", provider.clientId());
        parameters.put("redirect_uri", callbacks.of(provider.customerId()).toString());
        parameters.put("scope", "openid email profile");
        parameters.put("state", state);
        parameters.put("nonce", states.nonce(state));
        parameters.put("code_challenge", Secrets.challenge(states.verifier(state)));
        parameters.put("code_challenge_method", "S256");
        if (purpose == Purpose.PROOF) {
            parameters.put("prompt", "login");
            parameters.put("max_age", "0");
        }
        return URI.create(requireAsked().address(provider, parameters));
    }

    /**
     * Finds out who comes back.
     *
     * @param session null: none
     */
    Person receive(Answer answer, String browser, @Nullable String session) {
        AskedProviders asking = requireAsked();
        String sealed = answer.state() == null ? "" : answer.state();
        SignInState state = states.open(sealed, browser, session);
        IdentityProvider provider = context.catalog()
                .transact(tx -> tx.records(RecordTypes.IDENTITY_PROVIDERS)
                        .find(state.provider().value())
                        .filter(IdentityProvider::active))
                .orElseThrow(SignInStates::expired);
        if (!answer.place().equals(Callbacks.place(provider.customerId()))) {
            throw asking.refused(provider, "it has arrived at the address of other providers");
        }
        String issuer = answer.issuer();
        if (issuer == null ? asking.metadata(provider).namesIssuer() : !issuer.equals(provider.issuer())) {
            throw asking.refused(provider, "it is of another issuer");
        }
        if (answer.error() != null) {
            throw SaasException.notAllowed(
                    ErrorCodes.IDENTITY_CANCELLED,
                    "The identity provider has not signed you in. Try again, or sign in in another way.");
        }
        String code = answer.code();
        if (code == null || code.isEmpty() || code.length() > LONGEST_CODE) {
            throw asking.refused(provider, "it has no code");
        }
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "authorization_code");
        form.put("code", code);
        form.put("redirect_uri", callbacks.of(provider.customerId()).toString());
        form.put("code_verifier", states.verifier(sealed));
        Optional<String> secret = context.catalog().transact(tx -> secrets.find(tx, provider));
        Claims claims = asking.exchange(provider, secret.orElse(null), form, states.nonce(sealed));
        return new Person(state, provider, claims);
    }

    SaasException refused(IdentityProvider provider, String why) {
        return requireAsked().refused(provider, why);
    }
}
