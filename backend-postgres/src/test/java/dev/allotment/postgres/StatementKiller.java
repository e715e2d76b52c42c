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
import java.util.regex.Pattern;
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

    /** Statements that change nothing which outlives the session, and wait for nothing that does. */
    private static final Pattern READ =
            Pattern.compile("(SELECT|WITH|SHOW|SET|RESET)\\b(?!.*(setval|pg_terminate_backend|;)).*", Pattern.DOTALL);

    private final List<Connection> connections = new ArrayList<>();
    private final boolean beforeEach;
    private int left = Integer.MAX_VALUE;
    private int moments;
    private boolean changed = true;
    private boolean killed;
    private @Nullable Runnable action;

    /** Counts every statement. */
    StatementKiller() {
        this(true);
    }

    /**
     * @param beforeEach whether every statement counts. Otherwise only the first counts, and those that follow a
     *     change: a process that is killed before any other statement leaves the same state on the server
     */
    StatementKiller(boolean beforeEach) {
        this.beforeEach = beforeEach;
    }

    /** Kills after a number of further statements. */
    synchronized void killAfter(int statements) {
        left = statements;
        moments = 0;
        changed = true;
    }

    /**
     * Returns how many of the statements since then were the first or followed a change, however often the call had to
     * look whether something has ended.
     */
    synchronized int moments() {
        return moments;
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
        return wrap(DataSource.class, driver, "", (method, none, result) -> {
            if (result instanceof Connection connection) {
                synchronized (this) {
                    connections.add(connection);
                }
                return wrap(Connection.class, connection, "", this::statements);
            }
            return result;
        });
    }

    private Object statements(Method method, Object @Nullable [] arguments, Object result) {
        if (result instanceof PreparedStatement statement) {
            return wrap(PreparedStatement.class, statement, sql(arguments), (any, none, value) -> value);
        }
        if (result instanceof Statement statement) {
            return wrap(Statement.class, statement, "", (any, none, value) -> value);
        }
        return result;
    }

    private static String sql(Object @Nullable [] arguments) {
        return arguments != null && arguments.length > 0 && arguments[0] instanceof String sql ? sql : "";
    }

    private interface Result {
        Object of(Method method, Object @Nullable [] arguments, Object result);
    }

    private <T> T wrap(Class<T> type, T target, String prepared, Result result) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().startsWith("execute") || method.getName().equals("commit")) {
                count(prepared.isEmpty() ? sql(arguments) : prepared);
            }
            try {
                return result.of(method, arguments, method.invoke(target, arguments));
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private synchronized void count(String sql) {
        boolean first = changed;
        changed = !READ.matcher(sql.strip()).matches();
        if (first) {
            moments++;
        } else if (!beforeEach && !killed) {
            return;
        }
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
