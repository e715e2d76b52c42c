// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.Map;
import java.util.Optional;

/** Runs an action of the embedder. Only the results of the campaign say for which tenants it was run. */
record ActionWork(CoreContext context, OperationEngine operations, RunActionSaga runActionSaga, String name)
        implements TenantWork {
    ActionWork {
        if (!runActionSaga.knows(name)) {
            throw new SaasException(
                    ErrorCategory.NOT_FOUND,
                    ErrorCodes.CAMPAIGN_ACTION_UNKNOWN,
                    "Action " + TextRules.describe(name) + " is not registered with this node.",
                    Map.of("action", name),
                    false,
                    null);
        }
    }

    @Override
    public OperationKind kind() {
        return OperationKind.RUN_TENANT_ACTION;
    }

    @Override
    public Filter<StoredTenant> needingChange(Transaction tx) {
        return Filter.all();
    }

    @Override
    public boolean needsChange(StoredTenant tenant) {
        return true;
    }

    @Override
    public boolean onceEach() {
        return true;
    }

    @Override
    public Optional<OperationRequest<?>> changing(Actor actor, TenantId id) {
        StoredOperation.Builder draft = operations
                .draft(OperationKind.RUN_TENANT_ACTION, actor)
                .tenantId(id)
                .input(RunActionSaga.input(name));
        return Optional.of(new OperationRequest<>(draft, tx -> {
            StoredTenant tenant = new TenantLookup(context.work(), actor).lock(tx, id);
            TenantRows.requireState(tenant, "changed by an action", TenantState.OPEN, TenantState.SUSPENDED);
            OperationId campaign = draft.build().campaign();
            return campaign != null && new CampaignResults(campaign, kind()).isDone(tx, id, 0)
                    ? Optional.empty()
                    : Optional.of(StartedOperation.store(tx, draft, runActionSaga));
        }));
    }

    @Override
    public void finishOrphaned(TenantId tenant) {
        operations.takeOverDue(tenant, OperationKind.RUN_TENANT_ACTION, runActionSaga);
    }
}
