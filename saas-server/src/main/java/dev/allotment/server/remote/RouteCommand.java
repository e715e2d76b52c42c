// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import dev.allotment.rest.RouteTable;
import dev.allotment.rest.json.JsonType;
import dev.allotment.rest.json.Schemas;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Route;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A command that is made from a route of the REST API. What is in the path is an argument, and everything else is an
 * option, so a new route is a command without further code.
 *
 * @param noun what it is about, such as {@code tenant}
 * @param verb what it does, such as {@code suspend}
 */
record RouteCommand(String noun, String verb, Route route) {
    private static final Pattern COLLECTION = Pattern.compile("([a-z-]+)/\\{");
    private static final Set<String> FOR_GOOD = Set.of("erase", "purge", "restore-in-place", "leave");

    /**
     * An argument: a variable of the path.
     *
     * @param label for the help, such as {@code TENANT}
     * @param list the path of the list in which names are looked up, such as {@code /tenants}; null: it has a UUID
     */
    record Argument(String variable, String label, @Nullable String list) {}

    private static final List<RouteCommand> ALL = made();

    /** Returns all commands, in the order of the routes. */
    static List<RouteCommand> all() {
        return ALL;
    }

    private static List<RouteCommand> made() {
        List<Route> routes = RouteTable.all().routes();
        Set<String> collections = routes.stream()
                .flatMap(each -> COLLECTION.matcher(each.path()).results())
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
        Map<String, Long> methods = routes.stream().collect(Collectors.groupingBy(Route::path, Collectors.counting()));
        // A stream of events and an archive are no documents: "operation watch" follows an operation.
        return routes.stream()
                .filter(each -> !each.streams() && !each.sendsArchive())
                .map(each -> of(each, collections, methods.getOrDefault(each.path(), 1L) > 1))
                .toList();
    }

    private static RouteCommand of(Route route, Set<String> collections, boolean shared) {
        List<String> words = Arrays.stream(route.path().substring(1).split("/"))
                .filter(each -> !each.startsWith("{"))
                .toList();
        int noun = 0;
        for (int i = 0; i < words.size(); i++) {
            noun = collections.contains(words.get(i)) ? i : noun;
        }
        String called = route.name().replaceFirst("[A-Z].*", "");
        String first = called.equals("get") ? "show" : called;
        String rest = String.join("-", words.subList(noun + 1, words.size()));
        String verb = rest.isEmpty() ? first : shared ? first + "-" + rest : rest;
        return new RouteCommand(singular(words.get(noun)), verb, route);
    }

    /** Returns the noun of one record of a list. */
    static String singular(String plural) {
        return plural.endsWith("s") && !plural.endsWith("ss") ? plural.substring(0, plural.length() - 1) : plural;
    }

    /** Returns noun and verb, with a space between them. */
    String name() {
        return noun + " " + verb;
    }

    /** Returns the arguments, in their order. */
    List<Argument> arguments() {
        List<Argument> arguments = new ArrayList<>();
        for (Field each : route.variables()) {
            String list = before(route.path(), each.name());
            String plural = list.substring(list.lastIndexOf('/') + 1);
            String label = each.name().equals("id") ? singular(plural) : each.name();
            arguments.add(new Argument(
                    each.name(), label.toUpperCase(Locale.ROOT), each.type() == JsonType.LONG ? list : null));
        }
        return arguments;
    }

    private static String before(String path, String variable) {
        return path.substring(0, path.indexOf("/{" + variable + "}"));
    }

    /**
     * Returns the path of a request.
     *
     * @param texts what the line says for the arguments, in their order; the variables of the rest stay
     */
    String path(List<String> texts, Names names) throws RemoteFailure {
        List<Argument> arguments = arguments();
        String path = route.path();
        for (int i = 0; i < Math.min(texts.size(), arguments.size()); i++) {
            Argument each = arguments.get(i);
            String id = each.list() == null
                    ? uuid(each, texts.get(i))
                    : Long.toString(names.id(each, before(path, each.variable()), texts.get(i)));
            path = path.replace("{" + each.variable() + "}", id);
        }
        return path;
    }

    private static String uuid(Argument argument, String text) throws RemoteFailure {
        try {
            return UUID.fromString(text).toString();
        } catch (IllegalArgumentException e) {
            throw RemoteFailure.wrong(argument.label() + " is a UUID; found \"" + text + "\".");
        }
    }

    /** Returns the names that may follow the arguments of a line; none if the next one has no names. */
    List<String> names(List<String> texts, String prefix, Names names) throws RemoteFailure {
        List<Argument> arguments = arguments();
        Argument next = texts.size() < arguments.size() ? arguments.get(texts.size()) : null;
        return next == null || next.list() == null
                ? List.of()
                : names.startingWith(next.list(), before(path(texts, names), next.variable()), prefix);
    }

    /** Returns whether it answers with a list. */
    boolean lists() {
        Schemas schemas = new Schemas();
        Map<String, Object> schema = route.schema(schemas);
        return schema != null
                && schema.get("$ref") instanceof String reference
                && schemas.all().get(reference.substring(reference.lastIndexOf('/') + 1)) instanceof Map<?, ?> page
                && page.get("properties") instanceof Map<?, ?> properties
                && properties.containsKey("next");
    }

    /** Returns whether the list has pages. */
    boolean pages() {
        return route.query().stream().map(Field::name).anyMatch("limit"::equals);
    }

    /** Returns whether it deletes something, so that the operator has to confirm it. */
    boolean deletes() {
        return route.method().equals("DELETE") || FOR_GOOD.contains(verb);
    }
}
