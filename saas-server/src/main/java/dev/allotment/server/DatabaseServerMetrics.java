// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerStatus;
import dev.allotment.WarmPoolStatistics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Metrics of the database servers, the warm pool and operations, as maintenance last found them. Only {@link #refresh}
 * is thread-safe.
 */
final class DatabaseServerMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseServerMetrics.class);

    private final Saas saas;
    private @Nullable MultiGauge up;
    private @Nullable MultiGauge databases;
    private @Nullable MultiGauge capacity;
    private @Nullable MultiGauge spares;
    private @Nullable MultiGauge operations;
    private volatile WarmPoolStatistics statistics = new WarmPoolStatistics(List.of(), 0, 0, Duration.ZERO);

    DatabaseServerMetrics(Saas saas) {
        this.saas = saas;
    }

    void bindTo(MeterRegistry registry) {
        up = MultiGauge.builder("allotment.server.up")
                .description("Whether the database server answered the last check")
                .register(registry);
        databases = MultiGauge.builder("allotment.server.databases")
                .description("Databases on the server: of tenants, templates and spares")
                .register(registry);
        capacity = MultiGauge.builder("allotment.server.capacity")
                .description("The planned number of databases of the server")
                .register(registry);
        operations = MultiGauge.builder("allotment.operations")
                .description("Unfinished operations: working, or failed and waiting to be retried")
                .register(registry);
        bindSpares(registry);
    }

    private void bindSpares(MeterRegistry registry) {
        spares = MultiGauge.builder("allotment.spares")
                .description("Spare databases that are ready to be claimed, by server and template")
                .register(registry);
        FunctionCounter.builder("allotment.spares.claims", this, each -> each.statistics.claimed())
                .tag("result", "hit")
                .description("New databases that claimed a spare, or were copied from their template")
                .register(registry);
        FunctionCounter.builder("allotment.spares.claims", this, each -> each.statistics.missed())
                .tag("result", "miss")
                .description("New databases that claimed a spare, or were copied from their template")
                .register(registry);
        FunctionTimer.builder(
                        "allotment.spares.claiming",
                        this,
                        each -> each.statistics.claimed(),
                        each -> each.statistics.claiming().toNanos(),
                        TimeUnit.NANOSECONDS)
                .description("Time to claim a spare")
                .register(registry);
    }

    /** Reads the numbers again. If the catalog is unavailable, the old numbers stay. */
    synchronized void refresh() {
        try {
            List<ServerStatus> statuses = saas.servers().statuses();
            register(
                    up,
                    statuses.stream()
                            .map(each -> row(each, each.health().up() ? 1 : 0))
                            .toList());
            register(
                    databases,
                    statuses.stream().map(each -> row(each, each.databases())).toList());
            register(
                    capacity,
                    statuses.stream()
                            .map(each -> row(each, each.server().capacity()))
                            .toList());
            register(operations, List.of(operations("working", false), operations("failing", true)));
            statistics = saas.templates().spares();
            register(
                    spares,
                    statistics.stock().stream().map(each -> row(statuses, each)).toList());
        } catch (SaasException e) {
            LOG.debug("The metrics of the database servers cannot be refreshed", e);
        }
    }

    private Row<Number> operations(String state, boolean failed) {
        Filter<Operation> attempts =
                Filter.compare(Operation.ATTEMPTS, failed ? Filter.Operator.GREATER : Filter.Operator.LESS_OR_EQUAL, 0);
        long count =
                saas.operations().count(Filter.and(Filter.equal(Operation.STATE, OperationState.RUNNING), attempts));
        return Row.of(Tags.of("state", state), count);
    }

    private static void register(@Nullable MultiGauge gauge, List<Row<Number>> rows) {
        if (gauge != null) {
            gauge.register(List.copyOf(rows), true);
        }
    }

    private static Row<Number> row(List<ServerStatus> statuses, WarmPoolStatistics.Stock stock) {
        String server = statuses.stream()
                .filter(each -> each.server().id().equals(stock.server()))
                .map(each -> each.server().name())
                .findFirst()
                .orElse("");
        return Row.of(Tags.of("server", server, "template", stock.template().toString()), stock.ready());
    }

    private static Row<Number> row(ServerStatus status, Number value) {
        return Row.of(Tags.of("server", status.server().name()), value);
    }
}
