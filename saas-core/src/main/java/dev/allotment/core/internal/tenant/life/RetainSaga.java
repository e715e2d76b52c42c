// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.EventType;
import dev.allotment.TenantState;
import dev.allotment.UserId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.Reconciliation;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Soft-deletes a tenant: closes it, and leaves it to be removed later or restored. */
public final class RetainSaga implements Saga.Stateless {
    /**
     * @param until when the tenant is deleted for good
     * @param account who deleted it; null: the control plane itself
     */
    record Input(Instant until, @Nullable UserId account) {}

    static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    private final CoreContext context;
    private final Reconciliation reconciliation;
    private final TenantStates tenantStates;

    public RetainSaga(CoreContext context, TenantContent content, TenantStates tenantStates) {
        this.context = context;
        this.reconciliation = content.reconciliation();
        this.tenantStates = tenantStates;
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(Step.of("closed", tenantStates::close));
    }

    /**
     * The node that took over has closed it, and it may have been restored since: then this run has closed it too late.
     */
    @Override
    public void retractLateEffects(StoredOperation operation, Nothing found) {
        StoredTenant tenant = OperationTargets.tenant(context.catalog(), operation);
        reconciliation.reconcile(operation, tenant.serverId(), DatabaseRefs.of(tenant));
    }

    @Override
    public void finish(Transaction tx, StoredOperation operation) {
        StoredTenant tenant = TenantRows.lock(tx, OperationTargets.tenantId(operation));
        Input input = INPUT.read(operation);
        tx.records(RecordTypes.TENANTS)
                .update(tenant.toBuilder()
                        .state(TenantState.RETAINED)
                        .deletedAt(context.now())
                        .retainedUntil(input.until())
                        .nextCheckAt(input.until())
                        .nextSyncAt(null)
                        .build());
        SessionRows.endAll(tx, tenant);
        Map<String, String> details = new HashMap<>();
        details.put("name", tenant.name());
        details.put("until", input.until().toString());
        if (input.account() != null) {
            details.put(DeletionProofs.ACCOUNT, input.account().toString());
        }
        context.events().add(tx, operation, EventType.TENANT_RETAINED, tenant.id(), details);
    }

    /** A tenant that is being retained can be removed at once. */
    @Override
    public Ending ending() {
        return Ending.FINISHED.supersededByDeletion();
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The tenant was not deleted, but may be closed: " + TenantSaga.describe(tx, operation)
                + ". Resume the tenant to open it, or delete it again.";
    }
}
