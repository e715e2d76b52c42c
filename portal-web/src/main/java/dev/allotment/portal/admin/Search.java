// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import dev.allotment.RecordField;
import java.util.Arrays;
import java.util.List;

/** Filters made of what somebody types. */
final class Search {
    private Search() {}

    /** One of the fields contains the text; all records where there is none. */
    @SafeVarargs
    static <R> Filter<R> contains(String text, RecordField<R, String>... fields) {
        if (text.isEmpty()) {
            return Filter.all();
        }
        String pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
        List<Filter<R>> parts = Arrays.stream(fields)
                .map(field -> Filter.likeIgnoringCase(field, pattern))
                .toList();
        return Filter.or(parts);
    }
}
