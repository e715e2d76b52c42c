// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.SqlStates;
import dev.allotment.postgres.transfer.TransferStream.Kind;
import dev.allotment.postgres.transfer.TransferStream.Part;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Reads a database as it is at one moment, in one transaction that changes nothing. None of it is executed here: system tables
 * are read, and rows of tables, which runs no code of the tenant's. For one thread.
 */
public final class DatabaseSender extends InputStream {
    /** Whatever its owner has set for the database, it is read in the same way; and no policy hides rows. */
    private static final String SETTINGS =
            "SET search_path = ''; SET row_security = off; SET standard_conforming_strings = on;"
                    + " SET quote_all_identifiers = off; SET DateStyle = ISO; SET IntervalStyle = postgres; SET TimeZone = 'UTC';"
                    + " SET extra_float_digits = 3; SET bytea_output = hex; SET lc_monetary = 'C'";

    private static final String BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
    private static final String PATIENCE = "SET LOCAL lock_timeout = '10s'";

    /** Rows go as fast as the other server takes them. */
    private static final String NO_HURRY = "SET LOCAL statement_timeout = 0";

    /** Keeps configurations out, which change what is about to be read. */
    private static final String NO_CONFIGURATION = "LOCK TABLE allotment.schema_version IN SHARE UPDATE EXCLUSIVE MODE";

    private static final String USUAL_PATH = "\"$user\", public";
    private static final int ATTEMPTS = 5;
    /** Of rows that go in one part, where there is more than one; no more than the buffers of a connection have room for. */
    private static final int FULL = 1 << 16;

    /** Gives part after part, and null after the last one. */
    private interface Parts {
        @Nullable
        Part next() throws SQLException;
    }

    private final Connection connection;
    private final String name;
    private final Deque<Parts> parts = new ArrayDeque<>();
    private byte[] bytes = {};
    private int position;

    private DatabaseSender(Connection connection, String name) {
        this.connection = connection;
        this.name = name;
    }

    /**
     * Looks through a database, and reads its rows as it is read itself.
     *
     * @param connection of an administrator, for this alone
     * @param version of the base schema
     * @throws SaasException {@code database.not-transferable}
     */
    public static DatabaseSender open(Connection connection, String name, String version) throws SQLException {
        DatabaseSender sender = new DatabaseSender(connection, name);
        sender.execute(SETTINGS);
        // Before, since of what cannot be read it is told why; and after, since it may have come meanwhile.
        sender.refuse();
        sender.holdStill();
        sender.refuse();
        sender.plan(version);
        sender.execute(NO_HURRY);
        return sender;
    }

    /** The tables are locked before the moment that is read, since a table that is rewritten later would seem empty. */
    private void holdStill() throws SQLException {
        for (int attempt = 1; ; attempt++) {
            List<String> tables = column(DumpInventory.TABLES);
            execute(BEGIN);
            execute(PATIENCE);
            execute(NO_CONFIGURATION);
            if (!tables.isEmpty()) {
                lock(tables);
            }
            if (column(DumpInventory.TABLES).equals(tables)) {
                return;
            }
            execute("ROLLBACK");
            if (attempt == ATTEMPTS) {
                throw notTransferable(name, "its tables come and go all the time; try again when that has ended", null);
            }
        }
    }

