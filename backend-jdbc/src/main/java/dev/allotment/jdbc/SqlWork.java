// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Statements on one connection. */
@FunctionalInterface
public interface SqlWork<T extends @Nullable Object> {
    /** Executes them. */
    T on(Connection connection) throws SQLException;
}
