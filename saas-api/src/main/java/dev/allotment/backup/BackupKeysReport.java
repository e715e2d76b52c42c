// SPDX-License-Identifier: Apache-2.0
package dev.allotment.backup;

/**
 * How the keys of backups are encrypted after {@link Backups#rotateBackupKeys}.
 *
 * @param encrypted how many were encrypted again
 * @param left how many may still be encrypted with another secret key than the first; the log names them
 */
public record BackupKeysReport(int encrypted, int left) {}
