// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.template;

import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.server.RequiredLabels;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds templates whose plan or add-ons have changed, and removes template versions that are no longer needed. Part
 * of the maintenance. Thread-safe.
 */
public final class TemplateVersions {
    /** How long a copy that was reserved on the previous version may take. */
    private static final Duration GRACE = Duration.ofMinutes(10);

    private static final long RETRY_AFTER = 300_000_000_000L;

    private final CoreContext context;
    private final DatabaseServers servers;
    private final OperationEngine operations;
    private final TenantContent content;
    private final TemplateSagas sagas;
    private final FailureLog failures;
    /** The last failure of each build, so that it is not tried again every few seconds. */
    private final Map<PlanId, Long> failed = new ConcurrentHashMap<>();

    public TemplateVersions(
            CoreContext context,
            DatabaseServers servers,
            OperationEngine operations,
            TenantContent content,
            TemplateSagas sagas) {
        this.context = context;
        this.servers = servers;
        this.operations = operations;
        this.content = content;
        this.sagas = sagas;
        this.failures = new FailureLog("dev.allotment.maintenance", context.node());
    }

    public int keepUpToDate() {
        return rebuildOutdated() + retire();
    }

    private int rebuildOutdated() {
        int done = 0;
        for (Plan plan : context.catalog().transact(this::outdated)) {
            Long since = failed.get(plan.id());
            if (since == null || context.tick() - since >= RETRY_AFTER) {
                done += rebuild(plan) ? 1 : 0;
            }
        }
        return done;
    }

    /**
     * Rebuilds outdated templates now, but not those that another node is building.
     *
     * @param only the plan whose template is meant; null: all
     */
    public void rebuildNow(@Nullable PlanId only) {
        outdated(only).forEach(this::build);
    }

    /**
     * The plans with an outdated template.
     *
     * @param only the plan whose template is meant; null: all
     */
    public List<Plan> outdated(@Nullable PlanId only) {
        return context.catalog().transact(this::outdated).stream()
                .filter(plan -> only == null || plan.id().equals(only))
                .toList();
    }

    /** Compares all plans with their templates in one read, so that up-to-date ones cost nothing more. */
    private List<Plan> outdated(Transaction tx) {
        List<Plan> plans = tx.records(RecordTypes.PLANS).list(Query.where(Filter.notEqual(Plan.TEMPLATE_ID, null)));
        Map<TemplateId, Template> templates = new HashMap<>();
        tx.records(RecordTypes.TEMPLATES)
                .list(Query.where(Filter.in(
                        Template.ID, plans.stream().map(Plan::templateId).toList())))
                .forEach(template -> templates.put(template.id(), template));
        Set<ServerId> lost = lost(tx);
        return plans.stream()
                .filter(plan ->
                        wanted(plan, templates.get(plan.templateId()), lost).isPresent())
                .toList();
    }

    private static Set<ServerId> lost(Transaction tx) {
        return tx.records(RecordTypes.SERVERS).list(Query.where(Filter.equal(Server.LOST, true))).stream()
                .map(Server::id)
                .collect(Collectors.toSet());
    }

    /** Empty if the plan's template is up to date and its server is not lost, or if the template is not ready. */
    private Optional<TemplateFingerprint> wanted(Plan plan, @Nullable Template present, Set<ServerId> lost) {
        return present == null || present.state() != TemplateState.READY
                ? Optional.empty()
                : fingerprint(plan, present)
                        .filter(fingerprint -> fingerprint.supersedes(present)
                                || (lost.contains(present.serverId())
                                        && !present.hash().isEmpty()));
    }

    private boolean rebuild(Plan plan) {
        try {
            return build(plan);
        } catch (RuntimeException e) {
            failures.warn("The template of plan " + plan.id() + " is out of date, and could not be built again", e);
            failed.put(plan.id(), context.tick());
            return false;
        }
    }

    private boolean build(Plan plan) {
        StoredOperation.Builder draft = operations.draft(OperationKind.BUILD_TEMPLATE, Actor.HOST);
        boolean built = operations
                .run(new OperationRequest<>(draft, tx -> start(tx, plan.id(), draft)))
                .isPresent();
        failed.remove(plan.id());
        return built;
    }

