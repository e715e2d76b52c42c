// SPDX-License-Identifier: Apache-2.0
package dev.allotment.micrometer;

import dev.allotment.DatabaseLoad;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.WarmPoolStatistics;
import dev.allotment.backup.BackupDrills;
import dev.allotment.backup.OverdueBackup;
import dev.allotment.fleet.ListenerBacklog;
import dev.allotment.fleet.Node;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.ServerStatus;
import java.time.Clock;
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
        BackupNumbers backups,
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
            new BackupNumbers(new BackupDrills(null, 0, null, null, 0), false, 0, null, 0, 0),
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
     * The drills, and the backups that were not made. The latter are counted once in a minute, as the tenants are.
     *
     * @param exist whether there is a store
     * @param overdue how many tenants wait for a scheduled backup, {@link #MOST_OVERDUE} at most
     * @param dueSince since when the one that waits longest does; null: none
     * @param failed how many backups have failed within a day
     * @param readAt in nanoseconds, as the argument of {@link CatalogReading#of}
     */
    record BackupNumbers(
            BackupDrills drills,
            boolean exist,
            long overdue,
            @Nullable Instant dueSince,
            long failed,
            long readAt) {
        private static final int MOST_OVERDUE = 1000;
        private static final Duration DAY = Duration.ofDays(1);
        /** Limits of plans, and decisions of administrators, are no failures. */
        private static final List<String> EXPECTED = List.of(
                ErrorCodes.BACKUP_LIMIT_REACHED, ErrorCodes.OPERATION_CANCELLED, ErrorCodes.OPERATION_SUPERSEDED);

        private static BackupNumbers of(Saas saas, BackupNumbers last, Clock clock, long now) {
            BackupDrills drills = saas.backups().drills();
            if (!saas.backups().hasStore() || (last.exist && now - last.readAt < TenantCounts.FRESH_NANOS)) {
                return new BackupNumbers(drills, last.exist, last.overdue, last.dueSince, last.failed, last.readAt);
            }
            List<OverdueBackup> overdue = saas.backups().overdue(MOST_OVERDUE);
            long failed = saas.operations()
                    .count(Filter.and(
                            Filter.equal(Operation.KIND, OperationKind.BACK_UP_TENANT),
                            Filter.equal(Operation.STATE, OperationState.FAILED),
                            Filter.not(Filter.in(Operation.ERROR_CODE, EXPECTED)),
                            Filter.compare(
                                    Operation.CREATED_AT,
                                    Filter.Operator.GREATER,
                                    clock.instant().minus(DAY))));
            return new BackupNumbers(
                    drills,
                    true,
                    overdue.size(),
                    overdue.isEmpty() ? null : overdue.get(0).dueAt(),
                    failed,
                    last.exist ? now : now - TenantCounts.FRESH_NANOS);
        }
    }

    /**
     * Reads the catalog.
     *
     * @param clock that of the control plane
     * @param now in nanoseconds, as {@link System#nanoTime} returns them
     */
    static CatalogReading of(Saas saas, CatalogReading last, Clock clock, long now) {
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
                BackupNumbers.of(saas, last.backups, clock, now),
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
