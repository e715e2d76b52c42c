// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A condition on a record: a small language that every backend translates.
 *
 * <p>It has two truth values. A comparison with an absent value (null) is false, except that {@code EQUAL null} asks for
 * absence, {@code NOT_EQUAL x} holds for null unless x is null, and {@code In} may list null; {@link Not} is plain
 * negation. Values are those of the field: text, numbers, booleans, Instant, UUID, ids and enum constants. A value of
 * another type, or an unknown field, is refused with {@code query.invalid} or {@code query.unknown-field}.
 */
public sealed interface Filter {
    /** All of them hold; true when empty. */
    record And(List<Filter> parts) implements Filter {
        public And {
            parts = List.copyOf(parts);
        }
    }

    /** One of them holds; false when empty. */
    record Or(List<Filter> parts) implements Filter {
        public Or {
            parts = List.copyOf(parts);
        }
    }

    /** It does not hold. */
    record Not(Filter part) implements Filter {}

    /** The field compared with a value. */
    record Compare(
            String field, Operator operator, @Nullable Object value) implements Filter {}

    /** The field is one of the values; false when empty. */
    record In(String field, List<@Nullable Object> values) implements Filter {
        public In {
            values = Collections.unmodifiableList(new ArrayList<>(values));
        }
    }

    /**
     * The text field matches a pattern: {@code %} stands for any text, {@code _} for any character, a backslash takes the
     * meaning from what follows it.
     *
     * @param ignoreCase at least for ASCII letters
     */
    record Like(String field, String pattern, boolean ignoreCase) implements Filter {}

    /** How {@link Compare} compares; the last four do not hold for null on either side. */
    enum Operator {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL
    }

    static Filter all() {
        return new And(List.of());
    }

    static Filter none() {
        return new Or(List.of());
    }

    static Filter and(Filter... parts) {
        return new And(Arrays.asList(parts));
    }

    static Filter or(Filter... parts) {
        return new Or(Arrays.asList(parts));
    }

    static Filter not(Filter part) {
        return new Not(part);
    }

    static Filter equal(String field, @Nullable Object value) {
        return new Compare(field, Operator.EQUAL, value);
    }

    static Filter notEqual(String field, @Nullable Object value) {
        return new Compare(field, Operator.NOT_EQUAL, value);
    }

    static Filter compare(String field, Operator operator, @Nullable Object value) {
        return new Compare(field, operator, value);
    }

    static Filter in(String field, Collection<? extends @Nullable Object> values) {
        return new In(field, new ArrayList<>(values));
    }

    static Filter like(String field, String pattern) {
        return new Like(field, pattern, false);
    }

    static Filter likeIgnoringCase(String field, String pattern) {
        return new Like(field, pattern, true);
    }

    /** Plans or client databases that have a tag. */
    static Filter tagged(String tag) {
        String escaped = tag.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
        return like("tags", "%\"" + escaped + "\"%");
    }
}
