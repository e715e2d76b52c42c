// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.filebackend;

import dev.allotment.spi.backend.RecordType.Kind;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Converts plain values to lines with tabs between them, and back. */
final class Cells {
    private static final String NULL = "\\N";

    private Cells() {}

    static void line(StringBuilder out, List<? extends @Nullable Object> values) {
        for (int i = 0; i < values.size(); i++) {
            out.append(i == 0 ? "" : "\t").append(encode(values.get(i)));
        }
        out.append('\n');
    }

    static String[] split(String line) {
        return line.split("\t", -1);
    }

    /** The {@code toString} of numbers, booleans, instants and UUIDs is complete. */
    private static String encode(@Nullable Object value) {
        if (value == null) {
            return NULL;
        }
        return value.toString()
                .replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }

    static @Nullable Object decode(Kind kind, String cell) {
        if (cell.equals(NULL)) {
            return null;
        }
        return switch (kind) {
            case LONG -> Long.valueOf(cell);
            case INTEGER -> Integer.valueOf(cell);
            case BOOLEAN -> Boolean.valueOf(cell);
            case TEXT -> text(cell);
            case INSTANT -> Instant.parse(cell);
            case UUID -> UUID.fromString(cell);
        };
    }

    private static String text(String cell) {
        StringBuilder out = new StringBuilder(cell.length());
        for (int i = 0; i < cell.length(); i++) {
            char c = cell.charAt(i);
            if (c == '\\') {
                i++;
                char escaped = cell.charAt(i);
                out.append(escaped == 't' ? '\t' : escaped == 'n' ? '\n' : escaped == 'r' ? '\r' : escaped);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
