// SPDX-License-Identifier: Apache-2.0
package dev.allotment.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;

/**
 * Counters of one name, with tags that come and go: for counters what {@link
 * io.micrometer.core.instrument.MultiGauge} is for gauges. Thread-safe.
 */
final class MultiCounter {
    private final SaasMetrics metrics;
    private final MeterRegistry registry;
    private final String name;
    private final String description;
    private final Map<Tags, Count> counts = new HashMap<>();

    /** A registry has only a weak reference to it. */
    private final class Count {
        private final FunctionCounter meter;
        private volatile double value;

        private Count(Tags tags) {
            meter = FunctionCounter.builder(name, this, each -> metrics.current(each.value))
                    .description(description)
                    .tags(tags)
                    .register(registry);
        }
    }

    MultiCounter(SaasMetrics metrics, MeterRegistry registry, String name, String description) {
        this.metrics = metrics;
        this.registry = registry;
        this.name = name;
        this.description = description;
    }

    /** Shows these counts, and no others. */
    synchronized void show(Map<Tags, ? extends Number> values) {
        counts.entrySet().removeIf(each -> {
            boolean gone = !values.containsKey(each.getKey());
            if (gone) {
                registry.remove(each.getValue().meter);
            }
            return gone;
        });
        values.forEach((tags, value) -> counts.computeIfAbsent(tags, Count::new).value = value.doubleValue());
    }
}
