// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.Query;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The {@code order} of a search, such as {@code name desc, id}. References are sorted by id. */
final class OrderText {
    private static final int MAX_KEYS = 10;

    private OrderText() {}

    /**
     * Parses an order. Returns the table's default order if there is none.
     *
     * @throws OdooFault USER_ERROR if it is malformed or names a field that does not exist or cannot be sorted by
     */
    static List<Query.Order> parse(ModelTable<?, ?> table, @Nullable String text) {
        if (text == null || text.isBlank()) {
            return table.defaultOrder();
        }
        List<Query.Order> keys = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String[] words = part.strip().split("\\s+", -1);
            String direction = words.length > 1 ? words[1].toLowerCase(Locale.ROOT) : "asc";
            if (words[0].isEmpty()
                    || words.length > 2
                    || keys.size() == MAX_KEYS
                    || !(direction.equals("asc") || direction.equals("desc"))) {
                throw Faults.userError("Invalid order " + PythonText.abbreviated(text) + ": it is a list of at most "
                        + MAX_KEYS + " fields, each with asc or desc or neither.");
            }
            Field<?, ?> field = table.require(words[0]);
            if (field.column() == null) {
                throw Faults.userError(
                        "Field '" + field.name() + "' on model '" + table.model() + "' cannot be sorted by");
            }
            keys.add(new Query.Order(field.column(), direction.equals("desc")));
        }
        return keys;
    }
}
