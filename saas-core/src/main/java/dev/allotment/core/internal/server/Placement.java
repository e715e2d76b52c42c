// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the server of a new database: the one with the largest product of free capacity and weight, among those that
 * are active, have the required labels, and are not known to be down and not full. Thread-safe.
 *
 * <p>Databases are counted from time to time, and the count is updated in between, because counting thousands for every
 * new database would cost more than creating it. Among many servers, only the chosen one is counted again before the
 * database is placed. Near the limit, this is done each time, under the server's lock.
 */
public final class Placement {
    private static final Logger LOG = System.getLogger("dev.allotment.servers");
    private static final long COUNT_AFTER = 5_000_000_000L;
    /** How many databases all other nodes together may add between two counts. */
    private static final int MARGIN = 100;
    /** Up to this number of servers, all are counted at once. */
    private static final int FEW = 20;

    /** How old the maintenance lets a count become. With many servers, it may become older. */
    private static final long RENEW_AFTER = 30_000_000_000L;

    /** Adding them up reads all tenants. */
    private static final long SIZES_AFTER = 60_000_000_000L;

    private record Count(long databases, long tick) {}

    /**
     * The bytes on each server.
     *
     * @param tick when they were read; null: not yet
     */
    private record Sizes(
            Map<ServerId, Long> bytes, @Nullable Long tick) {}

    /** The active servers, if they are many, and when they were read. */
    private record Active(List<Server> servers, long tick) {}

    private final CoreContext context;
    private final ServerHealth serverHealth;
    private final int warnAt;
    private final int max;
    private final Map<ServerId, Count> counts = new ConcurrentHashMap<>();
    private volatile @Nullable Active active;
    private volatile Sizes sizes = new Sizes(Map.of(), null);

    /**
     * The limits for each server.
     *
     * @param warnAt the number of databases from which the log warns
     * @param max the number of databases that a server takes at most
     */
    public Placement(CoreContext context, ServerHealth serverHealth, int warnAt, int max) {
        this.context = context;
        this.serverHealth = serverHealth;
        this.warnAt = warnAt;
        this.max = max;
    }

    /**
     * Chooses the server for one more database, which counts on it from now on.
     *
     * @param wanted the only acceptable server; null: any
     * @param required the labels that it must have
     * @throws SaasException {@code server.none}, {@code server.labels-missing}, {@code server.full}
     */
    public ServerId choose(Transaction tx, @Nullable ServerId wanted, RequiredLabels required) {
        return choose(tx, ranked(tx, wanted, required), required);
    }

