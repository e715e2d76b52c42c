// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.backup.BackupId;
import java.util.UUID;

/**
 * A backup that another installation made.
 *
 * @param archive the backups of that installation, which are only read
 * @param tenant the UUID of the tenant there
 */
public record ForeignBackup(BackupArchive archive, UUID tenant, BackupId backup) implements ImportedStream {
    Manifest read(BackupArchive.Copying copying) {
        try {
            return archive.copy(tenant, backup, copying);
        } catch (SaasException e) {
            throw e.code().equals(ErrorCodes.BACKUP_KEY_WRONG)
                    ? SaasException.conflict(
                            ErrorCodes.BACKUP_KEY_WRONG,
                            "Backup " + backup
                                    + " cannot be decrypted with this secret key, or its key was changed. Give"
                                    + " the secret key of the installation that made it.")
                    : e;
        }
    }
}
