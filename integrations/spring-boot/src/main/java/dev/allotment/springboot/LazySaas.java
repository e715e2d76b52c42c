// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.Saas;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A control plane that is opened by its first use, so that listeners and other hooks, which are needed to open it, can
 * be beans that inject it. Thread-safe.
 */
final class LazySaas implements InvocationHandler {
    private final Supplier<Saas> opening;
    private volatile @Nullable Saas opened;
    private boolean busy;
    private boolean closed;

    private LazySaas(Supplier<Saas> opening) {
        this.opening = opening;
    }

    static Saas of(Supplier<Saas> opening) {
        return (Saas)
                Proxy.newProxyInstance(Saas.class.getClassLoader(), new Class<?>[] {Saas.class}, new LazySaas(opening));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "equals" -> arguments != null && proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "Saas of the application context";
            };
        }
        if (method.getName().equals("close")) {
            close();
            return null;
        }
        Saas saas = opened;
        try {
            return method.invoke(saas == null ? open() : saas, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private synchronized Saas open() {
        Saas saas = opened;
        if (saas != null) {
            return saas;
        }
        if (busy) {
            throw HookException.tooEarly(null);
        }
        if (closed) {
            throw new IllegalStateException("The application context is closed, and its control plane with it.");
        }
        busy = true;
        try {
            saas = opening.get();
        } finally {
            busy = false;
        }
        opened = saas;
        return saas;
    }

    private synchronized void close() {
        closed = true;
        Saas saas = opened;
        if (saas != null) {
            saas.close();
        }
    }
}
