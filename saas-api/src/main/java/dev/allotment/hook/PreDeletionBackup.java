// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import dev.allotment.Tenant;

/**
 * Makes a last backup of a tenant database before it is removed for good.
 *
 * <p>The embedder registers it at the builder. The database is closed to its application by then. Implementations
 * must be safe for use by several threads.
 */
@FunctionalInterface
public interface PreDeletionBackup {
    /**
     * Makes the backup. It may take long, if the embedder calls {@link dev.allotment.fleet.Maintenance#renewLeases}
     * meanwhile.
     *
     * <p>If it throws, the database stays, and a later run of the maintenance calls it again. The wait grows from
     * five seconds to ten minutes. If a node dies, it may also be called again for a database that it has already
     * saved.
     *
     * @param tenant its name and UUID are those of the database
     * @return text for the {@linkplain dev.allotment.DeletionProof#backup proof of deletion}, such as the place of
     *     the backup; no secret, at most 1,000 characters
     * @throws RuntimeException if there is no backup
     */
    String save(Tenant tenant);
}
