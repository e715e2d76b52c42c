// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.plan;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.backup.BackupUsage;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.SharedInput;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;

/** Limits how much space the backups of a customer's tenants on a plan may take. Reads the catalog only. */
public final class CustomerBackupLimit {
    private CustomerBackupLimit() {}

    /** How much space the backups of a tenant and of its customer take, and the limit. */
    public static BackupUsage usage(Transaction tx, StoredTenant tenant) {
        CustomerId customer = tenant.customerId();
        PlanId plan = tenant.planId();
        if (customer == null) {
            return new BackupUsage(tenant.backupSizeBytes(), tenant.backupSizeBytes(), 0, 0);
        }
        Filter<StoredTenant> customers = Filter.equal(StoredTenant.CUSTOMER_ID, customer);
        return new BackupUsage(
                tenant.backupSizeBytes(),
                bytes(tx, customers),
                plan == null ? 0 : bytes(tx, counted(plan, customer)),
                plan == null
                        ? 0
                        : tx.records(RecordTypes.PLANS)
                                .find(plan.value())
                                .map(Plan::backupLimitMb)
                                .orElse(0));
    }

    private static Filter<StoredTenant> counted(PlanId plan, CustomerId customer) {
        return Filter.and(Filter.equal(StoredTenant.PLAN_ID, plan), Filter.equal(StoredTenant.CUSTOMER_ID, customer));
    }

    private static long bytes(Transaction tx, Filter<StoredTenant> tenants) {
        return tx.records(RecordTypes.TENANTS)
                .sums(List.of(StoredTenant.BACKUP_SIZE_BYTES), Filter.and(tenants, TenantRows.WITH_DATABASE))
                .get(0);
    }

    /**
     * Refuses a backup that an owner requests of a locked tenant if the limit is reached, or if another one that counts
     * against it is being made: its size is not known yet. Locks the customer if there is a limit.
     *
     * @throws SaasException {@code backup.limit-reached}, {@code tenant.busy}
     */
    public static void check(Transaction tx, StoredTenant tenant) {
        CustomerId customer = tenant.customerId();
        PlanId plan = tenant.planId();
        if (customer == null || plan == null || usage(tx, tenant).limitMb() == 0) {
            return;
        }
        CustomerDatabaseLimit.lockCustomer(tx, customer);
        BackupUsage usage = usage(tx, tenant);
        if (usage.limitReached()) {
            throw reached(tenant, usage);
        }
        List<TenantId> tenants =
                tx.records(RecordTypes.TENANTS).values(StoredTenant.ID, Query.where(counted(plan, customer)));
        Filter<StoredOperation> running = Filter.and(
                Filter.in(StoredOperation.TENANT_ID, tenants),
                Filter.equal(StoredOperation.KIND, OperationKind.BACK_UP_TENANT),
                Filter.equal(StoredOperation.STATE, OperationState.RUNNING));
        for (StoredOperation each : tx.records(RecordTypes.OPERATIONS).list(Query.where(running))) {
            TenantId busy = each.tenantId();
            if (busy != null && SharedInput.of(each).account() != null) {
                throw OperationLeases.busy(busy);
            }
        }
    }

    /** The error of a backup for which there is no room. */
    public static SaasException reached(StoredTenant tenant, BackupUsage usage) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.BACKUP_LIMIT_REACHED,
                "The backups of the customer's databases on this plan have reached the limit of " + usage.limitMb()
                        + " MB, so \"" + tenant.name()
                        + "\" is not backed up. An administrator can delete older backups, or raise"
                        + " the limit of the plan.",
                Map.of("limit", Integer.toString(usage.limitMb()), "name", tenant.name()),
                false,
                null);
    }
}