    private void lock(List<String> tables) throws SQLException {
        try {
            execute("LOCK TABLE ONLY " + String.join(", ONLY ", tables) + " IN ACCESS SHARE MODE");
        } catch (SQLException e) {
            if (SqlStates.UNKNOWN_TABLE.matches(e) || SqlStates.UNKNOWN_SCHEMA.matches(e)) {
                throw SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        "A table of database " + name + " was removed while it was looked through. Try again.",
                        e);
            }
            throw e;
        }
    }

    private void refuse() throws SQLException {
        List<String> obstacles = column(DumpInventory.OBSTACLES);
        if (!obstacles.isEmpty()) {
            int more = obstacles.size() - 1;
            throw notTransferable(
                    name,
                    "it has what cannot be made on another server, " + obstacles.get(0)
                            + (more == 0 ? "" : ", and " + more + " more things of that kind") + "; remove that first",
                    null);
        }
    }

    public static SaasException notTransferable(String name, String why, @Nullable Throwable cause) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.DATABASE_NOT_TRANSFERABLE,
                "Database " + name + " cannot be copied to another server: " + why + ".",
                Map.of("database", name),
                false,
                cause);
    }

    private void plan(String version) throws SQLException {
        DumpObjects things = things();
        List<DumpObjects.Thing> ordered = things.inOrder(name);
        List<Part> early = new ArrayList<>();
        early.add(new Part(Kind.HEADER, TransferStream.FORMAT, version));
        add(early);
        for (String[] table : rows(DumpInventory.RECORDS)) {
            parts.add(new Rows(
                    new Part(Kind.RECORDS, table[0], table[1]),
                    "COPY allotment." + quoted(table[0]) + " (" + table[1] + ") TO STDOUT"));
        }
        // Read late: what is given meanwhile is in no row that was read.
        parts.add(later(this::counters));
        List<Part> before = new ArrayList<>();
        List<String> path = column(DumpInventory.PATH);
        before.add(new Part(
                Kind.STATEMENT,
                "the search path",
                "SELECT pg_catalog.set_config('search_path', " + literal(path.isEmpty() ? USUAL_PATH : path.get(0))
                        + ", false)"));
        if (column(DumpInventory.HAS_PUBLIC).isEmpty()) {
            before.add(new Part(Kind.STATEMENT, "schema public", "DROP SCHEMA public"));
        }
        int loading = DumpObjects.loading(ordered);
        ordered.subList(0, loading).forEach(thing -> before.add(thing.part()));
        add(before);
        for (String[] table : rows(DumpInventory.LOADED)) {
            load(table[0], table[1], table[2]);
        }
        List<Part> after = new ArrayList<>();
        ordered.subList(loading, ordered.size()).forEach(thing -> after.add(thing.part()));
        List<Part> last = new ArrayList<>();
        for (String details : DumpInventory.DETAILS) {
            for (String[] row : rows(details)) {
                last.add(new Part(Kind.STATEMENT, row[0], row[1]));
            }
        }
        Map<Long, String> filled = new HashMap<>();
        for (String[] row : rows(DumpInventory.FILLED)) {
            filled.put(Long.valueOf(row[0]), row[1]);
        }
        List<Part> refreshes = new ArrayList<>();
        for (DumpObjects.Thing thing : ordered) {
            String view = filled.get(thing.key().id());
            if (view != null && thing.what().startsWith("materialized view")) {
                refreshes.add(new Part(Kind.STATEMENT, thing.what(), "REFRESH MATERIALIZED VIEW " + view));
            }
        }
        // Settings of the database come last, and count for those that connect later.
        parts.add(later(() -> {
            List<Part> sequences = sequences();
            // Nobody has to wait for this database while the other server makes indexes.
            execute("COMMIT");
            return Stream.of(after, sequences, refreshes, last, List.of(new Part(Kind.END)))
                    .flatMap(List::stream)
                    .toList();
        }));
    }

    private DumpObjects things() throws SQLException {
        DumpObjects things = new DumpObjects();
        for (String[] row : rows(DumpInventory.OBJECTS)) {
            things.add(key(row, 0), Integer.parseInt(row[2]), row[3], row[4]);
        }
        for (String[] row : rows(DumpInventory.ALIASES)) {
            things.alias(key(row, 0), key(row, 2));
        }
        for (String[] row : rows(DumpInventory.ALL)) {
            if (!things.has(key(row, 0))) {
                throw notTransferable(name, "nothing is known of how " + row[2] + " could be made elsewhere", null);
            }
        }
        for (String[] row : rows(DumpInventory.NEEDS)) {
            things.need(key(row, 0), key(row, 2), row[4]);
        }
        for (String[] row : rows(DumpInventory.JOINS)) {
            things.join(Integer.parseInt(row[6]), row[0], row[1], key(row, 2), key(row, 4));
        }
        return things;
    }

    private static DumpObjects.Key key(String[] row, int index) {
        return new DumpObjects.Key(Long.parseLong(row[index]), Long.parseLong(row[index + 1]));
    }

    private void load(String what, String table, @Nullable String columns) throws SQLException {
        if (columns == null) {
            if (!column("SELECT 1 FROM ONLY " + table + " LIMIT 1").isEmpty()) {
                throw notTransferable(name, what + " has rows without any column to copy", null);
            }
            return;
        }
        String stored = table + " (" + columns + ")";
        parts.add(
                new Rows(new Part(Kind.ROWS, what, "COPY " + stored + " FROM STDIN"), "COPY " + stored + " TO STDOUT"));
    }

    private List<Part> counters() throws SQLException {
        List<Part> counters = new ArrayList<>();
        for (String[] row : rows(DumpInventory.COUNTERS)) {
            String[] state = rows("SELECT last_value, is_called FROM " + row[2]).get(0);
            counters.add(new Part(Kind.COUNTER, row[0], row[1], state[0], state[1]));
        }
        return counters;
    }

    private List<Part> sequences() throws SQLException {
        List<Part> sequences = new ArrayList<>();
        for (String sequence : column(DumpInventory.SEQUENCES)) {
            String[] state =
                    rows("SELECT last_value, is_called FROM " + sequence).get(0);
            sequences.add(new Part(
                    Kind.STATEMENT,
                    "sequence " + sequence,
                    "SELECT pg_catalog.setval(" + literal(sequence) + ", " + state[0] + ", "
                            + (state[1].equals("t") ? "true" : "false") + ")"));
        }
        return sequences;
    }

    private void add(List<Part> ready) {
        Deque<Part> left = new ArrayDeque<>(ready);
        parts.add(left::poll);
    }

    private interface Question {
        List<Part> ask() throws SQLException;
    }

    private static Parts later(Question question) {
        Deque<Part> left = new ArrayDeque<>();
        boolean[] asked = {false};
        return () -> {
            if (!asked[0]) {
                asked[0] = true;
                left.addAll(question.ask());
            }
            return left.poll();
        };
    }

    /** The rows of a table, in parts of some size. */
    private final class Rows implements Parts {
        private final Part first;
        private final String sql;
        private @Nullable CopyOut copy;
        /** Read already, for the next part. */
        private byte @Nullable [] row;

        private boolean done;

        Rows(Part first, String sql) {
            this.first = first;
            this.sql = sql;
        }

        @Override
        public @Nullable Part next() throws SQLException {
            if (done) {
                return null;
            }
            CopyOut reading = copy;
            if (reading == null) {
                reading = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
                copy = reading;
                row = reading.readFromCopy();
                return first;
            }
            byte[] next = row;
            if (next == null) {
                done = true;
                return new Part(Kind.ROWS_END);
            }
            ByteArrayOutputStream rows = new ByteArrayOutputStream();
            do {
                rows.writeBytes(next);
                next = reading.readFromCopy();
            } while (next != null && rows.size() + next.length <= FULL);
            row = next;
            return Part.data(rows.toByteArray());
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (position == bytes.length) {
            Part part = next();
            if (part == null) {
                return -1;
            }
            bytes = part.bytes();
            position = 0;
        }
        int count = Math.min(length, bytes.length - position);
        System.arraycopy(bytes, position, target, offset, count);
        position += count;
        return count;
    }

    private @Nullable Part next() throws IOException {
        try {
            while (!parts.isEmpty()) {
                Part part = parts.element().next();
                if (part != null) {
                    return part;
                }
                parts.remove();
            }
            return null;
        } catch (SQLException e) {
            throw new IOException("Database " + name + " cannot be read any more", e);
        }
    }

    private static String quoted(String identifier) {
        return Schema.quoted(identifier);
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<String> column(String sql) throws SQLException {
        return rows(sql).stream().map(row -> row[0]).toList();
    }

    private List<String[]> rows(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String[]> all = new ArrayList<>();
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                String[] row = new String[columns];
                for (int i = 0; i < columns; i++) {
                    row[i] = rows.getString(i + 1);
                }
                all.add(row);
            }
            return all;
        }
    }
}
