// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Schema;
import dev.allotment.jdbc.SqlDialect;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.postgres.transfer.TransferStream.Kind;
import dev.allotment.postgres.transfer.TransferStream.Part;
import dev.allotment.spi.backend.DatabaseExport;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import java.io.DataInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills a new database from the stream of a {@link DatabaseSender}, or exports what is in it. An administrator loads
 * the records of the base schema, and executes no text of the stream. Everything else comes from the tenant. It is
 * executed in a session that signed in as the tenant's role, so it can do nothing that this role could not do anyway.
 * Not thread-safe.
 */
public final class DatabaseReceiver {
    /**
     * Those that the database was read with. Bodies of functions are not checked, and commits do not wait for the disk.
     */
    private static final String SETTINGS = "SET standard_conforming_strings = on; SET check_function_bodies = off;"
            + " SET row_security = off; SET DateStyle = ISO; SET IntervalStyle = postgres; SET TimeZone = 'UTC';"
            + " SET lc_monetary = 'C'; SET xmloption = content; SET array_nulls = on; SET transform_null_equals = off;"
            + " SET client_min_messages = error; SET synchronous_commit = off;"
            // Loads PL/pgSQL, so that its settings are known.
            + " DO 'BEGIN END'";

    /** The start of the description of rows, before the name of the table. */
    private static final String TABLE = "table ";

    /** The start of the description of what rows need. */
    private static final Pattern HOLDS_ROWS = Pattern.compile("schema |type |domain |table |sequence |the search path");

