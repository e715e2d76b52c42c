// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCodes;
import dev.allotment.Operation;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import java.util.function.Consumer;

/** What adopting a database as a tenant and as a template have in common. It is not ours to drop before all is done. */
final class Adoption {
    private Adoption() {}

    /** Fills the base schema that the database has just got; where that got spoiled, it gets another one. */
    static void fill(
            ControlPlane plane,
            Operation operation,
            Databases databases,
            DatabaseRef database,
            Consumer<DatabaseTransaction> filling) {
        DatabaseSetup.first(
                plane,
                operation,
                () -> databases.transact(database, tx -> {
                    filling.accept(tx);
                    return true;
                }),
                () -> {
                    databases.release(database);
                    databases.adopt(database);
                });
    }

    /** Gives it back; one that is somebody else's by now, or was never ours, is left alone. */
    static void giveBack(ControlPlane plane, ServerId server, DatabaseRef database) {
        try {
            plane.databases(server).release(database);
        } catch (SaasException e) {
            if (!Alignment.isNotThere(e) && !e.code().equals(ErrorCodes.BACKEND_UNSUPPORTED)) {
                throw e;
            }
        }
    }
}
