// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.ScopedCalls;
import dev.allotment.core.internal.event.CommittedEvents;
import dev.allotment.core.internal.outgoing.TargetUrl;
import dev.allotment.core.internal.plan.CustomerDatabaseLimit;
import dev.allotment.core.internal.record.WebhookRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.WebhookRecovery;
import dev.allotment.webhook.CreatedWebhook;
import dev.allotment.webhook.WebhookAttempt;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookEvents;
import dev.allotment.webhook.WebhookMessage;
import dev.allotment.webhook.WebhookMessageId;
import dev.allotment.webhook.WebhookMessageState;
import dev.allotment.webhook.WebhookTargets;
import dev.allotment.webhook.Webhooks;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Manages webhook endpoints, and shows what was sent to them. */
public final class WebhookUseCases extends RecordLookup<WebhookEndpointId, WebhookEndpoint> implements Webhooks {
    private static final int MOST_ATTEMPTS = 100;
    private static final int LONGEST_DESCRIPTION = 256;

    private final CoreContext context;
    private final WebhookSecrets secrets;
    private final WebhookTokens tokens;
    private final WebhookTargets targets;
    private final ToIntFunction<Executor> sending;
    private final Actor actor;

    WebhookUseCases(
            CoreContext context,
            WebhookSecrets secrets,
            WebhookTokens tokens,
            WebhookTargets targets,
            ToIntFunction<Executor> sending,
            Actor actor) {
        super(context.work(), RecordTypes.WEBHOOK_ENDPOINTS, "Webhook endpoint");
        this.context = context;
        this.secrets = secrets;
        this.tokens = tokens;
        this.targets = targets;
        this.sending = sending;
        this.actor = actor;
    }

    /** The details of an event about an endpoint. The URL may have a secret in it. */
    static Map<String, String> details(WebhookEndpoint endpoint) {
        Map<String, String> details = new HashMap<>();
        details.put("webhook", endpoint.id().toString());
        if (endpoint.customerId() != null) {
            details.put("customer", endpoint.customerId().toString());
        }
        return details;
    }

    @Override
    protected long number(WebhookEndpointId id) {
        return id.value();
    }

    @Override
    protected Filter<WebhookEndpoint> visible(Transaction tx) {
        if (actor.scope().plan() != null || !seesAllOfCustomer()) {
            return Filter.none();
        }
        CustomerId only = onlyCustomer();
        return only == null ? Filter.all() : Filter.equal(WebhookEndpoint.CUSTOMER_ID, only);
    }

    /** The customer whose endpoints the actor may manage; null: all. */
    private @Nullable CustomerId onlyCustomer() {
        CustomerId own = actor.administrator() ? null : actor.customer();
        return own == null ? actor.scope().customer() : own;
    }

    /** A member that is limited to some tenants must not receive the events of others. */
    private boolean seesAllOfCustomer() {
        return actor.administrator() || (actor.member() != null && !actor.limited());
    }

    @Override
    public CreatedWebhook create(WebhookEndpoint wanted) {
        return created(wanted, null);
    }

    @Override
    public CreatedWebhook create(WebhookEndpoint wanted, String token) {
        return created(wanted, UsageFeeds.token(wanted, token));
    }

    private CreatedWebhook created(WebhookEndpoint wanted, @Nullable String token) {
        if (!seesAllOfCustomer()) {
            throw actor.refused("create webhook endpoints: your role is limited to some tenants");
        }
        CustomerId only = onlyCustomer();
        CustomerId customer = wanted.customerId() == null ? only : wanted.customerId();
        if (only != null && !only.equals(customer)) {
            throw RecordLookup.missing(RecordTypes.CUSTOMERS, "Customer", customer == null ? 0 : customer.value());
        }
        WebhookEndpoint endpoint = checked(WebhookEndpoint.builder(wanted.url())
                .customerId(customer)
                .description(wanted.description())
                .eventTypes(wanted.eventTypes())
                .signing(wanted.signing())
                .inOrder(wanted.inOrder())
                .createdAt(context.now())
                .usageFormat(wanted.usageFormat())
                .usageMetric(wanted.usageMetric())
                .usageCode(wanted.usageCode())
                .usageSubject(wanted.usageSubject())
                .build());
        if (actor.scope().plan() != null) {
            throw ScopedCalls.refused(actor.scope());
        }
        return work().orAgain(tx -> create(tx, endpoint, token));
    }

