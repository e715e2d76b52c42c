// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.filebackend;

import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.RecordType;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The content of one file in memory. The file is text, with tabs between the parts of a line:
 *
 * <pre>
 * allotment-file-backend  1  5aa50000-0000-4000-8000-000000000001  open
 * table  parameters  2  id  key  value  hidden
 * row  1  web.base.url  http://localhost:8069  false
 * sequence  tenant_number  7
 * end
 * </pre>
 *
 * <p>The first line contains the identity of the database, whether it is open, and its fencing token, if any. The
 * number after the name of a table is the last id that was used.
 */
final class Snapshot {
    private static final String FORMAT = "allotment-file-backend";
    private static final String VERSION = "1";
    private static final String OPEN = "open";
    private static final String CLOSED = "closed";
    /** The number of cells in the first line, without the token, which older files do not have. */
    private static final int FIRST_CELLS = 4;

    private final UUID identity;
    private final boolean open;
    private final @Nullable FencingToken token;
    private final Map<String, FileRecords<?>> tables;
    private final Map<String, Long> sequences;

    private Snapshot(
            UUID identity,
            boolean open,
            @Nullable FencingToken token,
            Map<String, FileRecords<?>> tables,
            Map<String, Long> sequences) {
        this.identity = identity;
        this.open = open;
        this.token = token;
        this.tables = tables;
        this.sequences = sequences;
    }

    /** Creates a closed, empty database with tables for these types. */
    static Snapshot empty(UUID identity, List<RecordType<?>> types) {
        Map<String, FileRecords<?>> tables = new LinkedHashMap<>();
        types.forEach(type -> tables.put(type.name(), new FileRecords<>(type)));
        return new Snapshot(identity, false, null, tables, new TreeMap<>());
    }

    /** Returns the same content for another database, closed and without a token. */
    Snapshot copyFor(UUID other) {
        return new Snapshot(other, false, null, tables, sequences);
    }

    Snapshot withOpen(boolean newOpen) {
        return new Snapshot(identity, newOpen, token, tables, sequences);
    }

    /** @param newToken null: the present one stays */
    Snapshot withToken(@Nullable FencingToken newToken) {
        return newToken == null ? this : new Snapshot(identity, open, newToken, tables, sequences);
    }

    /** Returns the token of the last change; null if none is stored. */
    @Nullable
    FencingToken token() {
        return token;
    }

    boolean isOpen() {
        return open;
    }

    /** Returns null if records of the type are not stored here. */
    @Nullable
    FileRecords<?> records(String table) {
        return tables.get(table);
    }

    long next(String sequence) {
        return sequences.merge(sequence, 1L, Long::sum);
    }

    String text() {
        StringBuilder out = new StringBuilder();
        List<Object> first = new ArrayList<>(List.of(FORMAT, VERSION, identity, open ? OPEN : CLOSED));
        if (token != null) {
            first.add(token.encoded());
        }
        Cells.line(out, first);
        tables.values().forEach(table -> table.write(out));
        sequences.forEach((name, value) -> Cells.line(out, List.of("sequence", name, value)));
        Cells.line(out, List.of("end"));
        return out.toString();
    }

    /** Reads the token in the first line, which has an identity; null if none is stored. */
    static @Nullable FencingToken token(String text) {
        String[] first = Cells.split(text.split("\n", 2)[0]);
        return first.length > FIRST_CELLS ? FencingToken.parse(first[FIRST_CELLS]) : null;
    }

    /** Reads the identity in the first line. Returns null if this backend did not write the file. */
    static @Nullable UUID identity(String text) {
        String[] cells = Cells.split(text.split("\n", 2)[0]);
        try {
            return cells.length >= FIRST_CELLS && cells[0].equals(FORMAT) && cells[1].equals(VERSION)
                    ? UUID.fromString(cells[2])
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Reads from the first line whether the database is open. The text has an {@link #identity(String)}. */
    static boolean isOpen(String text) {
        return Cells.split(text.split("\n", 2)[0])[3].equals(OPEN);
    }

    /**
     * Reads what {@link #text} wrote, also if it was written before a type or a nullable field existed.
     *
     * @param place names the file, for messages
     * @param types the types that this build stores in the file
     */
    static Snapshot parse(String text, String place, List<RecordType<?>> types) {
        String[] lines = text.split("\n");
        UUID identity = identity(text);
        if (identity == null || !lines[lines.length - 1].equals("end")) {
            throw FileProblems.damaged(place, "its first or its last line");
        }
        Snapshot snapshot = empty(identity, types);
        FileRecords<?> table = null;
        for (int i = 1; i < lines.length - 1; i++) {
            String[] cells = Cells.split(lines[i]);
            try {
                if (cells[0].equals("table")) {
                    table = snapshot.tables.get(cells[1]);
                    if (table == null) {
                        throw FileProblems.schema(place + " has a table " + cells[1]
                                + ", which this build does not know; use the build that wrote it, or a newer one.");
                    }
                    table.readHead(cells, place);
                } else if (cells[0].equals("row") && table != null) {
                    table.readRow(cells);
                } else if (cells[0].equals("sequence")) {
                    snapshot.sequences.put(cells[1], Long.valueOf(cells[2]));
                } else {
                    throw FileProblems.damaged(place, "line " + (i + 1));
                }
            } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException e) {
                throw FileProblems.damaged(place, "line " + (i + 1));
            }
        }
        return snapshot.withOpen(Cells.split(lines[0])[3].equals(OPEN)).withToken(token(text));
    }
}
