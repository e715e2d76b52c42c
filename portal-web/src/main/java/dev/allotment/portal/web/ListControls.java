// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a page shows around the rows of a list: search, filters, headings that sort, and the pager.
 *
 * @param path of the list
 * @param address of the part that is shown; buttons send it, so that the list is the same after an action
 * @param searchable what the search looks at; empty if the list has no search
 * @param form the values of the text fields, and the problems with the values of the query
 * @param fields the filters
 * @param hidden what a new search keeps, by name
 * @param chips the filters that are set
 * @param clear the address without search and filters; empty if none is set
 * @param headings the headings that sort the list, by the name of their sort key
 */
public record ListControls(
        String path,
        String address,
        String searchable,
        Form form,
        List<Field> fields,
        Map<String, String> hidden,
        List<Chip> chips,
        String clear,
        Map<String, Heading> headings,
        Pager pager) {
    public ListControls {
        fields = List.copyOf(fields);
        hidden = new LinkedHashMap<>(hidden);
        chips = List.copyOf(chips);
        headings = new LinkedHashMap<>(headings);
    }

    /** Whether the filters are shown at once: one of them is set or wrong. */
    public boolean open() {
        return !chips.isEmpty()
                || form.problems().stream()
                        .anyMatch(each ->
                                fields.stream().anyMatch(field -> field.name().equals(each.field())));
    }

    /** Returns the heading of a column; null if the list cannot be sorted by it. */
    public @Nullable Heading heading(String key) {
        return headings.get(key);
    }

    /**
     * A filter.
     *
     * @param type {@code select}, {@code text} or {@code date}
     */
    public record Field(String name, String label, String type, String value, List<Choice> options) {
        public Field {
            options = List.copyOf(options);
        }
    }

    /** A filter that is set, and the address of the list without it. */
    public record Chip(String text, String remove) {}

    /**
     * A heading that sorts the list.
     *
     * @param sorted {@code ascending} or {@code descending}; null: the list is sorted by another column
     */
    public record Heading(String address, @Nullable String sorted) {}
}
