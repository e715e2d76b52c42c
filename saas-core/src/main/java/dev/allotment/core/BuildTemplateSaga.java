// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.EventType;
import dev.allotment.Operation;
import dev.allotment.Plan;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds the database of a template, and makes it its plan's. It is never opened. */
final class BuildTemplateSaga implements Saga {
    static final String PLAN = "plan";

    private final ControlPlane plane;
    private @Nullable Template built;

    BuildTemplateSaga(ControlPlane plane) {
        this.plane = plane;
    }

    @Override
    public List<Step> steps() {
        return List.of(
                new Step("database", operation -> {
                    Template template = template(operation);
                    plane.databases(template.serverId()).create(ControlPlane.ref(template));
                }),
                new Step("configured", this::configure));
    }

    private void configure(Operation operation) {
        Template template = template(operation);
        Databases databases = plane.databases(template.serverId());
        DatabaseRef ref = ControlPlane.ref(template);
        // Not together with scripts: a backend that has to begin again when it meets one has spent the first numbers
        // then.
        DatabaseSetup.first(
                plane,
                operation,
                databases,
                ref,
                () -> databases.transact(ref, tx -> {
                    DatabaseSetup.addBase(plane, tx, template.lang(), template.tz());
                    return null;
                }));
        Installer installer = plane.installer(template.serverId());
        databases.configure(ref, tx -> {
            if (!Marks.has(tx, operation)) {
                installer.install(tx, template.addons());
                // Whoever gets a copy finds its owner's groups given out.
                DatabaseSetup.keepOwnersPlace(plane, tx, template.lang(), template.tz());
                Marks.put(tx, operation);
            }
            return null;
        });
    }

    private Template template(Operation operation) {
        if (built == null) {
            built = Sagas.template(plane, operation);
        }
        return built;
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        Template template = Sagas.template(tx, operation);
        tx.records(RecordTypes.TEMPLATES).update(template.toBuilder().state(TemplateState.READY).build());
        plane.events.add(tx, operation, EventType.TEMPLATE_BUILT, null, Map.of("template", template.name()));
        setPlan(plane, tx, operation, template);
    }

    /** Makes a template that of the plan which the operation is for; none, where it is for none. */
    static void setPlan(ControlPlane plane, Transaction tx, Operation operation, Template template) {
        long plan = Long.parseLong(operation.input().getOrDefault(PLAN, "0"));
        tx.records(RecordTypes.PLANS).lock(plan).ifPresent(each -> {
            Plan changed = each.toBuilder().templateId(template.id()).build();
            if (isGenerationOf(tx, template, each.templateId())) {
                tx.records(RecordTypes.PLANS).update(changed);
            } else if (template.version() == 1) {
                // A later one was built for a plan that somebody has set to another template, or to none, meanwhile.
                PlanVersions.change(tx, each, changed, plane.now());
            }
        });
    }

    /** What is built anew from the same add-ons is nothing else to whoever buys it. */
    private static boolean isGenerationOf(Transaction tx, Template template, @Nullable TemplateId before) {
        return before != null
                && tx.records(RecordTypes.TEMPLATES)
                        .find(before.value())
                        .filter(each -> each.family().equals(template.family()))
                        .isPresent();
    }

    @Override
    public boolean undoable(Operation operation) {
        return true;
    }

    @Override
    public void undo(Operation operation) {
        Template template = template(operation);
        Alignment.drop(plane.databases(template.serverId()), ControlPlane.ref(template));
    }

    @Override
    public void undone(Transaction tx, Operation operation) {
        Template template = Sagas.template(tx, operation);
        TenantRules.release(tx, template.name(), template.uuid(), null);
        plane.placement.changed(template.serverId());
        tx.records(RecordTypes.TEMPLATES).delete(template.id().value());
    }

    @Override
    public void withdraw(Operation operation) {
        if (built != null) {
            Alignment.align(plane, built.serverId(), ControlPlane.ref(built));
        }
    }
}
