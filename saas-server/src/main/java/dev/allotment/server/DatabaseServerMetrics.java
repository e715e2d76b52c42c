// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.DatabaseLoad;
import dev.allotment.Filter;
import dev.allotment.Node;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Server;
import dev.allotment.ServerStatus;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.WarmPoolStatistics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Metrics of the database servers, the warm pool and operations, as maintenance last found them. Only {@link #refresh}
 * and {@link #refreshSoon} are thread-safe.
 */
final class DatabaseServerMetrics implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseServerMetrics.class);

    /** How long a request for the metrics waits for the catalog. */
    private static final long PATIENCE_MILLIS = 1000;

    /** Numbers that are older do not count. */
    private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** How many databases of each server are shown for each measure. It bounds the number of series. */
    private static final int MOST_LOADED = 10;

    private enum Measure {
        CONNECTIONS("connections", "Connections of the application", DatabaseLoad::connections),
        OLDEST_TRANSACTION(
                "transaction.seconds",
                "Age of the oldest open transaction of the application",
                DatabaseServerMetrics::oldestTransaction),
        LOCKS("locks", "Locks of the application in the lock table of the server", DatabaseLoad::locks),
        PREPARED("prepared", "Prepared transactions that have not ended", DatabaseLoad::preparedTransactions),
        TEMPORARY("temporary.bytes", "Bytes written to temporary files", DatabaseLoad::temporaryBytes),
        TRANSACTIONS("transactions", "Transactions", DatabaseLoad::transactions);

        private final String name;
        private final String description;
        private final Function<DatabaseLoad, @Nullable Number> value;

        Measure(String name, String description, Function<DatabaseLoad, @Nullable Number> value) {
            this.name = name;
            this.description = description;
            this.value = value;
        }

        /** The value of a database; 0 if it is not measured: such databases are not shown. */
        double of(DatabaseLoad load) {
            Number measured = value.apply(load);
            return measured == null ? 0 : measured.doubleValue();
        }
    }

    private final Saas saas;
    private final Clock clock;
    private final SharedReading<Boolean> reading = new SharedReading<>("server-metrics", this::readNow);
    private volatile long readAt = System.nanoTime() - STALE_NANOS;
    private @Nullable WorkMetrics work;
    private @Nullable MultiGauge up;
    private @Nullable MultiGauge databases;
    private @Nullable MultiGauge capacity;
    private @Nullable MultiGauge spares;
    private @Nullable MultiGauge operations;
    private @Nullable MultiGauge nodes;
    private @Nullable MultiGauge ended;
    private @Nullable MultiGauge sizes;
    /** What the databases that take the most of a server take of it. */
    private final Map<Measure, MultiGauge> loads = new EnumMap<>(Measure.class);

    private volatile WarmPoolStatistics statistics = new WarmPoolStatistics(List.of(), List.of(), 0, 0, Duration.ZERO);

    /** @param clock shows the age of what waits */
    DatabaseServerMetrics(Saas saas, Clock clock) {
        this.saas = saas;
        this.clock = clock;
    }

    void bindTo(MeterRegistry registry) {
        work = new WorkMetrics(saas, clock, registry);
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
        nodes = MultiGauge.builder("allotment.nodes")
                .description("Nodes that have reported within the last ten minutes, by program version")
                .register(registry);
        ended = MultiGauge.builder("allotment.server.sessions.ended")
                .description("Sessions of applications that this process ended because they took too much")
                .register(registry);
        sizes = MultiGauge.builder("allotment.tenant.database.bytes")
                .description("Size of the database when its usage was last read, for the largest of each server")
                .register(registry);
        for (Measure measure : Measure.values()) {
            loads.put(
                    measure,
                    MultiGauge.builder("allotment.tenant." + measure.name)
                            .description(measure.description + ", for the databases of each server with the most")
                            .register(registry));
        }
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

    /** Reads the numbers again. If that takes long, the last ones stay for a while, and the reading continues. */
    void refreshSoon() {
        if (work != null) {
            work.showOwn();
        }
        try {
            reading.read().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            if (System.nanoTime() - readAt > STALE_NANOS) {
                forget();
            }
        } catch (ExecutionException | RuntimeException e) {
            LOG.debug("The metrics of the database servers cannot be refreshed", e);
            forget();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The catalog does not answer, so its server is down, and nothing is known about the rest. Missing numbers are
     * noticed. Old ones would look as if all were well.
     */
    private synchronized void forget() {
        register(up, List.of(Row.of(Tags.of("server", Server.DEFAULT_NAME), 0)));
        for (MultiGauge unknown : Arrays.asList(databases, capacity, operations, nodes, spares, ended, sizes)) {
            register(unknown, List.of());
        }
        loads.values().forEach(each -> register(each, List.of()));
        if (work != null) {
            work.forget();
        }
    }

    private Boolean readNow() {
        refresh();
        return true;
    }

    /** Reads the numbers again, and forgets them if the catalog is unavailable. */
    void refresh() {
        try {
            List<ServerStatus> statuses = saas.servers().statuses();
            List<Row<Number>> unfinished = List.of(operations("working", false), operations("failing", true));
            Map<String, List<DatabaseLoad>> load = statuses.stream()
                    .map(ServerStatus::server)
                    .collect(Collectors.toMap(
                            Server::name, each -> saas.servers().load(each.id())));
            WarmPoolStatistics warmPool = saas.templates().spares();
            WorkMetrics.Reading waiting = work == null ? null : work.read();
            show(statuses, load, sizes(statuses), unfinished, nodes(), warmPool, waiting);
        } catch (SaasException e) {
            LOG.debug("The metrics of the database servers cannot be refreshed", e);
            forget();
        }
    }

    private static @Nullable Number oldestTransaction(DatabaseLoad load) {
        Duration oldest = load.oldestTransaction();
        return oldest == null ? null : (Number) (oldest.toMillis() / 1000.0);
    }

    /** The largest databases of each server, as their usage was last read. */
    private List<Row<Number>> sizes(List<ServerStatus> statuses) {
        return statuses.stream()
                .map(ServerStatus::server)
                .flatMap(server -> saas
                        .tenants()
                        .list(Query.where(Filter.and(
                                        Filter.equal(Tenant.SERVER_ID, server.id()),
                                        Filter.compare(Tenant.DATABASE_SIZE_BYTES, Filter.Operator.GREATER, 0L),
                                        Filter.in(Tenant.STATE, List.of(TenantState.OPEN, TenantState.SUSPENDED))))
                                .orderByDescending(Tenant.DATABASE_SIZE_BYTES)
                                .page(0, MOST_LOADED))
                        .stream()
                        .map(each -> Row.of(
                                Tags.of("server", server.name(), "database", each.name()), each.databaseSizeBytes())))
                .toList();
    }

    private static Stream<Row<Number>> most(Measure measure, String server, List<DatabaseLoad> load) {
        return load.stream()
                .filter(each -> measure.of(each) > 0)
                .sorted(Comparator.comparingDouble(measure::of).reversed())
                .limit(MOST_LOADED)
                .map(each -> Row.of(Tags.of("server", server, "database", each.database()), measure.of(each)));
    }

    private synchronized void show(
            List<ServerStatus> statuses,
            Map<String, List<DatabaseLoad>> load,
            List<Row<Number>> largest,
            List<Row<Number>> unfinished,
            List<Row<Number>> nodesByVersion,
            WarmPoolStatistics warmPool,
            WorkMetrics.@Nullable Reading waiting) {
        if (work != null && waiting != null) {
            work.show(waiting, warmPool.targets(), statuses);
        }
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
        register(
                ended,
                statuses.stream().map(each -> row(each, each.endedSessions())).toList());
        loads.forEach((measure, gauge) -> register(
                gauge,
                load.entrySet().stream()
                        .flatMap(each -> most(measure, each.getKey(), each.getValue()))
                        .toList()));
        register(sizes, largest);
        register(operations, unfinished);
        register(nodes, nodesByVersion);
        statistics = warmPool;
        register(
                spares,
                warmPool.stock().stream().map(each -> row(statuses, each)).toList());
        readAt = System.nanoTime();
    }

    @Override
    public void close() {
        reading.close();
    }

    private List<Row<Number>> nodes() {
        Map<String, Long> byVersion = saas.maintenance().nodes().stream()
                .collect(Collectors.groupingBy(Node::version, TreeMap::new, Collectors.counting()));
        return byVersion.entrySet().stream()
                .map(each -> Row.of(Tags.of("version", each.getKey()), each.getValue()))
                .toList();
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
