// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The value of one question mark of a statement. */
@FunctionalInterface
interface SqlArgument {
    void set(PreparedStatement statement, int position) throws SQLException;
}
