// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A condition that selects records, such as {@code Filter.equal(Tenant.STATE, TenantState.OPEN)}.
 *
 * <p>Every backend translates filters to its own query language. A condition is true or false, never unknown. A
 * comparison with an absent value (null) is false, with three exceptions: {@link #equal} with null selects records
 * without a value, {@link #notEqual} with a value also selects records without one, and {@link #in} may list null.
 * {@link #not} is plain negation.
 *
 * <p>Build filters with the static methods. The nested records are for code that reads filters, such as backends;
 * their constructors are not part of the promised API. Filters are immutable and thread-safe.
 *
 * @param <R> the record that is selected; a filter of {@code Object} fits every record
 */
public sealed interface Filter<R> {
    /**
     * Selects what all parts select; everything if there are no parts.
     *
     * @param <R> the record that is selected
     */
    record And<R>(List<Filter<?>> parts) implements Filter<R> {
        /** Copies the parts. */
        @Internal
        public And {
            parts = List.copyOf(parts);
        }
    }

    /**
     * Selects what at least one part selects; nothing if there are no parts.
     *
     * @param <R> the record that is selected
     */
    record Or<R>(List<Filter<?>> parts) implements Filter<R> {
        /** Copies the parts. */
        @Internal
        public Or {
            parts = List.copyOf(parts);
        }
    }

    /**
     * Selects what the part does not select.
     *
     * @param <R> the record that is selected
     */
    record Not<R>(Filter<?> part) implements Filter<R> {
        /** Negates the part. */
        @Internal
        public Not {}
    }

    /**
     * Compares a field with a value.
     *
     * @param <R> the record that is selected
     * @param field the name of the record component
     */
    record Compare<R>(
            String field, Operator operator, @Nullable Object value) implements Filter<R> {
        /** Compares the field with the value. */
        @Internal
        public Compare {}
    }

    /**
     * Selects records whose field has one of the values; nothing if there are no values.
     *
     * @param <R> the record that is selected
     * @param field the name of the record component
     */
    record In<R>(String field, List<@Nullable Object> values) implements Filter<R> {
        /** Copies the values. */
        @Internal
        public In {
            values = Collections.unmodifiableList(new ArrayList<>(values));
        }
    }

    /**
     * Selects records whose text field matches a pattern.
     *
     * @param <R> the record that is selected
     * @param field the name of the record component
     * @param pattern {@code %} matches any text, {@code _} any character; a backslash makes the next character literal
     * @param ignoreCase whether the case is ignored, at least for ASCII letters
     */
    record Like<R>(String field, String pattern, boolean ignoreCase) implements Filter<R> {
        /** Matches the field with the pattern. */
        @Internal
        public Like {}
    }

    /** The ways to compare a field with a value. All but the first two are false if either side is null. */
    enum Operator {
        /** Both are equal, or both are null. */
        EQUAL,
        /** They differ; null differs from every value. */
        NOT_EQUAL,
        /** The field is less than the value. */
        LESS,
        /** The field is less than the value or equal to it. */
        LESS_OR_EQUAL,
        /** The field is greater than the value. */
        GREATER,
        /** The field is greater than the value or equal to it. */
        GREATER_OR_EQUAL
    }

    /** Selects every record. */
    static <R> Filter<R> all() {
        return new And<>(List.of());
    }

    /** Selects no record. */
    static <R> Filter<R> none() {
        return new Or<>(List.of());
    }

    /** Selects the records that all parts select; every record if there are no parts. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    static <R> Filter<R> and(Filter<? super R>... parts) {
        return new And<>(List.of(parts));
    }

    /** Selects the records that all parts select; every record if there are no parts. */
    static <R> Filter<R> and(Collection<? extends Filter<? super R>> parts) {
        return new And<>(new ArrayList<>(parts));
    }

    /** Selects the records that at least one part selects; no record if there are no parts. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    static <R> Filter<R> or(Filter<? super R>... parts) {
        return new Or<>(List.of(parts));
    }

    /** Selects the records that at least one part selects; no record if there are no parts. */
    static <R> Filter<R> or(Collection<? extends Filter<? super R>> parts) {
        return new Or<>(new ArrayList<>(parts));
    }

    /** Selects the records that the part does not select. */
    static <R> Filter<R> not(Filter<R> part) {
        return new Not<>(part);
    }

    /**
     * Selects the records whose field has this value.
     *
     * @param value null: selects the records whose field has no value
     */
    static <R, V> Filter<R> equal(RecordField<R, V> field, @Nullable V value) {
        return new Compare<>(field.name(), Operator.EQUAL, value);
    }

    /**
     * Selects the records whose field does not have this value, including those whose field has no value.
     *
     * @param value null: selects the records whose field has a value
     */
    static <R, V> Filter<R> notEqual(RecordField<R, V> field, @Nullable V value) {
        return new Compare<>(field.name(), Operator.NOT_EQUAL, value);
    }

    /**
     * Selects the records whose field compares with this value as the operator says.
     *
     * @param value null is allowed, but only {@link Operator#EQUAL} and {@link Operator#NOT_EQUAL} select anything
     *     with it
     */
    static <R, V> Filter<R> compare(RecordField<R, V> field, Operator operator, @Nullable V value) {
        return new Compare<>(field.name(), operator, value);
    }

    /**
     * Selects the records whose field has one of these values.
     *
     * @param values null among them selects the records whose field has no value; no values select nothing
     */
    static <R, V> Filter<R> in(RecordField<R, V> field, Collection<? extends @Nullable V> values) {
        return new In<>(field.name(), new ArrayList<>(values));
    }

    /**
     * Selects the records whose text matches a pattern, with exact case.
     *
     * @param pattern {@code %} matches any text, {@code _} any character; a backslash makes the next character literal
     */
    static <R> Filter<R> like(RecordField<R, ?> field, String pattern) {
        return new Like<>(field.name(), pattern, false);
    }

    /**
     * Selects the records whose text matches a pattern, ignoring at least the case of the letters A to Z.
     *
     * @param pattern as in {@link #like}
     */
    static <R> Filter<R> likeIgnoringCase(RecordField<R, ?> field, String pattern) {
        return new Like<>(field.name(), pattern, true);
    }

    /** Returns the pattern for {@link #like} that matches this text only. */
    static String literal(String text) {
        return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
    }

    /** Selects the plans or tenants that have a tag. */
    static <R> Filter<R> tagged(String tag) {
        return containing("tags", quoted(tag));
    }

    /**
     * Selects the tenants, customers or plans whose attribute has this value: {@code
     * Filter.attribute("stripe.customer", "cus_1")}. Only administrators may use it; others get {@code
     * access.not-allowed}. It compares the whole value, with exact case.
     */
    static <R> Filter<R> attribute(String key, String value) {
        return containing("attributes", quoted(key) + ":" + quoted(value));
    }

    /** Selects the records whose list or map, which is stored as JSON text, contains an element. */
    private static <R> Filter<R> containing(String field, String element) {
        return new Like<>(field, "%" + literal(element) + "%", false);
    }

    /** Returns a text as JSON. Tags and attributes have no control characters, which would need an escape, too. */
    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /**
     * Returns the filter without the record that it is for. This is for code that handles filters of all records
     * alike, such as backends and protocol adapters. The lookup that gets the filter checks its fields.
     */
    @SuppressWarnings("unchecked") // the parameter is never used: a filter holds names and values only
    static Filter<Object> untyped(Filter<?> filter) {
        return (Filter<Object>) filter;
    }
}
