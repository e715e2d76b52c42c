// SPDX-License-Identifier: Apache-2.0
package dev.allotment.backup;

import java.util.UUID;

/**
 * The identity of a prepared export.
 *
 * @param value the UUID of the operation that made it
 */
public record ExportId(UUID value) {
    /** Returns the UUID as text. */
    @Override
    public String toString() {
        return value.toString();
    }
}
