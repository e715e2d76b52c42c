// SPDX-License-Identifier: Apache-2.0
package dev.allotment.backup;

import java.util.UUID;

/**
 * The identity of a backup. It never changes, and is the same in every catalog.
 *
 * @param value the UUID of the operation that made it
 */
public record BackupId(UUID value) {
    /** Returns the UUID as text. */
    @Override
    public String toString() {
        return value.toString();
    }
}
