// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.spare;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.WarmPoolStatistics;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.server.RequiredLabels;
import dev.allotment.core.internal.template.TemplateCopies;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.WarmSpares;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the warm pool: copies of templates that are ready for new tenants. A claim happens in the catalog: the tenant
 * gets the spare's identity, and the spare's database only a new name.
 */
public final class WarmPool {
    private static final int MOST_AT_ONCE = 3;
    private static final long HOURS_OF_A_DAY = 24;

    /** How many spares this node keeps prepared, on all servers together. */
    private static final int MOST_PREPARED = 4;

    /** How many spares the servers know of, to prepare another one at once if one was claimed. */
    private static final int MOST_ANNOUNCED = 100;

    private final CoreContext context;
    private final DatabaseServers servers;
    private final OperationEngine operations;
    private final SourceChoice sourceChoice;
    private final BuildSpareSaga buildSpareSaga;
    private final DeleteSpareSaga deleteSpareSaga;
    private final FailureLog failures;
    /** Those of the last {@link #fill}, for the statistics: finding them reads the recent tenants of each plan. */
    private volatile List<Want> lastWants = List.of();

    /** The servers that have spares which {@link #prepare} announced. */
    private volatile Set<ServerId> lastAnnounced = Set.of();

    public WarmPool(
            CoreContext context,
            DatabaseServers servers,
            OperationEngine operations,
            SourceChoice sourceChoice,
            BuildSpareSaga buildSpareSaga,
            DeleteSpareSaga deleteSpareSaga) {
        this.context = context;
        this.servers = servers;
        this.operations = operations;
        this.sourceChoice = sourceChoice;
        this.buildSpareSaga = buildSpareSaga;
        this.deleteSpareSaga = deleteSpareSaga;
        this.failures = new FailureLog("dev.allotment.maintenance", context.node());
    }

    /**
     * The demand of all plans for spares of one template.
     *
     * @param pinned the only acceptable server; null: any
     * @param required the labels that the plans require of it; customers may require more
     * @param target how many spares there should be, by recent demand
     * @param most how many spares there may be
     */
    private record Want(TemplateId template, @Nullable ServerId pinned, RequiredLabels required, int target, int most) {
        Want and(Want other) {
            return new Want(template, pinned, required, target + other.target, most + other.most);
        }
    }

    /** Creates missing spares and deletes superfluous ones, a few at a time. */
    public int fill() {
        List<Want> wants = wants();
        lastWants = wants;
        Stock stock = context.catalog().transact(tx -> stock(tx, wants));
        int discarded = stock.hasUnwanted() ? discardUnwanted(wants) : 0;
        int done = discarded + make(stock.lacking());
        prepare();
        return done;
    }

    /**
     * Announces to the servers which spares this node is going to claim. Nodes prefer different spares, and all plans
     * take turns.
     */
    private void prepare() {
        List<Spare> ready = context.catalog()
                .transact(tx -> tx.records(RecordTypes.SPARES)
                        .list(Query.where(Filter.equal(Spare.READY, true))
                                .orderBy(Spare.ID)
                                .page(0, MOST_ANNOUNCED)));
        List<Spare> next = inTurns(ready.stream()
                .filter(spare -> !servers.health().seemsDown(spare.serverId()))
                .sorted(Comparator.comparingInt(spare -> Objects.hash(context.node(), spare.uuid())))
                .toList());
        Map<ServerId, List<DatabaseRef>> announced = new LinkedHashMap<>();
        Map<ServerId, Integer> most = new HashMap<>();
        for (ServerId before : lastAnnounced) {
            announced.put(before, new ArrayList<>());
        }
        for (int i = 0; i < next.size(); i++) {
            Spare spare = next.get(i);
            announced
                    .computeIfAbsent(spare.serverId(), server -> new ArrayList<>())
                    .add(DatabaseRefs.of(spare));
            most.merge(spare.serverId(), i < MOST_PREPARED ? 1 : 0, Integer::sum);
        }
        lastAnnounced = Set.copyOf(most.keySet());
        announced.forEach((server, spares) -> {
            try {
                WarmSpares warm = servers.registry().databases(server).warmSpares();
                if (warm != null) {
                    warm.prepare(spares, most.getOrDefault(server, 0));
                }
            } catch (RuntimeException e) {
                failures.warn("Spare databases could not be prepared for a claim", e);
            }
        });
    }

