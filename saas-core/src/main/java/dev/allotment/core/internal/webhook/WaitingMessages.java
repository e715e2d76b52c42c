// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookMessage;
import dev.allotment.webhook.WebhookMessageState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The order of the messages to an endpoint, if it wants one: only the first one of a tenant is due. Who changes this
 * has locked the endpoint.
 */
final class WaitingMessages {
    private static final int PAGE = 500;

    private WaitingMessages() {}

    /** When a new message is due. Null: after another one. */
    static @Nullable Instant dueAt(Transaction tx, WebhookEndpoint endpoint, @Nullable TenantId tenant, Instant now) {
        boolean first = !endpoint.inOrder()
                || tenant == null
                || tx.records(RecordTypes.WEBHOOK_MESSAGES).count(waiting(endpoint.id(), tenant)) == 0;
        return first ? now : null;
    }

    /** Makes the next message of a tenant due, after one has ended. */
    static void next(Transaction tx, WebhookEndpoint endpoint, @Nullable TenantId tenant, Instant now) {
        if (!endpoint.inOrder() || tenant == null) {
            return;
        }
        Records<WebhookMessage> messages = tx.records(RecordTypes.WEBHOOK_MESSAGES);
        messages
                .list(Query.where(waiting(endpoint.id(), tenant))
                        .orderBy(WebhookMessage.ID)
                        .page(0, 1))
                .stream()
                .filter(each -> each.dueAt() == null)
                .forEach(each -> messages.update(due(each, now)));
    }

    /** Makes all messages due, after the endpoint does not want an order any more. */
    static void releaseAll(Transaction tx, WebhookEndpointId endpoint, Instant now) {
        Records<WebhookMessage> messages = tx.records(RecordTypes.WEBHOOK_MESSAGES);
        messages.list(Query.where(Filter.and(waiting(endpoint), Filter.equal(WebhookMessage.DUE_AT, null))))
                .forEach(each -> messages.update(due(each, now)));
    }

    /** Ends the messages that wait for an endpoint that is disabled. Those that are left end when they are due. */
    static void failAll(CoreContext context, WebhookEndpointId endpoint) {
        while (context.catalog().transact(tx -> failSome(tx, endpoint, context.now())) == PAGE) {
            // There may be more.
        }
    }

    private static int failSome(Transaction tx, WebhookEndpointId endpoint, Instant now) {
        boolean disabled = tx.records(RecordTypes.WEBHOOK_ENDPOINTS)
                .lock(endpoint.value())
                .filter(each -> !each.enabled())
                .isPresent();
        if (!disabled) {
            return 0;
        }
        Records<WebhookMessage> messages = tx.records(RecordTypes.WEBHOOK_MESSAGES);
        List<WebhookMessage> some = messages.list(
                Query.where(waiting(endpoint)).orderBy(WebhookMessage.ID).page(0, PAGE));
        some.forEach(each -> messages.lock(each.id().value())
                .filter(present -> present.state() == WebhookMessageState.WAITING)
                .ifPresent(present -> messages.update(ended(present, WebhookMessageState.FAILED, now))));
        return some.size();
    }

    private static Filter<WebhookMessage> waiting(WebhookEndpointId endpoint) {
        return Filter.and(
                Filter.equal(WebhookMessage.ENDPOINT_ID, endpoint),
                Filter.equal(WebhookMessage.STATE, WebhookMessageState.WAITING));
    }

    private static Filter<WebhookMessage> waiting(WebhookEndpointId endpoint, TenantId tenant) {
        return Filter.and(waiting(endpoint), Filter.equal(WebhookMessage.TENANT_ID, tenant));
    }

    static WebhookMessage ended(WebhookMessage message, WebhookMessageState state, Instant now) {
        return with(message, state, message.attempts(), null, now);
    }

    static WebhookMessage due(WebhookMessage message, @Nullable Instant dueAt) {
        return with(message, WebhookMessageState.WAITING, message.attempts(), dueAt, null);
    }

    /** As if it was new. */
    static WebhookMessage again(WebhookMessage message, @Nullable Instant dueAt) {
        return with(message, WebhookMessageState.WAITING, 0, dueAt, null);
    }

    static WebhookMessage attempted(WebhookMessage message, int attempts, Instant dueAt) {
        return with(message, WebhookMessageState.WAITING, attempts, dueAt, null);
    }

    private static WebhookMessage with(
            WebhookMessage message,
            WebhookMessageState state,
            int attempts,
            @Nullable Instant dueAt,
            @Nullable Instant endedAt) {
        return new WebhookMessage(
                message.id(),
                message.endpointId(),
                message.webhookId(),
                message.eventId(),
                message.type(),
                message.tenantId(),
                state,
                attempts,
                dueAt,
                message.createdAt(),
                endedAt);
    }
}
