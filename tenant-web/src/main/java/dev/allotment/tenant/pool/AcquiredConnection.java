// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.pool;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A connection that reports, once, that it was closed. */
public final class AcquiredConnection implements InvocationHandler {
    private final Connection connection;
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    private AcquiredConnection(Connection connection, Runnable onClose) {
        this.connection = connection;
        this.onClose = onClose;
    }

    public static Connection of(Connection connection, Runnable onClose) {
        return (Connection) Proxy.newProxyInstance(
                AcquiredConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new AcquiredConnection(connection, onClose));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        switch (method.getName()) {
            case "close" -> {
                close();
                return null;
            }
            case "isClosed" -> {
                return closed.get() || connection.isClosed();
            }
            case "equals" -> {
                return arguments != null && proxy == arguments[0];
            }
            case "hashCode" -> {
                return System.identityHashCode(proxy);
            }
            default -> {
                return pass(method, arguments);
            }
        }
    }

    private void close() throws SQLException {
        if (closed.compareAndSet(false, true)) {
            try {
                connection.close();
            } finally {
                onClose.run();
            }
        }
    }

    private @Nullable Object pass(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            throw cause == null ? e : cause;
        }
    }
}
