// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.route;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.jsonrpc.request.MalformedJson;
import dev.allotment.rest.json.Json;
import dev.allotment.rest.json.JsonType;
import dev.allotment.rest.json.Mismatch;
import dev.allotment.rest.json.RecordShape;
import dev.allotment.rest.json.RecordShape.Component;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An order of records, and places in it. A place is the values of a record in the order's fields, and its id, which
 * decides between equal records.
 */
final class Keyset {
    private static final String ID = "id";
    private static final int MAX_KEYS = 3;

    /** What has an order that clients can see. */
    private static final Set<JsonType> ORDERED = Set.of(
            JsonType.TEXT,
            JsonType.LONG,
            JsonType.of(int.class),
            JsonType.of(boolean.class),
            JsonType.of(Instant.class));

    private final String text;
    private final List<Key> keys;

    private record Key(Component field, boolean descending) {
        RecordField<Object, Object> compared() {
            return RecordField.named(field.name());
        }
    }

    private Keyset(String text, List<Key> keys) {
        this.text = text;
        this.keys = keys;
    }

    /**
     * Reads an order.
     *
     * @param text such as {@code -createdAt,name}; empty: by id
     * @param fields those that the record can be sorted by
     */
    static Keyset of(String text, Map<String, Component> fields) {
        List<Key> keys = new ArrayList<>();
        for (String each : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            boolean descending = each.startsWith("-");
            Component field = fields.get(descending ? each.substring(1) : each);
            if (field == null || !isOrdered(field)) {
                throw Problem.invalid("sort: expected fields joined by commas, found \"" + each + "\". Fields are "
                        + String.join(
                                ", ",
                                fields.values().stream()
                                        .filter(Keyset::isOrdered)
                                        .map(Component::name)
                                        .toList())
                        + ".");
            }
            keys.add(new Key(field, descending));
        }
        if (keys.size() > MAX_KEYS) {
            throw Problem.invalid("sort: expected at most " + MAX_KEYS + " fields, found " + keys.size() + ".");
        }
        if (keys.stream().noneMatch(key -> key.field().name().equals(ID))) {
            Component id = fields.get(ID);
            keys.add(new Key(Objects.requireNonNull(id), false));
        }
        return new Keyset(text, keys);
    }

    private static boolean isOrdered(Component field) {
        return field.name().equals(ID) || ORDERED.contains(field.type());
    }

    /** Returns a query in this order. */
    Query<Object> sorted(Query<Object> query) {
        Query<Object> sorted = query;
        for (Key each : keys) {
            sorted = each.descending() ? sorted.orderByDescending(each.compared()) : sorted.orderBy(each.compared());
        }
        return sorted;
    }

    /** Returns the place of a record. */
    String place(Record record) {
        List<@Nullable Object> place = new ArrayList<>();
        place.add(text);
        keys.forEach(each -> place.add(each.field().type().write(RecordShape.value(each.field(), record))));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.write(place));
    }

    /** Returns the filter of the records after a place: those that are greater in the first field that differs. */
    Filter<Object> after(String place) {
        List<@Nullable Object> values = values(place);
        List<Filter<Object>> alternatives = new ArrayList<>();
        List<Filter<Object>> equal = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            Key key = keys.get(i);
            Object value = values.get(i);
            List<Filter<Object>> parts = new ArrayList<>(equal);
            parts.add(greater(key, value));
            alternatives.add(Filter.and(parts));
            equal.add(Filter.equal(key.compared(), value));
        }
        return Filter.or(alternatives);
    }

    /** What has no value comes after all values, and first in descending order. */
    private static Filter<Object> greater(Key key, @Nullable Object value) {
        RecordField<Object, Object> field = key.compared();
        if (value == null) {
            return key.descending() ? Filter.notEqual(field, null) : Filter.none();
        }
        if (key.descending()) {
            return Filter.compare(field, Filter.Operator.LESS, value);
        }
        Filter<Object> more = Filter.compare(field, Filter.Operator.GREATER, value);
        return key.field().nullable() ? Filter.or(List.of(more, Filter.equal(field, null))) : more;
    }

    private List<@Nullable Object> values(String place) {
        try {
            Object json = Json.read(Base64.getUrlDecoder().decode(place));
            if (json instanceof List<?> list && list.size() == keys.size() + 1 && text.equals(list.get(0))) {
                List<@Nullable Object> values = new ArrayList<>();
                for (Key each : keys) {
                    Object value = list.get(values.size() + 1);
                    values.add(
                            value == null && each.field().nullable()
                                    ? null
                                    : each.field().type().read(value, "after"));
                }
                return values;
            }
        } catch (IllegalArgumentException | MalformedJson | Mismatch e) {
            // answered below, like a place in another order
        }
        throw Problem.invalid("after: expected next of a page with the same sort.");
    }
}