    /**
     * Chooses like {@link #choose(Transaction, ServerId, RequiredLabels)}, among a part of the {@link #ranked} servers.
     *
     * @throws SaasException {@code server.full}
     */
    public ServerId choose(Transaction tx, List<Server> servers, RequiredLabels required) {
        for (Server server : servers) {
            if (isStillInService(tx, server.id(), required) && hasRoom(tx, server)) {
                placed(server.id());
                return server.id();
            }
        }
        throw new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.SERVER_FULL,
                "No database server has room for one more database; each takes " + max
                        + " at most. Register another one, or delete databases that are not needed.",
                Map.of("most", Integer.toString(max)),
                false,
                null);
    }

    /**
     * Ranks the servers that take new databases, the best one first; those that seem down come last.
     *
     * @param required the labels that they must have
     * @throws SaasException {@code server.none} if there is none, {@code server.labels-missing} if none has the labels
     */
    public List<Server> ranked(Transaction tx, @Nullable ServerId wanted, RequiredLabels required) {
        List<Server> servers = new ArrayList<>();
        for (Server server : candidates(tx, wanted)) {
            if (server.inService() && (server.weight() > 0 || wanted != null)) {
                servers.add(server);
            }
        }
        if (servers.isEmpty()) {
            throw SaasException.conflict(
                    ErrorCodes.SERVER_NONE,
                    wanted == null
                            ? "There is no active database server: register one, or set one active."
                            : "Database server " + wanted
                                    + " takes no new databases: it does not exist or is not active.");
        }
        Server first = servers.get(0);
        servers.removeIf(server -> !required.areOn(server));
        if (servers.isEmpty()) {
            throw wanted == null ? required.missingEverywhere() : required.missingOn(first);
        }
        if (servers.size() > 1) {
            Map<ServerId, Long> databases = approximateCounts(tx, servers);
            Map<ServerId, Double> scores = new HashMap<>();
            servers.forEach(server -> scores.put(server.id(), score(server, databases.getOrDefault(server.id(), 0L))));
            servers.sort(Comparator.<Server, Boolean>comparing(server -> serverHealth.seemsDown(server.id()))
                    .thenComparing(server -> scores.getOrDefault(server.id(), 0.0), Comparator.reverseOrder()));
        }
        return servers;
    }

    /** Many servers are not read for each new database: the chosen one is read again before the database is placed. */
    private List<Server> candidates(Transaction tx, @Nullable ServerId wanted) {
        if (wanted != null) {
            return tx.records(RecordTypes.SERVERS).list(Query.where(Filter.equal(Server.ID, wanted)));
        }
        Active known = active;
        if (known != null && context.tick() - known.tick() < COUNT_AFTER) {
            return known.servers();
        }
        List<Server> servers = tx.records(RecordTypes.SERVERS)
                .list(Query.where(Filter.equal(Server.ACTIVE, true)).orderBy(Server.SEQUENCE));
        active = servers.size() > FEW ? new Active(List.copyOf(servers), context.tick()) : null;
        return servers;
    }

    /** Reads the server again, which another node may have changed since it was ranked: its state, and its labels. */
    public static boolean isStillInService(Transaction tx, ServerId server, RequiredLabels required) {
        return tx.records(RecordTypes.SERVERS)
                .find(server.value())
                .filter(each -> each.inService() && required.areOn(each))
                .isPresent();
    }

    /** Forgets which servers are active: one was changed. */
    void serversChanged() {
        active = null;
    }

    /**
     * A server above its capacity, in databases or in bytes, comes after all others; among these, the one with more
     * weight is filled less.
     */
    private double score(Server server, long databases) {
        Map<ServerId, Long> bytes = sizes.bytes();
        boolean full = server.plannedBytes() > 0 && bytes.getOrDefault(server.id(), 0L) >= server.plannedBytes();
        double free = full ? -(double) databases : (double) server.capacity() - databases;
        return free > 0 ? free * Math.max(1, server.weight()) : free / Math.max(1, server.weight());
    }

    private boolean hasRoom(Transaction tx, Server server) {
        if (count(tx, server.id()) < (long) max - MARGIN) {
            return true;
        }
        // Concurrent callers wait here until this database is counted, too.
        tx.records(RecordTypes.SERVERS).lock(server.id().value());
        return recount(tx, List.of(server.id())).getOrDefault(server.id(), 0L) < max;
    }

    /** How many databases are on it, or were a moment ago. */
    long count(Transaction tx, ServerId server) {
        return counts(tx, List.of(server)).getOrDefault(server, 0L);
    }

    /** How many databases are on each of these servers, or were a moment ago. */
    Map<ServerId, Long> counts(Transaction tx, List<ServerId> servers) {
        return counts(tx, servers, known -> context.tick() - known.tick() < COUNT_AFTER);
    }

    /**
     * How many databases are on each of these servers, for their rank. The count of one among many may be older: the
     * maintenance renews it, so that a caller that creates a database does not wait until all are counted.
     */
    private Map<ServerId, Long> approximateCounts(Transaction tx, List<Server> servers) {
        List<ServerId> ids = servers.stream().map(Server::id).toList();
        return ids.size() <= FEW ? counts(tx, ids) : counts(tx, ids, known -> true);
    }

    private Map<ServerId, Long> counts(Transaction tx, List<ServerId> servers, Predicate<Count> good) {
        Map<ServerId, Long> result = new HashMap<>();
        List<ServerId> old = new ArrayList<>();
        for (ServerId server : servers) {
            Count known = counts.get(server);
            if (known != null && good.test(known)) {
                result.put(server, known.databases());
            } else {
                old.add(server);
            }
        }
        if (!old.isEmpty()) {
            result.putAll(recount(tx, old));
        }
        return result;
    }

    /** The sizes of the databases of tenants on each server, at most a minute old. */
    Map<ServerId, Long> sizes(Transaction tx) {
        if (areSizesOld()) {
            Map<ServerId, Long> bytes = new HashMap<>();
            tx.records(RecordTypes.TENANTS)
                    .sums(StoredTenant.SERVER_ID, List.of(StoredTenant.DATABASE_SIZE_BYTES), TenantRows.WITH_DATABASE)
                    .forEach((server, sums) -> {
                        if (server != null) {
                            bytes.put(server, sums.get(0));
                        }
                    });
            sizes = new Sizes(Map.copyOf(bytes), context.tick());
        }
        return sizes.bytes();
    }

    private boolean areSizesOld() {
        Long tick = sizes.tick();
        return tick == null || context.tick() - tick >= SIZES_AFTER;
    }

    /** Without a planned disk, no server is full by its bytes, so there is no reason to read all tenants. */
    private void renewSizes(Transaction tx) {
        if (areSizesOld()
                && tx.records(RecordTypes.SERVERS).list(Query.all()).stream()
                        .anyMatch(each -> each.plannedBytes() > 0)) {
            sizes(tx);
        }
    }

    /**
     * Counts on the servers whose count is the oldest, and adds up the bytes if a disk is planned; part of the
     * maintenance, but not counted as work done.
     */
    public int renewCounts() {
        long now = context.tick();
        context.catalog().transact(tx -> {
            renewSizes(tx);
            return tx;
        });
        Map<ServerId, Long> ages = new HashMap<>();
        counts.forEach((server, count) -> ages.put(server, now - count.tick()));
        List<ServerId> oldest = ages.entrySet().stream()
                .filter(each -> each.getValue() >= RENEW_AFTER)
                .sorted(Map.Entry.<ServerId, Long>comparingByValue().reversed())
                .limit(FEW)
                .map(Map.Entry::getKey)
                .toList();
        if (!oldest.isEmpty()) {
            context.catalog().transact(tx -> recount(tx, oldest));
        }
        return 0;
    }

    /** Counts on several servers at once, so that the number of queries does not depend on that of the servers. */
    private Map<ServerId, Long> recount(Transaction tx, List<ServerId> servers) {
        Filter<StoredTenant> withDatabase =
                Filter.and(Filter.in(StoredTenant.SERVER_ID, servers), TenantRows.WITH_DATABASE);
        Map<ServerId, Long> databases = new HashMap<>();
        servers.forEach(server -> databases.put(server, 0L));
        add(databases, tx.records(RecordTypes.TENANTS).counts(StoredTenant.SERVER_ID, withDatabase));
        add(
                databases,
                tx.records(RecordTypes.TEMPLATES).counts(Template.SERVER_ID, Filter.in(Template.SERVER_ID, servers)));
        add(databases, tx.records(RecordTypes.SPARES).counts(Spare.SERVER_ID, Filter.in(Spare.SERVER_ID, servers)));
        databases.forEach(this::note);
        return databases;
    }

    private static void add(Map<ServerId, Long> databases, Map<@Nullable ServerId, Long> more) {
        more.forEach((server, count) -> {
            if (server != null) {
                databases.merge(server, count, Long::sum);
            }
        });
    }

    private void note(ServerId server, long databases) {
        Count before = counts.put(server, new Count(databases, context.tick()));
        if (databases >= warnAt && (before == null || before.databases() < warnAt)) {
            LOG.log(
                    Level.WARNING,
                    () -> "Database server " + server + " holds " + databases + " databases; from " + warnAt
                            + " on it counts as crowded, and it takes " + max + " at most");
        }
    }

    private void placed(ServerId server) {
        counts.computeIfPresent(server, (id, count) -> new Count(count.databases() + 1, count.tick()));
    }

    /** Makes a server count again: a database was removed from it. */
    public void changed(ServerId server) {
        counts.remove(server);
    }

    boolean isCrowded(long databases) {
        return databases >= warnAt;
    }

    boolean isFull(long databases) {
        return databases >= max;
    }
}
