// SPDX-License-Identifier: Apache-2.0
package dev.allotment.webhook;

/**
 * A new webhook endpoint with what its receiver needs to verify messages. Immutable. The secret is never printed.
 *
 * @param endpoint the endpoint as stored
 * @param secret {@code whsec_…}, a secret; or {@code whpk_…}, a public key
 */
public record CreatedWebhook(WebhookEndpoint endpoint, String secret) {
    /** Returns the endpoint without its secret. */
    @Override
    public String toString() {
        return "CreatedWebhook[endpoint=" + endpoint + "]";
    }
}
