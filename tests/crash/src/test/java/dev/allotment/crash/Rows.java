// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows that plain SQL finds, each by the names of its columns, everything as text. */
final class Rows {
    private Rows() {}

    static List<Map<String, @Nullable String>> of(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            List<Map<String, @Nullable String>> rows = new ArrayList<>();
            while (found.next()) {
                Map<String, @Nullable String> row = new HashMap<>();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    row.put(found.getMetaData().getColumnLabel(i), found.getString(i));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /** The only column. */
    static List<String> column(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (found.next()) {
                values.add(found.getString(1));
            }
            return values;
        }
    }
}
