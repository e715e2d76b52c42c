// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.configuration;

import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.core.internal.addon.AddonVersions;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.Optional;

/** The base of sagas that change the content of a tenant database in one transaction inside it. */
abstract class ContentSaga<F> extends TenantSaga<F> {
    ContentSaga(CoreContext context, TenantContent content) {
        super(context, content);
    }

    @Override
    public final Optional<OperationState> supersede(Transaction tx, StoredOperation operation, OperationKind by) {
        undone(tx, operation);
        AddonVersions.forget(tx, OperationTargets.tenantId(operation));
        return Optional.of(OperationState.FAILED);
    }

    @Override
    public final String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The add-ons, groups, parameters and quotas of the change may be in " + describe(tx, operation)
                + ", or not. Its limits and expiry are those of the catalog when it is read next.";
    }

    @Override
    public final void abandoned(Transaction tx, StoredOperation operation) {
        undone(tx, operation);
        AddonVersions.forget(tx, OperationTargets.tenantId(operation));
        readSoon(tx, operation);
    }
}
