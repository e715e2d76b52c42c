// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;

/** Removes databases, and distinguishes missing databases from other failures. */
public final class DatabaseRemoval {
    private DatabaseRemoval() {}

    /** Whether a database does not exist, or a foreign database has its name. */
    public static boolean isMissing(SaasException e) {
        return e.code().equals(ErrorCodes.DATABASE_UNKNOWN) || e.code().equals(ErrorCodes.DATABASE_FOREIGN);
    }

    /**
     * Removes a database. If a foreign database has its name, it is removed under its current name, and the foreign one
     * stays.
     */
    public static void drop(Databases databases, DatabaseRef database) {
        try {
            databases.drop(database);
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.DATABASE_FOREIGN)) {
                throw e;
            }
            DatabaseRef elsewhere = databases.find(database.uuid());
            if (elsewhere != null) {
                databases.drop(elsewhere);
            }
        }
    }

    /** Releases an adopted database. Does nothing if it belongs to another tenant by now, or was never adopted. */
    public static void release(Databases databases, DatabaseRef database) {
        try {
            databases.release(database);
        } catch (SaasException e) {
            if (!isMissing(e) && !e.code().equals(ErrorCodes.BACKEND_UNSUPPORTED)) {
                throw e;
            }
        }
    }
}
