// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.route;

import dev.allotment.AllowedFor;
import dev.allotment.Lookup;
import dev.allotment.access.ApiKeyScope;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which API keys may call a use case, as its {@link AllowedFor} says. The core enforces the same; here it decides
 * before anything else of a request is looked at, and is documented.
 *
 * @param limited the kinds of limited keys that may call it
 */
public record Rights(Set<AllowedFor.Keys> limited) {
    /**
     * Returns the rights of a use case.
     *
     * @param name the name of a method; of several with that name, all have the same mark
     * @throws IllegalArgumentException if there is no such method
     */
    public static Rights of(Class<?> useCases, String name) {
        List<Method> methods = Arrays.stream(useCases.getMethods())
                .filter(each -> each.getName().equals(name) && !each.isBridge())
                .toList();
        if (methods.isEmpty()) {
            throw new IllegalArgumentException(useCases + " has no method " + name + ".");
        }
        Set<AllowedFor.Keys> limited = EnumSet.allOf(AllowedFor.Keys.class);
        for (Method each : methods) {
            AllowedFor mark = each.getDeclaringClass() == Lookup.class
                    ? useCases.getAnnotation(AllowedFor.class)
                    : each.getAnnotation(AllowedFor.class);
            limited.retainAll(mark == null ? Set.of() : Set.of(mark.value()));
        }
        return new Rights(limited);
    }

    /** Returns whether a key with a scope may call it. */
    public boolean allow(ApiKeyScope scope) {
        AllowedFor.Keys kind = kind(scope);
        return scope.equals(ApiKeyScope.EVERYTHING) || (kind != null && limited.contains(kind));
    }

    /** Returns the scopes that may call it, as the documentation names them. */
    public List<String> scopes() {
        List<String> scopes = new ArrayList<>(List.of("everything"));
        if (limited.contains(AllowedFor.Keys.READ_ONLY)) {
            scopes.add("read-only");
        }
        if (limited.contains(AllowedFor.Keys.TENANTS)) {
            scopes.addAll(List.of("customer", "plan"));
        }
        if (limited.contains(AllowedFor.Keys.PAYMENTS)) {
            scopes.add("payments");
        }
        return scopes;
    }

    private static AllowedFor.@Nullable Keys kind(ApiKeyScope scope) {
        if (scope.equals(ApiKeyScope.READ_ONLY)) {
            return AllowedFor.Keys.READ_ONLY;
        }
        if (scope.equals(ApiKeyScope.PAYMENTS)) {
            return AllowedFor.Keys.PAYMENTS;
        }
        return scope.customer() != null || scope.plan() != null ? AllowedFor.Keys.TENANTS : null;
    }
}
