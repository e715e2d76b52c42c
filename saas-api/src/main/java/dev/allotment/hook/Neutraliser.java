// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import dev.allotment.Tenant;
import dev.allotment.spi.backend.DatabaseTransaction;

/**
 * Makes a copy of a client database harmless before anybody gets in: mail off, jobs off, payment in test mode; handed to the
 * builder. A copy is opened when all of them have succeeded, and removed when one fails.
 */
public interface Neutraliser {
    /** Stable, 1 to 100 lower case letters, digits, hyphens and underscores: the audit log and the copy itself tell it. */
    String name();

    /**
     * Changes the copy, all or nothing with the other neutralisers; nothing outside of it, since it may be run again.
     *
     * @param copy as the catalog has it now
     * @param transaction inside the copy
     */
    void neutralise(Tenant copy, DatabaseTransaction transaction);
}
