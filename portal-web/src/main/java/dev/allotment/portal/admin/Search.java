// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import dev.allotment.RecordField;
import java.util.Arrays;
import java.util.List;

/** Builds filters from search texts. */
final class Search {
    private Search() {}

    /** Returns a filter for records in which one of the fields contains the text; all records if the text is empty. */
    @SafeVarargs
    @SuppressWarnings("varargs")
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
