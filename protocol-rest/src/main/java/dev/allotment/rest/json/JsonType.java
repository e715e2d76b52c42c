// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.json;

import dev.allotment.Entitlement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How values of one Java type look in JSON. What is written, what is accepted and what the schema says are defined
 * together for each type, so they cannot differ.
 *
 * <ul>
 *   <li>A record is an object of its components, under their Java names. All of them are present; what has no value is
 *       null. A record of one component, such as an id, is that component.
 *   <li>An instant is text in ISO 8601, in UTC. A constant of an enum is its name in lower case.
 *   <li>An entitlement is true, false or a number.
 *   <li>Keys of maps are sorted, so the same record is always the same text.
 * </ul>
 *
 * <p>Immutable and thread-safe.
 */
public final class JsonType {
    private static final Map<Type, JsonType> KNOWN = new ConcurrentHashMap<>();
    private static final int MAX_TEXT = 100_000;
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");
    private static final Map<String, Object> TRUTH = Map.of("true", true, "false", false);

    /** Any text. */
    public static final JsonType TEXT = scalar("a text", described("string"), value -> value, JsonType::text);

    /** A whole number of 64 bits. */
    public static final JsonType LONG = whole("int64", Long.MIN_VALUE, Long.MAX_VALUE, number -> number);

    private static final JsonType INT =
            whole("int32", Integer.MIN_VALUE, Integer.MAX_VALUE, number -> (int) (long) number);
    private static final JsonType BOOLEAN = scalar(
            "true or false", described("boolean"), value -> value, json -> json instanceof Boolean ? json : null);
    private static final JsonType INSTANT =
            parsed("an instant such as 2026-01-31T12:00:00Z", "date-time", Instant::parse);
    private static final JsonType DATE = parsed("a day such as 2026-01-31", "date", LocalDate::parse);
    private static final JsonType UUID_TEXT = parsed("a UUID", "uuid", JsonType::uuid);
    private static final JsonType ENTITLEMENT = scalar(
            "true, false or a whole number of at most 18 digits",
            Json.object("description", "True, false or a whole number."),
            JsonType::entitlement,
            json -> json instanceof Boolean || json instanceof Integer || json instanceof Long
                    ? new Entitlement(json.toString())
                    : null);
    private static final JsonType URI_TEXT = parsed("a URI", "uri", URI::create);

    /** Turns JSON into a value. */
    interface Reader {
        Object read(Object json, String where) throws Mismatch;
    }

    private final Function<Object, Object> writer;
    private final Reader reader;
    private final Function<Schemas, Map<String, Object>> schema;

    JsonType(Function<Object, Object> writer, Reader reader, Function<Schemas, Map<String, Object>> schema) {
        this.writer = writer;
        this.reader = reader;
        this.schema = schema;
    }

    /**
     * Returns how a type looks.
     *
     * @throws IllegalArgumentException for a type that has no form in JSON
     */
    public static JsonType of(Type type) {
        JsonType known = KNOWN.get(type);
        if (known == null) {
            known = describe(type);
            KNOWN.put(type, known);
        }
        return known;
    }

    /** Returns a list of values of a type. */
    public static JsonType listOf(JsonType each) {
        return new JsonType(
                value -> ((Iterable<?>) value).iterator().hasNext() ? written(each, (Iterable<?>) value) : List.of(),
                (json, where) -> {
                    if (!(json instanceof List<?> list)) {
                        throw new Mismatch(where, "a list", json);
                    }
                    List<Object> values = new ArrayList<>();
                    for (Object element : list) {
                        values.add(each.read(element, where + "[" + values.size() + "]"));
                    }
                    return values;
                },
                schemas -> Json.object("type", "array", "items", each.schema(schemas)));
    }

    /** Returns a value as JSON: texts, numbers, booleans, maps and lists. */
    public @Nullable Object write(@Nullable Object value) {
        return value == null ? null : writer.apply(value);
    }

    /**
     * Returns the value of JSON, or of a text in an address.
     *
     * @param where the name of the value, for messages
     * @throws Mismatch also for null
     */
    public Object read(@Nullable Object json, String where) throws Mismatch {
        if (json == null) {
            throw new Mismatch(where, "a value", null);
        }
        return reader.read(json, where);
    }

    /**
     * Returns the value of a text in an address, where numbers and truth have no quotes either.
     *
     * @throws Mismatch as {@link #read}
     */
    public Object parse(String text, String where) throws Mismatch {
        try {
            return read(text, where);
        } catch (Mismatch mismatch) {
            Object plain = WHOLE.matcher(text).matches() ? (Object) Long.valueOf(text) : TRUTH.get(text);
            if (plain == null) {
                throw mismatch;
            }
            return read(plain, where);
        }
    }

    /**
     * Returns the JSON Schema.
     *
     * @param schemas gets the schemas of records, which are referred to by name
     */
    public Map<String, Object> schema(Schemas schemas) {
        return schema.apply(schemas);
    }

