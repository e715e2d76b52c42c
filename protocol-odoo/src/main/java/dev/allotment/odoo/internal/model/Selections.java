// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.Filter;
import dev.allotment.RecordField;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Fields that contain a constant of an enum, in lower case. */
public final class Selections {
    private Selections() {}

    public static <V, R, E extends Enum<E>> Field<V, R> of(
            String field, String label, String column, E[] constants, Function<R, E> read) {
        List<List<String>> choices = new ArrayList<>();
        Map<String, Filter<Object>> filters = new LinkedHashMap<>();
        for (E constant : constants) {
            String text = text(constant);
            String words = text.replace('_', ' ');
            choices.add(List.of(text, words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1)));
            filters.put(text, Filter.equal(RecordField.named(column), constant));
        }
        return Field.<V, R>of(
                        field,
                        FieldType.SELECTION,
                        label,
                        column,
                        ModelTableBuilder.plain(record -> text(read.apply(record))))
                .choosing(choices)
                .searched(DomainConditions.oneOf(caller -> filters));
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
