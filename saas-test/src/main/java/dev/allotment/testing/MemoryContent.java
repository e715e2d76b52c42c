// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The content of a database as bytes, from which a database on another server can be created. */
final class MemoryContent {
    private static final String FORMAT = "allotment memory database 1";

    private MemoryContent() {}

    static InputStream of(MemoryState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writeText(out, FORMAT);
            for (RecordType<?> type : RecordTypes.database()) {
                writeTable(out, type, state);
            }
            out.writeInt(state.scripts().size());
            for (String script : state.scripts()) {
                writeText(out, script);
            }
            writeText(out, FORMAT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    // The table of each type is stored under the name of the type.
    @SuppressWarnings("unchecked")
    private static <R extends Record> void writeTable(DataOutputStream out, RecordType<R> type, MemoryState state)
            throws IOException {
        MemoryTable<R> table =
                (MemoryTable<R>) Objects.requireNonNull(state.tables().get(type.name()));
        out.writeLong(table.lastId());
        out.writeInt(table.rows().size());
        for (R row : table.rows()) {
            for (@Nullable Object value : type.values(row)) {
                out.writeBoolean(value != null);
                if (value != null) {
                    writeText(out, value.toString());
                }
            }
        }
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** @throws dev.allotment.SaasException {@code backend.unsupported}, {@code backend.unavailable} */
    static MemoryState read(InputStream content) {
        try {
            DataInputStream in = new DataInputStream(content);
            if (!isFormat(in)) {
                throw MemoryProblems.unsupported("The received content is not a database of this kind of backend.");
            }
            Map<String, MemoryTable<?>> tables = new HashMap<>();
            for (RecordType<?> type : RecordTypes.database()) {
                tables.put(type.name(), readTable(in, type));
            }
            List<String> scripts = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                scripts.add(readText(in));
            }
            if (!isFormat(in)) {
                throw MemoryProblems.cutOff(null);
            }
            return new MemoryState(tables, Map.of(), scripts);
        } catch (IOException e) {
            throw MemoryProblems.cutOff(e);
        }
    }

    private static boolean isFormat(DataInputStream in) throws IOException {
        byte[] expected = FORMAT.getBytes(StandardCharsets.UTF_8);
        return in.readInt() == expected.length && readText(in, expected.length).equals(FORMAT);
    }

    private static <R extends Record> MemoryTable<R> readTable(DataInputStream in, RecordType<R> type)
            throws IOException {
        long lastId = in.readLong();
        List<R> rows = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            @Nullable Object[] values = new @Nullable Object[type.fields().size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = in.readBoolean() ? value(type.fields().get(i).kind(), readText(in)) : null;
            }
            rows.add(type.create(values));
        }
        return MemoryTable.of(type, rows, lastId);
    }

    private static Object value(RecordType.Kind kind, String text) {
        return switch (kind) {
            case LONG -> Long.valueOf(text);
            case INTEGER -> Integer.valueOf(text);
            case BOOLEAN -> Boolean.valueOf(text);
            case TEXT -> text;
            case INSTANT -> Instant.parse(text);
            case UUID -> UUID.fromString(text);
        };
    }

    private static String readText(DataInputStream in) throws IOException {
        return readText(in, in.readInt());
    }

    private static String readText(DataInputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(Math.max(0, length));
        if (bytes.length != length) {
            throw new EOFException();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
