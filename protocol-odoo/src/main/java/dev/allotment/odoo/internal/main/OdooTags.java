// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Filter;
import dev.allotment.RecordField;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.Leaf;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The field {@code tag_ids}. Its values are words, although clients of Odoo expect ids of records; no records exist
 * for them.
 */
final class OdooTags {
    private OdooTags() {}

    static <V, R> Field<V, R> field(Function<R, List<String>> read, BiFunction<R, List<String>, R> write) {
        return Field.<V, R>of("tag_ids", FieldType.MANY2MANY, "Tags", null, ModelTableBuilder.plain(read::apply))
                .searched((caller, leaf) -> filter(leaf))
                .written((record, value) -> write.apply(record, value.texts()));
    }

    private static Filter<Object> filter(Leaf leaf) {
        switch (leaf.operator()) {
            case EQUAL, NOT_EQUAL, IN, NOT_IN -> {}
            default -> throw leaf.invalid();
        }
        List<Filter<Object>> parts = new ArrayList<>();
        for (Object each : leaf.values()) {
            parts.add(filter(leaf, each));
        }
        return leaf.negateIfNegative(Filter.or(parts));
    }

    private static Filter<Object> filter(Leaf leaf, @Nullable Object value) {
        if (value == null || Leaf.isAbsent(value)) {
            return Filter.equal(RecordField.named("tags"), "[]");
        }
        if (value instanceof String tag) {
            return Filter.tagged(tag);
        }
        throw leaf.invalid();
    }
}
