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
 * Limits use cases to the scope of an API key or a session, as {@link AllowedFor} says. The lookups decide which
 * records a scope contains.
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
                    if (!contains(scope, api, method)) {
                        throw refused(scope);
                    }
                    return call(useCases, method, arguments);
                }));
    }

    /**
     * Refuses a call that the scope does not contain.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    static void requireContained(Actor actor, Class<?> api, Method method) {
        ApiKeyScope scope = actor.scope();
        if (actor.provided()) {
            if (!contains(scope, api, method) && !isAllowed(marked(api, method), AllowedFor.Keys.PROVIDED_SESSION)) {
                throw limitedSession();
            }
        } else if (!scope.equals(ApiKeyScope.EVERYTHING) && !contains(scope, api, method)) {
            throw refused(scope);
        }
    }

    private static boolean contains(ApiKeyScope scope, Class<?> api, Method method) {
        if (method.getDeclaringClass() == Object.class) {
            return true;
        }
        AllowedFor.Keys kind = kind(scope);
        return kind != null && isAllowed(marked(api, method), kind);
    }

    private static boolean isAllowed(AnnotatedElement marks, AllowedFor.Keys kind) {
        AllowedFor mark = marks.getAnnotation(AllowedFor.class);
        return mark != null && List.of(mark.value()).contains(kind);
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

    /** The refusal of what a session does not contain that the identity provider of a customer has opened. */
    public static SaasException limitedSession() {
        return SaasException.notAllowed(
                ErrorCodes.IDENTITY_LIMITED_SESSION,
                "You have signed in with the identity provider of a customer. This session is limited to that customer,"
                        + " and cannot change your account. Sign in in another way first.");
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
