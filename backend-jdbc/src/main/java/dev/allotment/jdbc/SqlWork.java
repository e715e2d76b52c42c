// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Statements on one connection, with a result. */
@FunctionalInterface
public interface SqlWork<T extends @Nullable Object> {
    /** Executes the statements. */
    T on(Connection connection) throws SQLException;
}
