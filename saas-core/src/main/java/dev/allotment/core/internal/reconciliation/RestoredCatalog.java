// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.reconciliation;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CatalogTimeline;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.KnownOperations;
import dev.allotment.core.internal.parameter.CatalogEpoch;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the catalog is older than the databases, since it was restored, or its server failed over: a database
 * has the fencing token of an operation that the catalog does not know. Then it starts a new epoch, and trusts nothing
 * that may have changed since. Thread-safe.
 */
public final class RestoredCatalog {
    private static final Logger LOG = System.getLogger("dev.allotment.operations");
    private static final long LOOK_AFTER = TimeUnit.MINUTES.toNanos(10);

    /** Callers wait for a comparison. Servers that were not read within this time are read later. */
    private static final long COMPARE_FOR = TimeUnit.SECONDS.toNanos(20);

    /** The timeline of the catalog that was compared with the servers last. */
    private static final String TIMELINE = "catalog.timeline";

    /** How many tenants a message names. */
    private static final int NAMED = 20;

    /** Numbers of tenants that were deleted since the backup; the names of others are found on the servers. */
    private static final int SKIPPED_NUMBERS = 100;

    private final CoreContext context;
    private final DatabaseServers servers;
    private final CatalogEpoch epoch;
    private final CatalogTimeline timeline;
    private final FailureLog failures;
    /** The servers that could not be compared with the present timeline yet. */
    private volatile Set<Long> uncompared = Set.of();

    private boolean looked;
    private long last;

    public RestoredCatalog(CoreContext context, DatabaseServers servers, CatalogEpoch epoch, CatalogTimeline timeline) {
        this.context = context;
        this.servers = servers;
        this.epoch = epoch;
        this.timeline = timeline;
        this.failures = new FailureLog("dev.allotment.operations", context.node());
    }

    /** What the servers that can be reached have. */
    private record Found(Server server, List<DatabaseEntry> entries) {}

    /**
     * Looks at the catalog's own server, before anything is recovered. If the catalog has another timeline than at the
     * last comparison, it is compared with all servers before its next transaction. So it is from now on.
     */
    public void lookAtStart() {
        epoch.read();
        look(each -> each.name().equals(Server.DEFAULT_NAME));
        String compared = context.catalog()
                .transact(tx -> ParameterRows.find(tx, TIMELINE).map(Parameter::value))
                .orElse(null);
        timeline.watch(compared, this::compare);
    }

    /** Compares the catalog with all servers when an operator has decided that it is not a copy, before it is used. */
    public void lookWhenDecided() {
        timeline.watch(null, this::compare);
    }

    /** Compares all servers with a catalog that may have lost its last transactions. */
    private void compare() {
        String present = timeline.present();
        Set<Long> read = new HashSet<>();
        lookOrFail(new Reading(server -> true, true, context.tick() + COMPARE_FOR, read));
        epoch.read();
        Set<Long> left = context.catalog().transact(tx -> {
            if (present != null) {
                ParameterRows.set(tx, TIMELINE, present, true);
            }
            return servers(tx);
        });
        left.removeAll(read);
        uncompared = Set.copyOf(left);
        LOG.log(
                Level.INFO,
                "The catalog has the timeline " + present + " now. It was compared with " + read.size()
                        + " servers. Not reached yet: " + left.size());
    }

    /** Looks at all servers, if that was not done for some time; returns 1 if a new epoch was started. */
    public int lookIfDue() {
        epoch.read();
        if (!epoch.isComplete()) {
            lookAtUnread();
        }
        int started = lookAtUncompared();
        synchronized (this) {
            long now = context.tick();
            if (looked && now - last < LOOK_AFTER) {
                return started;
            }
            looked = true;
            last = now;
        }
        return started + look(server -> true);
    }

    private int lookAtUncompared() {
        Set<Long> wanted = uncompared;
        if (wanted.isEmpty()) {
            return 0;
        }
        Set<Long> read = new HashSet<>();
        int started = look(new Reading(server -> wanted.contains(server.id().value()), false, Long.MAX_VALUE, read));
        Set<Long> left = context.catalog().transact(RestoredCatalog::servers);
        left.retainAll(wanted);
        left.removeAll(read);
        uncompared = Set.copyOf(left);
        return started;
    }

