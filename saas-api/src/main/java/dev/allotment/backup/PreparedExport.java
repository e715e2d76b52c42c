// SPDX-License-Identifier: Apache-2.0
package dev.allotment.backup;

import dev.allotment.AsyncOperations;
import dev.allotment.Internal;
import dev.allotment.TenantId;
import java.time.Instant;

/**
 * An export of a tenant that is kept for downloads, see {@link AsyncOperations#prepareExport}. Immutable.
 *
 * @param name the name that the tenant had
 * @param madeAt when it was requested
 * @param expiresAt when it can no longer be downloaded
 * @param bytes the size of the archive
 */
public record PreparedExport(ExportId id, TenantId tenant, String name, Instant madeAt, Instant expiresAt, long bytes) {
    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public PreparedExport {}
}
