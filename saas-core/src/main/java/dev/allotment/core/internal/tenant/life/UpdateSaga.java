// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.List;

/** Makes a tenant database follow the catalog: limits, expiry, and suspension. */
public final class UpdateSaga extends TenantSaga<Saga.Nothing> implements Saga.Stateless {
    private final TenantStates tenantStates;

    public UpdateSaga(CoreContext context, TenantContent content, TenantStates tenantStates) {
        super(context, content);
        this.tenantStates = tenantStates;
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(Step.of("told", tenantStates::write));
    }

    /** The catalog was changed in the transaction that started the operation. */
    @Override
    public Ending ending() {
        return catalogLeads((tx, operation) -> {}).orGivenUp();
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The catalog keeps the change. Until the tenant is read next, " + describe(tx, operation)
                + " may have the old limits, and may be open or closed as before.";
    }
}
