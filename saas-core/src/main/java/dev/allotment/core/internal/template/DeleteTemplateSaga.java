// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.template;

import dev.allotment.EventType;
import dev.allotment.Template;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.ForwardSaga;
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
public final class DeleteTemplateSaga extends ForwardSaga<Saga.Nothing> {
    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final Placement placement;

    public DeleteTemplateSaga(CoreContext context, DatabaseServers servers) {
        this.context = context;
        this.serverRegistry = servers.registry();
        this.placement = servers.placement();
    }

    @Override
    public Nothing resume() {
        return Nothing.NOTHING;
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(Step.of("dropped", operation -> {
            Template template = OperationTargets.template(context.catalog(), operation);
            DatabaseRemoval.drop(serverRegistry.databases(template.serverId(), operation), DatabaseRefs.of(template));
        }));
    }

    @Override
    public Nothing finish(Transaction tx, StoredOperation operation, Nothing found) {
        Template template = OperationTargets.lockTemplate(tx, operation);
        context.events().add(tx, operation, EventType.TEMPLATE_DELETED, null, Map.of("template", template.name()));
        abandoned(tx, operation);
        return found;
    }

    /** The template can be neither cloned nor deleted again, so the catalog forgets it. */
    @Override
    public void abandoned(Transaction tx, StoredOperation operation) {
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
