// SPDX-License-Identifier: Apache-2.0
package dev.allotment.webhook;

/** What has become of a {@link WebhookMessage}. */
public enum WebhookMessageState {
    /** It is sent now, sent again later, or waits for an earlier message of its tenant. */
    WAITING,

    /** The receiver answered with a status of 200 to 299. */
    DELIVERED,

    /** It is not sent any more: the last attempt failed, the receiver refused more, or the endpoint was disabled. */
    FAILED
}
