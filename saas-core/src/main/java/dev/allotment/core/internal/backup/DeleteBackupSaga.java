// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.EventType;
import dev.allotment.backup.BackupId;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;

/** Deletes a backup that an administrator named. */
public final class DeleteBackupSaga implements Saga.Stateless {
    private record Input(BackupId backup) {}

    private static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    private final CoreContext context;
    private final BackupArchive archive;
    private final BackupSizes sizes;

    public DeleteBackupSaga(CoreContext context, BackupArchive archive) {
        this.context = context;
        this.archive = archive;
        this.sizes = new BackupSizes(context, archive);
    }

    public Map<String, String> input(BackupId backup) {
        return INPUT.write(new Input(backup));
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(Step.of("deleted", this::delete));
    }

    private void delete(StoredOperation operation) {
        StoredTenant tenant = OperationTargets.tenant(context.catalog(), operation);
        archive.find(tenant.uuid(), INPUT.read(operation).backup()).ifPresent(archive::delete);
        sizes.record(operation, tenant);
    }

    @Override
    public void finish(Transaction tx, StoredOperation operation) {
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
                                INPUT.read(operation).backup().toString(),
                                "reason",
                                "requested"));
    }

    /** A deletion of the tenant deletes the backup, too. A suspension waits: deleting a file takes a moment. */
    @Override
    public Ending ending() {
        return Ending.FINISHED.supersededByDeletion();
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The backup may still be listed, or be gone. Files of it without a manifest are deleted within two"
                + " days.";
    }
}
