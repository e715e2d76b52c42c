// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.SaasException;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.SharedInput;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import org.jspecify.annotations.Nullable;

/**
 * Makes a backup as the first step of an operation on one tenant that may have to be taken back, if the embedder wants
 * that. If there is no backup, there is no change. A campaign says itself whether it makes backups.
 */
public final class SafetyBackups {
    private final BackupArchive archive;
    private final MakeBackupSaga makeBackupSaga;
    private final boolean wanted;

    public SafetyBackups(BackupArchive archive, MakeBackupSaga makeBackupSaga, boolean wanted) {
        this.archive = archive;
        this.makeBackupSaga = makeBackupSaga;
        this.wanted = wanted;
    }

    /**
     * Refuses an operation that would fail without a store or a key before it starts. Reads the store if a backup is
     * wanted.
     *
     * @throws SaasException {@code backup.store-failed}, {@code backup.key-missing}, {@code backup.key-wrong}, {@code
     *     backup.damaged}
     */
    public void requireReady(StoredOperation draft, StoredTenant tenant) {
        if (wanted && draft.campaign() == null) {
            archive.requireReady(tenant.uuid());
        }
    }

    /** Whether an operation on one tenant that may have to be taken back makes a backup first. */
    public boolean areWanted() {
        return wanted;
    }

    /** The first step of such an operation. */
    public <F> Saga.Step<F> step() {
        return new Saga.Step<>("saved", this::save, SharedInput::wantsBackup, SharedInput::wantsBackup);
    }

    private <F> F save(StoredOperation operation, F found) {
        if (SharedInput.wantsBackup(operation)) {
            makeBackupSaga.makeAsPart(operation);
        }
        return found;
    }

    /** The identity of the backup that an operation makes; null: it makes none. */
    public static @Nullable String identity(StoredOperation operation) {
        return SharedInput.wantsBackup(operation) ? operation.uuid().toString() : null;
    }

    /** Deletes the backup of an operation that changed nothing. */
    public void undo(StoredOperation operation) {
        if (SharedInput.wantsBackup(operation)) {
            makeBackupSaga.deletePart(operation);
        }
    }

    /** Deletes what there is of a backup that could not be made. */
    public void undoUnfinished(StoredOperation operation) {
        if (SharedInput.wantsBackup(operation)) {
            makeBackupSaga.deleteUnfinishedPart(operation);
        }
    }

    /** Deletes what a run has stored after another node had taken the operation over. */
    public void withdraw(StoredOperation operation) {
        if (SharedInput.wantsBackup(operation)) {
            makeBackupSaga.withdrawPart(operation);
        }
    }
}
