// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import dev.allotment.rest.RouteTable;
import dev.allotment.rest.json.Schemas;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Route;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
    private static final Set<String> FOR_GOOD = Set.of("erase", "purge", "restore-in-place");

    /**
     * An argument: a variable of the path.
     *
     * @param label for the help, such as {@code TENANT}
     * @param group the list in which names are looked up; null: it has no name
     */
    record Argument(String variable, String label, @Nullable String group) {}

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
        String before = "";
        for (String each : route.path().substring(1).split("/")) {
            if (each.startsWith("{")) {
                String variable = each.substring(1, each.length() - 1);
                arguments.add(new Argument(
                        variable, singular(before).toUpperCase(Locale.ROOT), variable.equals("id") ? before : null));
            }
            before = each;
        }
        return arguments;
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
