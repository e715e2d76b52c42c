// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import dev.allotment.CustomerId;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.spi.backend.JsonText;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookEvents;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a message says: what happened and to what. Receivers request the rest. */
final class WebhookPayload {
    private static final int ID_LENGTH = 32;
    /** The details of events that are ids. */
    private static final Set<String> IDS = Set.of(
            "backup", "campaign", "customer", "export", "invitation", "key", "operation", "supportAccess", "webhook");
    /** The events whose account is not the one that acted, but the one that they are about. */
    private static final Set<EventType> ABOUT_ACCOUNTS = Set.of(
            EventType.TEAM_MEMBER_ADDED,
            EventType.TEAM_MEMBER_CHANGED,
            EventType.TEAM_MEMBER_REMOVED,
            EventType.TEAM_INVITATION_ACCEPTED);
    /** The details of a closed day of usage that say which one it is. */
    private static final Set<String> DAY = Set.of("usage", "day", "revision");

    private WebhookPayload() {}

    /** The id of the message about an event to an endpoint: the same on every node, and in every attempt. */
    static String webhookId(UUID event, WebhookEndpointId endpoint) {
        return "msg_" + Secrets.hash(event + " " + endpoint).substring(0, ID_LENGTH);
    }

    static WebhookBody of(Event event, @Nullable StoredTenant tenant, @Nullable CustomerId customer) {
        Map<String, String> data = new HashMap<>();
        event.details().forEach((key, value) -> {
            boolean about = key.equals("account") && ABOUT_ACCOUNTS.contains(event.type());
            if (about || IDS.contains(key) || (event.type() == EventType.USAGE_CLOSED && DAY.contains(key))) {
                data.put(key, value);
            }
        });
        data.put("event", event.uuid().toString());
        if (event.userId() != null) {
            data.put("account", event.userId().toString());
        }
        if (customer != null) {
            data.put("customer", customer.toString());
        }
        if (tenant != null) {
            data.put("tenant", tenant.id().toString());
            data.put("tenant_uuid", tenant.uuid().toString());
            data.put("tenant_name", tenant.name());
        }
        return of(WebhookEvents.name(event.type()), event.at(), data);
    }

    static WebhookBody test(WebhookEndpointId endpoint, Instant at) {
        return of(WebhookEvents.TEST, at, Map.of("webhook", endpoint.toString()));
    }

    private static WebhookBody of(String type, Instant at, Map<String, String> data) {
        return WebhookBody.json(
                "{\"type\":\"" + type + "\",\"timestamp\":\"" + at + "\",\"data\":" + JsonText.write(data) + "}");
    }
}