    /** The first one of each template, then the second one of each, and so on. */
    private static List<Spare> inTurns(List<Spare> spares) {
        Map<TemplateId, Integer> turns = new HashMap<>();
        Map<Integer, List<Spare>> byTurn = new TreeMap<>();
        for (Spare spare : spares) {
            int turn = turns.merge(spare.templateId(), 1, Integer::sum);
            byTurn.computeIfAbsent(turn, any -> new ArrayList<>()).add(spare);
        }
        return byTurn.values().stream().flatMap(List::stream).toList();
    }

    /**
     * What there is, by count: with thousands of spares, hardly any of them has to be read.
     *
     * @param hasUnwanted whether some spares may have to be deleted
     * @param lacking the wants for which there are not enough spares
     */
    private record Stock(boolean hasUnwanted, List<Want> lacking) {}

    private static Stock stock(Transaction tx, List<Want> wants) {
        Records<Spare> spares = tx.records(RecordTypes.SPARES);
        Map<@Nullable TemplateId, Long> all = spares.counts(Spare.TEMPLATE_ID, Filter.all());
        List<Want> lacking = new ArrayList<>();
        Set<TemplateId> wanted = new HashSet<>();
        boolean unwanted = false;
        for (Want want : wants) {
            Set<TemplateId> sites = sites(tx, want);
            long there =
                    sites.stream().mapToLong(site -> all.getOrDefault(site, 0L)).sum();
            if (there < want.target()) {
                lacking.add(want);
            }
            // Two wants of one template may share its spares, and then it takes a closer look which are too many.
            unwanted |= there > want.most() || sites.stream().anyMatch(site -> !wanted.add(site));
        }
        unwanted |= !wanted.containsAll(all.keySet());
        return new Stock(unwanted || (!all.isEmpty() && hasDraining(tx, spares)), lacking);
    }

    private static boolean hasDraining(Transaction tx, Records<Spare> spares) {
        List<ServerId> draining =
                tx.records(RecordTypes.SERVERS).values(Server.ID, Query.where(Filter.equal(Server.DRAINING, true)));
        return !draining.isEmpty() && spares.count(Filter.in(Spare.SERVER_ID, draining)) > 0;
    }

    private List<Want> wants() {
        Map<List<?>, Want> wants = new LinkedHashMap<>();
        for (Plan plan : context.catalog()
                .transact(tx -> tx.records(RecordTypes.PLANS)
                        .list(Query.where(Filter.and(
                                Filter.notEqual(Plan.TEMPLATE_ID, null),
                                Filter.compare(Plan.SPARES, Filter.Operator.GREATER, 0)))))) {
            TemplateId template = plan.templateId();
            if (template != null) {
                RequiredLabels required = RequiredLabels.of(Actor.HOST, plan);
                Want want = new Want(template, plan.serverId(), required, demand(plan), plan.spares());
                wants.merge(Arrays.asList(template, plan.serverId(), required), want, Want::and);
            }
        }
        return List.copyOf(wants.values());
    }

    /**
     * The peak of the last hour, or of one hour of the last day, plus one. A new plan, whose demand is not known yet,
     * gets its maximum.
     */
    private int demand(Plan plan) {
        Instant now = context.now();
        if (plan.createdAt().isAfter(now.minus(Duration.ofDays(1)))) {
            return plan.spares();
        }
        return context.catalog().transact(tx -> {
            long hour = created(tx, plan, now.minus(Duration.ofHours(1)));
            long day = created(tx, plan, now.minus(Duration.ofDays(1)));
            return (int) Math.min(plan.spares(), 1 + Math.max(hour, (day + HOURS_OF_A_DAY - 1) / HOURS_OF_A_DAY));
        });
    }

    private static long created(Transaction tx, Plan plan, Instant since) {
        return tx.records(RecordTypes.TENANTS)
                .count(Filter.and(
                        Filter.equal(StoredTenant.PLAN_ID, plan.id()),
                        Filter.compare(StoredTenant.CREATED_AT, Filter.Operator.GREATER_OR_EQUAL, since)));
    }

