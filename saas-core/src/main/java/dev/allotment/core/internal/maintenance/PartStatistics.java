// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.maintenance;

import dev.allotment.fleet.NodeStatistics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Remembers when each part of the maintenance last succeeded in this process. Thread-safe. */
public final class PartStatistics {
    /** Why each part that is postponed failed the last time. */
    private final Map<String, String> postponed = new ConcurrentHashMap<>();

    private final Map<String, NodeStatistics.Part> parts = new ConcurrentSkipListMap<>();

    void succeeded(String part, Instant at) {
        postponed.remove(part);
        parts.merge(
                part,
                new NodeStatistics.Part(part, at, 0),
                (before, first) -> new NodeStatistics.Part(part, at, before.failures()));
    }

    void failed(String part) {
        parts.merge(
                part,
                new NodeStatistics.Part(part, null, 1),
                (before, first) -> new NodeStatistics.Part(part, before.succeededAt(), before.failures() + 1));
    }

    /**
     * Counts a failure for a reason that may end by itself, such as a catalog that cannot be reached. Returns whether
     * the
     * part did not fail for this reason the last time.
     */
    boolean postponed(String part, String why) {
        failed(part);
        return !why.equals(postponed.put(part, why));
    }

    List<NodeStatistics.Part> all() {
        return List.copyOf(parts.values());
    }
}
