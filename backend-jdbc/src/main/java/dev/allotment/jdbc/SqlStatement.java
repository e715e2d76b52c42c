// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import java.util.List;

/**
 * A statement about records.
 *
 * @param sql with a question mark for each argument
 * @param arguments in the order of the question marks
 */
public record SqlStatement(String sql, List<SqlArgument> arguments) {
    public SqlStatement {
        arguments = List.copyOf(arguments);
    }
}
