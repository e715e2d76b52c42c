// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
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
import dev.allotment.hook.Addon;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The templates. */
final class TemplateUseCases extends RecordLookup<TemplateId, Template> implements Templates {
    private final ControlPlane plane;
    private final Actor actor;

    TemplateUseCases(ControlPlane plane, Actor actor) {
        super(plane.place, RecordTypes.TEMPLATES, "Template");
        this.plane = plane;
        this.actor = actor;
    }

    @Override
    long number(TemplateId id) {
        return id.value();
    }

    @Override
    Filter<Template> visible(Transaction tx) {
        actor.requireAdministrator("access 'saas_portal.database' records");
        return Filter.all();
    }

    /**
     * A template that somebody asks for.
     *
     * @param key as {@link Repeats#scoped} gives it
     */
    private record Order(
            Operation.Builder draft, @Nullable String key, Function<Transaction, Operation> begin, Saga saga) {}

    @Override
    public Template build(PlanId plan, List<String> addons, @Nullable String idempotencyKey) {
        return make(building(plan, addons, idempotencyKey));
    }

    Operation buildLater(PlanId plan, List<String> addons, @Nullable String idempotencyKey) {
        return later(building(plan, addons, idempotencyKey));
    }

    private Order building(PlanId plan, List<String> addons, @Nullable String idempotencyKey) {
        actor.requireAdministrator("build templates");
        List<Addon> ordered = plane.addons.withDependencies(addons);
        String key = idempotencyKey == null ? null : Repeats.scoped(actor, idempotencyKey);
        Operation.Builder draft = plane.sagas
                .draft(OperationKind.BUILD_TEMPLATE, actor)
                .idempotencyKey(key)
                .fingerprint(Secrets.hash("build template " + plan + " " + addons));
        return new Order(draft, key, tx -> begin(tx, plan, ordered, draft), new BuildTemplateSaga(plane));
    }

    @Override
    public Template adopt(PlanId plan, ServerId server, String name, @Nullable String idempotencyKey) {
        return make(adopting(plan, server, name, idempotencyKey));
    }

    Operation adoptLater(PlanId plan, ServerId server, String name, @Nullable String idempotencyKey) {
        return later(adopting(plan, server, name, idempotencyKey));
    }

    private Order adopting(PlanId plan, ServerId server, String name, @Nullable String idempotencyKey) {
        actor.requireAdministrator("adopt databases");
        String key = idempotencyKey == null ? null : Repeats.scoped(actor, idempotencyKey);
        Operation.Builder draft = plane.sagas
                .draft(OperationKind.ADOPT_TEMPLATE, actor)
                .idempotencyKey(key)
                .fingerprint(Secrets.hash("adopt template " + plan + " " + server + " " + name));
        return new Order(draft, key, tx -> beginAdoption(tx, plan, server, name, draft), new AdoptTemplateSaga(plane));
    }

    /** What a request has begun, or what an earlier one with the same key did. */
    private record Reservation(Operation operation, boolean repeated) {}

    private Reservation reserve(Order order) {
        return plane.place.orAgain(tx -> Repeats.earlier(tx, order.draft(), order.key())
                .map(earlier -> new Reservation(earlier, true))
                .orElseGet(() -> new Reservation(order.begin().apply(tx), false)));
    }

    private Template make(Order order) {
        return plane.sagas.during(order.draft(), () -> {
            Reservation reservation = reserve(order);
            if (!reservation.repeated()) {
                plane.sagas.run(reservation.operation(), order.saga());
            }
            return Sagas.template(plane, reservation.operation());
        });
    }

    private Operation later(Order order) {
        Operation.Builder draft = order.draft().step(Sagas.QUEUED);
        return Repeats.orRunning(
                plane,
                order.key(),
                () -> plane.sagas.during(draft, () -> {
                    Reservation reservation = reserve(order);
                    if (!reservation.repeated()) {
                        plane.sagas.runLater(new Begun(reservation.operation(), order.saga()));
                    }
                    return reservation.operation();
                }));
    }

