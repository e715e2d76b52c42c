// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Wraps an object of an interface, so that every call of it passes one hook. Methods with a default are passed on like
 * all others, and so are those that a later version of the interface adds. What an {@linkplain #isAccessor accessor}
 * returns is wrapped in the same hook. To change single methods of a backend
 * instead, extend {@link DelegatingBackend}, {@link DelegatingCatalog} or {@link DelegatingDatabases}.
 */
public final class Wrapped {
    /** Receives each call in place of the wrapped object. */
    public interface Hook {
        /**
         * Handles a call.
         *
         * @param method of the interface
         * @param arguments of the call; empty if it has none
         * @param next passes on the call
         * @return what the call returns, of the type that the method has
         * @throws Throwable what the call throws
         */
        @Nullable
        Object call(Method method, @Nullable Object[] arguments, Next next) throws Throwable;
    }

    /** Passes on a call to the wrapped object. */
    public interface Next {
        /**
         * Calls the method of the wrapped object.
         *
         * @param arguments those of the call, or others
         * @return what the method returned
         * @throws Throwable what the method threw, unchanged
         */
        @Nullable
        Object call(@Nullable Object[] arguments) throws Throwable;
    }

    private Wrapped() {}

    /**
     * Returns an object that passes every call to a hook. It equals only itself.
     *
     * @param type an interface
     * @param target receives what the hook passes on
     * @param hook called by the threads that call the object
     */
    public static <T> T of(Class<T> type, T target, Hook hook) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    @Nullable Object[] arguments = given == null ? new @Nullable Object[0] : given;
                    if (method.getName().equals("equals") && method.getDeclaringClass() == Object.class) {
                        return proxy == arguments[0];
                    }
                    if (method.getDeclaringClass() == Object.class) {
                        return invoke(target, method, arguments);
                    }
                    Object result = hook.call(method, arguments, passed -> invoke(target, method, passed));
                    return result != null && isAccessor(method) ? wrap(method.getReturnType(), result, hook) : result;
                }));
    }

    private static <T> T wrap(Class<T> type, Object target, Hook hook) {
        return of(type, type.cast(target), hook);
    }

    /**
     * Returns whether a method of the SPI returns another of its interfaces, such as a view, an ability or the catalog
     * for the maintenance.
     */
    public static boolean isAccessor(Method method) {
        return method.getReturnType().isInterface()
                && method.getReturnType().getPackage() == Databases.class.getPackage();
    }

    private static @Nullable Object invoke(Object target, Method method, @Nullable Object[] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
