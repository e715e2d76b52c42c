// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;

/** Executes the script of an add-on inside a transaction. */
@FunctionalInterface
public interface ScriptRunner {
    /** Where scripts cannot be run. */
    ScriptRunner REFUSED = (handle, script) -> {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "Scripts run only while a database is being configured.");
    };

    /** Executes it; what the database says about a statement comes out as it is. */
    void run(Handle handle, String script) throws SQLException;
}
