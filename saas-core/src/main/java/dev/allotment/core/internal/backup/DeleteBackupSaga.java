// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.EventType;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.ForwardSaga;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Deletes a backup that an administrator named. */
public final class DeleteBackupSaga extends ForwardSaga<Saga.Nothing> {
    private final CoreContext context;
    private final BackupArchive archive;
    private final BackupSizes sizes;

    public DeleteBackupSaga(CoreContext context, BackupArchive archive) {
        this.context = context;
        this.archive = archive;
        this.sizes = new BackupSizes(context, archive);
    }

    @Override
    public Nothing resume() {
        return Nothing.NOTHING;
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(Step.of("deleted", this::delete));
    }

    private void delete(StoredOperation operation) {
        StoredTenant tenant = OperationTargets.tenant(context.catalog(), operation);
        archive.find(tenant.uuid(), OperationTargets.backup(operation)).ifPresent(archive::delete);
        sizes.record(operation, tenant);
    }

    @Override
    public Nothing finish(Transaction tx, StoredOperation operation, Nothing found) {
        StoredTenant tenant = TenantRows.lock(tx, OperationTargets.tenantId(operation));
        context.events()
                .add(
                        tx,
                        operation,
                        EventType.BACKUP_DELETED,
                        tenant.id(),
                        Map.of(
                                "name",
                                tenant.name(),
                                "backup",
                                OperationTargets.backup(operation).toString(),
                                "reason",
                                "requested"));
        return found;
    }

    /** A deletion of the tenant deletes the backup, too. A suspension waits: deleting a file takes a moment. */
    @Override
    public Optional<OperationState> supersede(Transaction tx, StoredOperation operation, OperationKind by) {
        return by == OperationKind.DELETE_TENANT ? Optional.of(OperationState.FAILED) : Optional.empty();
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The backup may still be listed, or be gone. Files of it without a manifest are deleted within two"
                + " days.";
    }
}