    private CreatedWebhook create(Transaction tx, WebhookEndpoint endpoint, @Nullable String token) {
        CustomerId customer = endpoint.customerId();
        if (customer != null) {
            var unused = CustomerDatabaseLimit.lockCustomer(tx, customer);
        }
        if (WebhookRows.lockPosition(tx).isEmpty()) {
            WebhookPlanner.start(tx);
        }
        Records<WebhookEndpoint> endpoints = tx.records(RecordTypes.WEBHOOK_ENDPOINTS);
        if (endpoints.count(Filter.equal(WebhookEndpoint.CUSTOMER_ID, customer)) >= MAX_ENDPOINTS) {
            throw SaasException.conflict(
                    ErrorCodes.WEBHOOK_LIMIT_REACHED,
                    (customer == null ? "There are " : "The customer has ") + MAX_ENDPOINTS
                            + " webhook endpoints" + (customer == null ? " for operators" : "")
                            + ", which is the limit. Delete one.");
        }
        WebhookEndpoint stored = endpoints.insert(endpoint);
        String secret = secrets.make(tx, stored);
        if (token != null) {
            tokens.replace(tx, stored, token);
        }
        record(tx, EventType.WEBHOOK_CREATED, stored);
        return new CreatedWebhook(stored, secret);
    }

    private void record(Transaction tx, EventType type, WebhookEndpoint endpoint) {
        context.events().add(tx, actor, type, null, null, details(endpoint));
    }

    private WebhookEndpoint checked(WebhookEndpoint endpoint) {
        var unused = TargetUrl.of(endpoint.url(), targets, WebhookUseCases::invalidUrl);
        String description = endpoint.description().strip();
        if (description.length() > LONGEST_DESCRIPTION || TextRules.hasControl(description)) {
            throw invalid("has a description of at most " + LONGEST_DESCRIPTION + " printable characters, found "
                    + TextRules.describe(description));
        }
        Set<String> known =
                names(endpoint.customerId() == null ? Arrays.asList(EventType.values()) : WebhookEvents.forCustomers());
        Set<String> types = new TreeSet<>(endpoint.eventTypes());
        for (String each : types) {
            if (!known.contains(each)) {
                throw invalid("has event types of " + new TreeSet<>(known) + ", found " + TextRules.describe(each));
            }
        }
        return UsageFeeds.checked(endpoint.toBuilder()
                .description(description)
                .eventTypes(List.copyOf(types))
                .build());
    }

    private static Set<String> names(Collection<EventType> types) {
        return types.stream().map(WebhookEvents::name).collect(Collectors.toSet());
    }

    static SaasException invalidUrl(String expected) {
        return SaasException.invalid(ErrorCodes.WEBHOOK_INVALID, "The URL of a webhook endpoint " + expected + ".");
    }

    static SaasException invalid(String expected) {
        return SaasException.invalid(ErrorCodes.WEBHOOK_INVALID, "A webhook endpoint " + expected + ".");
    }

    @Override
    public WebhookEndpoint update(WebhookEndpointId id, UnaryOperator<WebhookEndpoint> change) {
        return changed(id, EventType.WEBHOOK_CHANGED, (tx, present) -> {
            WebhookEndpoint wanted = change.apply(present);
            WebhookEndpoint merged = checked(present.toBuilder()
                    .url(wanted.url())
                    .description(wanted.description())
                    .eventTypes(wanted.eventTypes())
                    .inOrder(wanted.inOrder())
                    .usageFormat(UsageFeeds.unchanged(present, wanted))
                    .usageMetric(wanted.usageMetric())
                    .usageCode(wanted.usageCode())
                    .usageSubject(wanted.usageSubject())
                    .build());
            if (!UsageFeeds.isSameReceiver(present, merged)) {
                tokens.replace(tx, merged, null);
            }
            if (present.inOrder() && !merged.inOrder()) {
                WaitingMessages.releaseAll(tx, id, context.now());
            }
            return merged;
        });
    }

    @Override
    public WebhookEndpoint disable(WebhookEndpointId id, String reason) {
        String text = TextRules.name(reason, ErrorCodes.WEBHOOK_INVALID, "The reason to disable a webhook endpoint");
        WebhookEndpoint disabled = work().transact(tx -> {
            WebhookEndpoint endpoint =
                    lock(tx, id).toBuilder().disabledReason(text).build();
            tx.records(RecordTypes.WEBHOOK_ENDPOINTS).update(endpoint);
            record(tx, EventType.WEBHOOK_DISABLED, endpoint);
            return endpoint;
        });
        WaitingMessages.failAll(context, id);
        return disabled;
    }

    @Override
    public WebhookEndpoint enable(WebhookEndpointId id) {
        return changed(
                id,
                EventType.WEBHOOK_CHANGED,
                (tx, present) -> present.toBuilder()
                        .disabledReason(null)
                        .failures(0)
                        .failingSince(null)
                        .build());
    }

    private WebhookEndpoint changed(
            WebhookEndpointId id, EventType type, BiFunction<Transaction, WebhookEndpoint, WebhookEndpoint> change) {
        return work().transact(tx -> {
            WebhookEndpoint endpoint = change.apply(tx, lock(tx, id));
            tx.records(RecordTypes.WEBHOOK_ENDPOINTS).update(endpoint);
            record(tx, type, endpoint);
            return endpoint;
        });
    }

