// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.CustomerId;
import dev.allotment.Event;
import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.Query;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.WebhookPosition;
import dev.allotment.spi.backend.WebhookRecovery;
import dev.allotment.spi.backend.WebhookSecret;
import dev.allotment.webhook.WebhookAttempt;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rows of webhook endpoints. Who locks several of them locks the position first, then the endpoint, then its
 * messages.
 */
public final class WebhookRows {
    private static final String EVENTS = "events";
    /** More ids than are in progress at a time. */
    private static final int RECENT = 1000;

    private WebhookRows() {}

    public static Optional<WebhookEndpoint> lock(Transaction tx, WebhookEndpointId endpoint) {
        return tx.records(RecordTypes.WEBHOOK_ENDPOINTS).lock(endpoint.value());
    }

    /** The id of the latest event; 0: there is none. */
    public static long lastEvent(Transaction tx) {
        return tx
                .records(RecordTypes.EVENTS)
                .values(Event.ID, Query.all().orderByDescending(Event.ID).page(0, 1))
                .stream()
                .findFirst()
                .orElse(0L);
    }

    /**
     * Locks the position, or creates it for the first endpoint: what is committed from now on is after it, also if its
     * id was given before.
     */
    public static void lockPosition(Transaction tx) {
        Records<WebhookPosition> positions = tx.records(RecordTypes.WEBHOOK_POSITIONS);
        if (lockPresentPosition(tx).isPresent()) {
            return;
        }
        long last = lastEvent(tx);
        List<Long> present = tx.records(RecordTypes.EVENTS)
                .values(Event.ID, Query.where(Filter.compare(Event.ID, Operator.GREATER, last - RECENT)));
        List<String> missing = new ArrayList<>();
        for (long id = Math.max(1, last - RECENT + 1); id < last; id++) {
            if (!present.contains(id)) {
                missing.add(Long.toString(id));
            }
        }
        positions.insert(new WebhookPosition(0, EVENTS, last, missing));
    }

    private static Optional<WebhookPosition> lockPresentPosition(Transaction tx) {
        Records<WebhookPosition> positions = tx.records(RecordTypes.WEBHOOK_POSITIONS);
        return positions.list(Query.all()).stream().findFirst().flatMap(each -> positions.lock(each.id()));
    }

    /** Deletes an endpoint with all that belongs to it, and the position with the last one. */
    public static void delete(Transaction tx, WebhookEndpointId endpoint) {
        Optional<WebhookPosition> position = lockPresentPosition(tx);
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
        tx.records(RecordTypes.WEBHOOK_RECOVERIES).deleteAll(Filter.equal(WebhookRecovery.ENDPOINT_ID, endpoint));
        tx.records(RecordTypes.WEBHOOK_MESSAGES).deleteAll(Filter.equal(WebhookMessage.ENDPOINT_ID, endpoint));
        tx.records(RecordTypes.WEBHOOK_ATTEMPTS).deleteAll(Filter.equal(WebhookAttempt.ENDPOINT_ID, endpoint));
    }
}
