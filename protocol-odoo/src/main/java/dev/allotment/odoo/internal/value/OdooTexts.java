// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.value;

import dev.allotment.odoo.fault.OdooFault;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Replaces texts that a caller left out. The rules of the record then report what is missing. */
public final class OdooTexts {
    private OdooTexts() {}

    public static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /**
     * Refuses to empty fields that always have a text: an empty one would only be replaced.
     *
     * @param values those that are written to a record that exists
     * @throws OdooFault VALIDATION
     */
    public static void requireNotEmptied(Map<String, Object> values, String... fields) {
        for (String field : fields) {
            Value value = new Value(OdooFault.Kind.VALIDATION, "Field '" + field + "'", values.get(field));
            if (values.containsKey(field) && value.optionalText() == null) {
                throw new OdooFault(value.fault(), value.what() + " always has a value: write another one.");
            }
        }
    }

    public static String or(@Nullable String text, String otherwise) {
        return text == null || text.isEmpty() ? otherwise : text;
    }
}
