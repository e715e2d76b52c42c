// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.maintenance;

import dev.allotment.NodeStatistics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Remembers when each part of the maintenance last succeeded in this process. Thread-safe. */
public final class PartStatistics {
    private final Map<String, NodeStatistics.Part> parts = new ConcurrentSkipListMap<>();

    void succeeded(String part, Instant at) {
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

    List<NodeStatistics.Part> all() {
        return List.copyOf(parts.values());
    }
}
