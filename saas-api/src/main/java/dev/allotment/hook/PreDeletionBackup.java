// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import dev.allotment.Tenant;
import dev.allotment.spi.backend.DatabaseRef;

/**
 * Makes a last backup of a client database before it is removed for good; handed to the builder. The database is closed to its
 * application by then.
 */
@FunctionalInterface
public interface PreDeletionBackup {
    /**
     * Makes the backup, for as long as that takes where the host calls {@link dev.allotment.Maintenance#renewLeases} meanwhile. When
     * this throws, the database is not removed, and it is called again by a later run of the maintenance, after a wait that
     * grows from five seconds to ten minutes; it may also be called again for a database that it has saved already, after the
     * process was killed.
     *
     * @return what the proof of the deletion says of it, such as where it is; no secret, at most 1,000 characters
     */
    String save(Tenant tenant, DatabaseRef database);
}
