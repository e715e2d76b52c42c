// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

import java.io.ByteArrayOutputStream;

/**
 * Turns rows as COPY writes them in its text format into the CSV that COPY reads: a null is an empty field, and an
 * empty text is quoted. Not thread-safe.
 *
 * <p>No line is only {@code \.}. Before version 18, {@code psql} takes such a line for the end of the data, even
 * between quotes. So in a text the dot of such a line is written outside of the quotes: {@code \"."}. That is the same
 * text for COPY, which lets quotes end and start within a value, but not for all programs that read CSV.
 */
final class CsvRows {
    private static final byte[] DOT = {'"', '.', '"'};

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

    static byte unescaped(byte escape) {
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
        for (int i = 0; i < value.length; i++) {
            if (value[i] == '"') {
                csv.write('"');
            }
            if (endsData(value, i)) {
                csv.writeBytes(DOT);
            } else {
                csv.write(value[i]);
            }
        }
        csv.write('"');
    }

    /** Whether this is the dot of a line that is only a backslash and a dot, with lines of the text around it. */
    private static boolean endsData(byte[] value, int dot) {
        return value[dot] == '.'
                && dot >= 2
                && value[dot - 1] == '\\'
                && value[dot - 2] == '\n'
                && (is(value, dot + 1, '\n') || (is(value, dot + 1, '\r') && is(value, dot + 2, '\n')));
    }

    private static boolean is(byte[] value, int index, char expected) {
        return index < value.length && value[index] == expected;
    }

    /** Texts with a backslash are quoted, so that the first and the last line of a text have a quote. */
    private static boolean needsQuotes(byte[] value) {
        for (byte each : value) {
            if (each == '"' || each == ',' || each == '\n' || each == '\r' || each == '\\') {
                return true;
            }
        }
        return value.length == 0;
    }
}
