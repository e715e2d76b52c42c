// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.Query;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.WebhookSecret;
import dev.allotment.webhook.WebhookAttempt;
import dev.allotment.webhook.WebhookMessage;
import dev.allotment.webhook.Webhooks;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Deletes old messages, attempts and secrets, and encrypts secrets with the present key. */
final class WebhookTidying {
    private static final int BATCH = 1000;
    private static final long EVERY = TimeUnit.HOURS.toNanos(1);

    private final CoreContext context;
    private final WebhookSecrets secrets;
    private final WebhookTokens tokens;
    private final AtomicLong next;

    WebhookTidying(CoreContext context, WebhookSecrets secrets, WebhookTokens tokens) {
        this.context = context;
        this.secrets = secrets;
        this.tokens = tokens;
        this.next = new AtomicLong(context.tick());
    }

    int tidyDue() {
        long now = context.tick();
        long due = next.get();
        if (now - due < 0 || !next.compareAndSet(due, now + EVERY)) {
            return 0;
        }
        int deleted = context.catalog().transact(this::delete);
        if (deleted >= BATCH) {
            next.set(now);
        }
        return deleted + context.catalog().transact(tx -> secrets.renew(tx) + tokens.renew(tx));
    }

    private int delete(Transaction tx) {
        Instant now = context.now();
        Instant end = now.minus(Webhooks.KEPT);
        int messages = tx.records(RecordTypes.WEBHOOK_MESSAGES)
                .deleteFree(Query.where(Filter.compare(WebhookMessage.ENDED_AT, Operator.LESS, end))
                        .orderBy(WebhookMessage.ENDED_AT)
                        .page(0, BATCH));
        int attempts = tx.records(RecordTypes.WEBHOOK_ATTEMPTS)
                .deleteFree(Query.where(Filter.compare(WebhookAttempt.AT, Operator.LESS, end))
                        .orderBy(WebhookAttempt.AT)
                        .page(0, BATCH));
        int old = tx.records(RecordTypes.WEBHOOK_SECRETS)
                .deleteFree(Query.where(Filter.compare(WebhookSecret.UNTIL, Operator.LESS, now))
                        .orderBy(WebhookSecret.UNTIL)
                        .page(0, BATCH));
        return messages + attempts + old;
    }
}
