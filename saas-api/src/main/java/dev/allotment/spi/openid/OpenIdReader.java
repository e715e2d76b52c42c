// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.openid;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads what identity providers send, by the rules of OpenID Connect. Registered with ServiceLoader, with a public
 * constructor without arguments. A control plane without one has no identity providers.
 *
 * <p>All texts come from outside and may be anything: what cannot be read is refused. Implementations are safe for use
 * by several threads, do no I/O and store nothing. The control plane sends the requests, ensures that each sign-in
 * counts once, and decides whose account it is.
 */
public interface OpenIdReader {
    /**
     * Reads the document that a provider publishes about itself.
     *
     * @return empty if it is none, or says nothing that can be used
     */
    Optional<Metadata> metadata(String document);

    /**
     * Reads the ID token in the answer of a token endpoint.
     *
     * @return empty if there is none
     */
    Optional<String> idToken(String answer);

    /** Verifies an ID token with the keys of its provider, a JWK set. Only signatures with a public key count. */
    Result verify(Expected expected, String idToken, String keys);

    /**
     * What a provider says about itself.
     *
     * @param issuer its name, which must be the one that it was asked by
     * @param endpoints where it is asked
     * @param namesIssuer whether its answers in browsers name it, as RFC 9207 says
     * @param secretInBody whether it takes the secret of a client in the body only, and not in a header
     */
    record Metadata(String issuer, Endpoints endpoints, boolean namesIssuer, boolean secretInBody) {}

    /** The addresses at which a provider is asked. Only the control plane decides whether it uses them. */
    record Endpoints(String authorization, String token, String keys) {}

    /**
     * What an ID token must be for.
     *
     * @param issuer that it must be from
     * @param clientId that it must be for
     * @param nonce that it must have
     * @param now the time
     */
    record Expected(String issuer, String clientId, String nonce, Instant now) {}

    /** Why an ID token is refused. */
    enum Refusal {
        /** It is no signed token, or has no valid form. */
        UNREADABLE,
        /** It is not signed, or with an algorithm that is not accepted. */
        ALGORITHM,
        /** None of the keys has signed it. The provider may have new ones. */
        KEY,
        /** It is of another issuer. */
        ISSUER,
        /** It is for another client. */
        AUDIENCE,
        /** It has expired, is not valid yet, or was issued at another time than now. */
        TIME,
        /** It belongs to another sign-in. */
        NONCE,
        /** It does not say for whom it is. */
        SUBJECT
    }

    /**
     * What came of an ID token.
     *
     * @param claims what it says; null: it is refused
     * @param refusal why it is refused; null: it is not
     */
    record Result(@Nullable Claims claims, @Nullable Refusal refusal) {
        /** Returns the result for an ID token that is accepted. */
        public static Result of(Claims claims) {
            return new Result(claims, null);
        }

        /** Returns the result for an ID token that is refused. */
        public static Result refused(Refusal refusal) {
            return new Result(null, refusal);
        }
    }

    /**
     * What an ID token says about a person.
     *
     * @param subject identifies the person at the provider, at most 255 characters
     * @param email null: unknown
     * @param emailVerified whether the provider says that the address belongs to the person
     * @param name null: unknown
     * @param authenticatedAt when the person last entered a password or the like at the provider; null: unknown
     */
    record Claims(
            String subject,
            @Nullable String email,
            boolean emailVerified,
            @Nullable String name,
            @Nullable Instant authenticatedAt) {}
}
