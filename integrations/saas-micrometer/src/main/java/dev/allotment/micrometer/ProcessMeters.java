// SPDX-License-Identifier: Apache-2.0
package dev.allotment.micrometer;

import dev.allotment.WarmPoolStatistics;
import dev.allotment.fleet.NodeStatistics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** Meters of what this process has done: takeovers, sign-ins, claims of spares, the maintenance. */
final class ProcessMeters {
    private static final double MILLIS = 1000;

    private final SaasMetrics metrics;
    private final MultiGauge succeeded;
    private final MultiCounter failures;
    private final Map<MultiGauge, ToDoubleFunction<NodeStatistics.Pool>> pools = new LinkedHashMap<>();

    ProcessMeters(SaasMetrics metrics, MeterRegistry registry) {
        this.metrics = metrics;
        succeeded = MultiGauge.builder("allotment.maintenance.last.success.timestamp.seconds")
                .description("When each part of the maintenance of this process last succeeded, as Unix time")
                .register(registry);
        failures = new MultiCounter(
                metrics,
                registry,
                "allotment.maintenance.failures",
                "Failures of each part of the maintenance of this process");
        pool(registry, "busy", "Connections in use", NodeStatistics.Pool::busy);
        pool(registry, "idle", "Open connections that are not in use", NodeStatistics.Pool::idle);
        pool(registry, "waiting", "Callers that wait for a connection", NodeStatistics.Pool::waiting);
        pool(registry, "max", "Connections that may be open at once", NodeStatistics.Pool::max);
        counter(registry, "operations.taken.over", "Operations taken over from other nodes", NodeStatistics::takenOver);
        counter(
                registry,
                "operations.leases.lost",
                "Operations that were taken from this process",
                NodeStatistics::lostLeases);
        signIns(registry, "password", NodeStatistics::wrongPasswords);
        signIns(registry, "unread", NodeStatistics::refusedUnread);
        signIns(registry, "key", NodeStatistics::wrongKeys);
        claims(registry, "hit", WarmPoolStatistics::claimed);
        claims(registry, "miss", WarmPoolStatistics::missed);
        FunctionTimer.builder(
                        "allotment.spares.claiming",
                        metrics,
                        each -> each.last().warmPool().claimed(),
                        each -> each.last().warmPool().claiming().toNanos(),
                        TimeUnit.NANOSECONDS)
                .description("Time to claim a spare")
                .register(registry);
    }

    private void pool(
            MeterRegistry registry, String name, String description, ToDoubleFunction<NodeStatistics.Pool> value) {
        MultiGauge gauge = MultiGauge.builder("allotment.connections." + name)
                .description(description + ", by database server and pool")
                .register(registry);
        pools.put(gauge, value);
    }

    private static double read(SaasMetrics metrics, ToDoubleFunction<NodeStatistics> value) {
        return value.applyAsDouble(metrics.saas().maintenance().statistics());
    }

    private void counter(
            MeterRegistry registry, String name, String description, ToDoubleFunction<NodeStatistics> value) {
        FunctionCounter.builder("allotment." + name, metrics, each -> read(each, value))
                .description(description)
                .register(registry);
    }

    private void signIns(MeterRegistry registry, String reason, ToDoubleFunction<NodeStatistics> value) {
        FunctionCounter.builder("allotment.sign.ins.failed", metrics, each -> read(each, value))
                .tag("reason", reason)
                .description("Refused credentials: wrong passwords, passwords refused unread after too many failures,"
                        + " and unknown API keys")
                .register(registry);
    }

    private void claims(MeterRegistry registry, String result, ToDoubleFunction<WarmPoolStatistics> value) {
        FunctionCounter.builder(
                        "allotment.spares.claims",
                        metrics,
                        each -> value.applyAsDouble(each.last().warmPool()))
                .tag("result", result)
                .description("New databases that claimed a spare, or were copied from their template")
                .register(registry);
    }

    /** Shows the parts of the maintenance, and the pools. */
    void show(NodeStatistics statistics) {
        List<Row<?>> times = new ArrayList<>();
        Map<Tags, Number> counts = new LinkedHashMap<>();
        for (NodeStatistics.Part part : statistics.parts()) {
            Tags tags = Tags.of("part", part.name());
            Instant last = part.succeededAt();
            times.add(metrics.row(tags, last == null ? 0 : last.toEpochMilli() / MILLIS));
            counts.put(tags, part.failures());
        }
        succeeded.register(times, true);
        failures.show(counts);
        pools.forEach((gauge, value) -> {
            List<Row<?>> rows = new ArrayList<>();
            statistics
                    .pools()
                    .forEach(each -> rows.add(metrics.row(
                            Tags.of("server", each.server(), "pool", each.name()), value.applyAsDouble(each))));
            gauge.register(rows, true);
        });
    }
}
