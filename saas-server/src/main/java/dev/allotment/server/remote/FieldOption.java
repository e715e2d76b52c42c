// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import dev.allotment.jsonrpc.request.MalformedJson;
import dev.allotment.rest.json.Json;
import dev.allotment.rest.json.Schemas;
import dev.allotment.rest.route.Field;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;

/**
 * An option that is made from a field of a route: a parameter of the query, a field of the body, or a component of a
 * record in the body.
 *
 * @param name with the dashes
 * @param field what it is for
 * @param component the component of the record in the field; null: it is for the whole field
 * @param inBody whether the field is in the body
 * @param schema of the value, without null
 * @param group the list in which a name is looked up, or each name of a list; null: it takes no name
 */
record FieldOption(
        String name,
        Field field,
        @Nullable String component,
        boolean inBody,
        Map<String, Object> schema,
        @Nullable String group) {
    private static final Pattern REFERENCE = Pattern.compile("(?:[a-z]+(?=[A-Z]))*([A-Za-z]+)Id");
    private static final Pattern REFERENCES = Pattern.compile("([a-z]+)Ids");
    private static final Pattern SECRET = Pattern.compile("(?i).*(password|passphrase|secret|token)");
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");
    private static final String FILE = "-file";
    private static final String TYPE = "type";

    /** Where records are looked up whose reference does not have the name of their list. */
    private static final Map<String, String> GROUPS =
            Map.of("owner", "accounts", "user", "accounts", "with", "tenants", "campaign", "operations");

    /** Returns the options of a command. */
    static List<FieldOption> of(RouteCommand command, Set<String> taken) {
        List<FieldOption> options = new ArrayList<>();
        Schemas schemas = new Schemas();
        for (Field each : command.route().query()) {
            if (!(each.name().equals("limit") && command.pages())) {
                options.add(
                        one(command, taken, each, null, false, plain(each.type().schema(schemas), schemas)));
            }
        }
        for (Field each : command.route().body()) {
            Map<String, Object> schema = plain(each.type().schema(schemas), schemas);
            if (schema.get("properties") instanceof Map<?, ?> components) {
                components.forEach((name, component) ->
                        options.add(one(command, taken, each, (String) name, true, plain(cast(component), schemas))));
            } else {
                options.add(one(command, taken, each, null, true, schema));
            }
        }
        return options;
    }

    private static FieldOption one(
            RouteCommand command,
            Set<String> taken,
            Field field,
            @Nullable String component,
            boolean inBody,
            Map<String, Object> schema) {
        String own = component == null ? field.name() : component;
        Matcher reference = REFERENCE.matcher(own);
        boolean refers = "integer".equals(schema.get(TYPE)) && reference.matches();
        String listed = refers ? null : listed(own, schema);
        String stem = listed != null ? listed : refers ? own.substring(0, own.length() - "Id".length()) : own;
        String kebab = kebab(component == null ? stem : field.name() + "-" + stem);
        String name = "--" + kebab + (SECRET.matcher(own).matches() ? FILE : "");
        return new FieldOption(
                taken.contains(name) ? "--" + command.noun() + "-" + kebab : name,
                field,
                component,
                inBody,
                schema,
                refers ? group(kebab(stem)) : listed);
    }

    /** Returns the list that has what a list of ids refers to; null: it is no list of ids, or they have no names. */
    private static @Nullable String listed(String name, Map<String, Object> schema) {
        Matcher references = REFERENCES.matcher(name);
        if (!references.matches() || !"integer".equals(cast(schema.get("items")).get(TYPE))) {
            return null;
        }
        String list = references.group(1) + "s";
        return RouteCommand.all().stream()
                        .anyMatch(each -> each.pages() && each.route().path().equals("/" + list))
                ? list
                : null;
    }

    /** The last word of a reference says of what it is: toServerId is one of servers. */
    private static String group(String stem) {
        String last = stem.substring(stem.lastIndexOf('-') + 1);
        return GROUPS.getOrDefault(last, last + "s");
    }

    static String kebab(String camel) {
        return camel.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    /** Returns a schema without null, and with what it refers to in its place. */
    private static Map<String, Object> plain(Map<String, Object> schema, Schemas schemas) {
        if (schema.get("anyOf") instanceof List<?> alternatives) {
            return plain(cast(alternatives.get(0)), schemas);
        }
        if (schema.get("$ref") instanceof String reference) {
            return cast(schemas.all().get(reference.substring(reference.lastIndexOf('/') + 1)));
        }
        if (schema.get(TYPE) instanceof List<?> types) {
            Map<String, Object> one = new LinkedHashMap<>(schema);
            one.put(TYPE, types.get(0));
            return one;
        }
        return schema;
    }

    @SuppressWarnings("unchecked") // schemas are objects
    private static Map<String, Object> cast(@Nullable Object schema) {
        return schema == null ? Map.of() : (Map<String, Object>) schema;
    }

    boolean secret() {
        return SECRET.matcher(component == null ? field.name() : component).matches();
    }

    /** Returns the values that it takes; empty: any. */
    List<String> constants() {
        Object all = schema.get("enum");
        if (!(all instanceof List<?> list)) {
            return List.of();
        }
        return list.stream().map(String::valueOf).toList();
    }

    /** Returns the option for the parser, and for the help. */
    OptionSpec spec() {
        OptionSpec.Builder option = OptionSpec.builder(name)
                .required(field.required() && component == null)
                .description(text().replace("%", "%%"));
        if (isTruth() && inBody) {
            return option.type(Boolean.class).arity("0").negatable(true).build();
        }
        option.paramLabel(label());
        return takesSeveral()
                ? option.type(String[].class).arity("1").build()
                : option.type(String.class).build();
    }

    private boolean isTruth() {
        return "boolean".equals(schema.get(TYPE));
    }

    private boolean isMap() {
        return "object".equals(schema.get(TYPE)) && schema.containsKey("additionalProperties");
    }

    private boolean takesSeveral() {
        return inBody ? isMap() : field.repeated();
    }

    private String label() {
        if (secret()) {
            return "FILE";
        }
        if (group != null && !"array".equals(schema.get(TYPE))) {
            return "NAME";
        }
        if (isMap()) {
            return "KEY=VALUE";
        }
        return switch (String.valueOf(schema.get(TYPE))) {
            case "integer" -> "NUMBER";
            case "boolean" -> "FLAG";
            case "array" -> "LIST";
            default -> constants().isEmpty() ? "TEXT" : "CONSTANT";
        };
    }

    private String text() {
        String text = component == null ? field.text() : field.text() + " Here: " + component + ".";
        if (secret()) {
            return text + " The first line of this file.";
        }
        return constants().isEmpty() ? text : text + " One of " + String.join(", ", constants()) + ".";
    }

    /**
     * Returns the values of the line in the form of a request: for the query, a list of texts.
     *
     * @param given what the parser found
     * @throws RemoteFailure if it has another form, or names nothing
     */
    Object value(Object given, Names names) throws RemoteFailure {
        if (given instanceof Boolean truth) {
            return truth;
        }
        String[] texts = given instanceof String[] several ? several : new String[] {(String) given};
        if (!inBody) {
            List<String> values = new ArrayList<>();
            for (String each : texts) {
                values.add(group == null || each.isEmpty() ? each : Long.toString(names.id(group, each)));
            }
            return values;
        }
        if (isMap()) {
            return pairs(texts, names);
        }
        return secret() ? secret(texts[0]) : json(texts[0], schema, names);
    }

    private Object json(String text, Map<String, Object> wanted, Names names) throws RemoteFailure {
        switch (String.valueOf(wanted.get(TYPE))) {
            case "integer" -> {
                return group == null ? whole(text) : (Object) names.id(group, text);
            }
            case "array" -> {
                List<Object> list = new ArrayList<>();
                for (String each : text.isEmpty() ? new String[0] : text.split(",", -1)) {
                    list.add(json(each.strip(), cast(wanted.get("items")), names));
                }
                return list;
            }
            case "string" -> {
                return text;
            }
            default -> {
                return document(text);
            }
        }
    }

    private long whole(String text) throws RemoteFailure {
        if (!WHOLE.matcher(text).matches()) {
            throw RemoteFailure.wrong(name + " takes a whole number; found \"" + text + "\".");
        }
        return Long.parseLong(text);
    }

    private Object document(String text) throws RemoteFailure {
        try {
            Object read = Json.read(text.getBytes(StandardCharsets.UTF_8));
            if (read != null) {
                return read;
            }
        } catch (MalformedJson e) {
            // reported below
        }
        throw RemoteFailure.wrong(name + " takes a JSON document.");
    }

    private Map<String, Object> pairs(String[] texts, Names names) throws RemoteFailure {
        Map<String, Object> pairs = new LinkedHashMap<>();
        for (String each : texts) {
            int equals = each.indexOf('=');
            if (equals < 1) {
                throw RemoteFailure.wrong(
                        name + " takes a key, = and a value, and can be repeated; found \"" + each + "\".");
            }
            pairs.put(
                    each.substring(0, equals),
                    json(each.substring(equals + 1), cast(schema.get("additionalProperties")), names));
        }
        return pairs;
    }

    private String secret(String file) throws RemoteFailure {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.findFirst().orElse("");
        } catch (IOException | InvalidPathException | java.io.UncheckedIOException e) {
            throw RemoteFailure.wrong("The file of " + name + " cannot be read. Check its path and its permissions.");
        }
    }
}