    /**
     * Looks at all servers, after one has refused the change of an operation. That operation has ended, and its name is
     * free. If its database exists, no other tenant gets the name.
     */
    public void lookNow() {
        look(server -> true);
        try {
            List<Found> found = read(Reading.of(server -> true));
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
            List<Found> found =
                    read(Reading.of(server -> unread.contains(server.id().value())));
            if (!found.isEmpty()) {
                closeOlder(found);
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

    /**
     * Which servers to read.
     *
     * @param evenIfDown whether to try those that were down a moment ago: they may have failed over as well
     * @param until the tick after which no further one is read
     * @param read gets the ids of those that were read
     */
    private record Reading(Predicate<Server> wanted, boolean evenIfDown, long until, Set<Long> read) {
        static Reading of(Predicate<Server> wanted) {
            return new Reading(wanted, false, Long.MAX_VALUE, new HashSet<>());
        }
    }

    private int look(Predicate<Server> wanted) {
        return look(Reading.of(wanted));
    }

    private int look(Reading reading) {
        try {
            int started = lookOrFail(reading) ? 1 : 0;
            if (started > 0) {
                epoch.read();
            }
            return started;
        } catch (RuntimeException e) {
            failures.warn("It could not be checked whether the catalog was restored", e);
            return 0;
        }
    }

    /** Returns whether a new epoch was started. */
    private boolean lookOrFail(Reading reading) {
        List<Found> found = read(reading);
        Set<FencingToken> tokens = tokens(found);
        Set<FencingToken> unknown = context.catalog().transact(tx -> unknown(tx, tokens));
        // Read again: an operation may have started after the catalog was asked about it.
        if (unknown.isEmpty()
                || context.catalog().transact(tx -> unknown(tx, unknown)).isEmpty()) {
            return false;
        }
        List<Found> all = read(new Reading(server -> true, reading.evenIfDown(), reading.until(), reading.read()));
        closeOlder(all);
        context.work().orAgain(tx -> {
            start(tx, all);
            return null;
        });
        return true;
    }

    private List<Found> read(Reading reading) {
        List<Found> found = new ArrayList<>();
        for (Server server :
                context.catalog().transact(tx -> tx.records(RecordTypes.SERVERS).list(Query.all()))) {
            if (reading.wanted().test(server)
                    && server.state() == Server.State.IN_USE
                    && (reading.evenIfDown() || !servers.health().seemsDown(server.id()))
                    && context.tick() < reading.until()) {
                try {
                    found.add(new Found(
                            server, servers.registry().databases(server.id()).inventory()));
                    reading.read().add(server.id().value());
                } catch (SaasException e) {
                    LOG.log(Level.DEBUG, () -> "The databases on server " + server.name() + " could not be listed", e);
                }
            }
        }
        return found;
    }

    /**
     * Closes the databases of tenants that another server has in a later state, which the catalog does not know: the
     * tenants were moved there. Before the catalog follows, so that at most one of the two is ever open.
     */
    private void closeOlder(List<Found> found) {
        for (StoredTenant tenant : context.catalog().transact(tx -> movedSince(tx, found))) {
            try {
                servers.registry().databases(tenant.serverId()).close(DatabaseRefs.of(tenant));
            } catch (SaasException e) {
                boolean gone = e.code().equals(ErrorCodes.DATABASE_UNKNOWN);
                failures.warnUnless(gone, "The older database of a moved tenant was not closed", tenant.id(), e);
            }
        }
    }

    private static List<StoredTenant> movedSince(Transaction tx, List<Found> found) {
        Set<UUID> known = KnownOperations.among(tx, tokens(found));
        List<StoredTenant> moved = new ArrayList<>();
        for (Found each : found) {
            for (DatabaseEntry entry : each.entries()) {
                if (isUnknown(entry, known)) {
                    TenantRows.byUuid(tx, entry.uuid())
                            .filter(tenant -> wasMovedTo(each.server(), entry, tenant))
                            .ifPresent(moved::add);
                }
            }
        }
        return moved;
    }

    private static boolean isUnknown(DatabaseEntry entry, Set<UUID> known) {
        return entry.token() != null && !known.contains(entry.token().operation());
    }

    /**
     * Whether another server has the tenant's database. The copy of a move that was not finished is closed. If it is
     * complete and has the tenant's name, it cannot be distinguished from a tenant that was moved and then closed.
     */
    private static boolean wasMovedTo(Server server, DatabaseEntry entry, StoredTenant tenant) {
        return !tenant.serverId().equals(server.id())
                && tenant.state().hasDatabase()
                && entry.finished()
                && (isOpen(entry) || tenant.name().equals(entry.name()));
    }

    private static boolean isOpen(DatabaseEntry entry) {
        return Boolean.TRUE.equals(entry.open());
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
        context.events().add(tx, Actor.HOST, EventType.CATALOG_RESTORED, null, null, details);
        log(
                losses,
                "An older catalog was restored, or its server failed over to an older state: databases have operations"
                        + " that the catalog does not know. Epoch " + started
                        + " starts. Sessions, one-time tokens and API keys of accounts are ended.");
    }

    private static Set<Long> servers(Transaction tx) {
        Set<Long> servers = new HashSet<>();
        tx.records(RecordTypes.SERVERS)
                .list(Query.where(Filter.equal(Server.SOURCE, false)))
                .forEach(server -> servers.add(server.id().value()));
        return servers;
    }

    /**
     * What the catalog does not trust any more.
     *
     * @param changed the names of tenants
     * @param moved the names of those that are on another server, to which the catalog follows
     */
    private record Losses(int spares, int names, List<String> changed, List<String> moved) {
        Map<String, String> details() {
            return Map.of(
                    "spares",
                    Integer.toString(spares),
                    "names",
                    Integer.toString(names),
                    "tenants",
                    Integer.toString(changed.size()),
                    "changed",
                    some(changed),
                    "moved",
                    some(moved));
        }

        static String some(List<String> names) {
            int more = names.size() - NAMED;
            return names.stream().limit(NAMED).collect(Collectors.joining(", "))
                    + (more > 0 ? " and " + more + " more" : "");
        }

        static String counted(List<String> names) {
            return names.isEmpty() ? "0" : names.size() + " (" + some(names) + ")";
        }
    }

    private static @Nullable Void log(Losses losses, String reason) {
        LOG.log(
                Level.WARNING,
                reason + " Given up: spares " + losses.spares() + ". Reserved names of unknown databases: "
                        + losses.names() + ". Tenants that changed since, and are not suspended or deleted"
                        + " automatically: " + Losses.counted(losses.changed())
                        + ". Tenants that were moved since, and are used where they are open: "
                        + Losses.counted(losses.moved())
                        + ". Check the catalog against the servers, and repair");
        return null;
    }

    private static Losses trustOnlyKnown(Transaction tx, List<Found> found) {
        Set<UUID> known = KnownOperations.among(tx, tokens(found));
        Set<UUID> unknown = found.stream()
                .flatMap(each -> each.entries().stream())
                .filter(each -> isUnknown(each, known))
                .map(DatabaseEntry::uuid)
                .collect(Collectors.toSet());
        int spares = 0;
        int names = 0;
        List<String> changed = new ArrayList<>();
        List<String> moved = new ArrayList<>();
        for (Found each : found) {
            spares += giveUpSpares(tx, each, unknown);
            for (DatabaseEntry entry : each.entries()) {
                names += reserveName(tx, entry) ? 1 : 0;
                if (isUnknown(entry, known)) {
                    leaveAlone(tx, each.server(), entry).ifPresent(before -> {
                        changed.add(before.name());
                        if (follows(each.server(), entry, before)) {
                            moved.add(before.name());
                        }
                    });
                }
            }
        }
        return new Losses(spares, names, changed, moved);
    }

    /**
     * A spare that was claimed or deleted since the backup, or may be, is none. Its database stays.
     *
     * @param unknown the databases, on any server, that operations changed which the catalog does not know
     */
    private static int giveUpSpares(Transaction tx, Found found, Set<UUID> unknown) {
        int given = 0;
        for (Spare spare : tx.records(RecordTypes.SPARES).list(Query.all())) {
            boolean there = found.entries().stream()
                    .anyMatch(each -> each.uuid().equals(spare.uuid())
                            && spare.name().equals(each.name())
                            && each.finished()
                            && !unknown.contains(each.uuid()));
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

    /**
     * The catalog may not know that a tenant has paid, or was restored: nothing is done to it without a person. Returns
     * the tenant as it was.
     */
    private static Optional<StoredTenant> leaveAlone(Transaction tx, Server server, DatabaseEntry entry) {
        Optional<StoredTenant> found = TenantRows.byUuid(tx, entry.uuid())
                .map(tenant -> TenantRows.lock(tx, tenant.id().value()));
        found.ifPresent(tenant -> tx.records(RecordTypes.TENANTS)
                .update(tenant.toBuilder()
                        .serverId(follows(server, entry, tenant) ? server.id() : tenant.serverId())
                        .nextCheckAt(null)
                        .nextSyncAt(null)
                        .build()));
        return found;
    }

    /** Only an open database is certainly the tenant's: before it is opened, the catalog is switched to it. */
    private static boolean follows(Server server, DatabaseEntry entry, StoredTenant tenant) {
        return isOpen(entry) && wasMovedTo(server, entry, tenant);
    }

    private static <R extends Record> void removeAll(Transaction tx, RecordType<R> type) {
        Records<R> records = tx.records(type);
        records.list(Query.all()).forEach(each -> records.delete(type.id(each)));
    }
}
