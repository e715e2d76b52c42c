// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.template;

import dev.allotment.EventType;
import dev.allotment.Template;
import dev.allotment.TemplateState;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.database.Reconciliation;
import dev.allotment.core.internal.event.EventLog;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.Placement;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns a foreign database into a template, and sets a plan to it. The database is closed, and never opened. */
public final class AdoptTemplateSaga implements Saga<Optional<Template>> {
    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final Placement placement;
    private final EventLog eventLog;
    private final DatabaseSetup databaseSetup;
    private final Reconciliation reconciliation;

    public AdoptTemplateSaga(
            CoreContext context,
            ServerRegistry serverRegistry,
            Placement placement,
            EventLog eventLog,
            DatabaseSetup databaseSetup,
            Reconciliation reconciliation) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.placement = placement;
        this.eventLog = eventLog;
        this.databaseSetup = databaseSetup;
        this.reconciliation = reconciliation;
    }

    @Override
    public Optional<Template> resume() {
        return Optional.empty();
    }

    @Override
    public List<Step<Optional<Template>>> steps() {
        return List.of(
                new Step<>("adopted", (operation, found) -> {
                    Template template = known(operation, found);
                    serverRegistry.databases(template.serverId()).adopt(DatabaseRefs.of(template));
                    return Optional.of(template);
                }),
                new Step<>("configured", (operation, found) -> {
                    Template template = known(operation, found);
                    databaseSetup.fillAdopted(
                            operation, serverRegistry.databases(template.serverId()), DatabaseRefs.of(template), tx -> {
                                if (!OperationMarkers.has(tx, operation)) {
                                    databaseSetup.addBase(tx, template.lang(), template.tz());
                                    OperationMarkers.put(tx, operation);
                                }
                                return true;
                            });
                    return Optional.of(template);
                }));
    }

    @Override
    public Optional<Template> finish(Transaction tx, StoredOperation operation, Optional<Template> found) {
        Template template = OperationTargets.lockTemplate(tx, operation);
        tx.records(RecordTypes.TEMPLATES).update(template.withState(TemplateState.READY));
        eventLog.add(tx, operation, EventType.TEMPLATE_BUILT, null, Map.of("template", template.name()));
        BuildTemplateSaga.setPlan(tx, operation, template, context.now());
        return found;
    }

    @Override
    public boolean undoable(StoredOperation operation) {
        return true;
    }

    @Override
    public void undo(StoredOperation operation, Optional<Template> found) {
        Template template = known(operation, found);
        DatabaseRemoval.giveBack(serverRegistry.databases(template.serverId()), DatabaseRefs.of(template));
    }

    @Override
    public void undone(Transaction tx, StoredOperation operation) {
        Template template = OperationTargets.lockTemplate(tx, operation);
        ReservedNames.release(tx, template.name(), template.uuid(), null);
        placement.changed(template.serverId());
        tx.records(RecordTypes.TEMPLATES).delete(template.id().value());
    }

    @Override
    public void withdraw(StoredOperation operation, Optional<Template> found) {
        found.ifPresent(template -> reconciliation.reconcileAdopted(template.serverId(), DatabaseRefs.of(template)));
    }

    private Template known(StoredOperation operation, Optional<Template> found) {
        return found.orElseGet(() -> OperationTargets.template(context.catalog(), operation));
    }
}
