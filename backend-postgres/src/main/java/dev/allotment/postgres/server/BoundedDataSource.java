// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Opens connections that this process closes if the server does not answer for too long. A server or a network that
 * disappears without a word would keep the caller waiting for ever otherwise.
 */
final class BoundedDataSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1L;

    private final int milliseconds;

    /** @param milliseconds how long the server may take to answer, once a connection is open */
    BoundedDataSource(int milliseconds) {
        this.milliseconds = milliseconds;
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        Connection connection = super.getConnection(user, password);
        connection.setNetworkTimeout(Runnable::run, milliseconds);
        return connection;
    }
}
