// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Filter;
import dev.allotment.RecordField;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.Leaf;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The field {@code attributes}, a struct of texts. A write changes only the keys that it contains, so that two clients
 * that set different keys do not undo each other's changes.
 */
final class OdooAttributes {
    private OdooAttributes() {}

    static <V, R> Field<V, R> field(
            Function<R, Map<String, String>> read, BiFunction<R, Map<String, String>, R> write) {
        return OdooAttributes.<V, R>struct("attributes", "Attributes", read, write)
                .searched((caller, leaf) -> filter(leaf));
    }

    /** A field like it with another name, which is not searched. */
    static <V, R> Field<V, R> struct(
            String name,
            String label,
            Function<R, Map<String, String>> read,
            BiFunction<R, Map<String, String>, R> write) {
        return Field.<V, R>of(
                        name,
                        FieldType.JSON,
                        label,
                        null,
                        ModelTableBuilder.plain(record -> new TreeMap<>(read.apply(record))))
                .written((record, value) -> write.apply(record, changed(read.apply(record), value)));
    }

    private static Map<String, String> changed(Map<String, String> present, Value value) {
        if (value.absent()) {
            return Map.of();
        }
        Map<String, String> changed = new TreeMap<>(present);
        value.struct().forEach((key, raw) -> {
            String text = new Value(value.fault(), "each of " + value.what(), raw).optionalText();
            if (text == null) {
                changed.remove(key);
            } else {
                changed.put(key, text);
            }
        });
        return changed;
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
            return Filter.equal(RecordField.named("attributes"), "{}");
        }
        if (value instanceof String text && text.indexOf('=') > 0) {
            int end = text.indexOf('=');
            return Filter.attribute(text.substring(0, end), text.substring(end + 1));
        }
        throw leaf.invalid();
    }
}