    /**
     * Spares of templates without a plan, on servers that are being drained or lack a label, or beyond every plan's
     * maximum.
     */
    private int discardUnwanted(Collection<Want> wants) {
        List<Spare> unwanted = context.catalog().transact(tx -> {
            Set<ServerId> emptied = new HashSet<>(tx.records(RecordTypes.SERVERS)
                    .values(Server.ID, Query.where(Filter.equal(Server.DRAINING, true))));
            Set<Spare> kept = new HashSet<>();
            List<Spare> ready = tx.records(RecordTypes.SPARES)
                    .list(Query.where(Filter.equal(Spare.READY, true)).orderBy(Spare.ID));
            for (Want want : wants) {
                int room = want.most();
                Set<TemplateId> sites = sites(tx, want);
                for (Spare spare : ready) {
                    if (room > 0
                            && sites.contains(spare.templateId())
                            && !emptied.contains(spare.serverId())
                            && kept.add(spare)) {
                        room--;
                    }
                }
            }
            return ready.stream()
                    .filter(spare -> !kept.contains(spare) && !servers.health().seemsDown(spare.serverId()))
                    .toList();
        });
        int done = 0;
        for (Spare spare : unwanted.subList(0, Math.min(MOST_AT_ONCE, unwanted.size()))) {
            done += discard(spare) ? 1 : 0;
        }
        return done;
    }

    /** The databases of the wanted template on all acceptable servers. */
    private static Set<TemplateId> sites(Transaction tx, Want want) {
        Filter<Template> pinned =
                want.pinned() == null ? Filter.all() : Filter.equal(Template.SERVER_ID, want.pinned());
        Filter<Template> acceptable = want.required().labels().isEmpty()
                ? pinned
                : Filter.and(pinned, Filter.in(Template.SERVER_ID, fitting(tx, want.required())));
        return tx.records(RecordTypes.TEMPLATES)
                .find(want.template().value())
                .map(template -> Set.copyOf(tx.records(RecordTypes.TEMPLATES)
                        .values(
                                Template.ID,
                                Query.where(Filter.and(TemplateCopies.sameVersion(template), acceptable)))))
                .orElse(Set.of());
    }

    private static List<ServerId> fitting(Transaction tx, RequiredLabels required) {
        return tx.records(RecordTypes.SERVERS).list(Query.all()).stream()
                .filter(required::areOn)
                .map(Server::id)
                .toList();
    }

    /** Once the operation has started, no tenant can claim the spare. */
    private boolean discard(Spare spare) {
        Optional<StoredOperation> started = context.catalog()
                .transact(tx -> tx.records(RecordTypes.SPARES)
                        .lockFree(Query.where(
                                Filter.and(Filter.equal(Spare.ID, spare.id()), Filter.equal(Spare.READY, true))))
                        .map(free -> {
                            tx.records(RecordTypes.SPARES).update(SpareRows.withReady(free, false));
                            return start(tx, OperationKind.DELETE_SPARE, free);
                        }));
        return started.isPresent() && run(started.get(), deleteSpareSaga);
    }

    private int make(Collection<Want> wants) {
        int done = 0;
        for (Want want : wants) {
            for (int i = 0; i < MOST_AT_ONCE && makeOne(want); i++) {
                done++;
            }
        }
        return done;
    }

    /** False: there are enough, or none can be created now. */
    private boolean makeOne(Want want) {
        try {
            Optional<Started> started = context.catalog().transact(tx -> start(tx, want));
            if (started.isEmpty()) {
                return false;
            }
            StoredOperation spare = started.get().spare();
            if (spare == null) {
                sourceChoice.copies().makeReady(started.get().site());
                return true;
            }
            return run(spare, buildSpareSaga);
        } catch (RuntimeException e) {
            // A lack of room is no failure: what room is left is for tenants.
            boolean full = e instanceof SaasException known
                    && Set.of(ErrorCodes.SERVER_FULL, ErrorCodes.SERVER_NONE, ErrorCodes.SERVER_LABELS_MISSING)
                            .contains(known.code());
            failures.warnUnless(full, "A spare database could not be made", e);
            return false;
        }
    }

    /** What was started: a spare, or (null) the template's database that it is copied from. */
    private record Started(@Nullable StoredOperation spare, TemplateId site) {}

