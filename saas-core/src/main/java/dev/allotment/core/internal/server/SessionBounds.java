// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.DatabaseLoad;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.EndedSession;
import dev.allotment.spi.backend.LoadMeter;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ServerWatch;
import dev.allotment.spi.backend.StoredTenant;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Keeps applications from taking more of a database server than the others can spare, and from keeping rights that none
 * of them may have. Thread-safe.
 */
public final class SessionBounds {
    private static final Logger LOG = System.getLogger("dev.allotment.servers");

    /** How long a server that is down is left alone after a look that failed. */
    private static final long LOOK_AGAIN_AFTER = TimeUnit.MINUTES.toNanos(5);

    private static final long READ_AFTER = TimeUnit.SECONDS.toNanos(15);

    /** An older load of this node, compared with a newer one of another node, would seem to have started again. */
    private static final long STALE_AFTER = TimeUnit.MINUTES.toNanos(5);

    /** A tenant that opens sessions all the time must not fill the audit log. */
    private static final long REPORT_AFTER = TimeUnit.MINUTES.toNanos(10);

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final ServerHealth serverHealth;
    private final Map<ServerId, Load> loads = new ConcurrentHashMap<>();
    private final Map<ServerId, LongAdder> ended = new ConcurrentHashMap<>();
    private final Map<Reported, Long> reported = new ConcurrentHashMap<>();
    /** When the last look at a server started, unless it succeeded. */
    private final Map<ServerId, Long> failedAt = new ConcurrentHashMap<>();

    private volatile List<ServerId> servers = List.of();

    /** @param databases what each took at that time */
    private record Load(List<DatabaseLoad> databases, long tick) {}

    private static final String RIGHTS = "rights";

    private record Reported(UUID tenant, String reason) {}

    public SessionBounds(CoreContext context, ServerRegistry serverRegistry, ServerHealth serverHealth) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.serverHealth = serverHealth;
    }

    /**
     * Ends excessive sessions and revokes excessive rights on each server; part of the maintenance, but not counted as
     * work done.
     */
    public int enforceAll() {
        try {
            servers = context.catalog()
                    .transact(tx -> tx.records(RecordTypes.SERVERS)
                            .values(Server.ID, Query.where(Filter.equal(Server.LOST, false))));
        } catch (SaasException e) {
            LOG.log(Level.DEBUG, "The database servers cannot be read; the last known ones are watched", e);
        }
        servers.stream().filter(this::isWatched).forEach(this::enforce);
        return 0;
    }

    /**
     * An application that takes too much can make a server seem down, even that of the catalog. A look through a
     * session that is already open still works then. If it fails, the server is down, and each look would wait for it.
     */
    private boolean isWatched(ServerId id) {
        ServerHealth.Reading reading = serverHealth.reading(id);
        Long failed = failedAt.get(id);
        return reading == null
                || reading.health().up()
                || failed == null
                || context.tick() - failed >= LOOK_AGAIN_AFTER;
    }

    /** What the databases on a server took at the last reading. */
    List<DatabaseLoad> load(ServerId id) {
        Load read = loads.get(id);
        return read == null || serverHealth.seemsDown(id) || context.tick() - read.tick() >= STALE_AFTER
                ? List.of()
                : read.databases();
    }

    /** What the database of a tenant took at the last reading. */
    public Optional<DatabaseLoad> load(StoredTenant tenant) {
        return load(tenant.serverId()).stream()
                .filter(each -> each.uuid().equals(tenant.uuid()))
                .findFirst();
    }

    /** How many sessions on a server this process has ended. */
    long ended(ServerId id) {
        LongAdder count = ended.get(id);
        return count == null ? 0 : count.sum();
    }

    private void enforce(ServerId id) {
        failedAt.put(id, context.tick());
        try {
            Databases databases = serverRegistry.databases(id);
            ServerWatch watch = databases.watch();
            List<EndedSession> sessions = watch == null ? List.of() : watch.endExcessiveSessions();
            failedAt.remove(id);
            if (!sessions.isEmpty()) {
                ended.computeIfAbsent(id, any -> new LongAdder()).add(sessions.size());
                report(sessions);
            }
            Set<UUID> powerful = watch == null ? Set.of() : watch.revokeExcessiveRights();
            forgetOldReports();
            powerful.forEach(this::reportRights);
            LoadMeter meter = databases.loadMeter();
            Load before = loads.get(id);
            if (meter != null && (before == null || context.tick() - before.tick() >= READ_AFTER)) {
                loads.put(id, new Load(meter.load(), context.tick()));
            }
        } catch (SaasException e) {
            // The next round tries again. A server that is down is reported by its health.
            LOG.log(Level.DEBUG, () -> "Excessive sessions on database server " + id + " cannot be ended", e);
        }
    }

    private void forgetOldReports() {
        long now = context.tick();
        reported.values().removeIf(at -> now - at >= REPORT_AFTER);
    }

    private void report(List<EndedSession> sessions) {
        forgetOldReports();
        long now = context.tick();
        Map<Reported, Long> counts = new HashMap<>();
        for (EndedSession session : sessions) {
            UUID tenant = session.uuid();
            if (tenant != null) {
                counts.merge(new Reported(tenant, session.reason()), 1L, Long::sum);
            }
        }
        counts.forEach((what, count) -> {
            if (reported.putIfAbsent(what, now) == null) {
                report(what, count);
            }
        });
    }

    /** At most once in ten minutes: the control plane may lack the right to revoke what a superuser granted. */
    private void reportRights(UUID uuid) {
        if (reported.putIfAbsent(new Reported(uuid, RIGHTS), context.tick()) != null) {
            return;
        }
        LOG.log(
                Level.ERROR,
                () -> "The login of the tenant with the identity " + uuid
                        + " had rights of an administrator or of another"
                        + " role, which were revoked. Find out how it got them. If this is reported again, the control"
                        + " plane may not revoke them: do so as a superuser.");
        context.catalog().transact(tx -> {
            TenantRows.byUuid(tx, uuid)
                    .ifPresent(tenant -> context.events()
                            .add(
                                    tx,
                                    Actor.HOST,
                                    EventType.RIGHTS_REVOKED,
                                    tenant.id(),
                                    tenant.ownerId(),
                                    Map.of("name", tenant.name())));
            return null;
        });
    }

    private void report(Reported what, long count) {
        context.catalog().transact(tx -> {
            TenantRows.byUuid(tx, what.tenant())
                    .ifPresent(tenant -> context.events()
                            .add(
                                    tx,
                                    Actor.HOST,
                                    EventType.SESSIONS_ENDED,
                                    tenant.id(),
                                    tenant.ownerId(),
                                    Map.of(
                                            "name",
                                            tenant.name(),
                                            "reason",
                                            what.reason(),
                                            "count",
                                            Long.toString(count))));
            return null;
        });
    }
}
