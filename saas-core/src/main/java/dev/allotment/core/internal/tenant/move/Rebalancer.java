// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.move;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.HostTemplates;
import dev.allotment.core.internal.server.RequiredLabels;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.fleet.Rebalancing;
import dev.allotment.fleet.Rebalancing.Measure;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.ServerStatus;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds moves that even out the database servers, by the size of databases or by their load. It reads the sums of both
 * on each server, and the largest tenants of crowded ones, page by page. The same records result in the same moves.
 */
public final class Rebalancer {
    /** Which part of its fair share a server may have too much. */
    private static final double TOLERANCE = 0.1;
    /** Which part of what a server has too much its moves have to carry together. 100 of 2,000 equal ones do. */
    private static final double LEAST_GAIN = 0.04;

    private static final int PAGE = 200;
    /** How many names are looked up on another server. One of them may be that of a foreign database there. */
    private static final int ASKED_NAMES = 3;
    /** How many tenants are read of one server at most. */
    private static final int MOST_READ = 1000;
    /** For how long a tenant whose move failed is left out. */
    private static final Duration FAILED_FOR = Duration.ofDays(1);
    /** How many servers with too much are looked at. */
    private static final int MOST_SOURCES = 50;

    private final CoreContext context;
    private final ServerRegistry serverRegistry;

    public Rebalancer(CoreContext context, ServerRegistry serverRegistry) {
        this.context = context;
        this.serverRegistry = serverRegistry;
    }

    /** What a server has of one measure, its fair share, and what it would have after the moves found so far. */
    private static final class Part {
        private final long now;
        private final long fair;
        private long after;

        Part(long now, double fair) {
            this.now = now;
            this.fair = Math.round(fair);
            this.after = now;
        }

        long excess() {
            return after - fair;
        }

        boolean isMuch(long more) {
            return excess() + more > TOLERANCE * fair;
        }
    }

    /** A server that takes part. */
    private static final class Site {
        private final ServerStatus status;
        private final Part bytes;
        private final Part load;
        private final Part measured;
        private long databases;

        Site(ServerStatus status, Part bytes, Part load, Measure by) {
            this.status = status;
            this.bytes = bytes;
            this.load = load;
            this.measured = by == Measure.SIZE ? bytes : load;
            this.databases = status.databases();
        }

        Server server() {
            return status.server();
        }

        ServerId id() {
            return server().id();
        }

        boolean draining() {
            return server().draining();
        }

        long excess() {
            return measured.excess();
        }

        /** Counts a database on another server from now on. */
        void give(StoredTenant tenant, Site to) {
            add(tenant, -1);
            to.add(tenant, 1);
        }

        private void add(StoredTenant tenant, int times) {
            bytes.after += times * tenant.databaseSizeBytes();
            load.after += times * load(tenant);
            databases += times;
        }

        boolean hasTooMuch() {
            return draining() ? databases > 0 : measured.isMuch(0);
        }

        boolean hasRoom() {
            return takes(server()) && !status.full() && databases < server().capacity();
        }

        Rebalancing.Share share() {
            return new Rebalancing.Share(
                    id(),
                    server().name(),
                    bytes.now,
                    bytes.fair,
                    bytes.after,
                    Duration.ofMillis(load.now),
                    Duration.ofMillis(load.fair),
                    Duration.ofMillis(load.after));
        }
    }

    /** Two servers about which was asked already. */
    private record Pair(ServerId from, ServerId to) {}

    /**
     * What one call of {@link #find} reads once.
     *
     * @param transfers whether databases can be moved between two servers, as far as was asked
     */
    private record Known(
            Actor actor,
            Measure by,
            List<Site> sites,
            Map<PlanId, Plan> plans,
            String baseDomain,
            Map<Pair, Boolean> transfers) {}

    /** Tenants on a server, with what their moves depend on. */
    private record Page(List<StoredTenant> tenants, Map<CustomerId, Customer> customers, Set<TenantId> failed) {
        List<String> someNames() {
            return tenants.stream().map(StoredTenant::name).limit(ASKED_NAMES).toList();
        }
    }

    private static RecordField<StoredTenant, Long> field(Measure by) {
        return by == Measure.SIZE ? StoredTenant.DATABASE_SIZE_BYTES : StoredTenant.DAILY_ACTIVE_MILLIS;
    }

    private static long load(StoredTenant tenant) {
        Long millis = tenant.dailyActiveMillis();
        return millis == null ? 0 : millis;
    }

    private static boolean takes(Server server) {
        return server.inService() && server.weight() > 0;
    }

