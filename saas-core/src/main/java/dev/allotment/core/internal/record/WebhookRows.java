// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.CustomerId;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.WebhookPosition;
import dev.allotment.spi.backend.WebhookRecovery;
import dev.allotment.spi.backend.WebhookSecret;
import dev.allotment.spi.backend.WebhookToken;
import dev.allotment.webhook.WebhookAttempt;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookMessage;
import java.util.Optional;

/**
 * The rows of webhook endpoints. Who locks several of them locks the position first, then the endpoint, then its
 * messages.
 */
public final class WebhookRows {
    private WebhookRows() {}

    public static Optional<WebhookEndpoint> lock(Transaction tx, WebhookEndpointId endpoint) {
        return tx.records(RecordTypes.WEBHOOK_ENDPOINTS).lock(endpoint.value());
    }

    /** Locks the position; there is none without an endpoint. */
    public static Optional<WebhookPosition> lockPosition(Transaction tx) {
        Records<WebhookPosition> positions = tx.records(RecordTypes.WEBHOOK_POSITIONS);
        return positions.list(Query.all()).stream().findFirst().flatMap(each -> positions.lock(each.id()));
    }

    /** Deletes an endpoint with all that belongs to it, and the position with the last one. */
    public static void delete(Transaction tx, WebhookEndpointId endpoint) {
        Optional<WebhookPosition> position = lockPosition(tx);
        if (lock(tx, endpoint).isPresent()) {
            remove(tx, endpoint);
        }
        Records<WebhookEndpoint> endpoints = tx.records(RecordTypes.WEBHOOK_ENDPOINTS);
        if (endpoints.list(Query.all().page(0, 1)).isEmpty()) {
            position.ifPresent(each -> tx.records(RecordTypes.WEBHOOK_POSITIONS).delete(each.id()));
        }
    }

    /** Deletes the endpoints of a customer. */
    public static void deleteOf(Transaction tx, CustomerId customer) {
        tx.records(RecordTypes.WEBHOOK_ENDPOINTS)
                .list(Query.where(Filter.equal(WebhookEndpoint.CUSTOMER_ID, customer)))
                .forEach(each -> delete(tx, each.id()));
    }

    private static void remove(Transaction tx, WebhookEndpointId endpoint) {
        tx.records(RecordTypes.WEBHOOK_ENDPOINTS).delete(endpoint.value());
        tx.records(RecordTypes.WEBHOOK_SECRETS).deleteAll(Filter.equal(WebhookSecret.ENDPOINT_ID, endpoint));
        tx.records(RecordTypes.WEBHOOK_TOKENS).deleteAll(Filter.equal(WebhookToken.ENDPOINT_ID, endpoint));
        tx.records(RecordTypes.WEBHOOK_RECOVERIES).deleteAll(Filter.equal(WebhookRecovery.ENDPOINT_ID, endpoint));
        tx.records(RecordTypes.WEBHOOK_MESSAGES).deleteAll(Filter.equal(WebhookMessage.ENDPOINT_ID, endpoint));
        tx.records(RecordTypes.WEBHOOK_ATTEMPTS).deleteAll(Filter.equal(WebhookAttempt.ENDPOINT_ID, endpoint));
    }
}
