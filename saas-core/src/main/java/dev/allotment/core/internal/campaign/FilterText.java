// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.JsonText;
import dev.allotment.spi.backend.RecordType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A filter as text, in which an operation stores it: one list in prefix order, in which the name of a filter comes
 * before its parts, and their number before as many, such as {@code ["not","in","state","1","=OPEN"]}. A value starts
 * with an equals sign, and null is empty. The names are stored data, so they must not change.
 */
final class FilterText {
    private static final String AND = "and";
    private static final String OR = "or";
    private static final String NOT = "not";
    private static final String COMPARE = "compare";
    private static final String IN = "in";
    private static final String LIKE = "like";
    private static final String LIKE_IGNORING_CASE = "likeIgnoringCase";

    private FilterText() {}

    static String write(RecordType<?> type, Filter<?> filter) {
        List<String> out = new ArrayList<>();
        write(type, filter, out);
        return JsonText.write(out);
    }

    private static void write(RecordType<?> type, Filter<?> filter, List<String> out) {
        if (filter instanceof Filter.And<?> and) {
            writeAll(type, AND, and.parts(), out);
        } else if (filter instanceof Filter.Or<?> or) {
            writeAll(type, OR, or.parts(), out);
        } else if (filter instanceof Filter.Not<?> not) {
            out.add(NOT);
            write(type, not.part(), out);
        } else if (filter instanceof Filter.Compare<?> compare) {
            String value = text(type.field(compare.field()), compare.value());
            out.addAll(List.of(COMPARE, compare.field(), compare.operator().name(), value));
        } else if (filter instanceof Filter.In<?> in) {
            RecordType.Field field = type.field(in.field());
            out.addAll(List.of(IN, in.field(), Integer.toString(in.values().size())));
            in.values().forEach(each -> out.add(text(field, each)));
        } else {
            Filter.Like<?> like = (Filter.Like<?>) filter;
            out.addAll(List.of(like.ignoreCase() ? LIKE_IGNORING_CASE : LIKE, like.field(), like.pattern()));
        }
    }

    private static void writeAll(RecordType<?> type, String name, List<? extends Filter<?>> parts, List<String> out) {
        out.add(name);
        out.add(Integer.toString(parts.size()));
        parts.forEach(part -> write(type, part, out));
    }

    private static String text(RecordType.Field field, @Nullable Object value) {
        Object plain = RecordType.plain(field, value);
        return plain == null ? "" : "=" + plain;
    }

    /** @throws SaasException {@code record.newer} if a newer version wrote what this one does not know */
    static Filter<Object> read(RecordType<?> type, String text) {
        return read(type, JsonText.readList(text).iterator());
    }

    private static Filter<Object> read(RecordType<?> type, Iterator<String> in) {
        return switch (in.next()) {
            case AND -> Filter.and(readAll(type, in));
            case OR -> Filter.or(readAll(type, in));
            case NOT -> Filter.not(read(type, in));
            case COMPARE -> {
                String field = in.next();
                Filter.Operator operator = Filter.Operator.valueOf(in.next());
                yield Filter.compare(RecordField.named(field), operator, value(type.field(field), in.next()));
            }
            case IN -> {
                String field = in.next();
                List<@Nullable Object> values = new ArrayList<>();
                for (int left = Integer.parseInt(in.next()); left > 0; left--) {
                    values.add(value(type.field(field), in.next()));
                }
                yield Filter.in(RecordField.named(field), values);
            }
            case LIKE -> Filter.like(RecordField.named(in.next()), in.next());
            case LIKE_IGNORING_CASE -> Filter.likeIgnoringCase(RecordField.named(in.next()), in.next());
            default ->
                throw SaasException.unavailable(
                        ErrorCodes.RECORD_NEWER,
                        "A newer version of the program has stored a filter that this version does not know.",
                        null);
        };
    }

    private static List<Filter<Object>> readAll(RecordType<?> type, Iterator<String> in) {
        List<Filter<Object>> parts = new ArrayList<>();
        for (int left = Integer.parseInt(in.next()); left > 0; left--) {
            parts.add(read(type, in));
        }
        return parts;
    }

    private static @Nullable Object value(RecordType.Field field, String text) {
        if (text.isEmpty()) {
            return null;
        }
        String plain = text.substring(1);
        return switch (field.kind()) {
            case LONG -> Long.valueOf(plain);
            case INTEGER -> Integer.valueOf(plain);
            case BOOLEAN -> Boolean.valueOf(plain);
            case TEXT -> plain;
            case INSTANT -> Instant.parse(plain);
            case UUID -> UUID.fromString(plain);
        };
    }
}
