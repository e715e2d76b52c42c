// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import dev.allotment.jdbc.Migrator;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The nodes that the catalog lists. */
public final class NodesOfCatalog implements Migrator.Readers {
    private static final String OLDEST =
            "SELECT COALESCE(min(schema_version), " + Integer.MAX_VALUE + ") FROM allotment.nodes";

    /** Reports wait for this lock, so no node joins before the migration has finished. */
    private static final String LOCK = "LOCK TABLE allotment.nodes IN SHARE ROW EXCLUSIVE MODE";

    @Override
    public int oldestVersion(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (!connection.getAutoCommit()) {
                statement.execute(LOCK);
            }
            try (ResultSet row = statement.executeQuery(OLDEST)) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
