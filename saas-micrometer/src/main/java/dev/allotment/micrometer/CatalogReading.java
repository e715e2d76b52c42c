// SPDX-License-Identifier: Apache-2.0
package dev.allotment.micrometer;

import dev.allotment.BackupDrills;
import dev.allotment.DatabaseLoad;
import dev.allotment.Filter;
import dev.allotment.ListenerBacklog;
import dev.allotment.Node;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Server;
import dev.allotment.ServerId;
import dev.allotment.ServerStatus;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.WarmPoolStatistics;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the catalog says about all nodes, at one time.
 *
 * @param load by the name of the server
 * @param largest the tenants with the largest databases, by the name of the server
 * @param working unfinished operations that have not failed
 * @param failing unfinished operations that failed and are to be retried
 * @param oldest when the oldest unfinished operation of each kind was created
 * @param nodes how many there are of each program version
 */
record CatalogReading(
        List<ServerStatus> statuses,
        Map<String, List<DatabaseLoad>> load,
        Map<String, List<Tenant>> largest,
        long working,
        long failing,
        Map<OperationKind, Instant> oldest,
        Map<String, Long> nodes,
        WarmPoolStatistics warmPool,
        List<ListenerBacklog> backlogs,
        BackupDrills drills,
        TenantCounts tenants) {
    /** How many databases of each server are shown for each measure. It bounds the number of series. */
    static final int MOST_LOADED = 10;

    /** How many of the oldest unfinished operations are read. A kind that none of them has is not shown. */
    private static final int OLDEST = 1000;

    /** Before the first reading. */
    static final CatalogReading NONE = new CatalogReading(
            List.of(),
            Map.of(),
            Map.of(),
            0,
            0,
            Map.of(),
            Map.of(),
            new WarmPoolStatistics(List.of(), List.of(), 0, 0, Duration.ZERO),
            List.of(),
            new BackupDrills(null, 0, null, null),
            new TenantCounts(Map.of(), 0));

    /**
     * The tenants by state. Counting them costs more than the rest, so it is done once in a minute.
     *
     * @param byState empty before the first reading
     * @param readAt in nanoseconds, as the argument of {@link CatalogReading#of}
     */
    record TenantCounts(Map<TenantState, Long> byState, long readAt) {
        private static final long FRESH_NANOS = TimeUnit.MINUTES.toNanos(1);

        private static TenantCounts of(Saas saas, TenantCounts last, long now) {
            if (!last.byState.isEmpty() && now - last.readAt < FRESH_NANOS) {
                return last;
            }
            List<TenantState> states = Arrays.stream(TenantState.values())
                    .filter(TenantState::hasDatabase)
                    .toList();
            Map<TenantState, Long> counts = saas.tenants().counts(Tenant.STATE, states, Filter.all());
            // The first reading is not for a reader, who may come much later. So the next one counts again.
            return new TenantCounts(counts, last.byState.isEmpty() ? now - FRESH_NANOS : now);
        }
    }

    /**
     * Reads the catalog.
     *
     * @param now in nanoseconds, as {@link System#nanoTime} returns them
     */
    static CatalogReading of(Saas saas, CatalogReading last, long now) {
        List<ServerStatus> statuses = saas.servers().statuses();
        Map<String, List<DatabaseLoad>> load = new LinkedHashMap<>();
        Map<String, List<Tenant>> largest = new LinkedHashMap<>();
        for (ServerStatus status : statuses) {
            Server server = status.server();
            load.put(server.name(), saas.servers().load(server.id()));
            largest.put(server.name(), largest(saas, server.id()));
        }
        return new CatalogReading(
                statuses,
                load,
                largest,
                operations(saas, Filter.Operator.LESS_OR_EQUAL),
                operations(saas, Filter.Operator.GREATER),
                oldest(saas),
                saas.maintenance().nodes().stream()
                        .collect(Collectors.groupingBy(Node::version, TreeMap::new, Collectors.counting())),
                saas.templates().spares(),
                saas.maintenance().backlogs(),
                saas.backups().drills(),
                TenantCounts.of(saas, last.tenants, now));
    }

    private static List<Tenant> largest(Saas saas, ServerId server) {
        return saas.tenants()
                .list(Query.where(Filter.and(
                                Filter.equal(Tenant.SERVER_ID, server),
                                Filter.compare(Tenant.DATABASE_SIZE_BYTES, Filter.Operator.GREATER, 0L),
                                Filter.in(Tenant.STATE, List.of(TenantState.OPEN, TenantState.SUSPENDED))))
                        .orderByDescending(Tenant.DATABASE_SIZE_BYTES)
                        .page(0, MOST_LOADED));
    }

    /** Counts unfinished operations by their failed attempts, compared with 0. */
    private static long operations(Saas saas, Filter.Operator attempts) {
        return saas.operations()
                .count(Filter.and(
                        Filter.equal(Operation.STATE, OperationState.RUNNING),
                        Filter.compare(Operation.ATTEMPTS, attempts, 0)));
    }

    private static Map<OperationKind, Instant> oldest(Saas saas) {
        Map<OperationKind, Instant> first = new EnumMap<>(OperationKind.class);
        saas.operations()
                .list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING))
                        .orderBy(Operation.CREATED_AT)
                        .page(0, OLDEST))
                .forEach(each -> first.putIfAbsent(each.kind(), each.createdAt()));
        return first;
    }

    /** Returns the name of a server; empty for null, and for a server that was removed meanwhile. */
    String serverName(@Nullable ServerId id) {
        return statuses.stream()
                .map(ServerStatus::server)
                .filter(each -> each.id().equals(id))
                .map(Server::name)
                .findFirst()
                .orElse("");
    }
}
