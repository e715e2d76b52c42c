// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds out whether the files of a tenant's application may have been exchanged or deleted while they were read. A file
 * that is gone is left out, so a reader alone does not notice.
 */
public final class FileChanges {
    private static final List<OperationKind> CHANGING =
            List.of(OperationKind.RESTORE_IN_PLACE, OperationKind.DELETE_TENANT, OperationKind.SWAP_TENANTS);

    private FileChanges() {}

    /** The last operation of a tenant; 0: none. The caller holds the lock on the tenant, so none starts meanwhile. */
    public static OperationId last(Transaction tx, TenantId tenant) {
        return tx
                .records(RecordTypes.OPERATIONS)
                .values(
                        StoredOperation.ID,
                        Query.where(OperationTargets.workOn(tenant))
                                .orderByDescending(StoredOperation.ID)
                                .page(0, 1))
                .stream()
                .findFirst()
                .orElse(new OperationId(0));
    }

    /**
     * Refuses what was read of a tenant that had no operation when another one started, or ended.
     *
     * @param last that other operation
     * @throws SaasException {@code tenant.busy}
     */
    public static void requireNone(Transaction tx, UUID tenant, OperationId last) {
        Optional<StoredTenant> found = TenantRows.byUuid(tx, tenant);
        boolean whole = found.filter(each -> each.state().hasDatabase())
                .filter(each -> tx.records(RecordTypes.OPERATIONS)
                        .list(Query.where(Filter.and(
                                OperationTargets.workOn(each.id()),
                                Filter.in(StoredOperation.KIND, CHANGING),
                                Filter.compare(StoredOperation.ID, Filter.Operator.GREATER, last))))
                        .isEmpty())
                .isPresent();
        if (!whole) {
            String id = found.map(each -> each.id().toString()).orElse(tenant.toString());
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.TENANT_BUSY,
                    "Tenant " + id
                            + " was being restored in place, swapped or deleted while the files of its application were"
                            + " read, so they are not complete. Try again.",
                    Map.of("tenant", id),
                    true,
                    null);
        }
    }
}
