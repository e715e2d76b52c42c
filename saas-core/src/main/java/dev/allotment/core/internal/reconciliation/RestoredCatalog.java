// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.reconciliation;

import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.Server;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.event.EventLog;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.KnownOperations;
import dev.allotment.core.internal.parameter.CatalogEpoch;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.ServerHealth;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Notices that an older catalog was restored: a database has the fencing token of an operation that the catalog does
 * not know. Then it starts a new epoch, and trusts nothing that may have changed since the backup. Thread-safe.
 */
public final class RestoredCatalog {
    private static final Logger LOG = System.getLogger("dev.allotment.operations");
    private static final long LOOK_AFTER = TimeUnit.MINUTES.toNanos(10);

    /** Numbers of tenants that were deleted since the backup; the names of others are found on the servers. */
    private static final int SKIPPED_NUMBERS = 100;

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final ServerHealth serverHealth;
    private final CatalogEpoch epoch;
    private final EventLog eventLog;
    private final FailureLog failures;
    private boolean looked;
    private long last;

    public RestoredCatalog(
            CoreContext context,
            ServerRegistry serverRegistry,
            ServerHealth serverHealth,
            CatalogEpoch epoch,
            EventLog eventLog) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.serverHealth = serverHealth;
        this.epoch = epoch;
        this.eventLog = eventLog;
        this.failures = new FailureLog("dev.allotment.operations", context.node());
    }

    /** What the servers that can be reached have. */
    private record Found(Server server, List<DatabaseEntry> entries) {}

    /** Looks at the catalog's own server, before anything is recovered. */
    public void lookAtStart() {
        epoch.read();
        look(List.of(Server.DEFAULT_NAME));
    }

    /** Looks at all servers, if that was not done for some time; returns 1 if a new epoch was started. */
    public int lookIfDue() {
        epoch.read();
        if (!epoch.isComplete()) {
            lookAtUnread();
        }
        synchronized (this) {
            long now = context.tick();
            if (looked && now - last < LOOK_AFTER) {
                return 0;
            }
            looked = true;
            last = now;
        }
        return look(List.of());
    }

    /**
     * Looks at all servers, after one has refused the change of an operation. That operation has ended, and its name is
     * free. If its database exists, no other tenant gets the name.
     */
    public void lookNow() {
        look(List.of());
        try {
            List<Found> found = read(server -> true);
            context.work().orAgain(tx -> {
                found.forEach(each -> each.entries().forEach(entry -> reserveName(tx, entry)));
                Set<Long> unread = without(servers(tx), found);
                unread.addAll(CatalogEpoch.unread(tx));
                CatalogEpoch.setUnread(tx, unread);
                return null;
            });
        } catch (RuntimeException e) {
            failures.warn("The names of databases that an older catalog does not know could not be reserved", e);
        }
    }

    /** Looks at servers that could not be read when the epoch started. Until then, they are trusted in nothing. */
    private void lookAtUnread() {
        try {
            // Those that were deleted do not come back.
            Set<Long> unread = context.catalog().transact(tx -> {
                Set<Long> left = CatalogEpoch.unread(tx);
                left.retainAll(servers(tx));
                CatalogEpoch.setUnread(tx, left);
                return left;
            });
            List<Found> found = read(server -> unread.contains(server.id().value()));
            if (!found.isEmpty()) {
                context.work().orAgain(tx -> {
                    Losses losses = trustOnlyKnown(tx, found);
                    CatalogEpoch.setUnread(tx, without(CatalogEpoch.unread(tx), found));
                    return log(losses, "A server was read for the first time since an older catalog was restored.");
                });
            }
        } catch (RuntimeException e) {
            failures.warn("It could not be checked what servers have that an older catalog does not know", e);
        }
    }

    private static Set<Long> without(Set<Long> servers, List<Found> found) {
        Set<Long> left = new HashSet<>(servers);
        found.forEach(each -> left.remove(each.server().id().value()));
        return left;
    }

    /** @param names of the servers to look at; empty: all */
    private int look(List<String> names) {
        try {
            List<Found> found = read(server -> names.isEmpty() || names.contains(server.name()));
            Set<FencingToken> tokens = tokens(found);
            Set<FencingToken> unknown = context.catalog().transact(tx -> unknown(tx, tokens));
            // Read again: an operation may have started after the catalog was asked about it.
            if (unknown.isEmpty()
                    || context.catalog().transact(tx -> unknown(tx, unknown)).isEmpty()) {
                return 0;
            }
            List<Found> all = names.isEmpty() ? found : read(server -> true);
            context.work().orAgain(tx -> {
                start(tx, all);
                return null;
            });
            epoch.read();
            return 1;
        } catch (RuntimeException e) {
            failures.warn("It could not be checked whether the catalog was restored", e);
            return 0;
        }
    }

    private List<Found> read(Predicate<Server> wanted) {
        List<Found> found = new ArrayList<>();
        for (Server server :
                context.catalog().transact(tx -> tx.records(RecordTypes.SERVERS).list(Query.all()))) {
            if (wanted.test(server) && server.state() == Server.State.IN_USE && !serverHealth.seemsDown(server.id())) {
                try {
                    found.add(new Found(
                            server, serverRegistry.databases(server.id()).inventory()));
                } catch (SaasException e) {
                    LOG.log(Level.DEBUG, () -> "The databases on server " + server.name() + " could not be listed", e);
                }
            }
        }
        return found;
    }

    private static Set<FencingToken> tokens(List<Found> found) {
        Set<FencingToken> tokens = new HashSet<>();
        found.forEach(each -> each.entries().stream()
                .map(DatabaseEntry::token)
                .filter(Objects::nonNull)
                .forEach(tokens::add));
        return tokens;
    }

    private static Set<FencingToken> unknown(Transaction tx, Set<FencingToken> tokens) {
        Set<UUID> known = KnownOperations.among(tx, tokens);
        long handled = CatalogEpoch.handled(tx);
        Set<FencingToken> unknown = new HashSet<>(tokens);
        // What was left by an epoch that has ended is reported by a check; it is no news.
        unknown.removeIf(each -> known.contains(each.operation()) || each.epoch() < handled);
        return unknown;
    }

    private void start(Transaction tx, List<Found> found) {
        Set<FencingToken> tokens = tokens(found);
        Set<FencingToken> unknown = unknown(tx, tokens);
        if (unknown.isEmpty()) {
            // Another node was faster.
            return;
        }
        long seen = unknown.stream().mapToLong(FencingToken::epoch).max().orElseThrow();
        long started = CatalogEpoch.startAfter(tx, seen);
        Losses losses = trustOnlyKnown(tx, found);
        CatalogEpoch.setUnread(tx, without(servers(tx), found));
        for (int i = 0; i < losses.names() + SKIPPED_NUMBERS; i++) {
            tx.next(RecordTypes.TENANT_NUMBER);
        }
        for (RecordType<?> secrets : List.of(
                RecordTypes.ACCESS_TOKENS,
                RecordTypes.AUTHORIZATION_CODES,
                RecordTypes.PASSWORD_RESETS,
                RecordTypes.SESSIONS)) {
            removeAll(tx, secrets);
        }
        ApiKeyUseCases.revokeAll(tx, context.now());
        Map<String, String> details = new HashMap<>(losses.details());
        details.put("epoch", Long.toString(started));
        eventLog.add(tx, Actor.HOST, EventType.CATALOG_RESTORED, null, null, details);
        log(
                losses,
                "An older catalog was restored: databases have operations that it does not know. Epoch " + started
                        + " starts. Sessions, one-time tokens and API keys of accounts are ended.");
    }

    private static Set<Long> servers(Transaction tx) {
        Set<Long> servers = new HashSet<>();
        tx.records(RecordTypes.SERVERS)
                .list(Query.where(Filter.equal(Server.SOURCE, false)))
                .forEach(server -> servers.add(server.id().value()));
        return servers;
    }

    /** What the catalog does not trust any more. */
    private record Losses(int spares, int names, int tenants) {
        Map<String, String> details() {
            return Map.of(
                    "spares",
                    Integer.toString(spares),
                    "names",
                    Integer.toString(names),
                    "tenants",
                    Integer.toString(tenants));
        }
    }

    private static @Nullable Void log(Losses losses, String reason) {
        LOG.log(
                Level.WARNING,
                reason + " Given up: spares " + losses.spares() + ". Reserved names of unknown databases: "
                        + losses.names() + ". Tenants that changed since the backup, and are not suspended or deleted"
                        + " automatically: " + losses.tenants()
                        + ". Check the catalog against the servers, and repair");
        return null;
    }

    private static Losses trustOnlyKnown(Transaction tx, List<Found> found) {
        Set<UUID> known = KnownOperations.among(tx, tokens(found));
        int spares = 0;
        int names = 0;
        int tenants = 0;
        for (Found each : found) {
            spares += giveUpSpares(tx, each, known);
            for (DatabaseEntry entry : each.entries()) {
                names += reserveName(tx, entry) ? 1 : 0;
                boolean changed =
                        entry.token() != null && !known.contains(entry.token().operation());
                tenants += changed && leaveAlone(tx, entry) ? 1 : 0;
            }
        }
        return new Losses(spares, names, tenants);
    }

    /** A spare that was claimed or deleted since the backup, or may be, is none. Its database stays. */
    private static int giveUpSpares(Transaction tx, Found found, Set<UUID> known) {
        int given = 0;
        for (Spare spare : tx.records(RecordTypes.SPARES).list(Query.all())) {
            boolean there = found.entries().stream()
                    .anyMatch(each -> each.uuid().equals(spare.uuid())
                            && spare.name().equals(each.name())
                            && each.finished()
                            && (each.token() == null
                                    || known.contains(each.token().operation())));
            if (spare.ready() && spare.serverId().equals(found.server().id()) && !there) {
                ReservedNames.release(tx, spare.name(), spare.uuid(), null);
                tx.records(RecordTypes.SPARES).delete(spare.id());
                given++;
            }
        }
        return given;
    }

    /** The name of a database that no tenant has goes to no other tenant, until an operator decides. */
    private static boolean reserveName(Transaction tx, DatabaseEntry entry) {
        String name = entry.name();
        if (name == null || ReservedNames.find(tx, name).isPresent()) {
            return false;
        }
        tx.records(RecordTypes.RESERVED_NAMES).insert(new ReservedName(0, name, entry.uuid(), null));
        return true;
    }

    /** The catalog may not know that a tenant has paid, or was restored: nothing is done to it without a person. */
    private static boolean leaveAlone(Transaction tx, DatabaseEntry entry) {
        return TenantRows.byUuid(tx, entry.uuid())
                .map(tenant -> TenantRows.lock(tx, tenant.id().value()))
                .map(tenant -> {
                    tx.records(RecordTypes.TENANTS)
                            .update(tenant.toBuilder()
                                    .nextCheckAt(null)
                                    .nextSyncAt(null)
                                    .build());
                    return tenant;
                })
                .isPresent();
    }

    private static <R extends Record> void removeAll(Transaction tx, RecordType<R> type) {
        Records<R> records = tx.records(type);
        records.list(Query.all()).forEach(each -> records.delete(type.id(each)));
    }
}
