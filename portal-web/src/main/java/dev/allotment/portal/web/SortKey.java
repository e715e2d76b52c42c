// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.RecordField;
import dev.allotment.text.Texts;
import java.util.Comparator;
import java.util.Locale;

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
        TEXT(false),

        /** Points in time. */
        TIME(true),

        /** Future points in time. */
        END(false),

        /** Numbers. */
        NUMBER(true);

        private final boolean descendingFirst;

        Kind(boolean descendingFirst) {
            this.descendingFirst = descendingFirst;
        }

        String ascending(Texts texts) {
            return texts.text("sort." + name().toLowerCase(Locale.ROOT) + ".ascending");
        }

        String descending(Texts texts) {
            return texts.text("sort." + name().toLowerCase(Locale.ROOT) + ".descending");
        }

        /** Whether the first click on a heading sorts in descending order. */
        boolean descendingFirst() {
            return descendingFirst;
        }
    }
}
