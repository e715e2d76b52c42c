// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Wraps the driver and, before a given statement, either kills what the server takes for a process or runs an action.
 * After a kill, that statement and all later ones are not sent, and all connections are closed.
 */
final class StatementKiller implements UnaryOperator<DataSource> {
    /** Thrown in the process that was killed. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("the process was killed");
        }
    }

    private final List<Connection> connections = new ArrayList<>();
    private int left = Integer.MAX_VALUE;
    private boolean killed;
    private @Nullable Runnable action;

    /** Kills after a number of further statements. */
    synchronized void killAfter(int statements) {
        left = statements;
    }

    /** Runs an action once after a number of further statements, and kills nothing. */
    synchronized void killAfter(int statements, Runnable action) {
        left = statements;
        this.action = action;
    }

    synchronized boolean hasKilled() {
        return killed;
    }

    @Override
    public DataSource apply(DataSource driver) {
        return wrap(DataSource.class, driver, (method, result) -> {
            if (result instanceof Connection connection) {
                synchronized (this) {
                    connections.add(connection);
                }
                return wrap(Connection.class, connection, this::statements);
            }
            return result;
        });
    }

    private Object statements(Method method, Object result) {
        if (result instanceof PreparedStatement statement) {
            return wrap(PreparedStatement.class, statement, (any, value) -> value);
        }
        if (result instanceof Statement statement) {
            return wrap(Statement.class, statement, (any, value) -> value);
        }
        return result;
    }

    private interface Result {
        Object of(Method method, Object result);
    }

    private <T> T wrap(Class<T> type, T target, Result result) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().startsWith("execute") || method.getName().equals("commit")) {
                count();
            }
            try {
                return result.of(method, method.invoke(target, arguments));
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private synchronized void count() {
        if (left-- > 0 && (!killed || action != null)) {
            return;
        }
        killed = true;
        if (action != null) {
            left = Integer.MAX_VALUE;
            action.run();
            return;
        }
        for (Connection connection : connections) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
        throw new Killed();
    }
}
