// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.RecordField;
import java.util.Comparator;

/** A way to sort a list. */
public sealed interface SortKey {
    /** Returns the name in the address. */
    String name();

    /** Returns the heading of the column. */
    String title();

    /** Returns what the values are. */
    Kind kind();

    /**
     * A field that the database sorts by.
     *
     * @param <R> the record
     */
    record Of<R>(String name, String title, Kind kind, RecordField<? super R, ?> field) implements SortKey {}

    /**
     * A key of rows in memory.
     *
     * @param <T> the row
     */
    record By<T>(String name, String title, Kind kind, Comparator<T> order) implements SortKey {}

    /** What values are, for the words that describe their order. */
    enum Kind {
        /** Texts. */
        TEXT("A to Z", "Z to A", false),

        /** Points in time. */
        TIME("oldest first", "newest first", true),

        /** Future points in time. */
        END("soonest first", "latest first", false),

        /** Numbers. */
        NUMBER("smallest first", "largest first", true);

        private final String ascending;
        private final String descending;
        private final boolean descendingFirst;

        Kind(String ascending, String descending, boolean descendingFirst) {
            this.ascending = ascending;
            this.descending = descending;
            this.descendingFirst = descendingFirst;
        }

        String ascending() {
            return ascending;
        }

        String descending() {
            return descending;
        }

        /** Whether the first click on a heading sorts in descending order. */
        boolean descendingFirst() {
            return descendingFirst;
        }
    }
}