    private Operation beginAdoption(Transaction tx, PlanId id, ServerId server, String name, Operation.Builder draft) {
        Plan plan = PlanVersions.plan(tx, id);
        plane.placement.choose(tx, server);
        Texts.databaseName(name, TenantRules.reservedNames(plane, tx, server));
        UUID uuid = plane.secrets.uuid();
        TenantRules.hold(tx, name, uuid, plane.now());
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
                        plane.now(),
                        uuid,
                        1,
                        "",
                        List.of()));
        return plane.sagas.begin(
                tx,
                draft.templateId(template.id())
                        .input(Map.of(BuildTemplateSaga.PLAN, id.toString()))
                        .build());
    }

    private Operation begin(Transaction tx, PlanId plan, List<Addon> addons, Operation.Builder draft) {
        Plan found = PlanVersions.plan(tx, plan);
        Blueprint blueprint = Blueprint.of(found, addons);
        ServerId server = plane.placement.choose(tx, found.serverId());
        UUID uuid = plane.secrets.uuid();
        String name = "template-" + plan + "-" + uuid.toString().substring(0, 8);
        TenantRules.hold(tx, name, uuid, plane.now());
        Template template = tx.records(RecordTypes.TEMPLATES)
                .insert(new Template(
                        new TemplateId(0),
                        name,
                        uuid,
                        server,
                        TemplateState.DRAFT,
                        blueprint.names(),
                        blueprint.lang(),
                        blueprint.tz(),
                        blueprint.demo(),
                        plane.now(),
                        uuid,
                        1,
                        blueprint.hash(),
                        blueprint.versions()));
        return plane.sagas.begin(
                tx,
                draft.templateId(template.id())
                        .input(Map.of(BuildTemplateSaga.PLAN, plan.toString()))
                        .build());
    }

    @Override
    public void delete(TemplateId id) {
        actor.requireAdministrator("delete templates");
        List<Operation.Builder> drafts = new ArrayList<>();
        List<Template> siblings = plane.catalog.transact(tx -> Sites.siblings(tx, get(tx, id)));
        for (Template template : siblings) {
            drafts.add(plane.sagas.draft(OperationKind.DELETE_TEMPLATE, actor).templateId(template.id()));
        }
        delete(id, drafts, 0);
    }

    /** Begins all in one transaction, in the middle of all that is said to be under way, and then runs one after the other. */
    private void delete(TemplateId id, List<Operation.Builder> drafts, int depth) {
        if (depth < drafts.size()) {
            plane.sagas.during(drafts.get(depth), () -> {
                delete(id, drafts, depth + 1);
                return true;
            });
            return;
        }
        for (Operation operation : beginDelete(id, drafts)) {
            plane.sagas.run(operation, new DeleteTemplateSaga(plane));
        }
    }

    private List<Operation> beginDelete(TemplateId id, List<Operation.Builder> drafts) {
        return plane.catalog.transact(tx -> {
            Template named = lock(tx, id);
            List<Operation> begun = new ArrayList<>();
            for (Operation.Builder draft : drafts) {
                TemplateId each = draft.build().templateId();
                Template template = each == null || each.equals(id) ? named : lock(tx, each);
                if (tx.records(RecordTypes.PLANS).count(Filter.equal(Plan.TEMPLATE_ID, template.id())) > 0) {
                    throw SaasException.conflict(
                            ErrorCodes.TEMPLATE_IN_USE,
                            "Template \"" + template.name() + "\" is a plan's; set the plan to another one first.");
                }
                if (Generations.beingCopied(tx, template)) {
                    throw SaasException.conflict(
                            ErrorCodes.TEMPLATE_IN_USE,
                            "A client database is being made from template \"" + template.name()
                                    + "\"; try again when it is there.");
                }
                if (template.state() != TemplateState.READY) {
                    throw SaasException.conflict(
                            ErrorCodes.TEMPLATE_NOT_READY,
                            "Template \"" + template.name() + "\" is being built or deleted.");
                }
                tx.records(RecordTypes.TEMPLATES).update(template.toBuilder().state(TemplateState.DRAFT).build());
                begun.add(plane.sagas.begin(tx, draft.build()));
            }
            return begun;
        });
    }

    @Override
    public WarmPoolStatistics spares() {
        actor.requireAdministrator("see spare databases");
        return new SpareStock(plane).statistics();
    }
}
