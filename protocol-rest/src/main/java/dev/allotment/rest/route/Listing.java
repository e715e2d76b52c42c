// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.route;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.rest.json.Json;
import dev.allotment.rest.json.JsonType;
import dev.allotment.rest.json.Mismatch;
import dev.allotment.rest.json.RecordShape;
import dev.allotment.rest.json.RecordShape.Component;
import dev.allotment.rest.json.Schemas;
import java.lang.reflect.Modifier;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lists records in pages. Each field that the API can filter by is a parameter. A page ends at a record, and the next
 * one continues after it, so records that are inserted or deleted meanwhile make none appear twice or be left out.
 *
 * @param <R> the record
 */
public final class Listing<R extends Record> {
    private static final int LIMIT = 50;
    private static final int MAX_LIMIT = 200;
    private static final String TAG = "tag";
    private static final String ATTRIBUTE = "attribute";
    private static final Pattern COMPARISON = Pattern.compile("([A-Za-z]+)(!=|<=|>=|<|>|~)(.*)", Pattern.DOTALL);
    private static final Map<String, Filter.Operator> OPERATORS = Map.of(
            "!=", Filter.Operator.NOT_EQUAL,
            "<", Filter.Operator.LESS,
            "<=", Filter.Operator.LESS_OR_EQUAL,
            ">", Filter.Operator.GREATER,
            ">=", Filter.Operator.GREATER_OR_EQUAL);

    private final JsonType type;
    private final RecordShape shape;
    private final Map<String, Component> fields = new LinkedHashMap<>();

    private Listing(Class<R> record, Set<String> named) {
        type = JsonType.of(record);
        shape = RecordShape.of(record);
        shape.components().stream()
                .filter(each -> named.contains(each.name()))
                .forEach(each -> fields.put(each.name(), each));
    }

    /** Returns how records of a class are listed. */
    public static <R extends Record> Listing<R> of(Class<R> record) {
        return new Listing<>(
                record,
                Arrays.stream(record.getFields())
                        .filter(each -> Modifier.isStatic(each.getModifiers()) && each.getType() == RecordField.class)
                        .map(Listing::name)
                        .collect(Collectors.toSet()));
    }

    /** Returns how records of a class are listed that have no fields for queries. */
    static <R extends Record> Listing<R> of(Class<R> record, Set<String> filters) {
        return new Listing<>(record, filters);
    }

    /** Returns the parameters of the query. */
    public List<Field> parameters() {
        List<Field> parameters = paging();
        parameters.add(Field.of(
                "sort",
                String.class,
                "Fields to sort by, joined by commas; a minus sign before one means descending. Default: id."));
        parameters.add(Field.of(
                        "where",
                        String.class,
                        "A comparison: a field, then !=, <, <=, >, >= or ~ (contains, ignoring case), and a value."
                                + " All of several comparisons count.")
                .several());
        filters(parameters);
        return parameters;
    }

    private static List<Field> paging() {
        List<Field> parameters = new ArrayList<>();
        parameters.add(Field.of(
                "limit", int.class, "The most records of a page, 1 to " + MAX_LIMIT + ". Default: " + LIMIT + "."));
        parameters.add(
                Field.of("after", String.class, "The place after which the page starts: next of the page before."));
        return parameters;
    }

    /** Returns the parameters for filters by one value, or several. */
    private void filters(List<Field> parameters) {
        fields.values()
                .forEach(each -> parameters.add(new Field(
                        each.name(),
                        each.name(),
                        each.type(),
                        each.nullable(),
                        false,
                        true,
                        "Only records with this value" + (each.nullable() ? "; empty: without one" : "")
                                + ". One of several values is enough.")));
        if (shape.find("tags").isPresent()) {
            parameters.add(Field.of(TAG, String.class, "Only records with this tag; with all of several.")
                    .several());
        }
        if (shape.find("attributes").isPresent()) {
            parameters.add(
                    Field.of(ATTRIBUTE, String.class, "Only records with this attribute: a key, a colon and a value.")
                            .several());
        }
    }

    /** Returns the parameters of a list that is always in the same order. */
    public List<Field> filters() {
        List<Field> parameters = new ArrayList<>();
        filters(parameters);
        return parameters;
    }

    /** Returns the parameters of a list that has pages, and is always in the same order. */
    List<Field> pagingAndFilters() {
        List<Field> parameters = paging();
        filters(parameters);
        return parameters;
    }

    /** Returns the schema of a page. */
    public Map<String, Object> schema(Schemas schemas) {
        return schema(schemas, shape.name(), type);
    }

    /** @param name of the records */
    static Map<String, Object> schema(Schemas schemas, String name, JsonType each) {
        return schemas.reference(name + "Page", () -> page(JsonType.listOf(each).schema(schemas)));
    }

