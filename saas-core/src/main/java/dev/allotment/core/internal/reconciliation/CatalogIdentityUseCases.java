// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.reconciliation;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CatalogGuard;
import dev.allotment.core.internal.base.CatalogMark;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.fleet.CatalogIdentity;
import dev.allotment.fleet.Node;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.CatalogMarks;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** Records what an administrator decides about a copy of the catalog. */
public final class CatalogIdentityUseCases implements CatalogIdentity {
    /** The recorded place of a catalog that was left starts with this word, so that it is a copy in every place. */
    private static final String LEFT = "left";

    /** A copy that is older than this may be an old one that is used again. */
    private static final Duration LEFT_FOR = Duration.ofDays(1);

    private static final Duration NODE_REPORTS_WITHIN = Duration.ofMinutes(1);

    private final CoreContext context;
    private final CatalogGuard guard;
    private final ServerRegistry serverRegistry;
    private final RestoredCatalog restoredCatalog;
    private final Actor actor;
    private final FailureLog failures;

    public CatalogIdentityUseCases(
            CoreContext context,
            CatalogGuard guard,
            ServerRegistry serverRegistry,
            RestoredCatalog restoredCatalog,
            Actor actor) {
        this.context = context;
        this.guard = guard;
        this.serverRegistry = serverRegistry;
        this.restoredCatalog = restoredCatalog;
        this.actor = actor;
        this.failures = new FailureLog("dev.allotment.servers", context.node());
    }

    @Override
    public boolean isCopy() {
        actor.requireAdministrator("see whether the catalog is a copy");
        return guard.isCopy();
    }

    @Override
    public void leave() {
        actor.requireAdministrator("decide about copies of the catalog");
        String place = guard.place();
        if (place == null) {
            return;
        }
        guard.requireOriginal();
        Instant now = context.now();
        guard.catalog().transact(tx -> {
            List<Node> working = tx.records(RecordTypes.NODES)
                    .list(Query.where(Filter.compare(
                            Node.LAST_SEEN_AT, Filter.Operator.GREATER, now.minus(NODE_REPORTS_WITHIN))));
            if (!working.isEmpty()) {
                throw inUse(working);
            }
            ParameterRows.set(tx, CatalogGuard.PLACE, LEFT + " " + now + " " + place, true);
            context.events().add(tx, actor, EventType.CATALOG_LEFT, null, null, Map.of("from", place));
            return null;
        });
        guard.decided();
        if (!guard.isCopy()) {
            // All its databases are copied with it, so it needs no confirmation anywhere.
            guard.catalog().transact(tx -> {
                ParameterRows.set(tx, CatalogGuard.PLACE, place, true);
                return null;
            });
        }
    }

