// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.spare;

import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.template.TemplateCopies;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Optional;

/** Copies a template for the warm pool. */
public final class BuildSpareSaga implements Saga<Optional<Spare>> {
    private final CoreContext context;
    private final DatabaseServers servers;
    private final TenantContent content;

    public BuildSpareSaga(CoreContext context, DatabaseServers servers, TenantContent content) {
        this.context = context;
        this.servers = servers;
        this.content = content;
    }

    @Override
    public Optional<Spare> resume() {
        return Optional.empty();
    }

    @Override
    public List<Step<Optional<Spare>>> steps() {
        return List.of(new Step<>("copied", this::copy).undoneBy(this::discard));
    }

    private Optional<Spare> copy(StoredOperation operation, Optional<Spare> found) {
        Spare spare = spare(operation);
        Template template = OperationTargets.template(context.catalog(), operation);
        Databases databases = servers.registry().databases(spare.serverId(), operation);
        databases.copy(DatabaseRefs.of(template), DatabaseRefs.of(spare));
        // Everything that can be known of the tenant is written now, so that a claim has little to write. The first
        // connection is also the most expensive one, because the server's caches are cold.
        StoredTenant tenant = likely(spare, template);
        databases.transact(DatabaseRefs.of(spare), tx -> {
            OperationMarkers.remove(tx, OperationMarkers.all(tx));
            content.setup().addOwnerPlaceholder(tx, template.lang(), template.tz());
            DatabaseSetup.writeParameters(tx, tenant, false);
            return null;
        });
        // Ends the connection, so that a claim need not wait for it.
        databases.rename(DatabaseRefs.of(spare), spare.name());
        return Optional.of(spare);
    }

    private void discard(StoredOperation operation) {
        Spare spare = spare(operation);
        DatabaseRemoval.discard(servers.registry().databases(spare.serverId(), operation), DatabaseRefs.of(spare));
    }

    /** The tenant that the spare will become, as far as the plan determines it. */
    private StoredTenant likely(Spare spare, Template template) {
        return context.catalog().transact(tx -> {
            List<TemplateId> same = TemplateCopies.siblings(tx, template).stream()
                    .map(Template::id)
                    .toList();
            StoredTenant.Builder tenant = StoredTenant.builder(spare.uuid(), spare.name(), spare.serverId());
            tx
                    .records(RecordTypes.PLANS)
                    .list(Query.where(Filter.in(Plan.TEMPLATE_ID, same)).page(0, 1))
                    .stream()
                    .findFirst()
                    .ifPresent(plan -> tenant.maxUsers(plan.maxUsers())
                            .storageLimitMb(plan.storageLimitMb())
                            .entitlements(plan.entitlements()));
            return tenant.build();
        });
    }

    @Override
    public Optional<Spare> finish(Transaction tx, StoredOperation operation, Optional<Spare> found) {
        tx.records(RecordTypes.SPARES).update(SpareRows.withReady(SpareRows.lock(tx, operation), true));
        return found;
    }

    @Override
    public Ending ending() {
        return Ending.UNDONE.undoneWith(this::forget);
    }

    private void forget(Transaction tx, StoredOperation operation) {
        Spare gone = SpareRows.lock(tx, operation);
        SpareRows.forget(tx, gone);
        servers.placement().changed(gone.serverId());
    }

    @Override
    public void retractLateEffects(StoredOperation operation, Optional<Spare> found) {
        found.ifPresent(
                spare -> content.reconciliation().reconcile(operation, spare.serverId(), DatabaseRefs.of(spare)));
    }

    private Spare spare(StoredOperation operation) {
        return context.catalog().transact(tx -> SpareRows.lock(tx, operation));
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "No spare has been made. It may exist, and belongs to no tenant: " + SpareRows.describe(tx, operation)
                + ".";
    }
}
