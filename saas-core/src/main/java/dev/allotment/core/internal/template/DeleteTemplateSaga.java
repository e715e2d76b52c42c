// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.template;

import dev.allotment.EventType;
import dev.allotment.Template;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.server.Placement;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;

/** Removes a template that is not cloned any more. Once started, it only goes forward. */
public final class DeleteTemplateSaga implements Saga.Stateless {
    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final Placement placement;

    public DeleteTemplateSaga(CoreContext context, DatabaseServers servers) {
        this.context = context;
        this.serverRegistry = servers.registry();
        this.placement = servers.placement();
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(Step.of("dropped", operation -> {
            Template template = OperationTargets.template(context.catalog(), operation);
            DatabaseRemoval.drop(serverRegistry.databases(template.serverId(), operation), DatabaseRefs.of(template));
        }));
    }

    @Override
    public void finish(Transaction tx, StoredOperation operation) {
        Template template = OperationTargets.lockTemplate(tx, operation);
        context.events().add(tx, operation, EventType.TEMPLATE_DELETED, null, Map.of("template", template.name()));
        forget(tx, operation);
    }

    /** The template can be neither cloned nor deleted again, so the catalog forgets it even if this is abandoned. */
    @Override
    public Ending ending() {
        return Ending.FINISHED.abandoned(this::forget);
    }

    private void forget(Transaction tx, StoredOperation operation) {
        Template template = OperationTargets.lockTemplate(tx, operation);
        ReservedNames.release(tx, template.name(), template.uuid(), null);
        placement.changed(template.serverId());
        tx.records(RecordTypes.TEMPLATES).delete(template.id().value());
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The template has been forgotten. It may still exist, and belongs to no tenant: "
                + TemplateSaga.describe(tx, operation) + ".";
    }
}
