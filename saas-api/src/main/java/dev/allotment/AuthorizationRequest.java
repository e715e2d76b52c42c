// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A client database asks to have an account of the main database signed in (RFC 6749, authorization code grant).
 *
 * @param client the identity of the client database
 * @param redirectUri where to send the answer, see {@link Access#isRedirectUri}
 * @param codeChallenge BASE64URL(SHA-256(verifier)) (RFC 7636, S256 only); null: none, and then
 *     {@link Access#exchange} accepts no verifier either
 */
public record AuthorizationRequest(
        UUID client, String redirectUri, @Nullable String codeChallenge) {
    /** The only path at a client database that answers are sent to. */
    public static final String REDIRECT_PATH = "/auth_oauth/signin";
}
