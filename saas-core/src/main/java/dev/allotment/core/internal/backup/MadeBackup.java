// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.backup.Backup;
import dev.allotment.core.internal.backup.archive.Manifest;
import dev.allotment.spi.backend.StoredOperation;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a backup while it is being made.
 *
 * @param manifest null: its content is not stored yet, or that was done by an earlier run
 */
public record MadeBackup(@Nullable Manifest manifest) {
    /** For a run that has only the stored operation. */
    static final MadeBackup UNKNOWN = new MadeBackup(null);

    /** The backup that a finished operation made. */
    public static Backup of(StoredOperation operation) {
        return Manifest.of(operation.result()).backup();
    }

    /** The backup, when its operation has finished. */
    public Backup backup() {
        return Objects.requireNonNull(manifest).backup();
    }
}
