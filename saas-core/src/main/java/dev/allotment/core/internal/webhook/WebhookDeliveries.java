// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.outgoing.OutgoingRequests;
import dev.allotment.core.internal.outgoing.OutgoingRequests.Answer;
import dev.allotment.core.internal.outgoing.OutgoingRequests.NoAnswerException;
import dev.allotment.core.internal.outgoing.TargetUrl;
import dev.allotment.core.internal.record.WebhookRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.WebhookSecret;
import dev.allotment.spi.backend.WebhookToken;
import dev.allotment.webhook.UsageFormat;
import dev.allotment.webhook.WebhookAttempt;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookMessage;
import dev.allotment.webhook.WebhookMessageState;
import dev.allotment.webhook.WebhookTargets;
import dev.allotment.webhook.Webhooks;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages that are due. A node that takes a message first postpones its next attempt: that is the lease. What it
 * then finds out counts only if no other node has taken the message meanwhile.
 */
final class WebhookDeliveries {
    /** Longer than an attempt takes, with looking for the address of the host. */
    static final Duration LEASE = Duration.ofMinutes(1);

    private static final Duration LONGEST = Duration.ofSeconds(15);

    /** An endpoint counts as fast if it has answered in this time. */
    private static final Duration FAST = Duration.ofSeconds(2);

    /** How long a message waits for a node that can send it. */
    private static final Duration LEFT = Duration.ofSeconds(30);

    /** Fewer failures can have the cause of one moment, however long ago the first one was. */
    private static final int FEWEST_FAILURES = 8;

    private static final int GONE = 410;

    private static final String NO_USAGE = "The day has no value of the metric, or the tenant and its customer do not"
            + " have the attribute that names them at the receiver.";

    private static final String OTHER_TOKEN = "The token was given for another host or port, or encrypted with another"
            + " secret key, so nothing was sent. Replace the token.";

    private static final String MAY_BE_RECEIVED = "Stripe may have received an earlier attempt, and would count the"
            + " message twice by now. Compare both sides before you send it again.";

    private final CoreContext context;
    private final WebhookSecrets secrets;
    private final WebhookTokens tokens;
    private final WebhookTargets targets;
    private final OutgoingRequests sender;
    private final FailureLog failures;
    private final SendingPlaces places = new SendingPlaces();
    private final Semaphore workers = new Semaphore(SendingPlaces.MOST);
    /** One thread at a time takes a message, so that no endpoint gets more than its places. */
    private final Object claiming = new Object();

    WebhookDeliveries(CoreContext context, WebhookSecrets secrets, WebhookTokens tokens, WebhookTargets targets) {
        this.context = context;
        this.secrets = secrets;
        this.tokens = tokens;
        this.targets = targets;
        this.sender = new OutgoingRequests(targets, context::tick, LONGEST);
        this.failures = new FailureLog("dev.allotment.webhooks", context.node());
    }

    /** A message that this node sends. */
    private record Claim(
            WebhookMessage message,
            WebhookEndpoint endpoint,
            List<WebhookSecret> secrets,
            Optional<WebhookToken> token,
            WebhookBody body) {}

    /**
     * A message that this node has taken.
     *
     * @param claim null: it is not sent
     * @param error why not; null: it was left to another node
     */
    private record Taken(
            WebhookMessage message,
            @Nullable Claim claim,
            @Nullable String error) {}

    /** What came of an attempt. The error is null if the message was delivered. */
    private record Outcome(
            @Nullable Integer status, @Nullable String error, Map<String, String> headers) {
        static Outcome failed(String error) {
            return new Outcome(null, error, Map.of());
        }
    }

    /**
     * Returns how many messages it has sent, or handed to threads that have not returned yet.
     *
     * @param more whether another message is sent
     */
    int sendDue(Executor threads, BooleanSupplier more) {
        AtomicInteger sent = new AtomicInteger();
        while (more.getAsBoolean() && workers.tryAcquire()) {
            Optional<Claim> claim = Optional.empty();
            boolean started = false;
            try {
                claim = claim();
                if (claim.isEmpty()) {
                    return sent.get();
                }
                Claim first = claim.get();
                threads.execute(() -> work(first, sent, more));
                started = true;
            } catch (RejectedExecutionException e) {
                claim.ifPresent(each -> leave(each.message()));
                return sent.get();
            } finally {
                if (!started) {
                    workers.release();
                    claim.ifPresent(each -> places.leave(each.endpoint().id(), false));
                }
            }
        }
        return sent.get();
    }

