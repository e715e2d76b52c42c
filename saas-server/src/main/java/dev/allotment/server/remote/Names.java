// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import dev.allotment.rest.route.Field;
import dev.allotment.server.setting.ExitCode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the records that an operator names. A number is an id, and anything else is a name. */
final class Names {
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final String NAME = "name";
    private static final String LOGIN = "login";
    private static final List<String> MOST = List.of("200");

    /** Tenants whose names others may have by now. */
    private static final Set<String> GONE = Set.of("retained", "deleted");

    private final ApiClient client;

    /** The parameters by which each list can be searched, by the path of its route. */
    private final Map<String, Set<String>> parameters;

    Names(ApiClient client, List<RouteCommand> commands) {
        this.client = client;
        parameters = commands.stream()
                .filter(RouteCommand::pages)
                .collect(Collectors.toMap(
                        each -> each.route().path(),
                        each -> each.route().query().stream().map(Field::name).collect(Collectors.toSet())));
    }

    /**
     * Returns the id of a record.
     *
     * @param group the list that has it, such as {@code tenants}
     * @throws RemoteFailure if there is none, or several
     */
    long id(String group, String text) throws RemoteFailure {
        String noun = RouteCommand.singular(group);
        return id("/" + group, "/" + group, noun, text);
    }

    /**
     * Returns the id of a record, as {@link #id(String, String)}.
     *
     * @param argument what names it, with the path of the route of the list that has it
     * @param address the path of the list itself
     */
    long id(RouteCommand.Argument argument, String address, String text) throws RemoteFailure {
        return id(
                Objects.requireNonNull(argument.list()),
                address,
                argument.label().toLowerCase(Locale.ROOT),
                text);
    }

    private long id(String list, String address, String called, String text) throws RemoteFailure {
        if (NUMBER.matcher(text).matches()) {
            return Long.parseLong(text);
        }
        String group = list.substring(list.lastIndexOf('/') + 1);
        String noun = RouteCommand.singular(group);
        String field = field(list, text);
        if (field == null) {
            throw RemoteFailure.wrong(
                    "The " + called + " is a number, as \"saas " + noun + " list\" shows it; found \"" + text + "\".");
        }
        List<Map<String, Object>> found = search(address, Map.of(field, List.of(text)));
        if (found.isEmpty()) {
            throw new RemoteFailure(
                    ExitCode.NOT_FOUND,
                    "There is no " + called + " \"" + text + "\". \"saas " + noun + " list\" shows them.");
        }
        List<Map<String, Object>> present = found.stream()
                .filter(each -> !GONE.contains(String.valueOf(each.get("state"))))
                .toList();
        if (present.size() == 1) {
            found = present;
        }
        if (found.size() > 1) {
            throw RemoteFailure.wrong("Several records of " + group + " are called \"" + text + "\": "
                    + found.stream().map(each -> String.valueOf(each.get("id"))).collect(Collectors.joining(", "))
                    + ". Give the number of one.");
        }
        return ((Number) Objects.requireNonNull(found.get(0).get("id"))).longValue();
    }

    /** Returns up to 200 names that start with a text; none if the records have no names. */
    List<String> startingWith(String list, String address, String prefix) throws RemoteFailure {
        String field = field(list, "");
        if (field == null) {
            return List.of();
        }
        boolean compares = parameters.getOrDefault(list, Set.of()).contains("where");
        Map<String, List<String>> query = prefix.isEmpty() || !compares
                ? Map.of("limit", MOST)
                : Map.of("limit", MOST, "where", List.of(field + "~" + prefix));
        return search(address, query).stream()
                .map(each -> String.valueOf(each.get(field)))
                .filter(each -> each.startsWith(prefix))
                .sorted()
                .toList();
    }

    /** Returns the field that has the name; null: there is none. */
    private @Nullable String field(String list, String text) {
        Set<String> known = parameters.getOrDefault(list, Set.of());
        if (known.contains("uuid") && UUID.matcher(text).matches()) {
            return "uuid";
        }
        return known.contains(LOGIN) ? LOGIN : known.contains(NAME) ? NAME : null;
    }

    private List<Map<String, Object>> search(String address, Map<String, List<String>> query) throws RemoteFailure {
        try {
            return client.send(ApiClient.Call.get(address, query)).items();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RemoteFailure(ExitCode.FAILED, "The command was interrupted.");
        }
    }
}
