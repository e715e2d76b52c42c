// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.change;

import dev.allotment.SaasException;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.Reconciliation;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.database.TenantDatabases;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.Placement;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import org.jspecify.annotations.Nullable;

/** The base of sagas that work on the database of one tenant. */
public abstract class TenantSaga<F> implements Saga<F> {
    protected final CoreContext context;
    protected final TenantDatabases tenantDatabases;
    protected final Reconciliation reconciliation;

    protected TenantSaga(CoreContext context, TenantContent content) {
        this.context = context;
        this.tenantDatabases = content.databases();
        this.reconciliation = content.reconciliation();
    }

    protected final StoredTenant tenant(StoredOperation operation) {
        return OperationTargets.tenant(context.catalog(), operation);
    }

    /** The account of the owner of a tenant; null: it has none. */
    protected final @Nullable User account(StoredTenant tenant) {
        UserId owner = tenant.ownerId();
        return owner == null
                ? null
                : context.catalog()
                        .transact(tx -> tx.records(RecordTypes.USERS)
                                .find(owner.value())
                                .orElse(null));
    }

    public static StoredTenant lockTenant(Transaction tx, StoredOperation operation) {
        return TenantRows.lock(tx, OperationTargets.tenantId(operation));
    }

    /** The tenant's database under the name that it has now. */
    public static DatabaseRef present(Databases databases, StoredTenant tenant) {
        DatabaseRef found = databases.find(tenant.uuid());
        return found == null ? DatabaseRefs.of(tenant) : found;
    }

    /**
     * The tenant's database while an operation has put it aside. No tenant has this name.
     *
     * @param purpose what the operation does to it
     */
    public static DatabaseRef aside(String purpose, StoredOperation operation, StoredTenant tenant) {
        return new DatabaseRef(purpose + "-" + operation.uuid().toString().replace("-", ""), tenant.uuid());
    }

    /**
     * Closes the tenant's database and puts it aside, also if that was done before. Renaming ends every transaction in
     * it, also those of nodes that know only its own name.
     */
    public static void putAside(Databases databases, StoredTenant tenant, DatabaseRef aside) {
        DatabaseRef present = present(databases, tenant);
        databases.close(present);
        databases.rename(present, aside.name());
    }

    /** Gives the tenant's database its own name again if it is aside. */
    public static void giveNameBack(Databases databases, StoredTenant tenant, DatabaseRef aside) {
        if (aside.equals(databases.find(tenant.uuid()))) {
            databases.rename(aside, tenant.name());
        }
    }

    /** Gives the tenant's database its own name again if it has another one. */
    public static void restoreName(Databases databases, StoredTenant tenant) {
        DatabaseRef present = present(databases, tenant);
        if (!present.name().equals(tenant.name())) {
            databases.rename(present, tenant.name());
        }
    }

    /** Whether the tenant has no database left that could follow the catalog. */
    protected final boolean isDatabaseGone(StoredOperation operation) {
        try {
            return tenantDatabases.transact(tenant(operation), tx -> false);
        } catch (SaasException e) {
            if (DatabaseRemoval.isMissing(e)) {
                return true;
            }
            throw e;
        }
    }

    /**
     * Whether the transaction of this operation in the database was committed, even if its response was lost. If it was
     * not, it never will be.
     */
    protected final boolean isApplied(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        boolean applied = tenantDatabases.settle(operation, tenant, operation.uuid());
        if (tenant.state() == TenantState.OPEN) {
            // A run that was killed may have closed it, to get through to it.
            tenantDatabases.reopen(operation, tenant);
        }
        return applied;
    }

    /** Names the database of an operation's tenant for an operator. */
    public static String describe(Transaction tx, StoredOperation operation) {
        return tx.records(RecordTypes.TENANTS)
                .find(OperationTargets.tenantId(operation))
                .map(tenant -> OperationTargets.describe(tx, tenant.serverId(), DatabaseRefs.of(tenant)))
                .orElse("the database of tenant " + operation.tenantId());
    }

    /**
     * The ending of an operation whose result the catalog has from the start. It is undone only if there is no database
     * left: waiting for it for ever would keep the tenant from being deleted. The operation that supersedes this one
     * writes the result to the database, and so does the next reading.
     *
     * @param finish what finishes the operation in the catalog
     */
    protected final Ending catalogLeads(Ending.CatalogChange finish) {
        return Ending.UNDONE
                .undoneIf(this::isDatabaseGone)
                .supersededAsDone(finish)
                .abandoned(this::readSoon);
    }

    /** Makes the next reading of an operation's tenant due, which writes the catalog's values to the database. */
    protected final void readSoon(Transaction tx, StoredOperation operation) {
        StoredTenant tenant = lockTenant(tx, operation);
        if (tenant.nextSyncAt() != null) {
            tx.records(RecordTypes.TENANTS)
                    .update(tenant.toBuilder().nextSyncAt(context.now()).build());
        }
    }

    /** Removes a reserved tenant whose creation failed. */
    public static void discardDraft(Transaction tx, StoredOperation operation, Placement placement) {
        StoredTenant draft = lockTenant(tx, operation);
        ReservedNames.release(tx, draft.name(), draft.uuid(), null);
        placement.changed(draft.serverId());
        tx.records(RecordTypes.TENANTS).delete(draft.id().value());
    }

    @Override
    public void retractLateEffects(StoredOperation operation, F found) {
        StoredTenant tenant = tenant(operation);
        reconciliation.reconcile(operation, tenant.serverId(), DatabaseRefs.of(tenant));
    }
}