    /** Runs under the plan's lock, so that one of several nodes starts the build. */
    private Optional<StartedOperation<Optional<Template>>> start(
            Transaction tx, PlanId id, StoredOperation.Builder draft) {
        Optional<Plan> plan = tx.records(RecordTypes.PLANS).find(id.value());
        Optional<Template> present = plan.map(Plan::templateId)
                .flatMap(template -> tx.records(RecordTypes.TEMPLATES).find(template.value()));
        Optional<TemplateFingerprint> wanted = present.flatMap(template -> wanted(plan.get(), template, lost(tx)));
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        Plan locked = tx.records(RecordTypes.PLANS).lock(id.value()).orElseThrow();
        Template before = present.get();
        if (!before.id().equals(locked.templateId()) || beingRebuilt(tx, before)) {
            return Optional.empty();
        }
        ServerId server = server(tx, locked, before);
        UUID uuid = context.secrets().uuid();
        String name = "template-" + id + "-" + uuid.toString().substring(0, 8);
        ReservedNames.reserve(tx, name, uuid, context.now());
        Template next = tx.records(RecordTypes.TEMPLATES)
                .insert(new Template(
                        new TemplateId(0),
                        name,
                        uuid,
                        server,
                        TemplateState.DRAFT,
                        wanted.get().names(),
                        wanted.get().lang(),
                        wanted.get().tz(),
                        wanted.get().demo(),
                        context.now(),
                        before.family(),
                        latest(tx, before) + 1,
                        wanted.get().hash(),
                        wanted.get().versions(),
                        null));
        draft.templateId(next.id()).input(TemplateSaga.INPUT.write(new TemplateSaga.Input(id)));
        return Optional.of(StartedOperation.store(tx, draft, sagas.build()));
    }

    /** Empty if this node does not know all add-ons of the template: then it cannot judge. */
    private Optional<TemplateFingerprint> fingerprint(Plan plan, Template template) {
        return template.addons().stream().allMatch(content.addons().registry()::knows)
                ? Optional.of(TemplateFingerprint.of(
                        plan,
                        content.addons().registry().withDependencies(template.addons()),
                        content.migrations().version()))
                : Optional.empty();
    }

    private static List<Template> family(Transaction tx, Template template) {
        return tx.records(RecordTypes.TEMPLATES)
                .list(Query.where(Filter.equal(Template.FAMILY, template.family()))
                        .orderBy(Template.ID));
    }

    private static boolean beingRebuilt(Transaction tx, Template before) {
        return family(tx, before).stream()
                .anyMatch(each -> each.version() > before.version() && each.state() == TemplateState.DRAFT);
    }

    private static int latest(Transaction tx, Template before) {
        return family(tx, before).stream().mapToInt(Template::version).max().orElse(before.version());
    }

    /** Prefers the server of the previous version; if that is down or full, the new one is built on another. */
    private ServerId server(Transaction tx, Plan plan, Template before) {
        RequiredLabels required = RequiredLabels.of(Actor.HOST, plan);
        List<Server> servers = this.servers.placement().ranked(tx, plan.serverId(), required);
        servers.sort(Comparator.comparing(server ->
                !server.id().equals(before.serverId()) || this.servers.health().seemsDown(server.id())));
        return this.servers.placement().choose(tx, servers, required);
    }

    /** What a template has in common on all servers. */
    private record Edition(UUID family, int version) {}

    private int retire() {
        List<Template> superfluous = new ArrayList<>(context.catalog().transact(this::superfluous));
        superfluous.addAll(context.catalog().transact(this::drained));
        int done = 0;
        for (Template template : superfluous) {
            try {
                StoredOperation.Builder draft = operations.draft(OperationKind.DELETE_TEMPLATE, Actor.HOST);
                done += operations
                                .run(new OperationRequest<>(draft, tx -> beginDelete(tx, template.id(), draft)))
                                .isPresent()
                        ? 1
                        : 0;
            } catch (RuntimeException e) {
                failures.warn("Template " + template.name() + " is no longer needed, and could not be removed", e);
            }
        }
        return done;
    }

