// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.outgoing.OutgoingRequests.Answer;
import dev.allotment.core.internal.usage.ClosedDay;
import dev.allotment.spi.backend.JsonText;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.webhook.UsageFormat;
import dev.allotment.webhook.WebhookAttempt;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookMessage;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One metric of a closed day of a tenant, in the form that a metering system receives. Id and time depend on nothing
 * but tenant, day, metric and revision, so that a message that is sent again is the same one.
 */
final class UsageMessage {
    /** Stripe accepts no longer identifiers. */
    private static final int LONGEST_ID = 100;

    /** Stripe knows an identifier for 24 hours, and counts the message twice after that. */
    private static final Duration KNOWN_TO_STRIPE = Duration.ofHours(23);

    private static final int HASH_LENGTH = 32;
    /** A later revision has a later time, for meters of the last value, and the time stays in the day. */
    private static final Duration LAST_HOUR = Duration.ofHours(23);

    private static final int MOST_SECONDS = 3599;
    private static final String SOURCE = "allotment";
    private static final String TEST_SUBJECT = "allotment-test";
    private static final int BAD_REQUEST = 400;
    private static final int UNPROCESSABLE = 422;

    private final WebhookEndpoint feed;
    private final String metric;
    private final String id;
    private final String subject;
    private final Instant time;
    /** In the order of the body: numbers, and texts. */
    private final Map<String, Object> data = new LinkedHashMap<>();

    private UsageMessage(WebhookEndpoint feed, String metric, String id, String subject, Instant time) {
        this.feed = feed;
        this.metric = metric;
        this.id = id;
        this.subject = subject;
        this.time = time;
    }

    /**
     * The message about an event to an endpoint that receives usage; empty if there is none: another event, no such
     * metric, or a tenant that the receiver does not know.
     */
    static Optional<WebhookBody> of(WebhookEndpoint feed, Event event, EventCustomers customers) {
        StoredTenant tenant = customers.tenant(event);
        String subject = subject(feed, event, customers);
        if (tenant == null || subject == null) {
            return Optional.empty();
        }
        String metric = Objects.requireNonNull(feed.usageMetric());
        ClosedDay day = ClosedDay.of(event);
        UsageMessage message = new UsageMessage(feed, metric, id(tenant, day, metric), subject, time(day));
        message.data.put("value", day.value(metric));
        message.data.put("delta", day.delta(metric));
        message.data.put("metric", metric);
        message.data.put("day", day.date().toString());
        message.data.put("revision", (long) day.revision());
        message.data.put("tenant", tenant.uuid().toString());
        return Optional.of(message.body());
    }

    /** How the receiver knows the tenant of an event. Null if there is no message about the event. */
    static @Nullable String subject(WebhookEndpoint feed, Event event, EventCustomers customers) {
        StoredTenant tenant = customers.tenant(event);
        if (event.type() != EventType.USAGE_CLOSED || tenant == null) {
            return null;
        }
        ClosedDay day = ClosedDay.of(event);
        if (!day.has(Objects.requireNonNull(feed.usageMetric()))) {
            return null;
        }
        String attribute = feed.usageSubject();
        return attribute == null ? tenant.uuid().toString() : customers.attribute(event, day, attribute);
    }

    /** A message that a receiver accepts, and that costs nothing. */
    static WebhookBody test(WebhookEndpoint feed, WebhookMessage message) {
        String metric = Objects.requireNonNull(feed.usageMetric());
        UsageMessage test =
                new UsageMessage(feed, metric, "test/" + message.webhookId(), TEST_SUBJECT, message.createdAt());
        test.data.put("value", 0L);
        test.data.put("delta", 0L);
        test.data.put("metric", metric);
        return test.body();
    }

    /** Whether an answer that is no success says that the receiver has the message already. */
    static boolean isKnown(UsageFormat format, Answer answer) {
        return switch (format) {
            case OPENMETER -> false;
            case LAGO ->
                answer.status() == UNPROCESSABLE
                        && answer.rest().contains("transaction_id")
                        && answer.rest().contains("value_already_exist");
            case STRIPE ->
                answer.status() == BAD_REQUEST && answer.rest().contains("event already exists with identifier");
        };
    }

    /**
     * Whether the receiver may have forgotten the identifier of a message that it has received. An attempt that was not
     * recorded counts as made when the message was.
     */
    static boolean mayCountTwice(Transaction tx, WebhookEndpoint endpoint, WebhookMessage message, Instant now) {
        if (endpoint.usageFormat() != UsageFormat.STRIPE || message.attempts() == 0) {
            return false;
        }
        Instant first = tx
                .records(RecordTypes.WEBHOOK_ATTEMPTS)
                .list(Query.where(Filter.equal(WebhookAttempt.MESSAGE_ID, message.id()))
                        .orderBy(WebhookAttempt.ID)
                        .page(0, 1))
                .stream()
                .findFirst()
                .map(WebhookAttempt::at)
                .orElse(message.createdAt());
        return now.isAfter(first.plus(KNOWN_TO_STRIPE));
    }

    private static Instant time(ClosedDay day) {
        return day.day().plus(LAST_HOUR).plusSeconds(Math.min(day.revision(), MOST_SECONDS));
    }

    private static String id(StoredTenant tenant, ClosedDay day, String metric) {
        String start = tenant.uuid() + "/" + day.date() + "/";
        String end = "/" + day.revision();
        String id = start + metric + end;
        return id.length() <= LONGEST_ID ? id : start + Secrets.hash(metric).substring(0, HASH_LENGTH) + end;
    }

    private WebhookBody body() {
        return switch (Objects.requireNonNull(feed.usageFormat())) {
            case OPENMETER -> new WebhookBody("application/cloudevents+json", json(cloudEvent()));
            case LAGO -> WebhookBody.json("{\"event\":" + json(lagoEvent()) + "}");
            case STRIPE -> new WebhookBody("application/x-www-form-urlencoded", form(meterEvent()));
        };
    }

    private Map<String, Object> cloudEvent() {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("specversion", "1.0");
        event.put("id", id);
        event.put("source", SOURCE);
        event.put("type", code());
        event.put("subject", subject);
        event.put("time", time.toString());
        event.put("datacontenttype", "application/json");
        event.put("data", data);
        return event;
    }

    private Map<String, Object> lagoEvent() {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("transaction_id", id);
        event.put("external_subscription_id", subject);
        event.put("code", code());
        event.put("timestamp", time.getEpochSecond());
        event.put("properties", data);
        return event;
    }

    private Map<String, Object> meterEvent() {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("event_name", code());
        event.put("identifier", id);
        event.put("timestamp", time.getEpochSecond());
        event.put("payload[stripe_customer_id]", subject);
        event.put("payload[value]", Objects.requireNonNull(data.get("value")));
        event.put("payload[delta]", Objects.requireNonNull(data.get("delta")));
        return event;
    }

    private String code() {
        return feed.usageCode() == null ? metric : feed.usageCode();
    }

    private static String form(Map<String, Object> fields) {
        return fields.entrySet().stream()
                .map(each ->
                        encoded(each.getKey()) + "=" + encoded(each.getValue().toString()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String json(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(each -> json(each.getKey()) + ":" + json(each.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (value instanceof Long number) {
            return number.toString();
        }
        String list = JsonText.write(List.of(value));
        return list.substring(1, list.length() - 1);
    }
}
