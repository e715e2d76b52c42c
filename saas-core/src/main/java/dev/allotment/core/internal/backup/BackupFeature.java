// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.OperationKind;
import dev.allotment.Saas;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.backup.archive.DumpArchive;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.feature.DueWork;
import dev.allotment.core.internal.feature.DueWork.Stage;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.hook.PreDeletionBackup;
import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.core.SaasSettings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The backups of tenants, and their dumps: the store, what is written to it and deleted from it, and the drills. */
public final class BackupFeature implements Feature {
    private final CoreContext context;
    private final @Nullable PreDeletionBackup beforeDeletion;
    private final BackupArchive archive;
    private final DumpArchive dumps;
    private final MakeBackupSaga making;
    private final SafetyBackups safety;
    private final DeleteBackupSaga deleting;
    private final EncryptKeySaga encrypting;
    private final DrillSaga drilling;
    private final DueBackups due;
    private final DueKeys keys;
    private final DueDrills drills;

    /** @param store null: there are no backups */
    public BackupFeature(
            CoreContext context,
            DatabaseServers servers,
            OperationEngine operations,
            TenantContent content,
            @Nullable BackupStore store,
            SecretCipher cipher,
            SaasSettings settings) {
        this.context = context;
        SaasSettings.Backups wanted = settings.backups();
        beforeDeletion = settings.application().preDeletionBackup();
        archive = new BackupArchive(
                context,
                operations.leases(),
                store,
                cipher,
                content.files(),
                settings.node().random());
        dumps = new DumpArchive(context, operations.leases(), content.secrets(), content.files());
        DrillTurns turns = new DrillTurns(context, wanted.drillsWithin());
        making = new MakeBackupSaga(context, servers.registry(), archive, turns, wanted.kept(), Saas.version());
        safety = new SafetyBackups(archive, making, wanted.beforeChanges());
        deleting = new DeleteBackupSaga(context, archive);
        encrypting = new EncryptKeySaga(context, operations.leases(), archive);
        drilling = new DrillSaga(context, servers.registry(), content.migrations(), archive, turns);
        due = new DueBackups(context, servers.health(), operations, archive, making);
        keys = new DueKeys(context, operations, archive, encrypting);
        drills = new DueDrills(context, servers.health(), operations, archive, drilling, turns);
    }

    /** The embedder's own backup of a tenant that is deleted; null: there is none. */
    public @Nullable PreDeletionBackup beforeDeletion() {
        return beforeDeletion;
    }

    public BackupArchive archive() {
        return archive;
    }

    public DumpArchive dumps() {
        return dumps;
    }

    public MakeBackupSaga making() {
        return making;
    }

    /** The backups that are made before a change. */
    public SafetyBackups safety() {
        return safety;
    }

    public DeleteBackupSaga deleting() {
        return deleting;
    }

    public DueBackups due() {
        return due;
    }

    public DueKeys keys() {
        return keys;
    }

    public DueDrills drills() {
        return drills;
    }

    @Override
    public Map<OperationKind, Saga<?>> sagas() {
        return Map.of(
                OperationKind.BACK_UP_TENANT, making,
                OperationKind.DELETE_BACKUP, deleting,
                OperationKind.ENCRYPT_BACKUP_KEY, encrypting,
                OperationKind.DRILL_BACKUP, drilling);
    }

    @Override
    public List<DueWork> dueWork() {
        BackupTidying tidying = new BackupTidying(context, archive);
        return List.of(
                DueWork.of(
                        Stage.BACKUP_REMAINS, "backup-remains", "Tidying the store of the backups", tidying::tidyDue),
                new DueWork(Stage.BACKUPS, "backup-keys", "Encrypting the keys of backups again", keys::encryptDue),
                new DueWork(Stage.BACKUPS, "backups", "Backing up tenants", due::makeDue),
                new DueWork(Stage.BACKUPS, "backup-drills", "Restoring a backup as a drill", drills::drillDue));
    }
}
