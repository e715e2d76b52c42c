// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Adoption;
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

    /**
     * Removes a database only if it still has this name. If a spare has another name by now, it is the database of a
     * tenant, which this catalog need not know: an older one may have been restored.
     */
    public static void dropUnderItsName(Databases databases, DatabaseRef database) {
        try {
            databases.drop(database);
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.DATABASE_FOREIGN)) {
                throw e;
            }
        }
    }

    /** Removes a database that this operation created, under its name or its current one. Others stay. */
    public static void discard(Databases databases, DatabaseRef database) {
        try {
            databases.discard(database);
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.DATABASE_FOREIGN)) {
                throw e;
            }
            DatabaseRef elsewhere = databases.find(database.uuid());
            if (elsewhere != null) {
                databases.discard(elsewhere);
            }
        }
    }

    /** Releases an adopted database. Does nothing if it belongs to another tenant by now, or was never adopted. */
    public static void release(Databases databases, DatabaseRef database) {
        Adoption adoption = databases.adoption();
        if (adoption == null) {
            return;
        }
        try {
            adoption.release(database);
        } catch (SaasException e) {
            if (!isMissing(e)) {
                throw e;
            }
        }
    }
}
