// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import dev.allotment.CustomerId;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.Query;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.event.CommittedEvents;
import dev.allotment.core.internal.event.EventPosition;
import dev.allotment.core.internal.record.WebhookRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.WebhookPosition;
import dev.allotment.spi.backend.WebhookRecovery;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookEvents;
import dev.allotment.webhook.WebhookMessage;
import dev.allotment.webhook.WebhookMessageId;
import dev.allotment.webhook.WebhookMessageState;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the messages about {@linkplain CommittedEvents committed events}. The node that locks the position does it. */
final class WebhookPlanner {
    private static final int PAGE = 500;
    private static final int MOST_PAGES = 20;
    /** More events than are written while one transaction lasts, or while clocks differ. */
    private static final int OVERLAP = 10_000;

    private static final String POSITION = "events";

    private final CoreContext context;
    private final CommittedEvents committed;

    WebhookPlanner(CoreContext context, CommittedEvents committed) {
        this.context = context;
        this.committed = committed;
    }

    /** Returns whether there may be messages. Without an endpoint, this is one query. */
    synchronized boolean plan() {
        for (int i = 0; i < MOST_PAGES; i++) {
            Progress progress = context.catalog().transact(this::round);
            if (progress != Progress.MORE) {
                return progress != Progress.WITHOUT_ENDPOINTS;
            }
        }
        return true;
    }

    private enum Progress {
        WITHOUT_ENDPOINTS,
        DONE,
        MORE
    }

    private Progress round(Transaction tx) {
        Records<WebhookPosition> positions = tx.records(RecordTypes.WEBHOOK_POSITIONS);
        if (positions.list(Query.all()).isEmpty()) {
            return Progress.WITHOUT_ENDPOINTS;
        }
        Optional<WebhookPosition> position = positions.lockFree(Query.all());
        if (position.isEmpty()) {
            // Another node is doing this.
            return Progress.DONE;
        }
        boolean more = committed(tx, position.get());
        return past(tx) || more ? Progress.MORE : Progress.DONE;
    }

    /** Returns whether there is more. */
    private boolean committed(Transaction tx, WebhookPosition position) {
        EventPosition read = EventPosition.of(position.eventId(), position.missing());
        CommittedEvents.Found found = committed.next(tx, read, Filter.all(), Integer.MAX_VALUE);
        if (!found.events().isEmpty()) {
            make(tx, found.events(), endpoints(tx, found.events()));
        }
        WebhookPosition next = stored(position.id(), read);
        if (!next.equals(position)) {
            tx.records(RecordTypes.WEBHOOK_POSITIONS).update(next);
        }
        return found.more();
    }

    /** Creates the position, for the first endpoint. */
    static void start(Transaction tx) {
        tx.records(RecordTypes.WEBHOOK_POSITIONS)
                .insert(stored(0, CommittedEvents.after(tx, CommittedEvents.newest(tx))));
    }

    private static WebhookPosition stored(long id, EventPosition read) {
        return new WebhookPosition(id, POSITION, read.last(), read.missingTexts());
    }

    /** Read after the events, so that every endpoint that was there before one of them is found. */
    private static List<WebhookEndpoint> endpoints(Transaction tx, List<Event> events) {
        EventCustomers customers = new EventCustomers(tx, events);
        Set<@Nullable CustomerId> wanted = new HashSet<>();
        wanted.add(null);
        events.forEach(each -> wanted.add(customers.of(each)));
        return tx.records(RecordTypes.WEBHOOK_ENDPOINTS)
                .list(Query.where(Filter.and(
                        Filter.equal(WebhookEndpoint.DISABLED_REASON, null),
                        Filter.in(WebhookEndpoint.CUSTOMER_ID, wanted))));
    }

    /**
     * The id of an event from which on a recovery reads, so that it does not read the log from its start. Events are
     * in the order of their times, except those of transactions that overlap and of clocks that differ a little.
     */
    static long before(Transaction tx, Instant since) {
        long first = tx
                .records(RecordTypes.EVENTS)
                .values(
                        Event.ID,
                        Query.where(Filter.compare(Event.AT, Operator.GREATER_OR_EQUAL, since))
                                .orderBy(Event.AT)
                                .orderBy(Event.ID)
                                .page(0, 1))
                .stream()
                .findFirst()
                .orElseGet(() -> CommittedEvents.newest(tx));
        return Math.max(0, first - OVERLAP);
    }

    private static Filter<Event> types(List<WebhookEndpoint> endpoints) {
        if (endpoints.isEmpty() || endpoints.get(0).eventTypes().isEmpty()) {
            return Filter.all();
        }
        List<String> names = endpoints.get(0).eventTypes();
        return Filter.in(
                Event.TYPE,
                Arrays.stream(EventType.values())
                        .filter(each -> names.contains(WebhookEvents.name(each)))
                        .toList());
    }

