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
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A filter as text, in which an operation stores it: a list of its name and its parts, such as {@code ["in","state",
 * "=OPEN"]}. A value starts with an equals sign, and null is empty. The names are stored data, so they must not change.
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
        return JsonText.write(parts(type, filter));
    }

    private static List<String> parts(RecordType<?> type, Filter<?> filter) {
        if (filter instanceof Filter.And<?> and) {
            return list(AND, and.parts().stream().map(part -> write(type, part)));
        }
        if (filter instanceof Filter.Or<?> or) {
            return list(OR, or.parts().stream().map(part -> write(type, part)));
        }
        if (filter instanceof Filter.Not<?> not) {
            return List.of(NOT, write(type, not.part()));
        }
        if (filter instanceof Filter.Compare<?> compare) {
            String value = text(type.field(compare.field()), compare.value());
            return List.of(COMPARE, compare.field(), compare.operator().name(), value);
        }
        if (filter instanceof Filter.In<?> in) {
            RecordType.Field field = type.field(in.field());
            return list(
                    IN,
                    Stream.concat(Stream.of(in.field()), in.values().stream().map(each -> text(field, each))));
        }
        Filter.Like<?> like = (Filter.Like<?>) filter;
        return List.of(like.ignoreCase() ? LIKE_IGNORING_CASE : LIKE, like.field(), like.pattern());
    }

    private static List<String> list(String name, Stream<String> parts) {
        return Stream.concat(Stream.of(name), parts).toList();
    }

    private static String text(RecordType.Field field, @Nullable Object value) {
        Object plain = RecordType.plain(field, value);
        return plain == null ? "" : "=" + plain;
    }

    /** @throws SaasException {@code record.newer} if a newer version wrote what this one does not know */
    static Filter<Object> read(RecordType<?> type, String text) {
        List<String> parts = JsonText.readList(text);
        List<String> more = parts.subList(1, parts.size());
        return switch (parts.get(0)) {
            case AND -> Filter.and(filters(type, more));
            case OR -> Filter.or(filters(type, more));
            case NOT -> Filter.not(read(type, more.get(0)));
            case COMPARE ->
                Filter.compare(
                        RecordField.named(more.get(0)),
                        Filter.Operator.valueOf(more.get(1)),
                        value(type.field(more.get(0)), more.get(2)));
            case IN -> {
                List<@Nullable Object> values = new ArrayList<>();
                more.stream().skip(1).forEach(each -> values.add(value(type.field(more.get(0)), each)));
                yield Filter.in(RecordField.named(more.get(0)), values);
            }
            case LIKE -> Filter.like(RecordField.named(more.get(0)), more.get(1));
            case LIKE_IGNORING_CASE -> Filter.likeIgnoringCase(RecordField.named(more.get(0)), more.get(1));
            default ->
                throw SaasException.unavailable(
                        ErrorCodes.RECORD_NEWER,
                        "A newer version of the program has stored a filter that this version does not know.",
                        null);
        };
    }

    private static List<Filter<Object>> filters(RecordType<?> type, List<String> texts) {
        return texts.stream().map(each -> read(type, each)).toList();
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