    /**
     * Template versions that all plans have left for a newer one, so long ago that nothing is being copied from them.
     */
    private List<Template> superfluous(Transaction tx) {
        List<Template> all = replaced(tx);
        if (all.isEmpty()) {
            return List.of();
        }
        Map<UUID, Integer> newest = new HashMap<>();
        for (Template template : all) {
            newest.merge(template.family(), template.version(), Math::max);
        }
        Set<Edition> used = new HashSet<>();
        Map<TemplateId, Template> byId = new HashMap<>();
        all.forEach(each -> byId.put(each.id(), each));
        for (Plan plan : tx.records(RecordTypes.PLANS).list(Query.where(Filter.notEqual(Plan.TEMPLATE_ID, null)))) {
            Template of = byId.get(plan.templateId());
            if (of != null) {
                used.add(new Edition(of.family(), of.version()));
            }
        }
        Instant before = context.now().minus(GRACE);
        return all.stream()
                .filter(each -> each.version() < newest.getOrDefault(each.family(), 0))
                .filter(each -> !used.contains(new Edition(each.family(), each.version())))
                .filter(each -> all.stream()
                        .anyMatch(later -> later.family().equals(each.family())
                                && later.version() > each.version()
                                && !later.createdAt().isAfter(before)))
                .toList();
    }

    /**
     * Copies on servers that are being drained, of templates that plans have on other servers. If one is needed after
     * all, it is built again.
     */
    private List<Template> drained(Transaction tx) {
        List<ServerId> servers = tx
                .records(RecordTypes.SERVERS)
                .values(
                        Server.ID,
                        Query.where(Filter.and(Filter.equal(Server.DRAINING, true), Filter.equal(Server.LOST, false))))
                .stream()
                .filter(each -> !this.servers.health().seemsDown(each))
                .toList();
        if (servers.isEmpty()) {
            return List.of();
        }
        Set<TemplateId> ofPlans = new HashSet<>(tx.records(RecordTypes.PLANS)
                .values(Plan.TEMPLATE_ID, Query.where(Filter.notEqual(Plan.TEMPLATE_ID, null))));
        Set<Edition> kept = new HashSet<>();
        tx.records(RecordTypes.TEMPLATES)
                .list(Query.where(Filter.and(
                        Filter.in(Template.ID, List.copyOf(ofPlans)),
                        Filter.not(Filter.in(Template.SERVER_ID, servers)))))
                .forEach(each -> kept.add(new Edition(each.family(), each.version())));
        return tx
                .records(RecordTypes.TEMPLATES)
                .list(Query.where(Filter.and(
                        Filter.equal(Template.STATE, TemplateState.READY), Filter.in(Template.SERVER_ID, servers))))
                .stream()
                .filter(each ->
                        !ofPlans.contains(each.id()) && kept.contains(new Edition(each.family(), each.version())))
                .toList();
    }

    /** The templates of families that have several versions. Most have many copies of one version. */
    private static List<Template> replaced(Transaction tx) {
        Filter<Template> ready = Filter.equal(Template.STATE, TemplateState.READY);
        Records<Template> templates = tx.records(RecordTypes.TEMPLATES);
        List<UUID> families = new ArrayList<>();
        templates.counts(Template.FAMILY, ready).forEach((family, count) -> {
            Filter<Template> its = Filter.and(ready, Filter.equal(Template.FAMILY, family));
            if (count > 1 && templates.counts(Template.VERSION, its).size() > 1) {
                families.add(family);
            }
        });
        return families.isEmpty()
                ? List.of()
                : templates.list(Query.where(Filter.and(ready, Filter.in(Template.FAMILY, families)))
                        .orderBy(Template.ID));
    }

    private Optional<StartedOperation<Saga.Nothing>> beginDelete(
            Transaction tx, TemplateId id, StoredOperation.Builder draft) {
        Optional<Template> template =
                tx.records(RecordTypes.TEMPLATES).lock(id.value()).filter(each -> each.state() == TemplateState.READY);
        if (template.isEmpty()
                || tx.records(RecordTypes.PLANS).count(Filter.equal(Plan.TEMPLATE_ID, id)) > 0
                || tx.records(RecordTypes.SPARES).count(Filter.equal(Spare.TEMPLATE_ID, id)) > 0
                || beingCopied(tx, template.get())) {
            return Optional.empty();
        }
        tx.records(RecordTypes.TEMPLATES).update(template.get().withState(TemplateState.DRAFT));
        return Optional.of(StartedOperation.store(tx, draft.templateId(id), sagas.delete()));
    }

    /** Whether a tenant is being created from it. */
    static boolean beingCopied(Transaction tx, Template template) {
        return tx
                .records(RecordTypes.OPERATIONS)
                .list(Query.where(Filter.and(
                        Filter.equal(StoredOperation.KIND, OperationKind.CREATE_TENANT),
                        Filter.equal(StoredOperation.STATE, OperationState.RUNNING))))
                .stream()
                .anyMatch(operation ->
                        template.uuid().equals(OperationTargets.named(operation).sourceUuid()));
    }
}