    /**
     * Finds the moves.
     *
     * @param statuses of all servers
     */
    public Rebalancing find(Actor actor, List<ServerStatus> statuses, Measure by) {
        List<Site> sites = sites(
                statuses.stream()
                        .filter(each -> each.health().up() && each.server().state() == Server.State.IN_USE)
                        .filter(each -> takes(each.server()) || each.server().draining())
                        .toList(),
                by);
        List<Rebalancing.Move> moves = new ArrayList<>();
        Known known = context.catalog().transact(tx -> {
            Map<PlanId, Plan> plans = new HashMap<>();
            tx.records(RecordTypes.PLANS).list(Query.all()).forEach(each -> plans.put(each.id(), each));
            return new Known(actor, by, sites, plans, MainParameters.site(tx).baseDomain(), new HashMap<>());
        });
        // Drained ones first, since what they have may go to servers that have too much then.
        List<Site> sources = sites.stream()
                .filter(Site::hasTooMuch)
                .sorted(Comparator.comparing((Site each) -> !each.draining())
                        .thenComparing(Site::excess, Comparator.reverseOrder())
                        .thenComparing(each -> each.id().value()))
                .limit(MOST_SOURCES)
                .toList();
        for (Site source : sources) {
            if (moves.size() < Rebalancing.MOST_MOVES) {
                find(source, moves, known);
            }
        }
        return new Rebalancing(by, sites.stream().map(Site::share).toList(), moves);
    }

    private List<Site> sites(List<ServerStatus> statuses, Measure by) {
        List<ServerId> servers =
                statuses.stream().map(each -> each.server().id()).toList();
        Map<@Nullable ServerId, List<Long>> sums = context.catalog()
                .transact(tx -> tx.records(RecordTypes.TENANTS)
                        .sums(
                                StoredTenant.SERVER_ID,
                                List.of(StoredTenant.DATABASE_SIZE_BYTES, StoredTenant.DAILY_ACTIVE_MILLIS),
                                Filter.and(Filter.in(StoredTenant.SERVER_ID, servers), TenantRows.WITH_DATABASE)));
        long bytes = 0;
        long load = 0;
        for (List<Long> each : sums.values()) {
            bytes += each.get(0);
            load += each.get(1);
        }
        double capacity = statuses.stream()
                .map(ServerStatus::server)
                .filter(Rebalancer::takes)
                .mapToLong(Server::capacity)
                .sum();
        List<Site> sites = new ArrayList<>();
        for (ServerStatus status : statuses) {
            Server server = status.server();
            List<Long> now = sums.getOrDefault(server.id(), List.of(0L, 0L));
            double share = takes(server) ? server.capacity() : 0;
            sites.add(new Site(
                    status,
                    new Part(now.get(0), bytes * share / capacity),
                    new Part(now.get(1), load * share / capacity),
                    by));
        }
        return sites;
    }

    /** A move that was found. */
    private record Found(StoredTenant tenant, Site source, Site target) {
        Rebalancing.Move move() {
            return new Rebalancing.Move(
                    tenant.id(),
                    tenant.name(),
                    source.id(),
                    target.id(),
                    tenant.databaseSizeBytes(),
                    Duration.ofMillis(load(tenant)));
        }
    }

    private void find(Site source, List<Rebalancing.Move> moves, Known known) {
        long excess = source.excess();
        List<Found> found = find(source, Rebalancing.MOST_MOVES - moves.size(), known);
        if (source.draining() || excess - source.excess() >= LEAST_GAIN * excess) {
            found.forEach(each -> moves.add(each.move()));
        } else {
            found.forEach(each -> each.target().give(each.tenant(), source));
        }
    }

    /** Stops after tenants none of which can be moved: most likely, smaller ones cannot be moved either. */
    private List<Found> find(Site source, int most, Known known) {
        List<Found> moves = new ArrayList<>();
        Filter<StoredTenant> movable = movable(source, known);
        for (int read = 0; read < MOST_READ; read += PAGE) {
            Query<StoredTenant> query = Query.where(movable)
                    .orderByDescending(field(known.by()))
                    .orderBy(StoredTenant.ID)
                    .page(read, PAGE);
            Page page = context.catalog().transact(tx -> read(tx, query, source));
            int before = moves.size();
            for (StoredTenant tenant : page.tenants()) {
                if (moves.size() == most || !source.hasTooMuch()) {
                    return moves;
                }
                target(tenant, page, source, known).ifPresent(target -> {
                    source.give(tenant, target);
                    moves.add(new Found(tenant, source, target));
                });
            }
            if (page.tenants().size() < PAGE || moves.size() == before) {
                return moves;
            }
        }
        return moves;
    }

    private Page read(Transaction tx, Query<StoredTenant> query, Site source) {
        List<StoredTenant> tenants = tx.records(RecordTypes.TENANTS).list(query);
        List<@Nullable CustomerId> ids =
                tenants.stream().map(StoredTenant::customerId).toList();
        Map<CustomerId, Customer> customers = new HashMap<>();
        tx.records(RecordTypes.CUSTOMERS)
                .list(Query.where(Filter.in(Customer.ID, ids)))
                .forEach(each -> customers.put(each.id(), each));
        return new Page(tenants, customers, failed(tx, tenants, source.id()));
    }

