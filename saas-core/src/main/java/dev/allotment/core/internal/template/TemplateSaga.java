// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.template;

import dev.allotment.EventType;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.database.Reconciliation;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.plan.PlanVersions;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The base of sagas that make a template and set a plan to it. Its database is never opened. */
abstract class TemplateSaga implements Saga<Optional<Template>> {
    /** @param plan the one that the template is set to; null: none, since the template is a copy of another one */
    record Input(@Nullable PlanId plan) {}

    static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    protected final CoreContext context;
    protected final DatabaseSetup databaseSetup;
    protected final Reconciliation reconciliation;
    private final DatabaseServers servers;

    TemplateSaga(CoreContext context, DatabaseServers servers, TenantContent content) {
        this.context = context;
        this.servers = servers;
        this.databaseSetup = content.setup();
        this.reconciliation = content.reconciliation();
    }

    @Override
    public final Optional<Template> resume() {
        return Optional.empty();
    }

    final Template known(StoredOperation operation, Optional<Template> found) {
        return found.orElseGet(() -> template(operation));
    }

    final Template template(StoredOperation operation) {
        return OperationTargets.template(context.catalog(), operation);
    }

    /** The databases of the server that the template is on, as the operation has to change them. */
    final Databases databases(StoredOperation operation, Template template) {
        return servers.registry().databases(template.serverId(), operation);
    }

    @Override
    public final Optional<Template> finish(Transaction tx, StoredOperation operation, Optional<Template> found) {
        Template template = OperationTargets.lockTemplate(tx, operation);
        tx.records(RecordTypes.TEMPLATES)
                .update(template.withState(TemplateState.READY)
                        .withSchemaVersion(found.map(Template::schemaVersion).orElse(null)));
        context.events().add(tx, operation, EventType.TEMPLATE_BUILT, null, Map.of("template", template.name()));
        setPlan(tx, operation, template);
        return found;
    }

    /** Sets the operation's plan, if it has one, to the template. */
    private void setPlan(Transaction tx, StoredOperation operation, Template template) {
        PlanId plan = INPUT.read(operation).plan();
        if (plan == null) {
            return;
        }
        tx.records(RecordTypes.PLANS).lock(plan.value()).ifPresent(each -> {
            Plan changed = each.toBuilder().templateId(template.id()).build();
            if (template.id().equals(each.templateId())) {
                // It was reserved. The version of the plan that is sold so far says nothing about its add-ons.
                PlanVersions.change(tx, each.toBuilder().templateId(null).build(), changed, context.now());
            } else if (isVersionOf(tx, template, each.templateId())) {
                tx.records(RecordTypes.PLANS).update(changed);
            } else if (template.version() == 1) {
                // The plan was set to another template, or to none, after this build was started for it.
                PlanVersions.change(tx, each, changed, context.now());
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
    public final Ending ending() {
        return Ending.UNDONE.undoneWith(this::forget);
    }

    private void forget(Transaction tx, StoredOperation operation) {
        Template template = OperationTargets.lockTemplate(tx, operation);
        servers.placement().changed(template.serverId());
        TemplateReservations.unbuilt(tx, template);
    }

    @Override
    public final String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "No template has been made. It may exist, and belongs to no tenant: " + describe(tx, operation) + ".";
    }

    /** Names the database of an operation's template for an operator. */
    static String describe(Transaction tx, StoredOperation operation) {
        Template template = OperationTargets.lockTemplate(tx, operation);
        return OperationTargets.describe(tx, template.serverId(), DatabaseRefs.of(template));
    }
}
