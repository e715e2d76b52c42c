// SPDX-License-Identifier: Apache-2.0
package dev.allotment.backup;

import dev.allotment.Internal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of a backup.
 *
 * <p>Immutable.
 *
 * @param bytes how many were read from the database and from the application's files
 * @param storedBytes bytes in the store, compressed and encrypted
 * @param sha256 the SHA-256 of what is stored, in hexadecimal
 * @param files how many {@linkplain dev.allotment.hook.TenantFiles files of the application} it contains; null: it was
 *     made without them, by a program that had not registered any
 * @param doubts descriptions of what a database server may refuse when the backup is restored, such as {@code extension
 *     postgis}. The rest is restored then. Empty: nothing, or a program made the backup that did not look for it
 */
public record BackupContent(
        long bytes,
        long storedBytes,
        String sha256,
        @Nullable Long files,
        List<String> doubts) {
    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public BackupContent {
        doubts = List.copyOf(doubts);
    }
}
