// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.Server;
import dev.allotment.ServerId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the server of a new database: the one with the largest product of free capacity and weight, among those that
 * are active, not known to be down, and not full. Thread-safe.
 *
 * <p>Databases are counted from time to time, and the count is updated in between, because counting thousands for every
 * new database would cost more than creating it. Near the limit they are counted each time, under the server's lock.
 */
public final class Placement {
    private static final Logger LOG = System.getLogger("dev.allotment.servers");
    private static final long COUNT_AFTER = 5_000_000_000L;
    /** How many databases all other nodes together may add between two counts. */
    private static final int MARGIN = 100;

    private record Count(long databases, long tick) {}

    private final CoreContext context;
    private final ServerHealth serverHealth;
    private final int warnAt;
    private final int max;
    private final Map<ServerId, Count> counts = new ConcurrentHashMap<>();

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
     * @throws SaasException {@code server.none}, {@code server.full}
     */
    public ServerId choose(Transaction tx, @Nullable ServerId wanted) {
        return choose(tx, ranked(tx, wanted));
    }

    /**
     * Chooses like {@link #choose(Transaction, ServerId)}, among a part of the {@link #ranked} servers.
     *
     * @throws SaasException {@code server.full}
     */
    public ServerId choose(Transaction tx, List<Server> servers) {
        for (Server server : servers) {
            if (hasRoom(tx, server)) {
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
     * @throws SaasException {@code server.none} if there is none
     */
    public List<Server> ranked(Transaction tx, @Nullable ServerId wanted) {
        Filter<Server> filter = wanted == null ? Filter.equal(Server.ACTIVE, true) : Filter.equal(Server.ID, wanted);
        List<Server> servers = new ArrayList<>();
        for (Server server :
                tx.records(RecordTypes.SERVERS).list(Query.where(filter).orderBy(Server.SEQUENCE))) {
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
        if (servers.size() > 1) {
            Map<ServerId, Double> scores = new ConcurrentHashMap<>();
            servers.forEach(server -> scores.put(server.id(), score(server, count(tx, server.id()))));
            servers.sort(Comparator.<Server, Boolean>comparing(server -> serverHealth.seemsDown(server.id()))
                    .thenComparing(server -> scores.getOrDefault(server.id(), 0.0), Comparator.reverseOrder()));
        }
        return servers;
    }

    /** A server above its capacity comes after all others; among these, the one with more weight is filled less. */
    private static double score(Server server, long databases) {
        double free = (double) server.capacity() - databases;
        return free > 0 ? free * Math.max(1, server.weight()) : free / Math.max(1, server.weight());
    }

    private boolean hasRoom(Transaction tx, Server server) {
        if (count(tx, server.id()) < (long) max - MARGIN) {
            return true;
        }
        // Concurrent callers wait here until this database is counted, too.
        tx.records(RecordTypes.SERVERS).lock(server.id().value());
        return recount(tx, server.id()) < max;
    }

    /** How many databases are on it, or were a moment ago. */
    long count(Transaction tx, ServerId server) {
        Count known = counts.get(server);
        return known != null && context.tick() - known.tick() < COUNT_AFTER ? known.databases() : recount(tx, server);
    }

    private long recount(Transaction tx, ServerId server) {
        Filter<Object> on = Filter.equal(RecordField.named("serverId"), server);
        long databases = tx.records(RecordTypes.TENANTS).count(Filter.and(on, TenantRows.WITH_DATABASE))
                + tx.records(RecordTypes.TEMPLATES).count(on)
                + tx.records(RecordTypes.SPARES).count(on);
        Count before = counts.put(server, new Count(databases, context.tick()));
        if (databases >= warnAt && (before == null || before.databases() < warnAt)) {
            LOG.log(
                    Level.WARNING,
                    () -> "Database server " + server + " holds " + databases + " databases; from " + warnAt
                            + " on it counts as crowded, and it takes " + max + " at most");
        }
        return databases;
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
