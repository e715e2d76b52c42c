// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A kind of record that a backend stores: a table of named fields of six kinds, derived from a Java record whose
 * first component is the id.
 *
 * <p>{@link #values} takes a record apart into plain values, and {@link #create} builds one. {@link #check} validates
 * a query. {@link #matches} and {@link #select} define what {@link Filter} and {@link Query} mean; every backend must
 * produce the same results. Immutable and safe for use by several threads.
 *
 * <p>Lists and maps are stored as JSON text. The format of stored values is part of the promise: a later version
 * reads what an earlier one wrote.
 *
 * @param <R> the Java record
 */
public final class RecordType<R extends Record> {
    /** The kinds of plain values. */
    public enum Kind {
        /** A 64-bit number. */
        LONG(Long.class),

        /** A 32-bit number. */
        INTEGER(Integer.class),

        /** True or false. */
        BOOLEAN(Boolean.class),

        /** Text of any length. */
        TEXT(String.class),

        /** A point in time, to the microsecond. */
        INSTANT(Instant.class),

        /** A UUID. */
        UUID(UUID.class);

        private final Class<?> type;

        Kind(Class<?> type) {
            this.type = type;
        }

        /** Returns the class of plain values of this kind. */
        public Class<?> type() {
            return type;
        }
    }

    /**
     * A field of a record.
     *
     * @param name the name of the record component
     * @param column the name in snake case
     * @param kind the kind of its plain values
     * @param nullable whether it may have no value
     */
    public record Field(String name, String column, Kind kind, boolean nullable) {}

    /**
     * Reflection, not method handles: to make those of all record types takes a host a tenth of a second at its
     * start.
     */
    private record Mapping(Method read, FieldCodec codec) {}

    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

    private final Class<R> javaType;
    private final String name;
    private final List<Field> fields;
    private final List<Mapping> mappings;
    private final Map<String, Integer> positions;
    private final List<List<Field>> uniqueKeys;
    private final Constructor<R> constructor;

    private RecordType(
            Class<R> javaType,
            String name,
            List<Field> fields,
            List<Mapping> mappings,
            List<List<Field>> uniqueKeys,
            Constructor<R> constructor) {
        this.javaType = javaType;
        this.name = name;
        this.fields = List.copyOf(fields);
        this.mappings = List.copyOf(mappings);
        this.uniqueKeys = List.copyOf(uniqueKeys);
        this.constructor = constructor;
        Map<String, Integer> byName = new LinkedHashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            byName.put(fields.get(i).name(), i);
        }
        this.positions = Map.copyOf(byName);
    }

    /**
     * Describes a public Java record. Its components are {@code long}, {@code int}, {@code boolean}, String, Instant,
     * UUID, an enum, a record of one such component, a list of String, or a map of String to String or to a record of
     * one String, each {@code @Nullable} or not. The first one is the id: a {@code long}, or a record of one.
     *
     * @param name in snake case, in the plural; names the table
     * @throws IllegalArgumentException for any other record
     */
    public static <R extends Record> RecordType<R> of(Class<R> type, String name) {
        List<Field> fields = new ArrayList<>();
        List<Mapping> mappings = new ArrayList<>();
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        try {
            for (int i = 0; i < components.length; i++) {
                RecordComponent component = components[i];
                types[i] = component.getType();
                boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
                FieldCodec codec = FieldCodec.of(component.getGenericType());
                fields.add(new Field(component.getName(), snakeCase(component.getName()), codec.kind(), nullable));
                mappings.add(new Mapping(component.getAccessor(), codec));
            }
            Constructor<R> constructor = FieldCodec.accessible(type.getConstructor(types));
            if (fields.isEmpty()
                    || fields.get(0).kind() != Kind.LONG
                    || fields.get(0).nullable()) {
                throw new IllegalArgumentException(type + " has no id: its first component must hold a long");
            }
            return new RecordType<>(type, name, fields, mappings, List.of(), constructor);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(type + " is not a public record of an exported package", e);
        }
    }

    /**
     * Returns this type with one more unique key: no two records have the same values in all of these fields. A null
     * value differs from every other.
     */
    public RecordType<R> unique(String... fieldNames) {
        List<List<Field>> keys = new ArrayList<>(uniqueKeys);
        List<Field> key = new ArrayList<>();
        for (String fieldName : fieldNames) {
            key.add(field(fieldName));
        }
        keys.add(List.copyOf(key));
        return new RecordType<>(javaType, name, fields, mappings, keys, constructor);
    }

    /** Returns the Java record. */
    public Class<R> javaType() {
        return javaType;
    }

    /** Returns the name of the table, in snake case, in the plural. */
    public String name() {
        return name;
    }

    /** Returns the fields in the order of the components. The first one is the id. */
    public List<Field> fields() {
        return fields;
    }

    /** Returns the unique keys. */
    public List<List<Field>> uniqueKeys() {
        return uniqueKeys;
    }

    /**
     * Returns the field with a name.
     *
     * @throws SaasException {@code query.unknown-field}
     */
    public Field field(String fieldName) {
        return fields.get(position(fieldName));
    }

    /** Returns the plain values of a record in the order of the fields, as a new array. */
    public @Nullable Object[] values(R record) {
        @Nullable Object[] values = new @Nullable Object[mappings.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(record, i);
        }
        return values;
    }

    /**
     * Returns the plain values of a record as a backend stores them: instants are truncated to microseconds.
     *
     * @throws SaasException {@code record.invalid} for a NUL or half a surrogate pair in a text, and for an instant
     *     outside the years 1 to 9999
     */
    public @Nullable Object[] storableValues(R record) {
        @Nullable Object[] values = values(record);
        for (int i = 0; i < values.length; i++) {
            values[i] = storable(fields.get(i), values[i]);
        }
        return values;
    }

    private @Nullable Object storable(Field field, @Nullable Object value) {
        if (value instanceof Instant instant) {
            if (instant.isBefore(EARLIEST) || !instant.isBefore(END)) {
                throw invalid(field, "is outside the years 1 to 9999, which not every database can store");
            }
            return instant.truncatedTo(ChronoUnit.MICROS);
        }
        if (value instanceof String text && text.codePoints().anyMatch(RecordType::isUnstorable)) {
            throw invalid(field, "has a NUL character or half a surrogate pair, which not every database can store");
        }
        return value;
    }

    /** Returns the value of a field from its plain value; empty for a constant that this version does not know. */
    @SuppressWarnings("unchecked") // the field says which type its values have
    public <V> Optional<V> decode(RecordField<? super R, V> field, Object plain) {
        FieldCodec codec = mappings.get(position(field.name())).codec();
        return codec.knows(plain) ? Optional.of((V) codec.decode(plain)) : Optional.empty();
    }

    private static boolean isUnstorable(int codePoint) {
        return codePoint == 0 || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE);
    }

    /**
     * Returns the plain value of one field.
     *
     * @throws SaasException {@code query.unknown-field}
     */
    public @Nullable Object value(R record, String fieldName) {
        return value(record, position(fieldName));
    }

    /**
     * Creates the record with these plain values.
     *
     * @param values in the order of the fields
     * @throws SaasException {@code record.newer} if they are not {@link #isKnown known} to this version; {@code
     *     record.invalid} if the values do not make a valid record
     */
    public R create(@Nullable Object[] values) {
        @Nullable Object[] arguments = new @Nullable Object[values.length];
        for (int i = 0; i < values.length; i++) {
            Field field = fields.get(i);
            Object value = values[i];
            if (value == null && !field.nullable()) {
                throw invalid(field, "has no value");
            }
            FieldCodec codec = mappings.get(i).codec();
            if (value != null && !codec.knows(value)) {
                throw newer(field, value);
            }
            arguments[i] = value == null ? null : codec.decode(value);
        }
        try {
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw FieldCodec.failure(e, "A record of " + name + " could not be put together.");
        }
    }

    /**
     * Returns whether this version knows all constants of enums in these plain values. A newer version may have stored
     * others. Lists leave such records out, so that they do not prevent work on the rest.
     *
     * @param values in the order of the fields
     */
    public boolean isKnown(@Nullable Object[] values) {
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value != null && !mappings.get(i).codec().knows(value)) {
                return false;
            }
        }
        return true;
    }

    /** Returns a filter that selects the records whose values are {@link #isKnown known} to this version. */
    public Filter<R> known() {
        List<Filter<? super R>> parts = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            List<@Nullable Object> constants =
                    new ArrayList<>(mappings.get(i).codec().constants());
            if (!constants.isEmpty()) {
                if (fields.get(i).nullable()) {
                    constants.add(null);
                }
                parts.add(new Filter.In<>(fields.get(i).name(), constants));
            }
        }
        return Filter.and(parts);
    }

    /** Returns the id of a record. */
    public long id(R record) {
        return (Long) Objects.requireNonNull(value(record, 0));
    }

    /** Returns the same record with another id. */
    public R withId(R record, long id) {
        @Nullable Object[] values = values(record);
        values[0] = id;
        return create(values);
    }

    /**
     * Returns the plain value of a value in a filter on a field: the number of an id, the name of an enum constant.
     *
     * @throws SaasException {@code query.invalid} if the field cannot have such a value
     */
    public static @Nullable Object plain(Field field, @Nullable Object value) {
        Object plain = value;
        if (value instanceof Enum<?> constant) {
            plain = constant.name();
        } else if (value instanceof Record wrapper) {
            plain = FieldCodec.unwrap(wrapper);
        }
        if (plain instanceof Number number
                && (number instanceof Integer || number instanceof Long || number instanceof Short)) {
            long wide = number.longValue();
            if (field.kind() == Kind.LONG) {
                plain = wide;
            } else if (field.kind() == Kind.INTEGER && wide == (int) wide) {
                plain = (int) wide;
            }
        }
        if (plain != null && !field.kind().type().isInstance(plain)) {
            throw SaasException.invalid(
                    ErrorCodes.QUERY_INVALID,
                    "Field " + field.name() + " holds "
                            + field.kind().name().toLowerCase(Locale.ROOT) + " values and cannot be compared with a "
                            + plain.getClass().getSimpleName() + ".");
        }
        return plain;
    }

    /**
     * Checks that a filter fits these records.
     *
     * @throws SaasException {@code query.unknown-field}, {@code query.invalid}
     */
    public void check(Filter<?> filter) {
        if (filter instanceof Filter.And<?> and) {
            and.parts().forEach(this::check);
        } else if (filter instanceof Filter.Or<?> or) {
            or.parts().forEach(this::check);
        } else if (filter instanceof Filter.Not<?> not) {
            check(not.part());
        } else if (filter instanceof Filter.Compare<?> compare) {
            plain(field(compare.field()), compare.value());
        } else if (filter instanceof Filter.In<?> in) {
            Field field = field(in.field());
            in.values().forEach(value -> plain(field, value));
        } else if (filter instanceof Filter.Like<?> like && field(like.field()).kind() != Kind.TEXT) {
            throw SaasException.invalid(
                    ErrorCodes.QUERY_INVALID, "Field " + like.field() + " holds no text, so it matches no pattern.");
        }
    }

    /**
     * Checks that filter and order of a query fit these records.
     *
     * @throws SaasException {@code query.unknown-field}, {@code query.invalid}
     */
    public void check(Query<?> query) {
        check(query.filter());
        query.order().forEach(order -> field(order.field()));
    }

    /**
     * Returns whether a filter selects a record.
     *
     * @throws SaasException as {@link #check(Filter)}
     */
    public boolean matches(R record, Filter<?> filter) {
        if (filter instanceof Filter.And<?> and) {
            return and.parts().stream().allMatch(part -> matches(record, part));
        }
        if (filter instanceof Filter.Or<?> or) {
            return or.parts().stream().anyMatch(part -> matches(record, part));
        }
        if (filter instanceof Filter.Not<?> not) {
            return !matches(record, not.part());
        }
        if (filter instanceof Filter.Compare<?> compare) {
            Object value = value(record, compare.field());
            return compare(compare.operator(), value, plain(field(compare.field()), compare.value()));
        }
        if (filter instanceof Filter.In<?> in) {
            Field field = field(in.field());
            Object value = value(record, in.field());
            return in.values().stream().anyMatch(each -> Objects.equals(value, plain(field, each)));
        }
        Filter.Like<?> like = (Filter.Like<?>) filter;
        check(like);
        Object value = value(record, like.field());
        return value != null && LikePattern.matches((String) value, like.pattern(), like.ignoreCase());
    }

    /**
     * Returns what a query selects of some records.
     *
     * @throws SaasException as {@link #check(Query)}
     */
    public List<R> select(Collection<R> records, Query<?> query) {
        check(query);
        var stream = records.stream()
                .filter(record -> matches(record, query.filter()))
                .sorted(comparator(query))
                .skip(query.offset());
        return (query.limit() == 0 ? stream : stream.limit(query.limit())).collect(Collectors.toList());
    }

    /**
     * Returns one field of what a query selects of some records, as {@link Records#values} does.
     *
     * @throws SaasException as {@link #check(Query)}
     */
    public <V> List<V> selectValues(Collection<R> records, RecordField<? super R, V> field, Query<?> query) {
        List<V> values = new ArrayList<>();
        for (R record : select(records, query)) {
            Object plain = value(record, field.name());
            if (plain != null) {
                decode(field, plain).ifPresent(values::add);
            }
        }
        return values;
    }

    /**
     * Counts some records by the value of a field, as {@link Records#counts} does.
     *
     * @throws SaasException as {@link #check(Filter)}
     */
    public <V> Map<@Nullable V, Long> countBy(
            Collection<R> records, RecordField<? super R, V> field, Filter<?> filter) {
        Map<@Nullable V, Long> counts = new HashMap<>();
        for (R record : select(records, Query.where(filter))) {
            Object plain = value(record, field.name());
            counts.merge(plain == null ? null : decode(field, plain).orElseThrow(), 1L, Long::sum);
        }
        return counts;
    }

    /** Adds up fields of records, as {@link Records#sums(List, Filter)} does. */
    public List<Long> sums(Collection<R> records, List<RecordField<R, ? extends Number>> fields) {
        return fields.stream()
                .map(field -> records.stream()
                        .map(record -> value(record, field.name()))
                        .mapToLong(value -> value instanceof Number number ? number.longValue() : 0)
                        .sum())
                .toList();
    }

    /** Adds up fields of records by the value of another field, as the method of {@link Records} does. */
    public <V> Map<@Nullable V, List<Long>> sumsBy(
            Collection<R> records, RecordField<? super R, V> by, List<RecordField<R, ? extends Number>> fields) {
        Map<@Nullable V, List<R>> groups = new HashMap<>();
        for (R record : records) {
            Object plain = value(record, by.name());
            @Nullable V key = plain == null ? null : decode(by, plain).orElseThrow();
            groups.computeIfAbsent(key, any -> new ArrayList<>()).add(record);
        }
        Map<@Nullable V, List<Long>> sums = new HashMap<>();
        groups.forEach((key, group) -> sums.put(key, sums(group, fields)));
        return sums;
    }

    /** Returns whether a text matches a pattern as {@link Filter.Like} says. */
    public static boolean matchesPattern(String text, String pattern, boolean ignoreCase) {
        return LikePattern.matches(text, pattern, ignoreCase);
    }

    private Comparator<R> comparator(Query<?> query) {
        Comparator<R> byId = Comparator.comparingLong(this::id);
        Comparator<R> comparator = null;
        for (Query.Order order : query.order()) {
            int position = position(order.field());
            Comparator<R> next = (a, b) -> compareValues(value(a, position), value(b, position));
            next = order.descending() ? next.reversed() : next;
            comparator = comparator == null ? next : comparator.thenComparing(next);
        }
        return comparator == null ? byId : comparator.thenComparing(byId);
    }

    private static boolean compare(Filter.Operator operator, @Nullable Object value, @Nullable Object other) {
        if (operator == Filter.Operator.EQUAL) {
            return Objects.equals(value, other);
        }
        if (operator == Filter.Operator.NOT_EQUAL) {
            return !Objects.equals(value, other);
        }
        if (value == null || other == null) {
            return false;
        }
        int order = compareValues(value, other);
        return switch (operator) {
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            default -> order >= 0;
        };
    }

    /**
     * Compares two plain values of the same kind as {@link Filter} and {@link Query} do: texts by code point, UUIDs
     * like their texts, null after all values.
     *
     * @return negative if {@code a} comes first, 0 if both are equal, positive if {@code b} comes first
     */
    @SuppressWarnings("unchecked")
    public static int compareValues(@Nullable Object a, @Nullable Object b) {
        if (a == null || b == null) {
            return a == b ? 0 : a == null ? 1 : -1;
        }
        if (a instanceof String text) {
            return compareByCodePoint(text, (String) b);
        }
        if (a instanceof UUID uuid) {
            return uuid.toString().compareTo(b.toString());
        }
        return ((Comparable<Object>) a).compareTo(b);
    }

    private static int compareByCodePoint(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean sameWidth = Character.isSurrogate(x) == Character.isSurrogate(y);
                return sameWidth ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    private @Nullable Object value(R record, int position) {
        Mapping mapping = mappings.get(position);
        Object value;
        try {
            value = mapping.read().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw FieldCodec.failure(e, "A record of " + name + " could not be read.");
        }
        if (value == null) {
            if (!fields.get(position).nullable()) {
                throw invalid(fields.get(position), "has no value");
            }
            return null;
        }
        return mapping.codec().encode(value);
    }

    private int position(String fieldName) {
        Integer position = positions.get(fieldName);
        if (position == null) {
            throw new SaasException(
                    ErrorCategory.INVALID_INPUT,
                    ErrorCodes.QUERY_UNKNOWN_FIELD,
                    "There is no field " + fieldName + " in " + name + ". Its fields are "
                            + positions.keySet().stream().sorted().collect(Collectors.joining(", ")) + ".",
                    Map.of("field", fieldName, "type", name),
                    false,
                    null);
        }
        return position;
    }

    private SaasException newer(Field field, Object value) {
        return new SaasException(
                ErrorCategory.UNAVAILABLE,
                ErrorCodes.RECORD_NEWER,
                "A newer version of the program has stored this record of " + name
                        + ", and this version does not know the value " + value + " of field " + field.name()
                        + ". Repeat the request on a node of the newer version, or upgrade this one.",
                Map.of("field", field.name(), "type", name),
                true,
                null);
    }

    private SaasException invalid(Field field, String what) {
        return new SaasException(
                ErrorCategory.INVALID_INPUT,
                ErrorCodes.RECORD_INVALID,
                "Field " + field.name() + " of " + name + " " + what + ".",
                Map.of("field", field.name(), "type", name),
                false,
                null);
    }

    private static String snakeCase(String camelCase) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < camelCase.length(); i++) {
            char c = camelCase.charAt(i);
            if (Character.isUpperCase(c)) {
                text.append('_');
            }
            text.append(Character.toLowerCase(c));
        }
        return text.toString();
    }

    /** Returns the name of the table. */
    @Override
    public String toString() {
        return "RecordType[" + name + "]";
    }

    static boolean isParameterized(java.lang.reflect.Type type, Class<?> raw) {
        return type instanceof ParameterizedType parameterized && parameterized.getRawType() == raw;
    }
}
