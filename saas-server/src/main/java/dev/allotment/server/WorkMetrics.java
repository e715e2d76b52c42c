// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Filter;
import dev.allotment.ListenerBacklog;
import dev.allotment.NodeStatistics;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Server;
import dev.allotment.ServerStatus;
import dev.allotment.WarmPoolStatistics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Metrics of the work that waits, fails or was lost: operations, events, spares, the maintenance and sign-ins. */
final class WorkMetrics {
    /** How many of the oldest unfinished operations are read. A kind that none of them has is not shown. */
    private static final int OLDEST = 1000;

    private static final double MILLIS = 1000;

    private final Saas saas;
    private final Clock clock;
    private final MultiGauge oldest;
    private final MultiGauge waiting;
    private final MultiGauge failing;
    private final MultiGauge oldestEvent;
    private final MultiGauge wanted;
    private final MultiGauge ready;
    private final MultiGauge succeeded;
    private final MultiGauge failures;

    /** What the catalog says about the work of all nodes. */
    record Reading(Map<OperationKind, Instant> oldest, List<ListenerBacklog> backlogs) {}

    WorkMetrics(Saas saas, Clock clock, MeterRegistry registry) {
        this.saas = saas;
        this.clock = clock;
        oldest = gauge(registry, "operations.oldest.seconds", "Age of the oldest unfinished operation, by kind");
        waiting = gauge(registry, "events.waiting", "Events that are still to be delivered, by listener");
        failing = gauge(registry, "events.failing", "Events whose delivery has failed, by listener");
        oldestEvent = gauge(registry, "events.oldest.seconds", "Age of the oldest event to be delivered, by listener");
        wanted = gauge(registry, "spares.wanted", "Spares that there should be, by template and bound server");
        ready = gauge(registry, "spares.ready", "Spares that are ready, by template and bound server");
        succeeded = gauge(
                registry,
                "maintenance.last.success.seconds",
                "When each part of the maintenance of this process last succeeded, as Unix time");
        failures = gauge(registry, "maintenance.failures", "Failures of each part of the maintenance of this process");
        counter(registry, "operations.taken.over", "Operations taken over from other nodes", NodeStatistics::takenOver);
        counter(
                registry,
                "operations.leases.lost",
                "Operations that were taken from this process",
                NodeStatistics::lostLeases);
        signIns(registry, "password", NodeStatistics::wrongPasswords);
        signIns(registry, "unread", NodeStatistics::refusedUnread);
        signIns(registry, "key", NodeStatistics::wrongKeys);
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder("allotment." + name).description(description).register(registry);
    }

    private void counter(
            MeterRegistry registry, String name, String description, ToDoubleFunction<NodeStatistics> value) {
        FunctionCounter.builder("allotment." + name, this, each -> value.applyAsDouble(each.statistics()))
                .description(description)
                .register(registry);
    }

    private void signIns(MeterRegistry registry, String reason, ToDoubleFunction<NodeStatistics> value) {
        FunctionCounter.builder("allotment.sign.ins.failed", this, each -> value.applyAsDouble(each.statistics()))
                .tag("reason", reason)
                .description("Refused credentials: wrong passwords, passwords refused unread after too many failures,"
                        + " and unknown API keys")
                .register(registry);
    }

    private NodeStatistics statistics() {
        return saas.maintenance().statistics();
    }

    /** Shows what this process knows by itself. Does no I/O. */
    void showOwn() {
        List<Row<Number>> times = new ArrayList<>();
        List<Row<Number>> counts = new ArrayList<>();
        for (NodeStatistics.Part part : statistics().parts()) {
            Tags tags = Tags.of("part", part.name());
            counts.add(Row.of(tags, part.failures()));
            Instant last = part.succeededAt();
            times.add(Row.of(tags, last == null ? 0 : last.toEpochMilli() / MILLIS));
        }
        succeeded.register(times, true);
        failures.register(counts, true);
    }

    Reading read() {
        Map<OperationKind, Instant> first = new EnumMap<>(OperationKind.class);
        saas.operations()
                .list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING))
                        .orderBy(Operation.CREATED_AT)
                        .page(0, OLDEST))
                .forEach(each -> first.putIfAbsent(each.kind(), each.createdAt()));
        return new Reading(first, saas.maintenance().backlogs());
    }

    void show(Reading reading, List<WarmPoolStatistics.Target> targets, List<ServerStatus> statuses) {
        Instant now = clock.instant();
        List<Row<Number>> ages = new ArrayList<>();
        reading.oldest()
                .forEach((kind, at) ->
                        ages.add(Row.of(Tags.of("kind", kind.name().toLowerCase(Locale.ROOT)), age(at, now))));
        oldest.register(ages, true);
        List<ListenerBacklog> backlogs = reading.backlogs();
        waiting.register(
                backlogs.stream().map(each -> row(each, each.waiting())).toList(), true);
        failing.register(
                backlogs.stream().map(each -> row(each, each.failing())).toList(), true);
        oldestEvent.register(
                backlogs.stream()
                        .map(each -> row(each, age(each.oldestAt(), now)))
                        .toList(),
                true);
        wanted.register(
                targets.stream().map(each -> row(each, each.wanted(), statuses)).toList(), true);
        ready.register(
                targets.stream().map(each -> row(each, each.ready(), statuses)).toList(), true);
    }

    /** Nothing is known about the work of all nodes. */
    void forget() {
        List.of(oldest, waiting, failing, oldestEvent, wanted, ready).forEach(each -> each.register(List.of(), true));
    }

    private static double age(@Nullable Instant since, Instant now) {
        return since == null ? 0 : Math.max(0, Duration.between(since, now).toMillis() / MILLIS);
    }

    private static Row<Number> row(ListenerBacklog backlog, Number value) {
        return Row.of(Tags.of("listener", backlog.listener()), value);
    }

    private static Row<Number> row(WarmPoolStatistics.Target target, Number value, List<ServerStatus> statuses) {
        String server = statuses.stream()
                .map(ServerStatus::server)
                .filter(each -> each.id().equals(target.server()))
                .map(Server::name)
                .findFirst()
                .orElse("");
        return Row.of(Tags.of("template", target.template().toString(), "server", server), value);
    }
}
