// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import dev.allotment.Lookup;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.portal.web.Listing;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Builds filters from search texts. */
final class Search {
    /** How many records of another kind a search follows. */
    private static final int MOST = 1000;

    private Search() {}

    /** Returns a filter for records in which one of the fields contains the text; all records if the text is empty. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    static <R> Filter<R> contains(String text, RecordField<R, String>... fields) {
        if (text.isEmpty()) {
            return Filter.all();
        }
        String pattern = Listing.containing(text);
        List<Filter<R>> parts = Arrays.stream(fields)
                .map(field -> Filter.likeIgnoringCase(field, pattern))
                .toList();
        return Filter.or(parts);
    }

    /** Returns a filter for records whose field is the text, in any case. */
    static <R> Filter<R> is(String text, RecordField<R, String> field) {
        return Filter.likeIgnoringCase(field, Filter.literal(text));
    }

    /**
     * Returns the first 1,000 records that a filter selects. Says so if there are more, since the list then leaves out
     * what belongs to them.
     *
     * @param what such as {@code owners match}
     */
    static <R> List<R> found(Lookup<?, R> lookup, Filter<R> filter, String what, Listing listing) {
        List<R> found = lookup.list(Query.where(filter).page(0, MOST + 1));
        if (found.size() <= MOST) {
            return found;
        }
        listing.refuse(
                "q", "More than 1,000 " + what + ". The list considers the first 1,000 of them. Enter a longer text.");
        return found.subList(0, MOST);
    }

    /** Returns the ids of the records that {@link #found} returns. */
    static <R, I> List<I> ids(Lookup<I, R> lookup, Filter<R> filter, Function<R, I> id, String what, Listing listing) {
        return found(lookup, filter, what, listing).stream().map(id).toList();
    }

    /** Returns the UUID that a text is. */
    static Optional<UUID> uuid(String text) {
        return text.matches("(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
                ? Optional.of(UUID.fromString(text))
                : Optional.empty();
    }

    /** Returns the number that a text is, if it can be an id. */
    static Optional<Long> number(String text) {
        return text.matches("[1-9][0-9]{0,17}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }
}
