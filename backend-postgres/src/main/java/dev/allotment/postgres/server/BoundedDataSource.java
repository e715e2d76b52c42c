// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Opens connections that this process closes if the server does not answer for too long. A server or a network that
 * disappears without a word would keep the caller waiting for ever otherwise.
 */
final class BoundedDataSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1L;

    private final int milliseconds;

    private final transient PasswordSource password;

    /** @param milliseconds how long the server may take to answer, once a connection is open */
    BoundedDataSource(int milliseconds, PasswordSource password) {
        this.milliseconds = milliseconds;
        this.password = password;
    }

    /** Connects as the control plane's role, unless another user was set. */
    @Override
    public Connection getConnection() throws SQLException {
        if (getPassword() != null) {
            return super.getConnection();
        }
        String present = password.present();
        try {
            Connection connection = open(getUser(), present);
            password.accepted(present);
            return connection;
        } catch (SQLException e) {
            String before = password.before();
            if (!SqlStates.WRONG_PASSWORD.matches(e) || Objects.equals(before, present)) {
                throw e;
            }
            return open(getUser(), before);
        }
    }

    /** @param password null: the server needs none */
    private Connection open(@Nullable String user, @Nullable String password) throws SQLException {
        return password == null ? bounded(super.getConnection()) : getConnection(user, password);
    }

    @Override
    public Connection getConnection(@Nullable String user, String password) throws SQLException {
        return bounded(super.getConnection(user, password));
    }

    private Connection bounded(Connection connection) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, milliseconds);
        return connection;
    }
}
