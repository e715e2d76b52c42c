// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

import java.io.ByteArrayOutputStream;

/**
 * Turns rows as COPY writes them in its text format into the CSV that COPY reads: a null is an empty field, and an
 * empty text is quoted. Not thread-safe.
 */
final class CsvRows {
    private final ByteArrayOutputStream field = new ByteArrayOutputStream();

    /** Returns complete rows as CSV. */
    byte[] convert(byte[] rows) {
        ByteArrayOutputStream csv = new ByteArrayOutputStream(rows.length + rows.length / 8);
        boolean isNull = false;
        for (int i = 0; i < rows.length; i++) {
            byte next = rows[i];
            if (next == '\\') {
                i++;
                isNull |= rows[i] == 'N';
                field.write(unescaped(rows[i]));
            } else if (next == '\t' || next == '\n') {
                if (!isNull) {
                    write(csv, field.toByteArray());
                }
                csv.write(next == '\t' ? ',' : '\n');
                field.reset();
                isNull = false;
            } else {
                field.write(next);
            }
        }
        return csv.toByteArray();
    }

    private static byte unescaped(byte escape) {
        return switch (escape) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0b;
            default -> escape;
        };
    }

    /** Writes one value. */
    static void write(ByteArrayOutputStream csv, byte[] value) {
        if (!needsQuotes(value)) {
            csv.writeBytes(value);
            return;
        }
        csv.write('"');
        for (byte each : value) {
            if (each == '"') {
                csv.write('"');
            }
            csv.write(each);
        }
        csv.write('"');
    }

    /** Texts with a backslash are quoted, since a line with {@code \.} ends the data for COPY. */
    private static boolean needsQuotes(byte[] value) {
        for (byte each : value) {
            if (each == '"' || each == ',' || each == '\n' || each == '\r' || each == '\\') {
                return true;
            }
        }
        return value.length == 0;
    }
}
