// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RowQuota;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;

/** What a backend does inside a transaction with the tables of an application. */
@FunctionalInterface
public interface ScriptRunner {
    /** Where scripts cannot be run. */
    ScriptRunner REFUSED = (connection, script) -> {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "Scripts run only while a database is being configured.");
    };

    /** Executes the script of an add-on; what the database says about a statement comes out as it is. */
    void run(Connection connection, String script) throws SQLException;

    /** See {@link dev.allotment.spi.backend.DatabaseTransaction#enforce}. */
    default void enforce(Connection connection, List<RowQuota> limits) throws SQLException {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "Limits of rows are held only while a database is being configured.");
    }

    /** See {@link dev.allotment.spi.backend.DatabaseTransaction#count}. */
    default OptionalLong count(Connection connection, RowQuota limit) throws SQLException {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "This backend does not enforce row quotas in its databases.");
    }
}
