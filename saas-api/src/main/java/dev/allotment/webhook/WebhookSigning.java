// SPDX-License-Identifier: Apache-2.0
package dev.allotment.webhook;

/** How the messages to a webhook endpoint are signed. */
public enum WebhookSigning {
    /** HMAC-SHA256 with a secret that the receiver knows, {@code whsec_…}. The signatures start with {@code v1,}. */
    HMAC_SHA256,

    /** Ed25519. The receiver knows the public key only, {@code whpk_…}. The signatures start with {@code v1a,}. */
    ED25519
}
