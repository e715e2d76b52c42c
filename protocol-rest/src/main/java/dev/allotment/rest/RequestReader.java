// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest;

import dev.allotment.jsonrpc.request.MalformedJson;
import dev.allotment.rest.json.Json;
import dev.allotment.rest.json.Mismatch;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Problem;
import dev.allotment.rest.route.Request.Conditions;
import dev.allotment.rest.route.Route;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request as its route describes it. Everything that the route does not name is refused by name, so a
 * misspelled field is never ignored.
 */
final class RequestReader {
    private static final int MAX_WAIT = 30;
    private static final int MAX_PARAMETERS = 100;
    private static final Pattern WAIT = Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*\"?([0-9]{1,9})\"?");
    private static final Set<String> TYPES = Set.of("application/json", "application/merge-patch+json");

    private final Call call;
    private final Route route;

    RequestReader(Call call, Route route) {
        this.call = call;
        this.route = route;
    }

    /** Returns the variables of the path with their types. */
    Map<String, Object> variables(Map<String, String> texts) {
        return texts.isEmpty() ? Map.of() : read(route.variables(), texts);
    }

    private static Map<String, Object> read(List<Field> fields, Map<String, String> texts) {
        Map<String, Object> values = new HashMap<>();
        try {
            for (Field each : fields) {
                values.put(each.name(), each.type().parse(Objects.requireNonNull(texts.get(each.name())), each.name()));
            }
        } catch (Mismatch e) {
            throw Problem.of(e);
        }
        return values;
    }

    /** Returns the parameters of the query with their types. */
    Map<String, Object> query() {
        Map<String, Field> known = byName(route.query());
        Map<String, Object> values = new HashMap<>();
        String[] parts = call.query().isEmpty() ? new String[0] : call.query().split("&", -1);
        if (parts.length > MAX_PARAMETERS) {
            throw Problem.invalid("The query has more than " + MAX_PARAMETERS + " parameters.");
        }
        for (String each : parts) {
            int equals = each.indexOf('=');
            String name = decoded(equals < 0 ? each : each.substring(0, equals));
            Field field = known.get(name);
            if (field == null) {
                throw unknown("parameter", name, known.keySet());
            }
            Object value = value(field, equals < 0 ? "" : decoded(each.substring(equals + 1)));
            if (field.repeated()) {
                @SuppressWarnings("unchecked") // only this method adds lists
                List<@Nullable Object> several =
                        (List<@Nullable Object>) values.computeIfAbsent(name, key -> new ArrayList<>());
                several.add(value);
            } else if (value == null || values.put(name, value) != null) {
                throw Problem.invalid(name + ": expected one value.");
            }
        }
        route.query().stream()
                .filter(each -> each.required() && !values.containsKey(each.name()))
                .findFirst()
                .ifPresent(each -> {
                    throw Problem.invalid(each.name() + ": is missing. " + each.text());
                });
        return values;
    }

    private static @Nullable Object value(Field field, String text) {
        try {
            return text.isEmpty() && field.nullable() ? null : field.type().parse(text, field.name());
        } catch (Mismatch e) {
            throw Problem.of(e);
        }
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("The query has a broken escape.");
        }
    }

    /** Returns the fields of the body with their types. */
    Map<String, @Nullable Object> body() {
        if (call.body().length == 0) {
            return read(Map.of());
        }
        String type = Objects.requireNonNullElse(call.header("content-type"), "");
        if (!TYPES.contains(type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))) {
            throw Problem.of(415, Problem.MEDIA_TYPE, "Send the body as application/json.");
        }
        try {
            if (!(Json.read(call.body()) instanceof Map<?, ?> object)) {
                throw Problem.of(400, Problem.MALFORMED, "The body must be a JSON object.");
            }
            return read(object);
        } catch (MalformedJson e) {
            throw Problem.of(400, Problem.MALFORMED, e.text());
        }
    }

    private Map<String, @Nullable Object> read(Map<?, ?> object) {
        Map<String, Field> known = byName(route.body());
        object.keySet().stream()
                .filter(each -> !known.containsKey((String) each))
                .findFirst()
                .ifPresent(each -> {
                    throw unknown("field", (String) each, known.keySet());
                });
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (Field each : route.body()) {
            if (object.containsKey(each.name())) {
                values.put(each.name(), value(each, object.get(each.name())));
            } else if (each.required()) {
                throw Problem.invalid(each.name() + ": is missing. " + each.text());
            }
        }
        return values;
    }

    private static @Nullable Object value(Field field, @Nullable Object json) {
        try {
            return json == null && field.nullable() ? null : field.type().read(json, field.name());
        } catch (Mismatch e) {
            throw Problem.of(e);
        }
    }

    /** Returns what the headers say. One that has no meaning for the route is refused: the caller counts on it. */
    Conditions conditions() {
        String key = key();
        if (key != null && route.repetition() == Route.Repetition.COUNTS) {
            throw Problem.invalid("Idempotency-Key: this operation has no keys. Each request counts.");
        }
        String unchanged = call.header("if-match");
        if (unchanged != null && !route.conditional()) {
            throw Problem.invalid("If-Match: only PATCH has conditions.");
        }
        return new Conditions(
                route.repetition() == Route.Repetition.BY_KEY ? key : null, unchanged, route.starts() ? wait(call) : 0);
    }

    /** Returns the key in the header, also one in quotes, as the draft of the header's standard writes it. */
    private @Nullable String key() {
        String header = call.header("idempotency-key");
        if (header == null) {
            return null;
        }
        String key = header.strip();
        boolean quoted = key.length() > 2 && key.startsWith("\"") && key.endsWith("\"");
        if (key.isEmpty()) {
            throw Problem.invalid("Idempotency-Key: expected a text.");
        }
        return quoted ? key.substring(1, key.length() - 1) : key;
    }

    private static int wait(Call call) {
        Matcher wait = WAIT.matcher(Objects.requireNonNullElse(call.header("prefer"), ""));
        return wait.find() ? (int) Math.min(MAX_WAIT, Long.parseLong(wait.group(1))) : 0;
    }

    private static Map<String, Field> byName(List<Field> fields) {
        return fields.stream()
                .collect(Collectors.toMap(Field::name, Function.identity(), (one, other) -> one, LinkedHashMap::new));
    }

    private static Problem unknown(String what, String name, Set<String> known) {
        return Problem.invalid(
                new Mismatch(what, known.isEmpty() ? "none" : "one of " + String.join(", ", known), name).text());
    }
}