    private static JsonType describe(Type type) {
        if (type == String.class) {
            return TEXT;
        } else if (type == long.class || type == Long.class) {
            return LONG;
        } else if (type == int.class || type == Integer.class) {
            return INT;
        } else if (type == boolean.class || type == Boolean.class) {
            return BOOLEAN;
        } else if (type == Instant.class) {
            return INSTANT;
        } else if (type == LocalDate.class) {
            return DATE;
        } else if (type == UUID.class) {
            return UUID_TEXT;
        } else if (type == URI.class) {
            return URI_TEXT;
        } else if (type == Entitlement.class) {
            return ENTITLEMENT;
        } else if (type instanceof Class<?> constants && constants.isEnum()) {
            return constants(constants);
        } else if (type instanceof Class<?> record && record.isRecord()) {
            return RecordShape.of(record.asSubclass(Record.class)).type();
        } else if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
            return listOf(of(generic.getActualTypeArguments()[0]));
        } else if (type instanceof ParameterizedType generic
                && generic.getRawType() == Map.class
                && generic.getActualTypeArguments()[0] == String.class) {
            return mapOf(of(generic.getActualTypeArguments()[1]));
        }
        throw new IllegalArgumentException(type.getTypeName() + " has no form in JSON.");
    }

    private static List<Object> written(JsonType each, Iterable<?> values) {
        List<Object> list = new ArrayList<>();
        values.forEach(value -> list.add(each.write(value)));
        return list;
    }

    private static JsonType mapOf(JsonType each) {
        return new JsonType(
                value -> {
                    Map<String, Object> sorted = new TreeMap<>();
                    ((Map<?, ?>) value).forEach((key, element) -> sorted.put(String.valueOf(key), each.write(element)));
                    return sorted;
                },
                (json, where) -> {
                    if (!(json instanceof Map<?, ?> map)) {
                        throw new Mismatch(where, "an object", json);
                    }
                    Map<String, Object> values = new LinkedHashMap<>();
                    for (Map.Entry<?, ?> entry : map.entrySet()) {
                        String key = (String) TEXT.read(entry.getKey(), where);
                        values.put(key, each.read(entry.getValue(), where + "." + key));
                    }
                    return values;
                },
                schemas -> Json.object("type", "object", "additionalProperties", each.schema(schemas)));
    }

    private static JsonType constants(Class<?> type) {
        Map<String, Object> byName = new LinkedHashMap<>();
        for (Object constant : type.getEnumConstants()) {
            byName.put(((Enum<?>) constant).name().toLowerCase(Locale.ROOT), constant);
        }
        List<String> names = List.copyOf(byName.keySet());
        return scalar(
                "one of " + String.join(", ", names),
                Json.object("type", "string", "enum", names),
                value -> ((Enum<?>) value).name().toLowerCase(Locale.ROOT),
                json -> json instanceof String text ? byName.get(text) : null);
    }

    /** Returns a type that is a text with a format. A text in another format makes the parser throw. */
    private static JsonType parsed(String expected, String format, Function<String, Object> parser) {
        return scalar(expected, Json.object("type", "string", "format", format), Object::toString, json -> {
            Object text = text(json);
            try {
                return text == null ? null : parser.apply((String) text);
            } catch (DateTimeException | IllegalArgumentException e) {
                return null;
            }
        });
    }

    private static JsonType whole(String format, long least, long most, Function<Long, Object> narrowed) {
        return scalar(
                least == Long.MIN_VALUE ? "a whole number" : "a whole number from " + least + " to " + most,
                Json.object("type", "integer", "format", format),
                value -> value,
                json -> json instanceof Integer || json instanceof Long
                        ? Stream.of(((Number) json).longValue())
                                .filter(number -> number >= least && number <= most)
                                .map(narrowed)
                                .findFirst()
                                .orElse(null)
                        : null);
    }

    /** @param reader returns null for what is not of the type */
    private static JsonType scalar(
            String expected,
            Map<String, Object> schema,
            Function<Object, Object> writer,
            Function<Object, @Nullable Object> reader) {
        return new JsonType(
                writer,
                (json, where) -> {
                    Object value = reader.apply(json);
                    if (value == null) {
                        throw new Mismatch(where, expected, json);
                    }
                    return value;
                },
                schemas -> schema);
    }

    /** Returns a text that can be stored; null if it has NUL or half a character, or is something else. */
    private static @Nullable Object text(Object json) {
        return json instanceof String text
                        && text.length() <= MAX_TEXT
                        && text.indexOf('\0') < 0
                        && StandardCharsets.UTF_8.newEncoder().canEncode(text)
                ? text
                : null;
    }

    /** Returns the UUID of a text in its usual form only. */
    private static UUID uuid(String text) {
        UUID uuid = UUID.fromString(text);
        if (!uuid.toString().equals(text.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(text);
        }
        return uuid;
    }

    private static Object entitlement(Object value) {
        Entitlement entitlement = (Entitlement) value;
        OptionalLong number = entitlement.number();
        return number.isPresent() ? (Object) number.getAsLong() : entitlement.isOn();
    }

    private static Map<String, Object> described(String type) {
        return Map.of("type", type);
    }
}
