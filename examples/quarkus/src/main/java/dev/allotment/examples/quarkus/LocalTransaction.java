// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.quarkus;

import java.sql.Connection;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** Commits or rolls back a connection, and closes it. JTA cannot commit two of them together. */
final class LocalTransaction implements XAResource {
    private final Connection connection;

    LocalTransaction(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void commit(Xid id, boolean onePhase) throws XAException {
        try (connection) {
            connection.commit();
        } catch (SQLException e) {
            throw failure(XAException.XA_RBROLLBACK, e);
        }
    }

    @Override
    public void rollback(Xid id) throws XAException {
        try (connection) {
            connection.rollback();
        } catch (SQLException e) {
            throw failure(XAException.XAER_RMERR, e);
        }
    }

    /** JTA calls this only if there is another resource in the transaction. */
    @Override
    public int prepare(Xid id) throws XAException {
        throw new XAException(XAException.XA_RBPROTO);
    }

    @Override
    public boolean isSameRM(XAResource other) {
        return other == this;
    }

    @Override
    public Xid[] recover(int flags) {
        return new Xid[0];
    }

    @Override
    public int getTransactionTimeout() {
        return 0;
    }

    @Override
    public boolean setTransactionTimeout(int seconds) {
        return false;
    }

    @Override
    public void start(Xid id, int flags) {
        // The connection's transaction starts with its first statement.
    }

    @Override
    public void end(Xid id, int flags) {
        // Commit or rollback follows.
    }

    @Override
    public void forget(Xid id) {
        // Nothing is remembered.
    }

    private static XAException failure(int code, SQLException cause) {
        XAException failure = new XAException(code);
        failure.initCause(cause);
        return failure;
    }
}
