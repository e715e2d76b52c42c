// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.BACK_UP;
import static dev.allotment.Permission.CHANGE_TENANTS;
import static dev.allotment.Permission.CREATE_TENANTS;
import static dev.allotment.Permission.EXPORT;
import static dev.allotment.Permission.RESTORE_BACKUPS;

import dev.allotment.access.Access;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.Backups;
import dev.allotment.backup.ExportId;
import dev.allotment.backup.Exports;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.erasure.Erasures;
import dev.allotment.fleet.Maintenance;
import dev.allotment.fleet.Reconciliation;
import dev.allotment.fleet.RepairRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Starts operations that take long, without waiting for them.
 *
 * <p>Each method checks its request, reserves what the operation needs (a name, a slot under the plan's limit, the
 * tenant itself) and returns the {@link Operation}. The embedder's executor runs the rest; without an executor, the
 * next {@link Maintenance#run} on any node does. {@link Operations} reports the progress, waits, and cancels. An
 * operation that has not started can always be cancelled.
 *
 * <p>Rights and immediate refusals are those of the action that waits. Later failures are reported by the operation.
 * If there is nothing to do, the returned operation has finished.
 */
public interface AsyncOperations {
    /**
     * Starts creating a tenant, as {@link Tenants#create}. Afterwards {@link Access#issue} creates the sign-in link.
     */
    @AllowedFor(TENANTS)
    Operation create(CreateTenant command);

    /**
     * Starts adopting a database, as {@link Tenants#adopt}. Afterwards {@link Access#issue} creates the sign-in link.
     */
    Operation adopt(AdoptTenant command);

    /**
     * Starts copying a tenant, as {@link Tenants#duplicate}. Afterwards {@link Access#issue} creates the sign-in
     * link.
     */
    @AllowedFor(TENANTS)
    Operation duplicate(DuplicateTenant command);

    /**
     * Starts making a backup, as {@link Backups#create}. The {@link Operation#uuid} is that of the {@link BackupId},
     * which exists when the operation is done.
     */
    @AllowedFor(TENANTS)
    @Needs(BACK_UP)
    Operation createBackup(TenantId tenant, @Nullable String idempotencyKey);

    /**
     * Starts making a backup from a source, as {@link Backups#createFrom}. The {@link Operation#uuid} is that of the
     * {@link BackupId}, which exists when the operation is done.
     */
    Operation createBackupFrom(TenantId tenant, ServerId source, @Nullable String idempotencyKey);

    /**
     * Starts preparing an export of an open or suspended tenant, as {@link Exports#write} makes it, in the store of the
     * backups, encrypted like them. {@link Exports#prepared} returns it when the operation is done, for 7 days. The
     * {@link Operation#uuid} is that of the {@link ExportId}, and {@code bytes} of its result says how much is stored.
     * The tenant is busy until the operation has ended.
     *
     * <p>Rights are those of {@link Exports#write}. The section Prepared exports of docs/customer-data.md says how many
     * an owner may prepare, what they wait for, and what ends or deletes them.
     *
     * @throws SaasException {@code record.missing}, {@code tenant.state}, {@code tenant.busy}, {@code
     *     access.not-allowed}, {@code backup.no-store}, {@code backup.key-missing}, {@code backup.key-wrong}, {@code
     *     backup.damaged}, {@code backup.store-failed}, {@code backend.unsupported}, {@code idempotency.mismatch}
     */
    @AllowedFor(TENANTS)
    @NeedsProof
    @Needs(EXPORT)
    Operation prepareExport(TenantId tenant, @Nullable String idempotencyKey);

    /**
     * Starts creating a tenant from a backup, as {@link Backups#restore}. The backup is read afterwards. Afterwards
     * {@link Access#issue} creates the sign-in link.
     */
    @AllowedFor(TENANTS)
    @Needs({RESTORE_BACKUPS, CREATE_TENANTS, EXPORT})
    Operation restoreBackup(RestoreBackup command);

    /** Starts bringing a tenant back to a backup, as {@link Backups#restoreInPlace}. The backup is read afterwards. */
    @AllowedFor(TENANTS)
    @Needs(RESTORE_BACKUPS)
    Operation restoreInPlace(TenantId tenant, BackupId backup, @Nullable String idempotencyKey);

    /**
     * Starts restoring a backup as a drill, as {@link Backups#drill}. {@link Operation#result} has the number {@code
     * members}.
     *
     * @param backup null: the newest one
     * @param idempotencyKey the caller's key, at most 255 characters; a repeated request with the same key returns the
     *     first operation; null: no key
     * @throws SaasException as {@link Backups#drill}; {@code idempotency.mismatch}
     */
    Operation drillBackup(TenantId tenant, @Nullable BackupId backup, @Nullable String idempotencyKey);

    /** Starts renaming a tenant, as {@link Tenants#rename}. */
    @AllowedFor(TENANTS)
    Operation rename(TenantId tenant, String name);

    /** Starts moving a tenant to another database server, as {@link Tenants#move}. */
    Operation move(TenantId tenant, ServerId server);

    /** Starts exchanging the databases of two tenants, as {@link Tenants#swap}. */
    @AllowedFor(TENANTS)
    @Needs(CHANGE_TENANTS)
    Operation swap(SwapTenants command);

    /** Starts moving a tenant to another plan, as {@link Tenants#switchPlan}. What it would do is checked now. */
    @AllowedFor(TENANTS)
    Operation switchPlan(SwitchPlan command);

    /** Starts deleting a tenant, as {@link Tenants#delete}. */
    @AllowedFor(TENANTS)
    @NeedsProof
    Operation delete(TenantId tenant);

    /** Starts removing a tenant database for good, as {@link Tenants#purge}. */
    @AllowedFor(TENANTS)
    @NeedsProof
    Operation purge(TenantId tenant);

    /** Starts erasing a customer, as {@link Erasures#erase}. */
    @NeedsProof
    Operation eraseCustomer(CustomerId customer);

    /** Starts restoring a soft-deleted tenant, as {@link Tenants#restore}. */
    @AllowedFor(TENANTS)
    Operation restore(TenantId tenant);

    /**
     * Starts configuring a tenant, as {@link Configuration#apply}. {@link Operation#result} contains what was done.
     */
    @AllowedFor(TENANTS)
    Operation configure(TenantId tenant, ConfigurationChange change);

    /**
     * Starts building a template, as {@link Templates#build(PlanId, List, String)}. The operation names the template.
     */
    Operation buildTemplate(PlanId plan, List<String> addons, @Nullable String idempotencyKey);

    /** Starts adopting a template, as {@link Templates#adopt}. The operation names the template. */
    Operation adoptTemplate(PlanId plan, ServerId server, String name, @Nullable String idempotencyKey);

    /**
     * Starts repairing, as {@link Reconciliation#repair}. {@link Operation#result} has the numbers {@code repaired} and
     * {@code left}, and in {@code messages} what could not be repaired, a line for each.
     */
    Operation repair(RepairRequest request);
}
