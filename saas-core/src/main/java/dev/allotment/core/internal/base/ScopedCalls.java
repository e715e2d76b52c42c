// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.AllowedFor;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.access.ApiKeyScope;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Limits use cases to the scope of an API key. A limited key may call what is marked with {@link AllowedFor}.
 * Everything else is refused. The records that a scope contains are decided by the lookups.
 */
public final class ScopedCalls {
    private ScopedCalls() {}

    /**
     * Returns the same use cases, limited to a scope.
     *
     * @param api the interface that callers see
     */
    public static <T> T limited(ApiKeyScope scope, Class<T> api, T useCases) {
        if (scope.equals(ApiKeyScope.EVERYTHING)) {
            return useCases;
        }
        return api.cast(Proxy.newProxyInstance(
                ScopedCalls.class.getClassLoader(), new Class<?>[] {api}, (proxy, method, arguments) -> {
                    requireContained(scope, api, method);
                    return call(useCases, method, arguments);
                }));
    }

    /**
     * Refuses a call that the scope does not contain.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    static void requireContained(ApiKeyScope scope, Class<?> api, Method method) {
        if (!scope.equals(ApiKeyScope.EVERYTHING) && !contains(scope, api, method)) {
            throw refused(scope);
        }
    }

    private static boolean contains(ApiKeyScope scope, Class<?> api, Method method) {
        if (method.getDeclaringClass() == Object.class) {
            return true;
        }
        AllowedFor mark = marked(api, method).getAnnotation(AllowedFor.class);
        AllowedFor.Keys kind = kind(scope);
        return mark != null && kind != null && List.of(mark.value()).contains(kind);
    }

    /** What has the marks of a method: the interface, if the method is inherited from a lookup. */
    static AnnotatedElement marked(Class<?> api, Method method) {
        return method.getDeclaringClass() == api ? method : api;
    }

    /** Null: a scope of a newer version, which contains nothing. */
    private static AllowedFor.@Nullable Keys kind(ApiKeyScope scope) {
        if (scope.equals(ApiKeyScope.READ_ONLY)) {
            return AllowedFor.Keys.READ_ONLY;
        }
        if (scope.equals(ApiKeyScope.PAYMENTS)) {
            return AllowedFor.Keys.PAYMENTS;
        }
        return scope.customer() == null && scope.plan() == null ? null : AllowedFor.Keys.TENANTS;
    }

    static Object call(Object useCases, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(useCases, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /**
     * Refuses what only {@link ApiKeyScope#EVERYTHING} contains.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    public static void requireEverything(ApiKeyScope scope) {
        if (!scope.equals(ApiKeyScope.EVERYTHING)) {
            throw refused(scope);
        }
    }

    /** The refusal of a call that the scope does not contain. */
    public static SaasException refused(ApiKeyScope scope) {
        return SaasException.notAllowed(
                ErrorCodes.ACCESS_NOT_ALLOWED,
                scope.equals(ApiKeyScope.READ_ONLY)
                        ? "This API key is read-only, so it cannot change anything."
                        : "The scope of this API key, " + scope + ", does not contain this.");
    }
}