    private static final int MOST_SHOWN = 200;

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseReceiver.class);

    /** A name that needs no quotes unless it is a keyword. */
    private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_$]*");

    /**
     * The columns of a table that a sender names, and whether rows are stored without any code of the tenant: the types
     * of all columns are PostgreSQL's own, and the table has neither defaults, generated columns, checks, indexes nor
     * triggers, and is no partition. All of these come after the rows unless something before them needs them.
     */
    private static final String TABLE_TO_LOAD = """
            SELECT ARRAY(SELECT CAST(a.attname AS text) FROM pg_attribute a
                    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum),
                c.relkind = 'r' AND NOT c.relispartition AND c.relchecks = 0 AND NOT c.relhasindex
                AND NOT c.relhastriggers AND NOT EXISTS (
                    SELECT FROM pg_attribute a
                    WHERE a.attrelid = c.oid AND a.attnum > 0 AND (a.atthasdef OR a.atttypid >= 16384))
            FROM parse_ident(?) p JOIN pg_namespace n ON n.nspname = p[1] JOIN pg_class c ON c.relnamespace = n.oid
            WHERE c.relname = p[2] AND cardinality(p) = 2
            """;

    /** How many pieces one COPY loads. For each piece, the server would take twice as long. */
    private static final int MOST_PIECES = 16;

    /** A COPY waits for no more pieces after this time, long before the server cancels it. */
    private static final long LONGEST_NANOS = 10_000_000_000L;

    private final String name;
    private final DataInputStream content;
    private final @Nullable DatabaseLocale locale;

    private DatabaseReceiver(String name, DataInputStream content, @Nullable DatabaseLocale locale) {
        this.name = name;
        this.content = content;
        this.locale = locale;
    }

    /**
     * Reads the header of a stream.
     *
     * @param version the version of the base schema here
     * @throws SaasException {@code backend.unsupported}, {@code backend.unavailable}
     */
    public static DatabaseReceiver open(String name, DataInputStream content, String version) {
        TransferStream.Header header;
        try {
            header = TransferStream.readHeader(content, version);
        } catch (IOException e) {
            throw cutOff(name, e);
        }
        if (header == null) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "Database " + name
                            + " cannot be created from this stream: it is of another format, or of a newer version of"
                            + " Allotment. Run the newer version on all nodes.");
        }
        return new DatabaseReceiver(name, content, header.locale());
    }

    /** The locale that the database gets; null: that of the databases of the control plane. */
    public @Nullable DatabaseLocale locale() {
        return locale;
    }

    private SaasException cutOff(IOException cause) {
        return cutOff(name, cause);
    }

    private static SaasException cutOff(String name, IOException cause) {
        if (cause instanceof TransferStream.TooLarge) {
            return DatabaseSender.notTransferable(
                    name,
                    "a row or a definition in it is larger than the memory of this node allows, which is "
                            + (TransferSizes.MOST >> 20) + " MB; give the node more memory",
                    cause);
        }
        return SaasException.unavailable(
                ErrorCodes.BACKEND_UNAVAILABLE,
                "Database " + name + " could not be copied: the stream from the other server ended early or is damaged."
                        + " Try again.",
                cause);
    }

    /**
     * Loads the records of the base schema.
     *
     * @param connection of an administrator, in a transaction that the caller commits
     * @return the first part after the records
     */
    public Part records(Connection connection) throws SQLException {
        Map<String, String> tables = tables(connection);
        Part part = next();
        while (part.kind() == Kind.RECORDS || part.kind() == Kind.COUNTER) {
            if (part.kind() == Kind.RECORDS) {
                if (!hasColumns(tables.get(part.text(0)), part.text(1))) {
                    throw cutOff(new IOException(
                            "The stream has records of table " + part.text(0) + ", which does not exist or differs"));
                }
                copyAll(connection, "COPY " + Schema.qualified(part.text(0)) + " (" + part.text(1) + ") FROM STDIN");
            } else {
                count(connection, part);
            }
            part = next();
        }
        return part;
    }

    /**
     * Passes on everything: the records, and the rest as files for {@code psql}. No server is used.
     *
     * @throws SaasException {@code database.not-transferable}, {@code backend.unavailable}
     */
    public void export(DatabaseExport export) {
        try {
            Part part = next();
            while (part.kind() != Kind.STATEMENT) {
                for (RecordType<?> type : RecordTypes.database()) {
                    if (part.kind() == Kind.RECORDS && part.text(0).equals(type.name())) {
                        exportRecords(type, part.text(1), export);
                    }
                }
                part = next();
            }
            PsqlFiles.write(part, this::next, export, name);
        } catch (IOException e) {
            throw cutOff(e);
        }
    }

    private <R extends Record> void exportRecords(RecordType<R> type, String columns, DatabaseExport export) {
        export.records(type, new RecordRows<>(type, columns, this::next));
    }

    /** The tables of the base schema here, with their columns. An administrator executes no text of the stream. */
    private static Map<String, String> tables(Connection connection) throws SQLException {
        Map<String, String> tables = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(DumpInventory.query(DumpInventory.BASE_TABLES))) {
            while (rows.next()) {
                tables.put(rows.getString(1), rows.getString(2));
            }
        }
        return tables;
    }

    /**
     * Whether a table has these columns, quoted. It may have more: those that were added since a backup was made. An
     * administrator executes the text only if it has nothing but these names.
     */
    private static boolean hasColumns(@Nullable String table, String columns) {
        return table != null && List.of(table.split(", ")).containsAll(List.of(columns.split(", ")));
    }

    private static void count(Connection connection, Part part) throws SQLException {
        try (PreparedStatement set =
                connection.prepareStatement("SELECT setval(CAST(pg_get_serial_sequence(?, ?) AS regclass), ?, ?)")) {
            set.setString(1, Schema.qualified(part.text(0)));
            set.setString(2, part.text(1));
            set.setLong(3, Long.parseLong(part.text(2)));
            set.setBoolean(4, part.text(3).equals("t"));
            set.execute();
        }
    }

    /**
     * Creates all other objects and loads their rows, to the end of the stream.
     *
     * @param connection of the tenant's role
     * @param administrator of an administrator, in auto-commit mode; it only reads system tables
     * @param first what {@link #records} returned
     * @param done called after each statement, and after some pieces of rows
     * @param refused called with the description of each object that holds no rows, and of each step after the rows,
     *     that the server refuses; null: the first one is an error
     */
    public void rest(
            Connection connection,
            Connection administrator,
            Part first,
            Runnable done,
            @Nullable Consumer<? super String> refused)
            throws SQLException {
        execute(connection, SETTINGS);
        boolean rowsLoaded = false;
        for (Part part = first; part.kind() != Kind.END; part = next()) {
            try {
                switch (part.kind()) {
                    case STATEMENT -> {
                        boolean vital = refused == null
                                || (!rowsLoaded
                                        && HOLDS_ROWS.matcher(part.text(0)).lookingAt());
                        execute(connection, part, vital ? null : refused);
                        done.run();
                    }
                    case ROWS -> {
                        load(connection, administrator, part, done);
                        rowsLoaded = true;
                    }
                    default ->
                        throw cutOff(new IOException(
                                "The stream has a part of kind " + part.kind() + " in the wrong place"));
                }
            } catch (SQLException e) {
                throw failed(part, e);
            }
        }
    }

    private void execute(Connection connection, Part part, @Nullable Consumer<? super String> refused)
            throws SQLException {
        try {
            execute(connection, part.text(1));
        } catch (SQLException e) {
            if (refused == null || Failures.kind(PostgresDialect.INSTANCE, e).isTemporary()) {
                throw e;
            }
            String what = printable(part.text(0));
            LOG.atInfo()
                    .setCause(e)
                    .addKeyValue("database", name)
                    .addKeyValue("refused", what)
                    .log("The server refuses a part of a database that is restored");
            refused.accept(what);
        }
    }

    /** The stream may come from a stranger. */
    private static String printable(String description) {
        String shown = description.replaceAll("\\p{Cntrl}", " ");
        return shown.length() <= MOST_SHOWN ? shown : shown.substring(0, MOST_SHOWN) + "…";
    }

    private RuntimeException failed(Part part, SQLException cause) {
        SqlDialect.Failure kind = Failures.kind(PostgresDialect.INSTANCE, cause);
        return !kind.isTemporary()
                ? DatabaseSender.notTransferable(name, "the other server refuses " + part.text(0), cause)
                : Failures.translate(PostgresDialect.INSTANCE, "Copying database " + name, cause);
    }

    /**
     * Copies each piece separately if rows may run code of the tenant. Otherwise a piece could be written while the
     * server still runs that code for an earlier one, and a write has no timeout. The next piece is read, which may
     * decrypt it, while the server loads this one.
     */
    private void load(Connection connection, Connection administrator, Part rows, Runnable done) throws SQLException {
        Loading loading = loading(administrator, rows);
        int most = loading == Loading.RUNS_NO_CODE ? MOST_PIECES : 1;
        for (Part part = next(); part.kind() != Kind.ROWS_END; ) {
            if (!mayBeWritten(part.data(), loading)) {
                throw cutOff(new IOException("The stream has a piece that is too large in " + rows.text(0)));
            }
            Part first = part;
            part = copy(connection, rows.text(1), copy -> {
                long begun = System.nanoTime();
                Part piece = first;
                int pieces = 0;
                do {
                    copy.writeToCopy(piece.data(), 0, piece.data().length);
                    copy.flushCopy();
                    piece = next();
                    pieces++;
                } while (piece.kind() != Kind.ROWS_END && pieces < most && System.nanoTime() - begun < LONGEST_NANOS);
                return piece;
            });
            done.run();
        }
    }

    private enum Loading {
        RUNS_NO_CODE,
        MAY_RUN_CODE,
        /** The statement is not the one that a sender makes for this table: it may run code, and read any format. */
        FOREIGN
    }

    /**
     * What loading rows may do. No other session of the tenant's role can change that meanwhile: the role has one. The
     * statement has to be the whole text: one that names fewer columns, or has conditions, runs more code.
     */
    private static Loading loading(Connection administrator, Part rows) throws SQLException {
        if (!rows.text(0).startsWith(TABLE)) {
            return Loading.FOREIGN;
        }
        String table = rows.text(0).substring(TABLE.length());
        try (PreparedStatement query = administrator.prepareStatement(TABLE_TO_LOAD)) {
            query.setString(1, table);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()
                        || !isOfSender(
                                rows.text(1), table, (String[]) row.getArray(1).getArray())) {
                    return Loading.FOREIGN;
                }
                return row.getBoolean(2) ? Loading.RUNS_NO_CODE : Loading.MAY_RUN_CODE;
            }
        }
    }

    /** Another version of PostgreSQL has other keywords, so a name may be quoted there and not here. */
    private static boolean isOfSender(String sql, String table, String[] columns) {
        String names = Stream.of(columns)
                .map(name -> Pattern.quote('"' + name.replace("\"", "\"\"") + '"')
                        + (PLAIN.matcher(name).matches() ? "|" + Pattern.quote(name) : ""))
                .map(either -> "(?:" + either + ")")
                .collect(Collectors.joining(", "));
        return sql.matches(Pattern.quote("COPY " + table + " (") + names + Pattern.quote(") FROM STDIN"));
    }

    /**
     * Whether the server reads all of a piece before it runs code. A sender makes a piece that does not fit into the
     * network's buffers for a single row only, which the server reads completely before it stores it.
     */
    private static boolean mayBeWritten(byte[] piece, Loading loading) {
        if (loading == Loading.RUNS_NO_CODE || piece.length <= TransferStream.FULL) {
            return true;
        }
        if (loading == Loading.FOREIGN) {
            return false;
        }
        for (int i = 0; i < piece.length - 1; i++) {
            if (piece[i] == '\n' || piece[i] == '\r') {
                return false;
            }
        }
        return true;
    }

    private void copyAll(Connection connection, String sql) throws SQLException {
        copy(connection, sql, copy -> {
            Part part = next();
            for (; part.kind() != Kind.ROWS_END; part = next()) {
                copy.writeToCopy(part.data(), 0, part.data().length);
            }
            return part;
        });
    }

    private interface Writing {
        /** Returns the first part that is not written. */
        Part to(CopyIn copy) throws SQLException;
    }

    private static Part copy(Connection connection, String sql, Writing writing) throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        boolean written = false;
        try {
            Part next = writing.to(copy);
            written = true;
            copy.endCopy();
            return next;
        } finally {
            if (!written && copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private Part next() {
        try {
            return TransferStream.next(content);
        } catch (IOException e) {
            throw cutOff(e);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }
}
