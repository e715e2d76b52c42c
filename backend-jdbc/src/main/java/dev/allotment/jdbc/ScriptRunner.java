// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RowQuota;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;

/** The operations of a transaction on the tables of an application, which every backend implements differently. */
@FunctionalInterface
public interface ScriptRunner {
    /** Refuses all operations. */
    ScriptRunner REFUSED = (connection, script) -> {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "Scripts run only while a database is being configured.");
    };

    /** Returns what sends the statements about records. By default, it sends each of them unchanged. */
    default RecordStatements statements(SqlDialect dialect) {
        return RecordStatements.direct(dialect);
    }

    /** Executes the script of an add-on. Errors of the database come out unchanged. */
    void run(Connection connection, String script) throws SQLException;

    /** See {@link dev.allotment.spi.backend.DatabaseTransaction#enforce}. */
    default void enforce(Connection connection, List<RowQuota> quotas) throws SQLException {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "Record quotas change only while a database is being configured.");
    }

    /** See {@link dev.allotment.spi.backend.DatabaseTransaction#count}. */
    default OptionalLong count(Connection connection, RowQuota quota) throws SQLException {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "This backend does not enforce record quotas in its databases.");
    }
}
