// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.Permission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
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

    /** Adds a page that all operators may see. */
    public Routes showOperator(String path, VisitorHandler handler) {
        return showOperator(path, Permission.VIEW_INSTALLATION, handler);
    }

    /** Adds a page for operators whose role has a permission. */
    public Routes showOperator(String path, Permission permission, VisitorHandler handler) {
        return add(Method.GET, path, Audience.OPERATORS, known(handler)).needs(permission);
    }

    /** Adds a form for operators whose role has a permission. */
    public Routes acceptOperator(String path, Permission permission, VisitorHandler handler) {
        return add(Method.POST, path, Audience.OPERATORS, known(handler)).needs(permission);
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
        Set<Permission> needed = Set.of(permissions);
        return changeLast(route -> route.needing(needed, exchange -> {
            Visitor visitor = exchange.visitor().orElseThrow(PageFailure::notFound);
            if (!visitor.permissions().containsAll(needed)) {
                throw PageFailure.notPermitted(visitor);
            }
            route.handler().handle(exchange);
        }));
    }

    /** Requires for the page that was added last that the user has proven a short time ago who it is. */
    public Routes proven() {
        return changeLast(Route::proving);
    }

    /** Accepts files in the form that was added last. */
    public Routes uploading() {
        return changeLast(Route::uploading);
    }

    private Routes changeLast(UnaryOperator<Route> change) {
        int last = routes.size() - 1;
        routes.set(last, change.apply(routes.get(last)));
        return this;
    }

    private static Handler known(VisitorHandler handler) {
        return exchange -> handler.handle(exchange, exchange.visitor().orElseThrow(PageFailure::notFound));
    }

    private Routes add(Method method, String path, Audience audience, Handler handler) {
        routes.add(new Route(method, parts(path), audience, false, false, Set.of(), handler));
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

    /** Returns what pages offer to a visitor. */
    Offers offers(Optional<Visitor> visitor) {
        return new Offers(this, visitor);
    }

    /** Whether the role of a visitor permits what is at an address. True where no page is. */
    private boolean permits(Method method, String address, Visitor visitor) {
        List<String> parts = parts(address.split("\\?", 2)[0]);
        return routes.stream()
                .filter(route -> route.method() == method && route.match(parts) != null)
                .findFirst()
                .map(route -> route.audience().includes(visitor)
                        && visitor.permissions().containsAll(route.needed()))
                .orElse(true);
    }

    /** The links and forms that pages offer to a visitor: those that its role permits. The core refuses the others. */
    public record Offers(Routes routes, Optional<Visitor> visitor) {
        /** Whether the visitor is an operator. */
        public boolean operator() {
            return visitor.filter(Visitor::isOperator).isPresent();
        }

        /** Whether the visitor may open the page at an address. */
        public boolean link(String address) {
            return permits(Method.GET, address);
        }

        /** Whether the visitor may send a form to an address. */
        public boolean form(String address) {
            return permits(Method.POST, address);
        }

        /** What pages offer to a visitor who has not signed in. */
        Offers signedOut() {
            return new Offers(routes, Optional.empty());
        }

        private boolean permits(Method method, String address) {
            return visitor.map(each -> routes.permits(method, address, each)).orElse(true);
        }

        @Override
        public String toString() {
            return "Offers[visitor=" + visitor + "]";
        }
    }

    private static List<String> parts(String path) {
        return List.of(path.split("/", -1));
    }

    /** The users that a page is open to. */
    enum Audience {
        EVERYONE,
        PROGRAMS,
        SIGNED_IN,
        OPERATORS,
        ADMINISTRATORS;

        /** Whether pages for this audience are for a visitor who has signed in. */
        boolean includes(Visitor visitor) {
            return switch (this) {
                case EVERYONE, PROGRAMS, SIGNED_IN -> true;
                case OPERATORS -> visitor.isOperator();
                case ADMINISTRATORS -> visitor.isAdministrator();
            };
        }
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
            Method method,
            List<String> pattern,
            Audience audience,
            boolean proven,
            boolean uploads,
            Set<Permission> needed,
            Handler handler) {
        Route needing(Set<Permission> permissions, Handler checked) {
            return new Route(method, pattern, audience, proven, uploads, permissions, checked);
        }

        Route proving() {
            return new Route(method, pattern, audience, true, uploads, needed, handler);
        }

        Route uploading() {
            return new Route(method, pattern, audience, proven, true, needed, handler);
        }

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
