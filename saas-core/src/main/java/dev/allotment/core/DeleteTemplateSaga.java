// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.EventType;
import dev.allotment.Operation;
import dev.allotment.Template;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;

/** Removes a template, which nobody clones any more. Once begun it can only go on. */
final class DeleteTemplateSaga extends ForwardSaga {
    private final ControlPlane plane;

    DeleteTemplateSaga(ControlPlane plane) {
        this.plane = plane;
    }

    @Override
    public List<Step> steps() {
        return List.of(new Step("dropped", operation -> {
            Template template = Sagas.template(plane, operation);
            Alignment.drop(plane.databases(template.serverId()), ControlPlane.ref(template));
        }));
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        Template template = Sagas.template(tx, operation);
        TenantRules.release(tx, template.name(), template.uuid(), null);
        plane.placement.changed(template.serverId());
        plane.events.add(tx, operation, EventType.TEMPLATE_DELETED, null, Map.of("template", template.name()));
        tx.records(RecordTypes.TEMPLATES).delete(template.id().value());
    }
}
