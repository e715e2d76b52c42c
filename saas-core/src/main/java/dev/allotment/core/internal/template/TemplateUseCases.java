// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.template;

import dev.allotment.AddonStatus;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.Templates;
import dev.allotment.WarmPoolStatistics;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Idempotency;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.RequestFingerprint;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.plan.PlanVersions;
import dev.allotment.core.internal.server.Placement;
import dev.allotment.core.internal.server.RequiredLabels;
import dev.allotment.hook.Addon;
import dev.allotment.spi.backend.JsonText;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Manages the templates. */
public final class TemplateUseCases extends RecordLookup<TemplateId, Template> implements Templates {
    private final CoreContext context;
    private final Placement placement;
    private final OperationEngine operations;
    private final TenantContent content;
    private final DatabaseNames databaseNames;
    private final TemplateSagas sagas;
    private final Supplier<WarmPoolStatistics> poolStatistics;
    private final Actor actor;

    public TemplateUseCases(
            CoreContext context,
            Placement placement,
            OperationEngine operations,
            TenantContent content,
            DatabaseNames databaseNames,
            TemplateSagas sagas,
            Supplier<WarmPoolStatistics> poolStatistics,
            Actor actor) {
        super(context.work(), RecordTypes.TEMPLATES, "Template");
        this.context = context;
        this.placement = placement;
        this.operations = operations;
        this.content = content;
        this.databaseNames = databaseNames;
        this.sagas = sagas;
        this.poolStatistics = poolStatistics;
        this.actor = actor;
    }

    @Override
    protected long number(TemplateId id) {
        return id.value();
    }

    @Override
    protected Filter<Template> visible(Transaction tx) {
        actor.requireAdministrator("access 'saas_portal.database' records");
        return Filter.all();
    }

    @Override
    public Template build(PlanId plan, List<String> addons, @Nullable String idempotencyKey) {
        return make(building(plan, addons, idempotencyKey));
    }

    public OperationRequest<Optional<Template>> building(
            PlanId plan, List<String> addons, @Nullable String idempotencyKey) {
        actor.requireAdministrator("build templates");
        List<Addon> ordered = content.addons().registry().withDependencies(addons);
        String key = idempotencyKey == null ? null : Idempotency.scoped(actor, idempotencyKey);
        StoredOperation.Builder draft = operations
                .draft(OperationKind.BUILD_TEMPLATE, actor)
                .idempotencyKey(key)
                .fingerprint(RequestFingerprint.of(
                        "build template", Map.of("plan", plan.toString(), "addons", JsonText.write(addons))));
        return new OperationRequest<>(draft, tx -> start(tx, plan, ordered, draft));
    }

    @Override
    public Template adopt(PlanId plan, ServerId server, String name, @Nullable String idempotencyKey) {
        return make(adopting(plan, server, name, idempotencyKey));
    }

    public OperationRequest<Optional<Template>> adopting(
            PlanId plan, ServerId server, String name, @Nullable String idempotencyKey) {
        actor.requireAdministrator("adopt databases");
        String key = idempotencyKey == null ? null : Idempotency.scoped(actor, idempotencyKey);
        StoredOperation.Builder draft = operations
                .draft(OperationKind.ADOPT_TEMPLATE, actor)
                .idempotencyKey(key)
                .fingerprint(RequestFingerprint.of(
                        "adopt template", Map.of("plan", plan.toString(), "server", server.toString(), "name", name)));
        return new OperationRequest<>(draft, tx -> beginAdoption(tx, plan, server, name, draft));
    }

    private Template make(OperationRequest<?> request) {
        return OperationTargets.template(
                context.catalog(), operations.run(request).orElseThrow().operation());
    }

    private Optional<StartedOperation<Optional<Template>>> beginAdoption(
            Transaction tx, PlanId id, ServerId server, String name, StoredOperation.Builder draft) {
        Plan plan = PlanVersions.plan(tx, id);
        placement.choose(tx, server, RequiredLabels.of(actor, plan));
        DatabaseNames.check(name, databaseNames.refusedOn(tx, server));
        UUID uuid = context.secrets().uuid();
        ReservedNames.reserve(tx, name, uuid, context.now());
        Template template = tx.records(RecordTypes.TEMPLATES)
                .insert(new Template(
                        new TemplateId(0),
                        name,
                        uuid,
                        server,
                        TemplateState.DRAFT,
                        List.of(),
                        plan.lang(),
                        plan.tz(),
                        plan.demo(),
                        context.now(),
                        uuid,
                        1,
                        "",
                        List.of(),
                        null));
        draft.templateId(template.id()).input(TemplateSaga.INPUT.write(new TemplateSaga.Input(id)));
        return Optional.of(StartedOperation.store(tx, draft, sagas.adopt()));
    }

