// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.EventType;
import dev.allotment.Operation;
import dev.allotment.Template;
import dev.allotment.TemplateState;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a database that others have made a template, and a plan's. It is closed, and never opened. */
final class AdoptTemplateSaga implements Saga {
    private final ControlPlane plane;
    private @Nullable Template adopted;

    AdoptTemplateSaga(ControlPlane plane) {
        this.plane = plane;
    }

    @Override
    public List<Step> steps() {
        return List.of(
                new Step("adopted", operation -> {
                    Template template = template(operation);
                    plane.databases(template.serverId()).adopt(ControlPlane.ref(template));
                }),
                new Step("configured", operation -> {
                    Template template = template(operation);
                    Adoption.fill(
                            plane, operation, plane.databases(template.serverId()), ControlPlane.ref(template), tx -> {
                                if (!Marks.has(tx, operation)) {
                                    DatabaseSetup.addBase(plane, tx, template.lang(), template.tz());
                                    Marks.put(tx, operation);
                                }
                            });
                }));
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        Template template = Sagas.template(tx, operation);
        tx.records(RecordTypes.TEMPLATES).update(template.toBuilder().state(TemplateState.READY).build());
        plane.events.add(tx, operation, EventType.TEMPLATE_BUILT, null, Map.of("template", template.name()));
        BuildTemplateSaga.setPlan(plane, tx, operation, template);
    }

    @Override
    public boolean undoable(Operation operation) {
        return true;
    }

    @Override
    public void undo(Operation operation) {
        Template template = template(operation);
        Adoption.giveBack(plane, template.serverId(), ControlPlane.ref(template));
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
        if (adopted != null) {
            Alignment.alignAdopted(plane, adopted.serverId(), ControlPlane.ref(adopted));
        }
    }

    private Template template(Operation operation) {
        if (adopted == null) {
            adopted = Sagas.template(plane, operation);
        }
        return adopted;
    }
}
