// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.DatabaseActivity;

/** Reads what a database does. An ability of {@link Databases}. Safe for use by several threads. */
public interface ActivityReader {
    /**
     * Returns what a database does now, and what takes time in it. Reads statistics of the server and system tables
     * only: it evaluates nothing that belongs to the tenant, waits for no lock of the tenant, and ends within seconds.
     *
     * @throws dev.allotment.SaasException {@code database.unknown}, {@code backend.unavailable}
     */
    DatabaseActivity activity(DatabaseRef database);
}
