// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.SaasException;
import dev.allotment.backup.Backup;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.usage.UsageRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.List;

/**
 * Records in the catalog how much space the backups of a tenant take. It is added up from the store each time, so a
 * number that was lost is corrected by the next backup.
 */
final class BackupSizes {
    private static final Logger LOG = System.getLogger("dev.allotment.backups");

    private final CoreContext context;
    private final BackupArchive archive;

    BackupSizes(CoreContext context, BackupArchive archive) {
        this.context = context;
        this.archive = archive;
    }

    /** Reads the store. If that fails, the number stays, since the backups of a tenant without a key can be deleted. */
    void record(StoredOperation operation, StoredTenant tenant) {
        List<Backup> backups;
        try {
            backups = archive.list(tenant.uuid());
        } catch (SaasException e) {
            LOG.log(
                    Level.WARNING,
                    () -> "How much space the backups of tenant " + tenant.id()
                            + " take is not recorded before the next one is made: " + e);
            return;
        }
        record(operation, tenant, backups);
    }

    /**
     * Records nothing for a tenant that was deleted for good.
     *
     * @param operation which this run must still have
     * @param backups all of the tenant
     */
    void record(StoredOperation operation, StoredTenant tenant, Collection<Backup> backups) {
        long bytes = backups.stream().mapToLong(Backup::storedBytes).sum();
        context.catalog().transact(tx -> {
            OperationLeases.requireMine(tx, operation);
            Records<StoredTenant> tenants = tx.records(RecordTypes.TENANTS);
            tenants.lock(tenant.id().value())
                    .filter(each -> each.state().hasDatabase() && each.backupSizeBytes() != bytes)
                    .map(each -> each.toBuilder().backupSizeBytes(bytes).build())
                    .ifPresent(changed -> {
                        tenants.update(changed);
                        UsageRows.note(tx, changed, null, context.now());
                    });
            return null;
        });
    }
}
