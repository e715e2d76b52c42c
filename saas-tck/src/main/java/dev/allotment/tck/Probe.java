// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;

/** Tries a script and undoes it. */
final class Probe {
    private static final class Undo extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Undo() {
            super("This exception undoes a script that was only tried.");
        }
    }

    private Probe() {}

    static boolean succeeds(Databases databases, DatabaseRef database, String script) {
        try {
            databases.configure(database, tx -> {
                tx.run(script);
                throw new Undo();
            });
            throw new AssertionError("configure did not pass on the exception of its work");
        } catch (Undo expected) {
            return true;
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.ADDON_FAILED)) {
                return false;
            }
            throw e;
        }
    }
}
