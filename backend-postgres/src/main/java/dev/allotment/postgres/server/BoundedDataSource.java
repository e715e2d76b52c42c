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

    private static final int ATTEMPTS = 20;

    private final int milliseconds;

    private final transient PasswordSource password;
    private final transient Preparation preparation;

    /** Makes a new connection ready for use. */
    @FunctionalInterface
    interface Preparation {
        void prepare(Connection connection) throws SQLException;
    }

    /** @param milliseconds how long the server may take to answer, once a connection is open */
    BoundedDataSource(int milliseconds, PasswordSource password, Preparation preparation) {
        this.milliseconds = milliseconds;
        this.password = password;
        this.preparation = preparation;
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

    @Override
    public Connection getConnection(@Nullable String user, String password) throws SQLException {
        return open(user, password);
    }

    /**
     * Tries again if a pooler repeats an earlier failure: meanwhile it connects to the server.
     *
     * @param password null: the server needs none
     */
    private Connection open(@Nullable String user, @Nullable String password) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return bounded(super.getConnection(user, password));
            } catch (SQLException e) {
                if (attempt == ATTEMPTS || !SqlStates.POOLER_FAILED.matches(e)) {
                    throw e;
                }
            }
        }
    }

    private Connection bounded(Connection connection) throws SQLException {
        boolean ready = false;
        try {
            preparation.prepare(connection);
            connection.setNetworkTimeout(Runnable::run, milliseconds);
            ready = true;
            return connection;
        } finally {
            if (!ready) {
                connection.close();
            }
        }
    }
}
