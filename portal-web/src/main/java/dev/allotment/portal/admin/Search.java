// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import java.util.Arrays;
import java.util.List;

/** Filters made of what somebody types. */
final class Search {
    private Search() {}

    /** One of the fields contains the text; all records where there is none. */
    static Filter<?> contains(String text, String... fields) {
        if (text.isEmpty()) {
            return Filter.all();
        }
        String pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
        List<Filter<?>> parts = Arrays.stream(fields)
                .map(field -> Filter.likeIgnoringCase(field, pattern))
                .toList();
        return new Filter.Or<>(parts);
    }
}