    private void work(Claim first, AtomicInteger sent, BooleanSupplier more) {
        try {
            Optional<Claim> next = Optional.of(first);
            while (next.isPresent()) {
                sent.incrementAndGet();
                send(next.get());
                next = more.getAsBoolean() ? claim() : Optional.empty();
            }
        } catch (RuntimeException e) {
            failures.warn("A webhook could not be sent or its answer not recorded; it is sent again later", e);
        } finally {
            workers.release();
        }
    }

    private Optional<Claim> claim() {
        while (true) {
            Optional<Taken> taken;
            synchronized (claiming) {
                taken = context.catalog().transact(tx -> take(tx, places.open()));
                taken.map(Taken::claim)
                        .ifPresent(each -> places.take(each.endpoint().id()));
            }
            if (taken.isEmpty() || taken.get().claim() != null) {
                return taken.map(Taken::claim);
            }
            String error = taken.get().error();
            if (error != null) {
                end(taken.get().message(), error);
            }
        }
    }

    private Optional<Taken> take(Transaction tx, Filter<WebhookMessage> open) {
        Instant now = context.now();
        return free(tx, open, Operator.LESS_OR_EQUAL, now)
                .or(() -> free(tx, open, Operator.GREATER, now.plus(WebhookRetries.AHEAD)))
                .map(each -> taken(tx, each, now));
    }

    private static Optional<WebhookMessage> free(
            Transaction tx, Filter<WebhookMessage> open, Operator operator, Instant dueAt) {
        Filter<WebhookMessage> due = Filter.and(open, Filter.compare(WebhookMessage.DUE_AT, operator, dueAt));
        return tx.records(RecordTypes.WEBHOOK_MESSAGES)
                .lockFree(Query.where(due).orderBy(WebhookMessage.DUE_AT).page(0, 1));
    }

