// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

/**
 * A new API key with its secret, which cannot be read again. Immutable. The secret is never printed.
 *
 * @param apiKey the key without its secret
 * @param secret what programs send: 40 hexadecimal digits in lower case
 */
public record CreatedApiKey(ApiKey apiKey, String secret) {
    /** Returns the key without its secret. */
    @Override
    public String toString() {
        return "CreatedApiKey[apiKey=" + apiKey + "]";
    }
}
