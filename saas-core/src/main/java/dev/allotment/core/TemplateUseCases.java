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
import dev.allotment.spi.Addon;
import dev.allotment.spi.RecordTypes;
import dev.allotment.spi.Transaction;
import java.util.List;
import java.util.Map;
import java.util.UUID;

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
    Filter visible(Transaction tx) {
        actor.requireAdministrator("access 'saas_portal.database' records");
        return Filter.all();
    }

    @Override
    public Template build(PlanId plan, List<String> addons) {
        actor.requireAdministrator("build templates");
        List<String> ordered =
                plane.addons.withDependencies(addons).stream().map(Addon::name).toList();
        Operation.Builder draft = plane.sagas.draft(OperationKind.BUILD_TEMPLATE, actor);
        return plane.sagas.during(draft, () -> {
            Operation operation = begin(plan, ordered, draft);
            plane.sagas.run(operation, new BuildTemplateSaga(plane));
            return Sagas.template(plane, operation);
        });
    }

    private Operation begin(PlanId plan, List<String> addons, Operation.Builder draft) {
        return plane.catalog.transact(tx -> {
            Plan found = tx.records(RecordTypes.PLANS)
                    .find(plan.value())
                    .orElseThrow(() -> RecordLookup.missing(RecordTypes.PLANS, "Plan", plan.value()));
            ServerId server = TenantRules.placement(tx, found.serverId());
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
                            addons,
                            found.lang(),
                            found.tz(),
                            found.demo(),
                            plane.now()));
            return plane.sagas.begin(
                    tx,
                    draft.templateId(template.id())
                            .input(Map.of(BuildTemplateSaga.PLAN, plan.toString()))
                            .build());
        });
    }

    @Override
    public void delete(TemplateId id) {
        actor.requireAdministrator("delete templates");
        Operation.Builder draft = plane.sagas.draft(OperationKind.DELETE_TEMPLATE, actor);
        plane.sagas.during(draft, () -> {
            Operation operation = beginDelete(id, draft);
            return plane.sagas.run(operation, new DeleteTemplateSaga(plane));
        });
    }

    private Operation beginDelete(TemplateId id, Operation.Builder draft) {
        return plane.catalog.transact(tx -> {
            Template template = lock(tx, id);
            if (tx.records(RecordTypes.PLANS).count(Filter.equal("templateId", id)) > 0) {
                throw SaasException.conflict(
                        ErrorCodes.TEMPLATE_IN_USE,
                        "Template \"" + template.name() + "\" is a plan's; set the plan to another one first.");
            }
            if (template.state() != TemplateState.READY) {
                throw SaasException.conflict(
                        ErrorCodes.TEMPLATE_NOT_READY,
                        "Template \"" + template.name() + "\" is being built or deleted.");
            }
            tx.records(RecordTypes.TEMPLATES).update(template.withState(TemplateState.DRAFT));
            return plane.sagas.begin(tx, draft.templateId(id).build());
        });
    }
}
