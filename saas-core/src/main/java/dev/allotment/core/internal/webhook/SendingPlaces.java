// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import dev.allotment.Filter;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookMessage;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How many messages this node sends at a time. An endpoint has two places. Endpoints that have not just answered fast
 * share half of all places, so that slow receivers hold up only one another. Guarded by its methods.
 */
final class SendingPlaces {
    static final int MOST = 8;
    private static final int OF_ONE = 2;
    private static final int OF_SLOW = 4;
    /** More fast endpoints than anyone needs while all places of the slow ones are taken. */
    private static final int MOST_FAST = 1000;

    private final Map<WebhookEndpointId, Integer> sending = new HashMap<>();
    private final Set<WebhookEndpointId> fast = new LinkedHashSet<>();

    /** Selects the messages to endpoints that have a place. */
    synchronized Filter<WebhookMessage> open() {
        List<WebhookEndpointId> full = sending.entrySet().stream()
                .filter(each -> each.getValue() >= OF_ONE)
                .map(Map.Entry::getKey)
                .toList();
        Filter<WebhookMessage> open = Filter.not(Filter.in(WebhookMessage.ENDPOINT_ID, full));
        int slow = sending.entrySet().stream()
                .filter(each -> !fast.contains(each.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
        return slow < OF_SLOW ? open : Filter.and(open, Filter.in(WebhookMessage.ENDPOINT_ID, List.copyOf(fast)));
    }

    synchronized void take(WebhookEndpointId endpoint) {
        sending.merge(endpoint, 1, Integer::sum);
    }

    synchronized void leave(WebhookEndpointId endpoint, boolean answeredFast) {
        sending.computeIfPresent(endpoint, (any, count) -> count == 1 ? null : count - 1);
        fast.remove(endpoint);
        if (answeredFast) {
            fast.add(endpoint);
            if (fast.size() > MOST_FAST) {
                fast.remove(fast.iterator().next());
            }
        }
    }
}