    private static Map<String, Object> page(Map<String, Object> items) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("items", items);
        properties.put(
                "next",
                Json.object(
                        "type",
                        List.of("string", "null"),
                        "description",
                        "Where the next page starts; null: this is the last one."));
        return Json.object("type", "object", "properties", properties, "required", List.of("items", "next"));
    }

    static Map<String, Object> document(@Nullable Object items, @Nullable Object next) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("items", items);
        document.put("next", next);
        return document;
    }

    /** Returns one page of what a use case lists. */
    public Reply page(Request request, Function<Query<Object>, List<R>> source) {
        int limit = limit(request);
        Keyset keyset = Keyset.of(Objects.requireNonNullElse(request.query("sort", String.class), ""), fields);
        Filter<Object> wanted = filter(request);
        String after = request.query("after", String.class);
        if (after != null) {
            wanted = Filter.and(List.of(wanted, keyset.after(after)));
        }
        List<R> found = source.apply(keyset.sorted(Query.where(wanted)).page(0, limit + 1));
        boolean more = found.size() > limit;
        List<R> page = more ? found.subList(0, limit) : found;
        return reply(request, page, more ? keyset.place(page.get(limit - 1)) : null);
    }

    /**
     * Returns one page of what a use case lists without a query.
     *
     * @param all all records
     * @param place different for each record; the page is in its order
     */
    Reply page(Request request, List<R> all, ToLongFunction<R> place) {
        int limit = limit(request);
        long after = place(request);
        List<R> found = all.stream()
                .filter(each -> place.applyAsLong(each) > after && isWanted(request, each))
                .sorted(Comparator.comparingLong(place))
                .limit(limit + 1L)
                .toList();
        boolean more = found.size() > limit;
        List<R> page = more ? found.subList(0, limit) : found;
        return reply(request, page, more ? Long.toString(place.applyAsLong(page.get(limit - 1))) : null);
    }

    private static long place(Request request) {
        String after = request.query("after", String.class);
        try {
            return after == null ? Long.MIN_VALUE : (long) JsonType.LONG.parse(after, "after");
        } catch (Mismatch e) {
            throw Problem.of(e);
        }
    }

    private boolean isWanted(Request request, R record) {
        return fields.values().stream().allMatch(each -> {
            List<?> values = request.values(each.name());
            return values.isEmpty() || values.contains(RecordShape.value(each, record));
        });
    }

    /** Returns a page and the address of the next one. */
    private Reply reply(Request request, List<R> page, @Nullable String next) {
        Object json = document(JsonType.listOf(type).write(page), next);
        return next == null ? Reply.ok(json) : new Reply(200, json, Map.of("Link", link(request, next)));
    }

    /** Returns the header that names the next page, which is a reference relative to this one. */
    private static String link(Request request, String next) {
        String others = Arrays.stream(request.rawQuery().split("&"))
                .filter(each -> !each.isEmpty() && !each.equals("after") && !each.startsWith("after="))
                .map(each -> each + "&")
                .collect(Collectors.joining());
        return "<?" + others.replace(">", "%3E").replace("<", "%3C") + "after="
                + URLEncoder.encode(next, StandardCharsets.UTF_8) + ">; rel=\"next\"";
    }

    /** Returns how many records a page has at most. */
    public static int limit(Request request) {
        Integer given = request.query("limit", Integer.class);
        if (given != null && (given < 1 || given > MAX_LIMIT)) {
            throw Problem.invalid("limit: expected a number from 1 to " + MAX_LIMIT + ", found " + given + ".");
        }
        return given == null ? LIMIT : given;
    }

    /** Returns the filter of the parameters. */
    public Filter<Object> filter(Request request) {
        List<Filter<Object>> parts = new ArrayList<>();
        for (String name : fields.keySet()) {
            List<?> values = request.values(name);
            if (!values.isEmpty()) {
                parts.add(Filter.in(RecordField.named(name), values));
            }
        }
        request.values("where").forEach(each -> parts.add(comparison((String) each)));
        request.values(TAG).forEach(each -> parts.add(Filter.tagged((String) each)));
        request.values(ATTRIBUTE).forEach(each -> parts.add(attribute((String) each)));
        return Filter.and(parts);
    }

    private Filter<Object> comparison(String text) {
        Matcher parts = COMPARISON.matcher(text);
        Component field = parts.matches() ? fields.get(parts.group(1)) : null;
        if (field == null) {
            throw Problem.invalid("where: expected a field, then !=, <, <=, >, >= or ~, and a value. Fields are "
                    + String.join(", ", fields.keySet()) + ".");
        }
        RecordField<Object, Object> compared = RecordField.named(field.name());
        String value = parts.group(3);
        if (parts.group(2).equals("~")) {
            return Filter.likeIgnoringCase(compared, "%" + Filter.literal(value) + "%");
        }
        boolean none = value.isEmpty() && field.nullable();
        return Filter.compare(
                compared, Objects.requireNonNull(OPERATORS.get(parts.group(2))), none ? null : parsed(field, value));
    }

    private static Object parsed(Component field, String value) {
        try {
            return field.type().parse(value, "where: " + field.name());
        } catch (Mismatch e) {
            throw Problem.of(e);
        }
    }

    private static Filter<Object> attribute(String text) {
        int colon = text.indexOf(':');
        if (colon < 1) {
            throw Problem.invalid("attribute: expected a key, a colon and a value.");
        }
        return Filter.attribute(text.substring(0, colon), text.substring(colon + 1));
    }

    private static String name(java.lang.reflect.Field constant) {
        try {
            return ((RecordField<?, ?>) constant.get(null)).name();
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
