// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.net.URI;
import java.time.Instant;

/**
 * A link that signs the owner in to a tenant. It works once, until it expires. The token is never printed.
 *
 * @param token the secret; only its hash is stored
 * @param url opens the tenant and passes the token
 * @param expiresAt when it expires
 */
public record SignInLink(String token, URI url, Instant expiresAt) {
    /** Returns the expiry, without the secret. */
    @Override
    public String toString() {
        return "Entry[expiresAt=" + expiresAt + "]";
    }
}
