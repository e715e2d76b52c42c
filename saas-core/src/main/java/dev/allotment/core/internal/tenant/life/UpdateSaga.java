// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Optional;

/** Makes a tenant database follow the catalog: limits, expiry, and suspension. */
public final class UpdateSaga extends TenantSaga<Saga.Nothing> {
    private final TenantStates tenantStates;

    public UpdateSaga(CoreContext context, TenantContent content, TenantStates tenantStates) {
        super(context, content);
        this.tenantStates = tenantStates;
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
        // The catalog was changed in the transaction that started the operation.
        return found;
    }

    /** Only if there is no database left: waiting for it for ever would keep the tenant from being deleted. */
    @Override
    public boolean undoable(StoredOperation operation) {
        return isDatabaseGone(operation);
    }

    @Override
    public void undo(StoredOperation operation, Nothing found) {
        // The catalog leads.
    }

    @Override
    public void undone(Transaction tx, StoredOperation operation) {
        // The catalog leads.
    }

    @Override
    public void abandoned(Transaction tx, StoredOperation operation) {
        readSoon(tx, operation);
    }

    @Override
    public boolean canBeGivenUp() {
        return true;
    }

    /** The catalog has the result already, and the operation that supersedes this writes it to the database. */
    @Override
    public Optional<OperationState> supersede(Transaction tx, StoredOperation operation, OperationKind by) {
        finish(tx, operation, Nothing.NOTHING);
        return Optional.of(OperationState.DONE);
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The catalog keeps the change. Until the tenant is read next, " + describe(tx, operation)
                + " may have the old limits, and may be open or closed as before.";
    }
}
