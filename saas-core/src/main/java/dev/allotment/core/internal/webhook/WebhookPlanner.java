// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import dev.allotment.CustomerId;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.Query;
import dev.allotment.core.internal.base.CoreContext;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the messages about committed events. The node that locks the position does it, up to the latest event. Ids are
 * given before a transaction commits, so an event may appear before one with a lower id: the ids that are missing are
 * part of the position. They are looked for until a node has missed them for an hour by a clock that is never set,
 * which is longer than a transaction takes.
 */
final class WebhookPlanner {
    private static final int PAGE = 500;
    private static final int MOST_PAGES = 20;
    /** How many ids one query contains. */
    private static final int MOST_IDS = 1000;

    static final Duration LONGEST_TRANSACTION = Duration.ofHours(1);

    private final CoreContext context;
    /** Since when this node has missed each event, in ticks. Guarded by this. */
    private final Map<Long, Long> missedSince = new HashMap<>();

    WebhookPlanner(CoreContext context) {
        this.context = context;
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
        MissingEvents missing = MissingEvents.of(position.missing());
        List<Long> fresh = tx.records(RecordTypes.EVENTS)
                .values(
                        Event.ID,
                        Query.where(Filter.compare(Event.ID, Operator.GREATER, position.eventId()))
                                .orderBy(Event.ID)
                                .page(0, PAGE));
        List<Long> found = new ArrayList<>(appeared(tx, missing));
        found.addAll(fresh);
        long last = position.eventId();
        for (long id : fresh) {
            missing.addBetween(last, id);
            last = id;
        }
        // Those of a type that this version does not know are left to a newer node.
        List<Event> events = events(tx, found);
        missing.ids().addAll(found);
        events.forEach(each -> missing.ids().remove(each.id()));
        giveUp(missing, new HashSet<>(found));
        if (!events.isEmpty()) {
            make(tx, events, endpoints(tx, events));
        }
        WebhookPosition next = new WebhookPosition(position.id(), position.name(), last, missing.texts());
        if (!next.equals(position)) {
            tx.records(RecordTypes.WEBHOOK_POSITIONS).update(next);
        }
        return fresh.size() == PAGE;
    }

    private static List<Long> appeared(Transaction tx, MissingEvents missing) {
        List<Long> all = List.copyOf(missing.ids());
        List<Long> appeared = new ArrayList<>();
        for (int i = 0; i < all.size(); i += MOST_IDS) {
            List<Long> some = all.subList(i, Math.min(i + MOST_IDS, all.size()));
            appeared.addAll(tx.records(RecordTypes.EVENTS)
                    .values(Event.ID, Query.where(Filter.in(Event.ID, some)).orderBy(Event.ID)));
        }
        return appeared;
    }

    private static List<Event> events(Transaction tx, List<Long> ids) {
        return ids.isEmpty()
                ? List.of()
                : tx.records(RecordTypes.EVENTS)
                        .list(Query.where(Filter.in(Event.ID, ids)).orderBy(Event.ID));
    }

    /** If this transaction is rolled back, the ids are still missed since the same time. */
    private void giveUp(MissingEvents missing, Set<Long> present) {
        long now = context.tick();
        missedSince.keySet().retainAll(missing.ids());
        missing.ids()
                .removeIf(each -> !present.contains(each)
                        && now - missedSince.computeIfAbsent(each, any -> now) > LONGEST_TRANSACTION.toNanos());
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
        List<Event> events = tx.records(RecordTypes.EVENTS)
                .list(Query.where(Filter.and(
                                Filter.compare(Event.ID, Operator.GREATER, recovery.eventId()),
                                Filter.compare(Event.ID, Operator.LESS_OR_EQUAL, recovery.lastEventId()),
                                Filter.compare(Event.AT, Operator.GREATER_OR_EQUAL, recovery.since())))
                        .orderBy(Event.ID)
                        .page(0, PAGE));
        List<WebhookEndpoint> endpoint = tx
                .records(RecordTypes.WEBHOOK_ENDPOINTS)
                .find(recovery.endpointId().value())
                .filter(WebhookEndpoint::enabled)
                .stream()
                .toList();
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
                if (wants(endpoint.get(), event, customers.of(event))) {
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

    private static boolean wants(WebhookEndpoint endpoint, Event event, @Nullable CustomerId customer) {
        EventType type = event.type();
        if (type == EventType.WEBHOOK_CREATED
                && endpoint.id().toString().equals(event.details().get("webhook"))) {
            return false;
        }
        boolean sent = endpoint.customerId() == null
                || (endpoint.customerId().equals(customer)
                        && WebhookEvents.forCustomers().contains(type));
        return sent && (endpoint.eventTypes().isEmpty() || endpoint.eventTypes().contains(WebhookEvents.name(type)));
    }
}
