// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

import dev.allotment.postgres.transfer.TransferStream.Kind;
import dev.allotment.postgres.transfer.TransferStream.Part;
import dev.allotment.spi.backend.RecordType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The records in the rows of a table of the base schema, as COPY writes them in its text format with the settings of a
 * {@link DatabaseSender}. Reads the parts up to the end of the rows. Not thread-safe.
 */
final class RecordRows<R extends Record> implements Iterator<R> {
    /** The offset from UTC, in which instants are written. */
    private static final String UTC = "+00";

    private final RecordType<R> type;
    /** The position of each field in a row; -1 for a field that the table did not have. */
    private final int[] positions;

    private final Supplier<Part> parts;
    private final Deque<R> ready = new ArrayDeque<>();
    private boolean ended;

    /** @param columns as the stream names them */
    RecordRows(RecordType<R> type, String columns, Supplier<Part> parts) {
        this.type = type;
        List<String> names = List.of(columns.replace("\"", "").split(", "));
        this.positions = type.fields().stream()
                .mapToInt(field -> names.indexOf(field.column()))
                .toArray();
        this.parts = parts;
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && !ended) {
            Part part = parts.get();
            ended = part.kind() != Kind.DATA;
            if (!ended) {
                rows(part.data()).forEach(row -> ready.add(record(row)));
            }
        }
        return !ready.isEmpty();
    }

    @Override
    public R next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.remove();
    }

    private R record(List<@Nullable String> row) {
        @Nullable Object[] values = new @Nullable Object[positions.length];
        for (int i = 0; i < values.length; i++) {
            String text = positions[i] < 0 ? null : row.get(positions[i]);
            values[i] = text == null ? null : value(type.fields().get(i).kind(), text);
        }
        return type.create(values);
    }

    private static Object value(RecordType.Kind kind, String text) {
        return switch (kind) {
            case LONG -> Long.valueOf(text);
            case INTEGER -> Integer.valueOf(text);
            case BOOLEAN -> text.equals("t");
            case TEXT -> text;
            case INSTANT ->
                Instant.parse(text.substring(0, text.length() - UTC.length()).replace(' ', 'T') + "Z");
            case UUID -> UUID.fromString(text);
        };
    }

    private static List<List<@Nullable String>> rows(byte[] data) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        List<@Nullable String> row = new ArrayList<>();
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        boolean isNull = false;
        for (int i = 0; i < data.length; i++) {
            byte next = data[i];
            if (next == '\\') {
                i++;
                isNull |= data[i] == 'N';
                value.write(CsvRows.unescaped(data[i]));
            } else if (next == '\t' || next == '\n') {
                row.add(isNull ? null : value.toString(StandardCharsets.UTF_8));
                value.reset();
                isNull = false;
                if (next == '\n') {
                    rows.add(row);
                    row = new ArrayList<>();
                }
            } else {
                value.write(next);
            }
        }
        return rows;
    }
}