    @Override
    public Template reserve(String name) {
        actor.requireAdministrator("reserve the names of templates");
        return context.work().orAgain(tx -> {
            ServerId server = placement.choose(tx, (ServerId) null, RequiredLabels.NONE);
            DatabaseNames.check(name, databaseNames.refusedOn(tx, server));
            UUID uuid = context.secrets().uuid();
            ReservedNames.reserve(tx, name, uuid, context.now());
            return tx.records(RecordTypes.TEMPLATES)
                    .insert(TemplateReservations.reserved(new TemplateId(0), name, uuid, server, context.now()));
        });
    }

    private Optional<StartedOperation<Optional<Template>>> start(
            Transaction tx, PlanId plan, List<Addon> addons, StoredOperation.Builder draft) {
        Plan found = PlanVersions.plan(tx, plan);
        TemplateFingerprint fingerprint =
                TemplateFingerprint.of(found, addons, content.migrations().version());
        ServerId server = placement.choose(tx, found.serverId(), RequiredLabels.of(actor, found));
        Optional<Template> reserved = TemplateReservations.of(tx, found);
        UUID uuid = context.secrets().uuid();
        String name = reserved.map(Template::name)
                .orElseGet(() -> "template-" + plan + "-" + uuid.toString().substring(0, 8));
        reserved.ifPresent(each -> ReservedNames.release(tx, name, each.uuid(), null));
        ReservedNames.reserve(tx, name, uuid, context.now());
        Template template = new Template(
                reserved.map(Template::id).orElse(new TemplateId(0)),
                name,
                uuid,
                server,
                TemplateState.DRAFT,
                fingerprint.names(),
                fingerprint.lang(),
                fingerprint.tz(),
                fingerprint.demo(),
                context.now(),
                uuid,
                1,
                fingerprint.hash(),
                fingerprint.versions(),
                null);
        if (reserved.isPresent()) {
            DatabaseNames.check(name, databaseNames.refusedOn(tx, server));
            tx.records(RecordTypes.TEMPLATES).update(template);
        } else {
            template = tx.records(RecordTypes.TEMPLATES).insert(template);
        }
        draft.templateId(template.id()).input(TemplateSaga.INPUT.write(new TemplateSaga.Input(plan)));
        return Optional.of(StartedOperation.store(tx, draft, sagas.build()));
    }

    @Override
    public void delete(TemplateId id) {
        actor.requireAdministrator("delete templates");
        if (context.work().transact(tx -> TemplateReservations.withdrawn(tx, get(tx, id)))) {
            return;
        }
        List<StoredOperation.Builder> drafts = new ArrayList<>();
        List<Template> siblings = context.catalog().transact(tx -> TemplateCopies.siblings(tx, get(tx, id)));
        for (Template template : siblings) {
            drafts.add(operations.draft(OperationKind.DELETE_TEMPLATE, actor).templateId(template.id()));
        }
        delete(id, drafts, 0);
    }

    /** Starts all deletions in one transaction, then runs one after the other. */
    private void delete(TemplateId id, List<StoredOperation.Builder> drafts, int depth) {
        if (depth < drafts.size()) {
            operations.during(drafts.get(depth), () -> {
                delete(id, drafts, depth + 1);
                return true;
            });
            return;
        }
        for (StoredOperation operation : beginDelete(id, drafts)) {
            operations.run(new StartedOperation<>(operation, sagas.delete()));
        }
    }

    private List<StoredOperation> beginDelete(TemplateId id, List<StoredOperation.Builder> drafts) {
        return context.catalog().transact(tx -> {
            Template named = lock(tx, id);
            List<StoredOperation> started = new ArrayList<>();
            for (StoredOperation.Builder draft : drafts) {
                TemplateId each = draft.build().templateId();
                Template template = each == null || each.equals(id) ? named : lock(tx, each);
                TemplateReservations.requireUnused(tx, template);
                if (TemplateVersions.beingCopied(tx, template)) {
                    throw SaasException.conflict(
                            ErrorCodes.TEMPLATE_IN_USE,
                            "A tenant is being created from template \"" + template.name()
                                    + "\"; try again when it is there.");
                }
                if (template.state() != TemplateState.READY) {
                    throw SaasException.conflict(
                            ErrorCodes.TEMPLATE_NOT_READY,
                            "Template \"" + template.name() + "\" is being built or deleted.");
                }
                tx.records(RecordTypes.TEMPLATES).update(template.withState(TemplateState.DRAFT));
                started.add(OperationLeases.start(tx, draft.build()));
            }
            return started;
        });
    }

    @Override
    public List<AddonStatus> addons() {
        actor.requireAdministrator("read the list of add-ons");
        return content.addons().registry().available();
    }

    @Override
    public WarmPoolStatistics spares() {
        actor.requireAdministrator("see spare databases");
        return poolStatistics.get();
    }
}
