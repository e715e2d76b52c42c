// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.template;

import dev.allotment.EventType;
import dev.allotment.Plan;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.core.internal.addon.AddonInstaller;
import dev.allotment.core.internal.addon.AddonInstallers;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.database.Reconciliation;
import dev.allotment.core.internal.event.EventLog;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.OperationInputs;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.plan.PlanVersions;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.Placement;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Builds the database of a template, and sets its plan to it. The database is never opened. */
public final class BuildTemplateSaga implements Saga<Optional<Template>> {

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final Placement placement;
    private final EventLog eventLog;
    private final AddonInstallers addonInstallers;
    private final DatabaseSetup databaseSetup;
    private final Reconciliation reconciliation;

    public BuildTemplateSaga(
            CoreContext context,
            ServerRegistry serverRegistry,
            Placement placement,
            EventLog eventLog,
            AddonInstallers addonInstallers,
            DatabaseSetup databaseSetup,
            Reconciliation reconciliation) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.placement = placement;
        this.eventLog = eventLog;
        this.addonInstallers = addonInstallers;
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
                new Step<>("database", (operation, found) -> {
                    Template template = known(operation, found);
                    serverRegistry.databases(template.serverId()).create(DatabaseRefs.of(template));
                    return Optional.of(template);
                }),
                new Step<>("configured", this::configure));
    }

    private Optional<Template> configure(StoredOperation operation, Optional<Template> found) {
        Template template = known(operation, found);
        Databases databases = serverRegistry.databases(template.serverId());
        DatabaseRef ref = DatabaseRefs.of(template);
        // Not in one transaction with scripts: a backend that restarts the transaction at a script has used up the
        // first
        // numbers by then.
        databaseSetup.first(
                operation,
                databases,
                ref,
                () -> databases.transact(ref, tx -> {
                    databaseSetup.addBase(tx, template.lang(), template.tz());
                    return null;
                }));
        AddonInstaller installer = addonInstallers.on(template.serverId());
        databases.configure(ref, tx -> {
            if (!OperationMarkers.has(tx, operation)) {
                installer.install(tx, template.addons());
                // In every copy, the owner's groups are granted already.
                databaseSetup.addOwnerPlaceholder(tx, template.lang(), template.tz());
                OperationMarkers.put(tx, operation);
            }
            return null;
        });
        return Optional.of(template);
    }

    private Template known(StoredOperation operation, Optional<Template> found) {
        return found.orElseGet(() -> OperationTargets.template(context.catalog(), operation));
    }

    @Override
    public Optional<Template> finish(Transaction tx, StoredOperation operation, Optional<Template> found) {
        Template template = OperationTargets.lockTemplate(tx, operation);
        tx.records(RecordTypes.TEMPLATES).update(template.withState(TemplateState.READY));
        eventLog.add(tx, operation, EventType.TEMPLATE_BUILT, null, Map.of("template", template.name()));
        setPlan(tx, operation, template, context.now());
        return found;
    }

    /** Sets the operation's plan, if it has one, to the template. */
    static void setPlan(Transaction tx, StoredOperation operation, Template template, Instant now) {
        long plan = Long.parseLong(operation.input().getOrDefault(OperationInputs.PLAN, "0"));
        tx.records(RecordTypes.PLANS).lock(plan).ifPresent(each -> {
            Plan changed = each.toBuilder().templateId(template.id()).build();
            if (isVersionOf(tx, template, each.templateId())) {
                tx.records(RecordTypes.PLANS).update(changed);
            } else if (template.version() == 1) {
                // The plan was set to another template, or to none, after this build was started for it.
                PlanVersions.change(tx, each, changed, now);
            }
        });
    }

    /** A template that is rebuilt from the same add-ons is the same thing for customers. */
    private static boolean isVersionOf(Transaction tx, Template template, @Nullable TemplateId before) {
        return before != null
                && tx.records(RecordTypes.TEMPLATES)
                        .find(before.value())
                        .filter(each -> each.family().equals(template.family()))
                        .isPresent();
    }

    @Override
    public boolean undoable(StoredOperation operation) {
        return true;
    }

    @Override
    public void undo(StoredOperation operation, Optional<Template> found) {
        Template template = known(operation, found);
        DatabaseRemoval.drop(serverRegistry.databases(template.serverId()), DatabaseRefs.of(template));
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
        found.ifPresent(template -> reconciliation.reconcile(template.serverId(), DatabaseRefs.of(template)));
    }
}