    private static SaasException inUse(List<Node> working) {
        String names = working.stream().map(Node::name).collect(Collectors.joining(", "));
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.CATALOG_IN_USE,
                "Nodes have reported within the last minute: " + names
                        + ". Stop them before the place of the catalog is left.",
                Map.of("nodes", names),
                true,
                null);
    }

    /** What the servers say about the latest decision, also for a copy that was confirmed by mistake. */
    private record Seen(long epoch, boolean complete) {}

    @Override
    public boolean confirmMoved() {
        actor.requireAdministrator("decide about copies of the catalog");
        String place = guard.place();
        if (place == null) {
            return true;
        }
        Seen seen = seen();
        boolean[] kept = new boolean[1];
        String mark = guard.catalog().transact(tx -> {
            String before = MainParameters.value(tx, CatalogGuard.PLACE).orElse(place);
            long epoch = CatalogGuard.epoch(tx);
            kept[0] = wasLeft(before) && seen.complete() && seen.epoch() <= epoch;
            if (!kept[0]) {
                // If an older catalog was restored, keys that were revoked since are in it.
                ApiKeyUseCases.revokeAll(tx, context.now());
            }
            long next = Math.max(seen.epoch(), epoch) + 1;
            ParameterRows.set(tx, CatalogGuard.EPOCH, Long.toString(next), true);
            ParameterRows.set(tx, CatalogGuard.PLACE, place, true);
            context.events()
                    .add(
                            tx,
                            actor,
                            EventType.CATALOG_MOVED,
                            null,
                            null,
                            Map.of("from", before, "to", place, "keysKept", Boolean.toString(kept[0])));
            return new CatalogMark(next, place).text();
        });
        guard.decided();
        markServers(mark);
        restoredCatalog.lookNow();
        return kept[0];
    }

    /** Whether nothing can have changed since this copy was made. */
    private boolean wasLeft(String recorded) {
        String[] words = recorded.split(" ", 3);
        if (words.length < 3 || !words[0].equals(LEFT)) {
            return false;
        }
        Duration since = Duration.between(Instant.parse(words[1]), context.now());
        return !since.isNegative() && since.compareTo(LEFT_FOR) <= 0;
    }

    /** A server that cannot be reached is marked before it is changed the next time. */
    private void markServers(String mark) {
        for (Server server : servers()) {
            try {
                CatalogMarks marks = serverRegistry.databases(server.id()).marks();
                if (marks != null) {
                    marks.setMark(mark);
                }
            } catch (SaasException e) {
                failures.warn("Database server " + server.name() + " could not be marked yet", e);
            }
        }
    }

    private List<Server> servers() {
        return guard.catalog()
                .transact(tx -> tx.records(RecordTypes.SERVERS).list(Query.where(Filter.equal(Server.LOST, false))));
    }

    private Seen seen() {
        long newest = 0;
        boolean complete = true;
        for (Server server : servers()) {
            try {
                CatalogMarks marks = serverRegistry.databases(server.id()).marks();
                CatalogMark mark = marks == null ? null : CatalogMark.parse(marks.mark());
                newest = mark == null ? newest : Math.max(newest, mark.epoch());
            } catch (SaasException e) {
                failures.warn("The mark of database server " + server.name() + " could not be read", e);
                complete = false;
            }
        }
        return new Seen(newest, complete);
    }

    @Override
    public void separate() {
        actor.requireAdministrator("decide about copies of the catalog");
        String place = guard.place();
        if (place == null || !guard.isCopy()) {
            throw SaasException.conflict(
                    ErrorCodes.CATALOG_CLONE,
                    "This catalog is the original, so it stays what it is. Only a copy can be separated.");
        }
        // First: if the process dies in between, the copy is still one, and this can be repeated.
        guard.catalog().separate();
        guard.catalog().transact(tx -> {
            String before = MainParameters.value(tx, Parameter.DATABASE_UUID).orElse("");
            UUID identity = context.secrets().uuid();
            ParameterRows.set(tx, Parameter.DATABASE_UUID, identity.toString(), false);
            ParameterRows.set(tx, CatalogGuard.PLACE, place, true);
            ParameterRows.set(tx, CatalogGuard.EPOCH, Long.toString(CatalogGuard.epoch(tx) + 1), true);
            ParameterRows.find(tx, MainParameters.APPLICATION_KEY)
                    .ifPresent(each -> tx.records(RecordTypes.PARAMETERS).delete(each.id()));
            giveUpServers(tx);
            deleteAll(tx.records(RecordTypes.DELIVERIES), each -> each.id());
            deleteAll(tx.records(RecordTypes.API_KEYS), each -> each.id().value());
            context.events()
                    .add(
                            tx,
                            actor,
                            EventType.CATALOG_SEPARATED,
                            null,
                            null,
                            Map.of("from", before, "to", identity.toString()));
            return null;
        });
        guard.decided();
    }

    private static void giveUpServers(Transaction tx) {
        for (Server server : tx.records(RecordTypes.SERVERS).list(Query.where(Filter.equal(Server.LOST, false)))) {
            if (server.backend() != null) {
                tx.records(RecordTypes.SERVERS)
                        .update(server.toBuilder()
                                .active(false)
                                .draining(true)
                                .state(Server.State.GIVEN_UP)
                                .build());
            }
        }
        deleteAll(tx.records(RecordTypes.SERVER_SECRETS), each -> each.id());
    }

    private static <R extends Record> void deleteAll(Records<R> records, ToLongFunction<R> id) {
        records.list(Query.all()).forEach(each -> records.delete(id.applyAsLong(each)));
    }
}
