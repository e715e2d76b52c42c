// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.EventType;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.OperationInputs;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reopens a soft-deleted tenant, which the catalog counts as in use from the start. */
public final class RestoreSaga extends TenantSaga<Saga.Nothing> {

    private final TenantStates tenantStates;

    public RestoreSaga(CoreContext context, TenantContent content, TenantStates tenantStates) {
        super(context, content);
        this.tenantStates = tenantStates;
    }

    static Map<String, String> input(StoredTenant tenant) {
        return Map.of(
                OperationInputs.DELETED_AT,
                String.valueOf(tenant.deletedAt()),
                OperationInputs.UNTIL,
                String.valueOf(tenant.retainedUntil()));
    }

    @Override
    public Nothing resume() {
        return Nothing.NOTHING;
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(Step.of("told", tenantStates::write));
    }

    @Override
    public Nothing finish(Transaction tx, StoredOperation operation, Nothing found) {
        StoredTenant tenant = lockTenant(tx, operation);
        context.events().add(tx, operation, EventType.TENANT_RESTORED, tenant.id(), Map.of("name", tenant.name()));
        return found;
    }

    /** Only if there is no database to restore. */
    @Override
    public boolean undoable(StoredOperation operation) {
        return isDatabaseGone(operation);
    }

    @Override
    public void undo(StoredOperation operation, Nothing found) {
        // There is no database.
    }

    @Override
    public void undone(Transaction tx, StoredOperation operation) {
        StoredTenant tenant = lockTenant(tx, operation);
        Instant until = Instant.parse(operation.input().getOrDefault(OperationInputs.UNTIL, ""));
        tx.records(RecordTypes.TENANTS)
                .update(tenant.toBuilder()
                        .state(TenantState.RETAINED)
                        .deletedAt(Instant.parse(operation.input().getOrDefault(OperationInputs.DELETED_AT, "")))
                        .retainedUntil(until)
                        .nextCheckAt(until)
                        .nextSyncAt(null)
                        .build());
    }

    /** The catalog has the result already, and the operation that supersedes this writes it to the database. */
    @Override
    public Optional<OperationState> supersede(Transaction tx, StoredOperation operation, OperationKind by) {
        finish(tx, operation, Nothing.NOTHING);
        return Optional.of(OperationState.DONE);
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The tenant counts as restored, but may be closed: " + describe(tx, operation)
                + ". Resume the tenant to open it.";
    }

    /** The tenant has been in use since the operation started. */
    @Override
    public void abandoned(Transaction tx, StoredOperation operation) {
        readSoon(tx, operation);
    }
}
