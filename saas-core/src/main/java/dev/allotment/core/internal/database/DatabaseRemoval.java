// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;

/** Removes databases, and tells those that are missing from other failures. */
public final class DatabaseRemoval {
    private DatabaseRemoval() {}

    /** Whether a database is not there, or one of that name is somebody else's. */
    public static boolean isMissing(SaasException e) {
        return e.code().equals(ErrorCodes.DATABASE_UNKNOWN) || e.code().equals(ErrorCodes.DATABASE_FOREIGN);
    }

    /** Removes a database; where somebody else's bears its name, under the name that it has now, and that one stays. */
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

    /** Gives it back; one that is somebody else's by now, or was never ours, is left alone. */
    public static void giveBack(Databases databases, DatabaseRef database) {
        try {
            databases.release(database);
        } catch (SaasException e) {
            if (!isMissing(e) && !e.code().equals(ErrorCodes.BACKEND_UNSUPPORTED)) {
                throw e;
            }
        }
    }
}