    /**
     * Those whose last move failed, which was from this server, or ended before it was known from where. The next one
     * would most likely fail as well, and keep others out of the list.
     */
    private Set<TenantId> failed(Transaction tx, List<StoredTenant> tenants, ServerId from) {
        Filter<StoredOperation> recent = Filter.and(
                Filter.in(
                        StoredOperation.TENANT_ID,
                        tenants.stream().map(StoredTenant::id).toList()),
                Filter.equal(StoredOperation.KIND, OperationKind.MOVE_TENANT),
                Filter.compare(
                        StoredOperation.CREATED_AT,
                        Filter.Operator.GREATER,
                        context.now().minus(FAILED_FOR)));
        Map<TenantId, StoredOperation> last = new HashMap<>();
        tx.records(RecordTypes.OPERATIONS)
                .list(Query.where(recent).orderBy(StoredOperation.ID))
                .forEach(each -> last.put(new TenantId(OperationTargets.tenantId(each)), each));
        return last.entrySet().stream()
                .filter(each -> each.getValue().state() == OperationState.FAILED)
                .filter(each -> {
                    ServerId left = OperationTargets.named(each.getValue()).sourceServer();
                    return left == null || left.equals(from);
                })
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /**
     * The tenants whose move may help. Preview copies disappear soon, and tenants of a plan that is bound to a server
     * stay where they are, unless the server is drained.
     */
    private static Filter<StoredTenant> movable(Site source, Known known) {
        List<Filter<StoredTenant>> all = new ArrayList<>();
        all.add(Filter.equal(StoredTenant.SERVER_ID, source.id()));
        all.add(Filter.in(StoredTenant.STATE, List.of(TenantState.OPEN, TenantState.SUSPENDED)));
        all.add(Filter.equal(StoredTenant.PREVIEW_OF, null));
        if (!source.draining()) {
            long most = known.sites().stream()
                    .filter(Site::hasRoom)
                    .mapToLong(each -> -each.excess())
                    .max()
                    .orElse(0);
            all.add(Filter.compare(field(known.by()), Filter.Operator.LESS_OR_EQUAL, Math.min(source.excess(), most)));
            all.add(Filter.compare(field(known.by()), Filter.Operator.GREATER, 0L));
            List<PlanId> bound = known.plans().values().stream()
                    .filter(each -> each.serverId() != null)
                    .map(Plan::id)
                    .toList();
            all.add(Filter.or(
                    Filter.equal(StoredTenant.PLAN_ID, null), Filter.not(Filter.in(StoredTenant.PLAN_ID, bound))));
        }
        return Filter.and(all);
    }

    /**
     * The server that lacks the most, among those that the tenant can be moved to. No move takes a server past its fair
     * share, so no later call moves the tenant back. Nor does one by load take a server to where a call by size would
     * move tenants away. A drained server is left by all, if another one has room, preferably to those.
     */
    private Optional<Site> target(StoredTenant tenant, Page page, Site source, Known known) {
        long amount = known.by() == Measure.SIZE ? tenant.databaseSizeBytes() : load(tenant);
        if (page.failed().contains(tenant.id()) || (!source.draining() && amount > source.excess())) {
            return Optional.empty();
        }
        long size = tenant.databaseSizeBytes();
        List<Site> open = known.sites().stream()
                .filter(each -> each != source && each.hasRoom())
                .filter(each -> source.draining() || (amount <= -each.excess() && !each.bytes.isMuch(size)))
                .sorted(Comparator.comparing((Site each) -> each.bytes.isMuch(size))
                        .thenComparing(Site::excess)
                        .thenComparing(each -> each.id().value()))
                .toList();
        if (open.isEmpty()) {
            return Optional.empty();
        }
        RequiredLabels required = RequiredLabels.of(
                known.actor(),
                tenant.planId() == null ? null : known.plans().get(tenant.planId()),
                tenant.customerId() == null ? null : page.customers().get(tenant.customerId()),
                tenant.attributes());
        return open.stream()
                .filter(each -> required.areOn(each.server()))
                .filter(each -> known.transfers()
                        .computeIfAbsent(
                                new Pair(source.id(), each.id()),
                                pair -> canTransfer(pair.from(), pair.to(), page.someNames())))
                .filter(each -> isAtSameHost(tenant, source.server(), each.server(), known.baseDomain()))
                .findFirst();
    }

    /**
     * Whether databases can be moved between two servers. These may be one PostgreSQL, on which each name is used once.
     *
     * @param names of tenants on the first one
     */
    private boolean canTransfer(ServerId from, ServerId to, List<String> names) {
        try {
            context.catalog().transact((Transaction tx) -> {
                serverRegistry.requireTransfer(tx, from, to);
                return null;
            });
            return !names.stream().allMatch(serverRegistry.databases(to)::exists);
        } catch (SaasException e) {
            // Another kind of server, or one that this process cannot connect to.
            return false;
        }
    }

    private static boolean isAtSameHost(StoredTenant tenant, Server from, Server to, String baseDomain) {
        return HostTemplates.address(from.clientsHostTemplate(), tenant.name(), baseDomain)
                .equals(HostTemplates.address(to.clientsHostTemplate(), tenant.name(), baseDomain));
    }
}
