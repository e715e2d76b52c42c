// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.spi.backend.RecordType;
import java.util.List;

/**
 * The tables of the catalog, or those of every tenant database, and the migrations that create them. They are in the
 * database schema {@link #NAME}, separate from the tables of applications.
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

    /** Quotes an identifier, which may contain any characters. */
    public static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** The quoted name of a table or sequence in {@link #NAME}. */
    public static String qualified(String identifier) {
        return quoted(NAME) + '.' + quoted(identifier);
    }
}