    /** Returns whether there is more. */
    private boolean past(Transaction tx) {
        Records<WebhookRecovery> recoveries = tx.records(RecordTypes.WEBHOOK_RECOVERIES);
        Optional<WebhookRecovery> first =
                recoveries
                        .list(Query.where(Filter.<WebhookRecovery>all())
                                .orderBy(WebhookRecovery.ID)
                                .page(0, 1))
                        .stream()
                        .findFirst();
        if (first.isEmpty()) {
            return false;
        }
        WebhookRecovery recovery = first.get();
        List<WebhookEndpoint> endpoint = tx
                .records(RecordTypes.WEBHOOK_ENDPOINTS)
                .find(recovery.endpointId().value())
                .filter(WebhookEndpoint::enabled)
                .stream()
                .toList();
        List<Event> events = tx.records(RecordTypes.EVENTS)
                .list(Query.where(Filter.and(
                                types(endpoint),
                                Filter.compare(Event.ID, Operator.GREATER, recovery.eventId()),
                                Filter.compare(Event.ID, Operator.LESS_OR_EQUAL, recovery.lastEventId()),
                                Filter.compare(Event.AT, Operator.GREATER_OR_EQUAL, recovery.since())))
                        .orderBy(Event.ID)
                        .page(0, PAGE));
        make(tx, events, endpoint);
        if (events.size() < PAGE || endpoint.isEmpty()) {
            recoveries.delete(recovery.id());
        } else {
            recoveries.update(new WebhookRecovery(
                    recovery.id(),
                    recovery.endpointId(),
                    recovery.since(),
                    events.get(events.size() - 1).id(),
                    recovery.lastEventId()));
        }
        return true;
    }

    private void make(Transaction tx, List<Event> events, List<WebhookEndpoint> endpoints) {
        if (endpoints.isEmpty() || events.isEmpty()) {
            return;
        }
        EventCustomers customers = new EventCustomers(tx, events);
        Map<WebhookEndpointId, Map<Long, WebhookMessage>> known = known(tx, events, endpoints);
        for (WebhookEndpoint each : endpoints) {
            Optional<WebhookEndpoint> endpoint = each.inOrder()
                    ? WebhookRows.lock(tx, each.id()).filter(WebhookEndpoint::enabled)
                    : Optional.of(each);
            for (Event event : endpoint.isEmpty() ? List.<Event>of() : events) {
                if (wants(endpoint.get(), event, customers)) {
                    WebhookMessage earlier =
                            known.getOrDefault(each.id(), Map.of()).get(event.id());
                    make(tx, endpoint.get(), event, earlier);
                }
            }
        }
    }

    private static Map<WebhookEndpointId, Map<Long, WebhookMessage>> known(
            Transaction tx, Collection<Event> events, List<WebhookEndpoint> endpoints) {
        Map<WebhookEndpointId, Map<Long, WebhookMessage>> known = new HashMap<>();
        tx.records(RecordTypes.WEBHOOK_MESSAGES)
                .list(Query.where(Filter.and(
                        Filter.in(
                                WebhookMessage.ENDPOINT_ID,
                                endpoints.stream().map(WebhookEndpoint::id).toList()),
                        Filter.in(
                                WebhookMessage.EVENT_ID,
                                events.stream().map(Event::id).toList()))))
                .forEach(each -> known.computeIfAbsent(each.endpointId(), any -> new HashMap<>())
                        .put(Objects.requireNonNull(each.eventId()), each));
        return known;
    }

    private void make(Transaction tx, WebhookEndpoint endpoint, Event event, @Nullable WebhookMessage earlier) {
        Records<WebhookMessage> messages = tx.records(RecordTypes.WEBHOOK_MESSAGES);
        Instant now = context.now();
        if (earlier == null) {
            messages.insert(new WebhookMessage(
                    new WebhookMessageId(0),
                    endpoint.id(),
                    WebhookPayload.webhookId(event.uuid(), endpoint.id()),
                    event.id(),
                    WebhookEvents.name(event.type()),
                    event.tenantId(),
                    WebhookMessageState.WAITING,
                    0,
                    WaitingMessages.dueAt(tx, endpoint, event.tenantId(), now),
                    now,
                    null));
        } else if (earlier.state() == WebhookMessageState.FAILED) {
            messages.update(WaitingMessages.again(earlier, WaitingMessages.dueAt(tx, endpoint, event.tenantId(), now)));
        }
    }

    private static boolean wants(WebhookEndpoint endpoint, Event event, EventCustomers customers) {
        EventType type = event.type();
        if (type == EventType.WEBHOOK_CREATED
                && endpoint.id().toString().equals(event.details().get("webhook"))) {
            return false;
        }
        boolean sent = endpoint.customerId() == null
                || (endpoint.customerId().equals(customers.of(event))
                        && WebhookEvents.forCustomers().contains(type));
        boolean wanted = endpoint.eventTypes().isEmpty()
                // One for each tenant and day.
                ? type != EventType.USAGE_CLOSED
                : endpoint.eventTypes().contains(WebhookEvents.name(type));
        return sent
                && wanted
                && (endpoint.usageFormat() == null || UsageMessage.subject(endpoint, event, customers) != null);
    }
}
