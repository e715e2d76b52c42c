// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.configuration;

import dev.allotment.core.internal.addon.AddonVersions;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;

/** The base of sagas that change the content of a tenant database in one transaction inside it. */
abstract class ContentSaga<F> extends TenantSaga<F> {
    ContentSaga(CoreContext context, TenantContent content) {
        super(context, content);
    }

    /**
     * The ending of a change that is one transaction in the database: it is undone unless that was committed, although
     * its response was lost.
     *
     * @param undone what is undone in the catalog
     */
    protected final Ending unlessApplied(Ending.CatalogChange undone) {
        Ending.CatalogChange unknown = (tx, operation) -> {
            undone.in(tx, operation);
            AddonVersions.forget(tx, OperationTargets.tenantId(operation));
        };
        return Ending.UNDONE
                .undoneIf(operation -> !isApplied(operation))
                .undoneWith(undone)
                .superseded(unknown)
                .abandoned((tx, operation) -> {
                    unknown.in(tx, operation);
                    readSoon(tx, operation);
                });
    }

    @Override
    public final String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The add-ons, groups, parameters and quotas of the change may be in " + describe(tx, operation)
                + ", or not. Its limits and expiry are those of the catalog when it is read next.";
    }
}
