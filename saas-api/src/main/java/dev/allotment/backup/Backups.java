// SPDX-License-Identifier: Apache-2.0
package dev.allotment.backup;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.BACK_UP;
import static dev.allotment.Permission.CREATE_TENANTS;
import static dev.allotment.Permission.EXPORT;
import static dev.allotment.Permission.RESTORE_BACKUPS;
import static dev.allotment.Permission.VIEW;
import static dev.allotment.Permission.VIEW_INSTALLATION;

import dev.allotment.AllowedFor;
import dev.allotment.CreatedTenant;
import dev.allotment.Needs;
import dev.allotment.Plan;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.Tenants;
import dev.allotment.fleet.Maintenance;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backup.BackupStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Backups of single tenants, in the store that the embedder has chosen ({@link SaasBuilder#backupStore}).
 *
 * <p>Each method but {@link #hasStore} refuses with {@code backup.no-store} if there is no store, with {@code
 * backup.key-missing} or {@code backup.key-wrong} without the secret key of the installation, and with {@code
 * backup.store-failed}, which is retryable, if the store is unavailable, full or too slow. An administrator may use the
 * backups of all tenants, and another account those of the tenants that it owns. To other callers, the tenant appears
 * not to exist: {@code record.missing}.
 */
public interface Backups {
    /** Whether there is a store, so that there can be backups. Does not read the store. */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    boolean hasStore();

    /**
     * Returns the backups of a tenant, the newest first. Reads the store. Leaves out those that are damaged or were
     * made by a newer version of the program; the log names them.
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(value = BACK_UP, operators = VIEW)
    List<Backup> list(TenantId tenant);

    /**
     * Returns the newest backups of a tenant, the newest first, like {@link #list}. Reads one small file of the store
     * for each.
     *
     * @param most the largest number to return
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(value = BACK_UP, operators = VIEW)
    List<Backup> listNewest(TenantId tenant, int most);

    /**
     * Returns a backup of a tenant. Reads the store. Empty if it does not exist, and also if it is damaged or was made
     * by a newer version of the program; the log names it.
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(value = BACK_UP, operators = VIEW)
    Optional<Backup> find(TenantId tenant, BackupId backup);

    /**
     * Returns how much space the backups of a tenant and of its customer take, and the limit. Reads the catalog, but
     * not the store.
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(value = BACK_UP, operators = VIEW)
    BackupUsage usage(TenantId tenant);

    /**
     * Makes a backup of an open or suspended tenant in its state at one moment: members, parameters, add-ons, groups,
     * record quotas and everything of its application that is in the database. Takes as long as reading all of that.
     * The application continues, except for sessions that its backend ends at the start. The backup is read back and
     * compared before it is listed. After it, the oldest backups of the tenant are deleted, as {@link
     * SaasBuilder#keptBackups} says.
     *
     * <p>The sections Space and Deleting of docs/backups.md say how many backups a caller may make that is not an
     * administrator.
     *
     * @param idempotencyKey the caller's key, at most 255 characters; a repeated request with the same key returns the
     *     first result; null: no key
     * @throws SaasException {@code tenant.state}, {@code tenant.busy}, {@code database.not-transferable}, {@code
     *     backend.unsupported}, {@code idempotency.mismatch}, {@code operation.in-progress}; {@code access.not-allowed}
     *     also for an account that has made too many backups in 24 hours; {@code backup.limit-reached} if the
     *     {@linkplain Plan#backupLimitMb limit of the plan} is reached
     */
    @AllowedFor(TENANTS)
    @Needs(BACK_UP)
    Backup create(TenantId tenant, @Nullable String idempotencyKey);

    /**
     * Makes a backup of a tenant in the state that a {@linkplain Server#source source} has of it. Its time is that of
     * the request, not that of the content. It contains the present files of the application, and does not say which
     * add-ons are installed. It is kept for at least 7 days, as are those before a {@linkplain #restoreInPlace restore
     * in place}. Neither the tenant nor the source is changed. The tenant may be open, suspended or retained. Only for
     * administrators.
     *
     * @param idempotencyKey as for {@link #create}
     * @throws SaasException {@code access.not-allowed}; {@code server.invalid} if the server is not a source; {@code
     *     database.unknown} if the source has no database of this tenant; {@code backend.unavailable}; {@code
     *     backend.unsupported} if a newer version of the program has worked on it; and as {@link #create}
     */
    Backup createFrom(TenantId tenant, ServerId source, @Nullable String idempotencyKey);

    /**
     * Creates a new tenant from a backup, with another identity, next to the tenant that the backup was made of. That
     * one is not touched. The new tenant has the plan, the customer and the owner that it has now, counts in the limits
     * of the plan, and has no API keys, sessions or custom domains.
     *
     * <p>The section Commands of docs/backups.md says which backups a caller may restore that is not an administrator,
     * and how.
     *
     * @throws SaasException {@code access.not-allowed}; {@code tenant.state}; {@code backup.damaged} if the stored
     *     backup was changed in any way; {@code backup.newer}; {@code backend.unsupported} if the server has another
     *     kind of databases; and as {@link Tenants#duplicate}. Then there is no new tenant
     */
    @AllowedFor(TENANTS)
    @Needs({RESTORE_BACKUPS, CREATE_TENANTS, EXPORT})
    CreatedTenant restore(RestoreBackup command);

    /**
     * Creates a tenant from a backup that another installation made. The store of that installation, or a copy of the
     * tenant's folder in it, is only read, by this process. All of it is authenticated and compared while it is copied
     * to the store of this installation. Then the copy is restored, and deleted at the end. Only for administrators.
     *
     * <p>Import backups only from trusted operators: on H2, the content is a database file that this process opens with
     * all of its rights. The section Backups of other installations of docs/backups.md says what the new tenant has of
     * the backup.
     *
     * @param store the store of the other installation
     * @param secretKeys its {@linkplain SaasBuilder#secretKeys secret keys}. They are not stored
     * @throws SaasException {@code access.not-allowed}; {@code record.missing} if there is no such backup; {@code
     *     backup.key-wrong}; {@code backup.damaged} if something was cut off, changed or mixed up; {@code
     *     backup.newer}; {@code backup.store-failed}; {@code backend.unsupported} if the server has another kind of
     *     databases; {@code account.invalid}; and as {@link Tenants#create}. Then there is no new tenant, and the store
     *     contains nothing of it
     */
    CreatedTenant importBackup(ImportBackup command, BackupStore store, List<String> secretKeys);

    /**
     * Creates a tenant as {@link #importBackup(ImportBackup, BackupStore, List)} does, from a backup in a folder.
     *
     * @param folder contains the folder of the tenant: a {@link SaasBuilder#backupFolder}, or a copy of one or of a
     *     bucket
     * @throws SaasException as {@link #importBackup(ImportBackup, BackupStore, List)}
     */
    CreatedTenant importBackup(ImportBackup command, Path folder, List<String> secretKeys);

    /**
     * Brings an open or suspended tenant back to a backup. The tenant keeps its identity, name, hosts, owner, customer,
     * plan, limits and record quotas, and stays open or suspended. Everything else in its database is that of the
     * backup, also the members and their passwords. Nothing is neutralised.
     *
     * <p>The backup is restored next to the tenant's database, which its application uses meanwhile. Then the tenant is
     * closed until a backup of its present state is made, and the restored database has taken the place of the other
     * one. All sessions of members and unused sign-in links end.
     *
     * <p>The section Restoring in place of docs/backups.md says which API keys continue to work. If the caller is not
     * an administrator, the tenant has to be open, and on a published plan, and the call counts as one of the
     * {@linkplain #create backups} that the account makes in 24 hours.
     *
     * @param idempotencyKey the caller's key, at most 255 characters; a repeated request with the same key does nothing
     *     more; null: no key
     * @return the tenant
     * @throws SaasException {@code access.not-allowed}; {@code tenant.state}; {@code tenant.busy}; {@code
     *     record.missing}; {@code backup.damaged} if the stored backup was changed in any way; {@code backup.newer};
     *     {@code backend.unsupported} if the server has another kind of databases; {@code addon.failed}, {@code
     *     schema.failed}; {@code idempotency.mismatch}, {@code operation.in-progress}; and as {@link #create}. Then the
     *     tenant is as it was
     */
    @AllowedFor(TENANTS)
    @Needs(RESTORE_BACKUPS)
    Tenant restoreInPlace(TenantId tenant, BackupId backup, @Nullable String idempotencyKey);

    /**
     * Deletes a backup. Does nothing if it does not exist. Only an administrator may do that, so that no thief of an
     * owner's session can.
     *
     * @throws SaasException {@code access.not-allowed}, {@code tenant.busy}
     */
    void delete(TenantId tenant, BackupId backup);

    /**
     * Restores a backup as a drill, into a database on the tenant's server that belongs to no tenant, and deletes that
     * database. Nothing of the tenant is touched, and other operations on it do not wait. Takes as long as a restore.
     * Only for administrators. The section The drill of docs/backups.md says what has to succeed.
     *
     * <p>If anything fails, this is a failed drill: the event {@code BACKUP_DRILL_FAILED}, and a number in {@link
     * #drills}.
     *
     * @param backup null: the newest one
     * @throws SaasException {@code access.not-allowed}; {@code record.missing} if there is no such backup; {@code
     *     tenant.state} for a tenant that is deleted for good; {@code tenant.busy} if another operation works on the
     *     tenant when the drill starts; {@code backup.damaged}, {@code backup.newer}, {@code schema.failed}, {@code
     *     backend.unavailable} and other codes of a restore if the drill failed
     */
    BackupDrill drill(TenantId tenant, @Nullable BackupId backup);

    /**
     * Returns tenants whose scheduled backup has been due for more than an hour, those that have waited longest first:
     * for example because their server is down, or because the nodes do not keep up. Tenants whose last backup failed,
     * or waited for another operation, are not among them until it was due again, an hour later. Reads the catalog, but
     * not the store. Only for administrators.
     *
     * @param most the largest number to return
     * @throws SaasException {@code access.not-allowed}
     */
    @Needs(VIEW_INSTALLATION)
    List<OverdueBackup> overdue(int most);

    /** Returns the results of the drills of all tenants. Only for administrators. */
    @Needs(VIEW_INSTALLATION)
    BackupDrills drills();

    /**
     * Encrypts the keys of the tenants' backups again that were not encrypted with the first of the {@linkplain
     * SaasBuilder#secretKeys secret keys}. The backups stay unchanged. Reads a small file for each tenant. If nothing
     * is left, the backups need no other secret key. Only for administrators. The section Another secret key of
     * docs/backups.md says which keys may be left, and what {@link Maintenance#makeBackups} does from then on.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    BackupKeysReport rotateBackupKeys();
}