    @Override
    public void delete(WebhookEndpointId id) {
        work().transact(tx -> {
            WebhookEndpoint endpoint = get(tx, id);
            WebhookRows.delete(tx, id);
            record(tx, EventType.WEBHOOK_DELETED, endpoint);
            return null;
        });
    }

    @Override
    public String secret(WebhookEndpointId id) {
        return work().transact(tx -> secrets.shown(tx, get(tx, id).id()));
    }

    @Override
    public String rotateSecret(WebhookEndpointId id) {
        return work().transact(tx -> {
            WebhookEndpoint endpoint = lock(tx, id);
            record(tx, EventType.WEBHOOK_SECRET_ROTATED, endpoint);
            return secrets.rotate(tx, endpoint, context.now());
        });
    }

    @Override
    public void replaceToken(WebhookEndpointId id, @Nullable String token) {
        var unused = changed(id, EventType.WEBHOOK_CHANGED, (tx, present) -> {
            tokens.replace(tx, present, UsageFeeds.token(present, token));
            return present;
        });
    }

    @Override
    public WebhookMessage sendTest(WebhookEndpointId id) {
        return work().transact(tx -> {
            WebhookEndpoint endpoint = enabled(lock(tx, id));
            Instant now = context.now();
            return tx.records(RecordTypes.WEBHOOK_MESSAGES)
                    .insert(new WebhookMessage(
                            new WebhookMessageId(0),
                            endpoint.id(),
                            WebhookPayload.webhookId(context.secrets().uuid(), endpoint.id()),
                            null,
                            WebhookEvents.TEST,
                            null,
                            WebhookMessageState.WAITING,
                            0,
                            now,
                            now,
                            null));
        });
    }

    private static WebhookEndpoint enabled(WebhookEndpoint endpoint) {
        if (!endpoint.enabled()) {
            throw SaasException.conflict(
                    ErrorCodes.WEBHOOK_DISABLED,
                    "Webhook endpoint " + endpoint.id() + " is disabled: " + endpoint.disabledReason()
                            + " Enable it, and try again.");
        }
        return endpoint;
    }

    @Override
    public WebhookMessage resend(WebhookMessageId id) {
        return work().transact(tx -> {
            enabled(lock(tx, message(tx, id).endpointId()));
            WebhookMessage again = WaitingMessages.again(lockedMessage(tx, id), context.now());
            tx.records(RecordTypes.WEBHOOK_MESSAGES).update(again);
            return again;
        });
    }

    /** To callers that may not see its endpoint, a message does not exist. */
    private WebhookMessage message(Transaction tx, WebhookMessageId id) {
        return tx.records(RecordTypes.WEBHOOK_MESSAGES)
                .find(id.value())
                .filter(each -> find(tx, each.endpointId()).isPresent())
                .orElseThrow(() -> missing(id));
    }

    private static WebhookMessage lockedMessage(Transaction tx, WebhookMessageId id) {
        return tx.records(RecordTypes.WEBHOOK_MESSAGES).lock(id.value()).orElseThrow(() -> missing(id));
    }

    private static SaasException missing(WebhookMessageId id) {
        return RecordLookup.missing(RecordTypes.WEBHOOK_MESSAGES, "Webhook message", id.value());
    }

    @Override
    public void recover(WebhookEndpointId id, Instant since) {
        work().transact(tx -> {
            WebhookEndpoint endpoint = enabled(lock(tx, id));
            Records<WebhookRecovery> recoveries = tx.records(RecordTypes.WEBHOOK_RECOVERIES);
            recoveries.deleteAll(Filter.equal(WebhookRecovery.ENDPOINT_ID, id));
            return recoveries.insert(new WebhookRecovery(
                    0, endpoint.id(), since, WebhookPlanner.before(tx, since), CommittedEvents.newest(tx)));
        });
    }

    @Override
    public List<WebhookMessage> messages(WebhookEndpointId id, Query<? super WebhookMessage> query) {
        RecordTypes.WEBHOOK_MESSAGES.check(query);
        return work().transact(tx -> {
            Filter<WebhookMessage> theirs =
                    Filter.equal(WebhookMessage.ENDPOINT_ID, get(tx, id).id());
            return tx.records(RecordTypes.WEBHOOK_MESSAGES).list(query.and(theirs));
        });
    }

    @Override
    public List<WebhookAttempt> attempts(WebhookMessageId id) {
        return work().transact(tx -> tx.records(RecordTypes.WEBHOOK_ATTEMPTS)
                .list(Query.where(Filter.equal(
                                WebhookAttempt.MESSAGE_ID, message(tx, id).id()))
                        .orderByDescending(WebhookAttempt.ID)
                        .page(0, MOST_ATTEMPTS)));
    }

    @Override
    public int sendDue(Executor threads) {
        if (actor.user() != null) {
            throw actor.refused("send webhooks");
        }
        return context.maintenance().call(() -> sending.applyAsInt(threads));
    }
}
