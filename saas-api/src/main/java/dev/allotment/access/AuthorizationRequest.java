// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request of a tenant's application to sign an account in (RFC 6749, authorization code grant).
 *
 * @param client the UUID of the tenant
 * @param redirectUri where to send the response, see {@link Access#isRedirectUri}
 * @param codeChallenge BASE64URL(SHA-256(verifier)) (RFC 7636, S256 only); null: none, and then {@link
 *     Access#exchange} accepts no verifier either
 */
public record AuthorizationRequest(
        UUID client, String redirectUri, @Nullable String codeChallenge) {
    /** The only path of a tenant that responses are sent to. */
    public static final String REDIRECT_PATH = "/auth_oauth/signin";
}
