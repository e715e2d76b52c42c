// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which page is at which path, and for whom. A part of a path in braces stands for any text without a slash; where several
 * paths fit, the first one counts. Filled before it is used.
 */
public final class Routes {
    private final List<Route> routes = new ArrayList<>();

    /** A page that anybody may see. */
    public Routes show(String path, Handler handler) {
        return add(Method.GET, path, Audience.ANYBODY, handler);
    }

    /** What anybody may send. */
    public Routes accept(String path, Handler handler) {
        return add(Method.POST, path, Audience.ANYBODY, handler);
    }

    /** What programs may send, which have none of our forms; such a page must not act for whoever has signed in. */
    public Routes call(String path, Handler handler) {
        return add(Method.POST, path, Audience.PROGRAMS, handler);
    }

    /** A page for whoever has signed in. */
    public Routes showVisitor(String path, VisitorHandler handler) {
        return add(Method.GET, path, Audience.SIGNED_IN, known(handler));
    }

    /** What whoever has signed in may send. */
    public Routes acceptVisitor(String path, VisitorHandler handler) {
        return add(Method.POST, path, Audience.SIGNED_IN, known(handler));
    }

    /** A page for administrators. */
    public Routes showAdministrator(String path, VisitorHandler handler) {
        return add(Method.GET, path, Audience.ADMINISTRATORS, known(handler));
    }

    /** What administrators may send. */
    public Routes acceptAdministrator(String path, VisitorHandler handler) {
        return add(Method.POST, path, Audience.ADMINISTRATORS, known(handler));
    }

    private static Handler known(VisitorHandler handler) {
        return exchange -> handler.handle(exchange, exchange.visitor().orElseThrow(PageFailure::notFound));
    }

    private Routes add(Method method, String path, Audience audience, Handler handler) {
        routes.add(new Route(method, parts(path), audience, handler));
        return this;
    }

    /** The paths of all that is sent by forms of ours, so that none of them is forgotten where they are tried. */
    public List<String> forms() {
        return routes.stream()
                .filter(route -> route.method() == Method.POST && route.audience() != Audience.PROGRAMS)
                .map(route -> String.join("/", route.pattern()))
                .toList();
    }

    /** What answers a path by each method; empty: nothing does. */
    Map<Method, Found> find(String path) {
        List<String> parts = parts(path);
        Map<Method, Found> found = new HashMap<>();
        for (Route route : routes) {
            Map<String, String> values = found.containsKey(route.method()) ? null : route.match(parts);
            if (values != null) {
                found.put(route.method(), new Found(route.audience(), route.handler(), values));
            }
        }
        return found;
    }

    private static List<String> parts(String path) {
        return List.of(path.split("/", -1));
    }

    /** Whom a page is for. */
    enum Audience {
        ANYBODY,
        PROGRAMS,
        SIGNED_IN,
        ADMINISTRATORS
    }

    /**
     * A page that was asked for.
     *
     * @param parts of the path that stand for a name, by that name
     */
    record Found(Audience audience, Handler handler, Map<String, String> parts) {}

    /** A path, and what answers there. */
    private record Route(Method method, List<String> pattern, Audience audience, Handler handler) {
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