    private Taken taken(Transaction tx, WebhookMessage message, Instant now) {
        Records<WebhookMessage> messages = tx.records(RecordTypes.WEBHOOK_MESSAGES);
        Optional<Event> event;
        try {
            event = Optional.ofNullable(message.eventId()).flatMap(tx.records(RecordTypes.EVENTS)::find);
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.RECORD_NEWER)) {
                throw e;
            }
            // For a node that knows the type of the event.
            messages.update(WaitingMessages.attempted(message, message.attempts(), now.plus(LEFT)));
            return new Taken(message, null, null);
        }
        WebhookMessage taken = WaitingMessages.attempted(message, message.attempts() + 1, now.plus(LEASE));
        messages.update(taken);
        Optional<WebhookEndpoint> endpoint = tx.records(RecordTypes.WEBHOOK_ENDPOINTS)
                .find(message.endpointId().value());
        if (endpoint.filter(WebhookEndpoint::enabled).isEmpty()) {
            return new Taken(taken, null, "The endpoint was disabled or deleted.");
        }
        if (message.eventId() == null) {
            WebhookBody test = endpoint.get().usageFormat() == null
                    ? WebhookPayload.test(message.endpointId(), message.createdAt())
                    : UsageMessage.test(endpoint.get(), message);
            return claimed(tx, taken, endpoint.get(), test);
        }
        if (event.isEmpty()) {
            return new Taken(taken, null, "The audit log does not have the event any more.");
        }
        EventCustomers customers = new EventCustomers(tx, List.of(event.get()));
        CustomerId customer = customers.of(event.get());
        if (endpoint.get().customerId() != null && !endpoint.get().customerId().equals(customer)) {
            return new Taken(taken, null, "The tenant has another customer now.");
        }
        if (endpoint.get().usageFormat() != null) {
            if (UsageMessage.mayCountTwice(tx, endpoint.get(), message, now)) {
                return new Taken(taken, null, MAY_BE_RECEIVED);
            }
            return UsageMessage.of(endpoint.get(), event.get(), customers)
                    .map(body -> claimed(tx, taken, endpoint.get(), body))
                    .orElseGet(() -> new Taken(taken, null, NO_USAGE));
        }
        return claimed(
                tx, taken, endpoint.get(), WebhookPayload.of(event.get(), customers.tenant(event.get()), customer));
    }

    private Taken claimed(Transaction tx, WebhookMessage message, WebhookEndpoint endpoint, WebhookBody body) {
        List<WebhookSecret> valid = WebhookSecrets.signing(tx, endpoint.id(), context.now());
        Optional<WebhookToken> token =
                endpoint.usageFormat() == null ? Optional.empty() : WebhookTokens.find(tx, endpoint.id());
        return new Taken(message, new Claim(message, endpoint, valid, token, body), null);
    }

    private void send(Claim claim) {
        boolean fast = false;
        try {
            long start = context.tick();
            Outcome outcome = attempt(claim);
            Duration took = Duration.ofNanos(context.tick() - start);
            fast = outcome.status() != null && took.compareTo(FAST) < 0;
            boolean disabled = context.catalog().transact(tx -> finish(tx, claim, outcome, took));
            if (disabled) {
                WaitingMessages.failAll(context, claim.endpoint().id());
            }
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.WEBHOOK_KEY_MISSING)) {
                throw e;
            }
            failures.warn("A webhook could not be signed, and is left to another node", e);
            leave(claim.message());
        } finally {
            places.leave(claim.endpoint().id(), fast);
        }
    }

    private Outcome attempt(Claim claim) {
        Instant now = context.now();
        String id = claim.message().webhookId();
        String timestamp = Long.toString(now.getEpochSecond());
        Map<String, String> headers = new LinkedHashMap<>();
        String body = claim.body().text();
        headers.put("content-type", claim.body().contentType());
        headers.put("user-agent", "Allotment-Webhooks");
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", timestamp);
        headers.put("webhook-signature", secrets.sign(claim.secrets(), id + "." + timestamp + "." + body));
        if (claim.token().isPresent()) {
            Optional<String> token =
                    tokens.opened(claim.endpoint(), claim.token().get());
            if (token.isEmpty()) {
                return Outcome.failed(OTHER_TOKEN);
            }
            headers.put("authorization", "Bearer " + token.get());
        }
        try {
            TargetUrl url = TargetUrl.of(claim.endpoint().url(), targets, WebhookUseCases::invalidUrl);
            Answer answer = sender.post(url, headers, body.getBytes(StandardCharsets.UTF_8));
            UsageFormat format = claim.endpoint().usageFormat();
            boolean success = answer.status() / 100 == 2 || (format != null && UsageMessage.isKnown(format, answer));
            return new Outcome(answer.status(), success ? null : error(format, answer), answer.headers());
        } catch (NoAnswerException e) {
            return Outcome.failed(String.valueOf(e.getMessage()));
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.WEBHOOK_INVALID)) {
                throw e;
            }
            return Outcome.failed("This installation does not allow the URL of the endpoint any more.");
        }
    }

    /** Operators see why a receiver of usage refuses a message. Customers do not see what a URL of theirs answers. */
    private static String error(@Nullable UsageFormat format, Answer answer) {
        String status = "The receiver answered with status " + answer.status();
        return format == null || answer.rest().isBlank()
                ? status + "."
                : status + ": " + TextRules.describe(answer.rest()) + ".";
    }

    /** Records an attempt. Returns whether it has disabled the endpoint. */
    private boolean finish(Transaction tx, Claim claim, Outcome outcome, Duration took) {
        Instant now = context.now();
        Optional<WebhookEndpoint> endpoint =
                WebhookRows.lock(tx, claim.endpoint().id());
        Optional<WebhookMessage> message = tx.records(RecordTypes.WEBHOOK_MESSAGES)
                .lock(claim.message().id().value());
        if (endpoint.isEmpty() || message.isEmpty()) {
            return false;
        }
        tx.records(RecordTypes.WEBHOOK_ATTEMPTS)
                .insert(new WebhookAttempt(
                        0,
                        claim.message().id(),
                        claim.endpoint().id(),
                        now,
                        outcome.status(),
                        outcome.error(),
                        Math.toIntExact(Math.min(took.toMillis(), Integer.MAX_VALUE))));
        if (message.get().equals(claim.message())) {
            WebhookMessage next = next(message.get(), outcome, now);
            tx.records(RecordTypes.WEBHOOK_MESSAGES).update(next);
            if (next.endedAt() != null) {
                WaitingMessages.next(tx, endpoint.get(), next.tenantId(), now);
            }
        }
        return endpoint.get().enabled() && judge(tx, endpoint.get(), outcome, now);
    }

    private WebhookMessage next(WebhookMessage message, Outcome outcome, Instant now) {
        if (outcome.error() == null) {
            return WaitingMessages.ended(message, WebhookMessageState.DELIVERED, now);
        }
        if ("abort-message".equals(outcome.headers().get("webhook-delivery"))) {
            return WaitingMessages.ended(message, WebhookMessageState.FAILED, now);
        }
        return WebhookRetries.next(
                        now,
                        message.attempts(),
                        asked(outcome),
                        context.secrets().random())
                .map(due -> WaitingMessages.attempted(message, message.attempts(), due))
                .orElseGet(() -> WaitingMessages.ended(message, WebhookMessageState.FAILED, now));
    }

    private static Duration asked(Outcome outcome) {
        String wait = outcome.headers().getOrDefault("retry-after", "");
        return wait.matches("\\d{1,9}") ? Duration.ofSeconds(Long.parseLong(wait)) : Duration.ZERO;
    }

    /** Counts failures, and disables an endpoint that is gone or has only failed for too long. */
    private boolean judge(Transaction tx, WebhookEndpoint endpoint, Outcome outcome, Instant now) {
        if (outcome.error() == null) {
            if (endpoint.failures() > 0) {
                tx.records(RecordTypes.WEBHOOK_ENDPOINTS)
                        .update(endpoint.toBuilder()
                                .failures(0)
                                .failingSince(null)
                                .build());
            }
            return false;
        }
        Instant since = endpoint.failingSince() == null ? now : endpoint.failingSince();
        int failed = endpoint.failures() + 1;
        String reason = reason(outcome, since, failed, now);
        WebhookEndpoint judged = endpoint.toBuilder()
                .failures(failed)
                .failingSince(since)
                .disabledReason(reason)
                .build();
        tx.records(RecordTypes.WEBHOOK_ENDPOINTS).update(judged);
        if (reason != null) {
            Map<String, String> details = WebhookUseCases.details(judged);
            details.put("failed", "true");
            context.events().add(tx, Actor.HOST, EventType.WEBHOOK_DISABLED, null, null, details);
        }
        return reason != null;
    }

    private static @Nullable String reason(Outcome outcome, Instant since, int failed, Instant now) {
        if (Integer.valueOf(GONE).equals(outcome.status())) {
            return "The receiver answered with status 410: it is gone.";
        }
        boolean tooLong = failed >= FEWEST_FAILURES && !now.isBefore(since.plus(Webhooks.MAX_FAILING));
        return tooLong ? "All attempts since " + since.truncatedTo(ChronoUnit.SECONDS) + " have failed." : null;
    }

    /** Ends a message that is not sent. */
    private void end(WebhookMessage message, String error) {
        context.catalog().transact(tx -> {
            Instant now = context.now();
            Records<WebhookMessage> messages = tx.records(RecordTypes.WEBHOOK_MESSAGES);
            Optional<WebhookEndpoint> endpoint = WebhookRows.lock(tx, message.endpointId());
            Optional<WebhookMessage> present =
                    messages.lock(message.id().value()).filter(message::equals);
            if (present.isPresent() && endpoint.isEmpty()) {
                messages.delete(message.id().value());
            } else if (present.isPresent()) {
                messages.update(WaitingMessages.ended(message, WebhookMessageState.FAILED, now));
                tx.records(RecordTypes.WEBHOOK_ATTEMPTS)
                        .insert(new WebhookAttempt(0, message.id(), message.endpointId(), now, null, error, 0));
                WaitingMessages.next(tx, endpoint.get(), message.tenantId(), now);
            }
            return null;
        });
    }

    /** Does not count as an attempt. */
    private void leave(WebhookMessage message) {
        context.catalog().transact(tx -> {
            Records<WebhookMessage> messages = tx.records(RecordTypes.WEBHOOK_MESSAGES);
            messages.lock(message.id().value())
                    .filter(message::equals)
                    .ifPresent(each -> messages.update(WaitingMessages.attempted(
                            each, each.attempts() - 1, context.now().plus(LEFT))));
            return null;
        });
    }
}