    /**
     * Runs under the template's lock, so that two nodes do not both create the last spare; takes no lock if there are
     * enough.
     */
    private Optional<Started> start(Transaction tx, Want want) {
        if (hasEnough(tx, want)) {
            return Optional.empty();
        }
        Optional<Template> template = tx.records(RecordTypes.TEMPLATES)
                .lock(want.template().value())
                .filter(each -> each.state() == TemplateState.READY);
        if (template.isEmpty() || hasEnough(tx, want)) {
            return Optional.empty();
        }
        SourceChoice.Choice choice = sourceChoice.choose(tx, template.get(), want.pinned(), want.required(), false);
        Template site = choice.template();
        if (site.state() != TemplateState.READY) {
            return operations.leases().waits(tx, site.id())
                    ? Optional.empty()
                    : Optional.of(new Started(null, site.id()));
        }
        UUID uuid = context.secrets().uuid();
        String name = "spare-" + uuid.toString().substring(0, 13);
        ReservedNames.reserve(tx, name, uuid, context.now());
        Spare spare = tx.records(RecordTypes.SPARES)
                .insert(new Spare(0, uuid, name, site.id(), choice.server(), false, context.now()));
        return Optional.of(new Started(start(tx, OperationKind.BUILD_SPARE, spare), site.id()));
    }

    /** One for each template and server, although plans may require different labels. */
    private static List<WarmPoolStatistics.Target> targets(Transaction tx, List<Want> wants, List<Spare> spares) {
        Map<List<?>, Want> wanted = new LinkedHashMap<>();
        Map<List<?>, Set<TemplateId>> sites = new HashMap<>();
        for (Want want : wants) {
            List<?> key = Arrays.asList(want.template(), want.pinned());
            wanted.merge(key, want, Want::and);
            sites.computeIfAbsent(key, any -> new HashSet<>()).addAll(sites(tx, want));
        }
        return wanted.entrySet().stream()
                .map(each -> {
                    Set<TemplateId> acceptable = sites.getOrDefault(each.getKey(), Set.of());
                    long ready = spares.stream()
                            .filter(spare -> spare.ready() && acceptable.contains(spare.templateId()))
                            .count();
                    Want want = each.getValue();
                    return new WarmPoolStatistics.Target(want.template(), want.pinned(), want.target(), (int) ready);
                })
                .toList();
    }

    private static boolean hasEnough(Transaction tx, Want want) {
        return tx.records(RecordTypes.SPARES).count(Filter.in(Spare.TEMPLATE_ID, sites(tx, want))) >= want.target();
    }

    public WarmPoolStatistics statistics() {
        List<Spare> spares = context.catalog()
                .transact(tx -> tx.records(RecordTypes.SPARES).list(Query.all().orderBy(Spare.TEMPLATE_ID)));
        Map<TemplateId, WarmPoolStatistics.Stock> stock = new LinkedHashMap<>();
        for (Spare spare : spares) {
            WarmPoolStatistics.Stock one = new WarmPoolStatistics.Stock(
                    spare.templateId(), spare.serverId(), spare.ready() ? 1 : 0, spare.ready() ? 0 : 1);
            stock.merge(
                    spare.templateId(),
                    one,
                    (a, b) -> new WarmPoolStatistics.Stock(
                            a.template(), a.server(), a.ready() + b.ready(), a.unfinished() + b.unfinished()));
        }
        List<Want> wants = lastWants;
        List<WarmPoolStatistics.Target> targets = context.catalog().transact(tx -> targets(tx, wants, spares));
        return new WarmPoolStatistics(
                List.copyOf(stock.values()),
                targets,
                sourceChoice.statistics().hits(),
                sourceChoice.statistics().misses(),
                Duration.ofNanos(sourceChoice.statistics().nanos()));
    }

    private StoredOperation start(Transaction tx, OperationKind kind, Spare spare) {
        return OperationLeases.start(
                tx,
                operations
                        .draft(kind, Actor.HOST)
                        .templateId(spare.templateId())
                        .input(SpareRows.INPUT.write(new SpareRows.Input(spare.id())))
                        .build());
    }

    /** A failure does not stop the maintenance: the operation is undone, or left for a later call. */
    private <F> boolean run(StoredOperation operation, Saga<F> saga) {
        try {
            operations.run(new StartedOperation<>(operation, saga));
            return true;
        } catch (RuntimeException e) {
            failures.warn("An operation on a spare database failed", operation, e);
            return false;
        }
    }
}
