// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.spi.backend.RecordType;
import java.util.List;

/**
 * The tables of the catalog, or those that every client database has, and how they are made. They live in the database
 * schema {@link #NAME}, out of the way of whatever else is there.
 *
 * @param title for messages, such as {@code catalog}
 */
public record Schema(String title, List<RecordType<?>> types, List<String> sequences, List<Migration> migrations) {
    /** The database schema of these tables. */
    public static final String NAME = "allotment";

    public Schema {
        types = List.copyOf(types);
        sequences = List.copyOf(sequences);
        migrations = List.copyOf(migrations);
    }

    /** An identifier as it is, whatever is in it. */
    public static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** A table or sequence of {@link #NAME}. */
    public static String qualified(String identifier) {
        return quoted(NAME) + '.' + quoted(identifier);
    }
}
