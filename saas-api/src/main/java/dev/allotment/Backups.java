// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Backups of single tenants, in the store that the embedder has chosen ({@link SaasBuilder#backupStore}).
 *
 * <p>Each method but {@link #hasStore} refuses with {@code backup.no-store} if there is no store, with {@code
 * backup.key-missing} or {@code backup.key-wrong} without the secret key of the installation, and with {@code
 * backup.store-failed}, which is retryable, if the store is unavailable, full or too slow. An administrator may use the
 * backups of all tenants, and another account those of the tenants that it owns. All others do not exist: {@code
 * record.missing}.
 */
public interface Backups {
    /** Whether there is a store, so that there can be backups. Does not read the store. */
    boolean hasStore();

    /**
     * Returns the backups of a tenant, the newest first. Reads the store. Leaves out those that are damaged or were
     * made by a newer version of the program; the log names them.
     */
    List<Backup> list(TenantId tenant);

    /**
     * Makes a backup of an open or suspended tenant in its state at one moment: members, parameters, add-ons, groups,
     * record quotas and everything of its application that is in the database. The application continues, except for
     * sessions that its backend ends at the start. The backup is read back and compared before it is listed. After it,
     * the oldest backups of the tenant are deleted, as {@link SaasBuilder#keptBackups} says. An account that is no
     * administrator makes as many backups of a tenant in 24 hours as are kept; the next one is refused with {@code
     * access.not-allowed}.
     *
     * @param idempotencyKey the caller's key, at most 255 characters; a repeated request with the same key returns the
     *     first result; null: no key
     * @throws SaasException {@code tenant.state}, {@code tenant.busy}, {@code database.not-transferable}, {@code
     *     backend.unsupported}, {@code idempotency.mismatch}, {@code operation.in-progress}, {@code access.not-allowed}
     */
    Backup create(TenantId tenant, @Nullable String idempotencyKey);

    /**
     * Creates a new tenant from a backup, with another identity, next to the tenant that the backup was made of. That
     * one is not touched. The new tenant has the plan, the customer and the owner that it has now, counts in the limits
     * of the plan, and has no API keys, sessions or additional hosts. An account that is no administrator cannot choose
     * the server. Its tenant has to be open, or deleted by itself and retained, on a published plan.
     *
     * @throws SaasException {@code access.not-allowed}; {@code tenant.state}; {@code backup.damaged} if the stored
     *     backup was changed in any way; {@code backup.newer}; {@code backend.unsupported} if the server has another
     *     kind of databases; and as {@link Tenants#duplicate}. Then there is no new tenant
     */
    CreatedTenant restore(RestoreBackup command);

    /**
     * Deletes a backup. Does nothing if it does not exist. Only an administrator may do that, so that no thief of an
     * owner's session can.
     *
     * @throws SaasException {@code access.not-allowed}, {@code tenant.busy}
     */
    void delete(TenantId tenant, BackupId backup);
}
