// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.Permission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Maps paths to pages and their audience. A part in braces matches any text without a slash. If several paths match,
 * the first one wins. Complete it before use; it is not thread-safe while routes are added.
 */
public final class Routes {
    private final List<Route> routes = new ArrayList<>();

    /** Adds a page that is open to everyone. */
    public Routes show(String path, Handler handler) {
        return add(Method.GET, path, Audience.EVERYONE, handler);
    }

    /** Adds a form that everyone may send. */
    public Routes accept(String path, Handler handler) {
        return add(Method.POST, path, Audience.EVERYONE, handler);
    }

    /** Adds an endpoint for programs, which have no form token. It must not act with the rights of a signed-in user. */
    public Routes call(String path, Handler handler) {
        return add(Method.POST, path, Audience.PROGRAMS, handler);
    }

    /** Adds a page for signed-in users. */
    public Routes showVisitor(String path, VisitorHandler handler) {
        return add(Method.GET, path, Audience.SIGNED_IN, known(handler));
    }

    /** Adds a form for signed-in users. */
    public Routes acceptVisitor(String path, VisitorHandler handler) {
        return add(Method.POST, path, Audience.SIGNED_IN, known(handler));
    }

    /** Adds a page for administrators. */
    public Routes showAdministrator(String path, VisitorHandler handler) {
        return add(Method.GET, path, Audience.ADMINISTRATORS, known(handler));
    }

    /** Adds a form for administrators. */
    public Routes acceptAdministrator(String path, VisitorHandler handler) {
        return add(Method.POST, path, Audience.ADMINISTRATORS, known(handler));
    }

    /**
     * Shows a text instead of the page that was added last to users whose role does not permit what it offers. The core
     * refuses the action itself.
     */
    public Routes needs(Permission... permissions) {
        int last = routes.size() - 1;
        Route route = routes.get(last);
        Handler handler = route.handler();
        routes.set(
                last,
                new Route(
                        route.method(),
                        route.pattern(),
                        route.audience(),
                        route.proven(),
                        route.uploads(),
                        exchange -> {
                            Visitor visitor = exchange.visitor().orElseThrow(PageFailure::notFound);
                            if (!visitor.permissions().containsAll(List.of(permissions))) {
                                throw PageFailure.notPermitted(visitor);
                            }
                            handler.handle(exchange);
                        }));
        return this;
    }

    /** Requires for the page that was added last that the user has proven a short time ago who it is. */
    public Routes proven() {
        int last = routes.size() - 1;
        Route route = routes.get(last);
        routes.set(
                last,
                new Route(route.method(), route.pattern(), route.audience(), true, route.uploads(), route.handler()));
        return this;
    }

    /** Accepts files in the form that was added last. */
    public Routes uploading() {
        int last = routes.size() - 1;
        Route route = routes.get(last);
        routes.set(
                last,
                new Route(route.method(), route.pattern(), route.audience(), route.proven(), true, route.handler()));
        return this;
    }

    private static Handler known(VisitorHandler handler) {
        return exchange -> handler.handle(exchange, exchange.visitor().orElseThrow(PageFailure::notFound));
    }

    private Routes add(Method method, String path, Audience audience, Handler handler) {
        routes.add(new Route(method, parts(path), audience, false, false, handler));
        return this;
    }

    /** Returns the paths of all forms, so that tests can try each of them. */
    public List<String> forms() {
        return routes.stream()
                .filter(route -> route.method() == Method.POST && route.audience() != Audience.PROGRAMS)
                .map(route -> String.join("/", route.pattern()))
                .toList();
    }

    /** Returns the pages at a path, by method; empty if there are none. */
    Map<Method, Found> find(String path) {
        List<String> parts = parts(path);
        Map<Method, Found> found = new HashMap<>();
        for (Route route : routes) {
            Map<String, String> values = found.containsKey(route.method()) ? null : route.match(parts);
            if (values != null) {
                found.put(
                        route.method(),
                        new Found(route.audience(), route.proven(), route.uploads(), route.handler(), values));
            }
        }
        return found;
    }

    private static List<String> parts(String path) {
        return List.of(path.split("/", -1));
    }

    /** The users that a page is open to. */
    enum Audience {
        EVERYONE,
        PROGRAMS,
        SIGNED_IN,
        ADMINISTRATORS
    }

    /**
     * The page that a request matches.
     *
     * @param proven whether the user has to have proven who it is
     * @param uploads whether its form may have files
     * @param parts the parts of the path that names in braces stand for, by name
     */
    record Found(Audience audience, boolean proven, boolean uploads, Handler handler, Map<String, String> parts) {}

    /** A path and its page. */
    private record Route(
            Method method, List<String> pattern, Audience audience, boolean proven, boolean uploads, Handler handler) {
        @Nullable
        Map<String, String> match(List<String> parts) {
            if (parts.size() != pattern.size()) {
                return null;
            }
            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < parts.size(); i++) {
                String each = pattern.get(i);
                if (each.startsWith("{") && !parts.get(i).isEmpty()) {
                    values.put(each.substring(1, each.length() - 1), parts.get(i));
                } else if (!each.equals(parts.get(i))) {
                    return null;
                }
            }
            return values;
        }
    }
}
