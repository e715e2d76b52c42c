// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.util.HashMap;
import java.util.Map;

/**
 * Divides a limited number of units between client networks. A network may hold as many units as are free: a single one
 * gets half of them, and the next network still finds some. Thread-safe.
 */
final class AddressShares {
    private final long total;
    private final Map<String, Long> held = new HashMap<>();
    private long sum;

    AddressShares(long total) {
        this.total = total;
    }

    /**
     * Takes units for a network. If no network holds any, the number is not limited.
     *
     * @return false if the network would hold more than remain free
     */
    synchronized boolean take(String network, long units) {
        long own = held.getOrDefault(network, 0L);
        if (sum > 0 && own + units > total - sum) {
            return false;
        }
        held.put(network, own + units);
        sum += units;
        return true;
    }

    /** Gives units back. */
    synchronized void giveBack(String network, long units) {
        sum -= units;
        held.computeIfPresent(network, (key, own) -> own <= units ? null : own - units);
    }

    synchronized long sum() {
        return sum;
    }
}
