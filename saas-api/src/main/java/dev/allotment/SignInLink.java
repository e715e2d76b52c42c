// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.net.URI;
import java.time.Instant;

/**
 * A way into a client database for one of its users, good once and until it expires. The token is never printed.
 *
 * @param token the secret; only its hash is stored
 * @param url opens the client database with the token, as wire.md has it
 */
public record SignInLink(String token, URI url, Instant expiresAt) {
    @Override
    public String toString() {
        return "Entry[expiresAt=" + expiresAt + "]";
    }
}
