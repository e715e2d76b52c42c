// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.PieceStream;
import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.postgres.server.PostgresVersion;
import dev.allotment.postgres.server.SqlStates;
import dev.allotment.postgres.transfer.DumpObjects.DumpObject;
import dev.allotment.postgres.transfer.TransferStream.Kind;
import dev.allotment.postgres.transfer.TransferStream.Part;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Reads a tenant database as a stream for {@link DatabaseReceiver}, in two transactions with one snapshot, which change
 * nothing. It only reads system tables and rows, which runs no code of the tenant. Not thread-safe.
 *
 * <p>The tenant can give a name to another object at any time, even to one in a schema whose tables are locked. So no
 * query reads what a name of the tenant means: COPY reads only tables, and does so without planning, which would
 * evaluate functions in indexes and checks. Sequences are read through views, after it was checked what these read.
 */
public final class DatabaseSender extends PieceStream {
    /** These override what the tenant set for its database. No policy hides rows. */
    static final String SETTINGS = "SET search_path = ''; SET row_security = off; SET standard_conforming_strings = on;"
            + " SET quote_all_identifiers = off; SET DateStyle = ISO; SET IntervalStyle = postgres; SET TimeZone = 'UTC';"
            + " SET extra_float_digits = 3; SET bytea_output = hex; SET lc_monetary = 'C';"
            + " SET restrict_nonsystem_relation_kind = 'view, foreign-table'; SET idle_session_timeout = 0;"
            // From version 17 on.
            + " SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout'";

    private static final String BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ";
    private static final String READ_ONLY = "SET TRANSACTION READ ONLY";
    private static final String LOCK_TIMEOUT = "SET LOCAL lock_timeout = '10s'";

    /** The other server decides how fast rows are read. */
    private static final String NO_STATEMENT_TIMEOUT = "SET LOCAL statement_timeout = 0";

    /** Makes configuration changes wait, since they change what is about to be read. */
    private static final String TURN = "SELECT FROM allotment.schema_version WHERE version = 1 FOR SHARE";

    private static final String ROLLBACK = "ROLLBACK";

    /** The session of the control plane is used at least this often, so that the server does not end it. */
    private static final long LONGEST_UNUSED_NANOS = 1_000_000_000L;

    private static final String ALLOW_VIEWS = "SET LOCAL restrict_nonsystem_relation_kind = ''";
    private static final String VIEW = "allotment_sequences_";
    /** How many sequences a view reads. */
    private static final int MOST_IN_VIEW = 100;

    private static final String DEFAULT_SEARCH_PATH = "\"$user\", public";
    private static final int ATTEMPTS = 5;

    /** A source of parts. Returns null after the last one. */
    private interface Parts {
        @Nullable
        Part next() throws SQLException;
    }

    /**
     * The two sessions in a database that read it, which nothing else uses. Both are in auto-commit mode.
     *
     * @param control of the role of the control plane. It reads the records of the base schema, and nothing that the
     *     tenant could put there
     * @param tenant reads everything else, so it needs no more than the rights of the tenant
     */
    public record Sessions(Connection control, Connection tenant) {}

    private final Connection control;
    private final Connection tenant;
    private final String name;
    private final Deque<Parts> parts = new ArrayDeque<>();
    /** The rest of the part whose start was read. */
    private byte @Nullable [] data;

    private long controlUsed = System.nanoTime();

    private DatabaseSender(Sessions sessions, String name) {
        this.control = sessions.control();
        this.tenant = sessions.tenant();
        this.name = name;
    }

    /**
     * Lists what a database contains. Its rows are read while the stream is read.
     *
     * @param version the version of the base schema
     * @param silence how long the other server may take before it reads more
     * @param snapshot an exported snapshot to read; null: the present one. A table that is rewritten after it was taken
     *     may seem empty, so the caller compares what the database contained then
     * @throws SaasException {@code database.not-transferable}, {@code backend.unsupported}
     */
    public static DatabaseSender open(
            Sessions sessions, String name, String version, Duration silence, @Nullable String snapshot)
            throws SQLException {
        DatabaseSender sender = new DatabaseSender(sessions, name);
        PostgresVersion.of(sessions.control()).checkTransferable(name);
        sender.executeOnBoth(SETTINGS);
        // Before the tables are locked, so that the message names what cannot be read. And again afterwards, for
        // objects that were created meanwhile.
        sender.checkTransferable();
        sender.lockTables(snapshot);
        sender.checkTransferable();
        sender.checkSizes();
        sender.plan(version);
        sender.executeOnBoth(READ_ONLY);
        sender.executeOnBoth(NO_STATEMENT_TIMEOUT);
        execute(sessions.tenant(), idleTimeout(silence));
        // This one also waits while the other one reads.
        execute(sessions.control(), idleTimeout(silence.multipliedBy(2)));
        return sender;
    }

    /**
     * Looks whether a database could be read, and returns what another server may refuse. Changes and locks nothing.
     *
     * @throws SaasException {@code database.not-transferable}, {@code backend.unsupported}
     */
    public static List<String> doubts(Sessions sessions, String name) throws SQLException {
        DatabaseSender sender = new DatabaseSender(sessions, name);
        PostgresVersion.of(sessions.control()).checkTransferable(name);
        sender.executeOnBoth(SETTINGS);
        sender.checkTransferable();
        sender.checkSizes();
        return sender.column(DumpInventory.DOUBTS);
    }

    private static String idleTimeout(Duration longest) {
        return "SET LOCAL idle_in_transaction_session_timeout = " + longest.toMillis();
    }

    /**
     * Locks the tables before the snapshot is taken, since a table that is rewritten after it would seem empty. Taking
     * the turn takes the snapshot, which the session that has locked the tables takes over. A configuration change that
     * has the turn may need a table, so the turn is not waited for with locked tables.
     */
    private void lockTables(@Nullable String snapshot) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            List<List<String>> tables = lists(DumpInventory.TABLES_TO_LOCK);
            executeOnBoth(BEGIN);
            executeOnBoth(LOCK_TIMEOUT);
            if (snapshot != null) {
                executeOnBoth(take(snapshot));
            }
            if (!tables.isEmpty()) {
                lock(tables.stream().map(table -> table.get(1)).toList());
            }
            boolean turn = takesTurn();
            if (turn) {
                if (snapshot == null) {
                    execute(
                            tenant,
                            take(rows(control, "SELECT pg_export_snapshot()").get(0)[0]));
                }
                if (lists(DumpInventory.TABLES_TO_LOCK).equals(tables)
                        && lists(DumpInventory.LOCKED_TABLES).equals(tables)) {
                    return;
                }
            }
            executeOnBoth(ROLLBACK);
            if (attempt == ATTEMPTS) {
                throw notTransferable(name, "tables are being created and dropped in it; try again later", null);
            }
            if (!turn) {
                awaitTurn();
            }
        }
    }

    private static String take(String snapshot) {
        return "SET TRANSACTION SNAPSHOT '" + snapshot + "'";
    }

    private boolean takesTurn() throws SQLException {
        try {
            execute(control, TURN + " NOWAIT");
            return true;
        } catch (SQLException e) {
            if (SqlStates.LOCK_NOT_AVAILABLE.matches(e)) {
                return false;
            }
            throw e;
        }
    }

    private void awaitTurn() throws SQLException {
        execute(control, "BEGIN");
        execute(control, LOCK_TIMEOUT);
        execute(control, TURN);
        execute(control, "COMMIT");
    }

    private List<List<String>> lists(String query) throws SQLException {
        return query(query).stream().map(List::of).toList();
    }

    private void lock(List<String> tables) throws SQLException {
        try {
            execute(tenant, "LOCK TABLE ONLY " + String.join(", ONLY ", tables) + " IN ACCESS SHARE MODE");
        } catch (SQLException e) {
            if (SqlStates.UNKNOWN_TABLE.matches(e) || SqlStates.UNKNOWN_SCHEMA.matches(e)) {
                throw changed(e);
            }
            throw e;
        }
    }

    private SaasException changed(@Nullable Throwable cause) {
        return SaasException.unavailable(
                ErrorCodes.BACKEND_UNAVAILABLE,
                "A table or a sequence of database " + name
                        + " was dropped or renamed while the database was being read. Try again.",
                cause);
    }

    private void checkTransferable() throws SQLException {
        DumpInventory.noteLimits(control, tenant);
        List<String> obstacles = column(DumpInventory.OBSTACLES);
        if (!obstacles.isEmpty()) {
            int more = obstacles.size() - 1;
            throw notTransferable(
                    name,
                    "it contains what cannot be created on another server, " + obstacles.get(0)
                            + (more == 0 ? "" : " and " + more + " more") + "; remove that first",
                    null);
        }
    }

    private void checkSizes() throws SQLException {
        execute(tenant, "SET statement_timeout = 0");
        String large = TransferSizes.tooManyDefinitions(tenant);
        // A source from the past is read with the rights of the control plane, so no query names its tables.
        boolean confined =
                !control.getMetaData().getUserName().equals(tenant.getMetaData().getUserName());
        if (large == null && confined) {
            large = TransferSizes.tableWithLargeRow(tenant);
        }
        if (large != null) {
            throw notTransferable(name, "it has " + large, null);
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
        List<DumpObject> ordered = objects().inOrder(name);
        List<Part> early = new ArrayList<>();
        early.add(Part.header(version, DatabaseLocale.of(tenant)));
        add(early);
        for (String[] table : rows(control, DumpInventory.query(DumpInventory.BASE_TABLES))) {
            parts.add(new Rows(
                    control,
                    new Part(Kind.RECORDS, table[0], table[1]),
                    "COPY allotment." + quoted(table[0]) + " (" + table[1] + ") TO STDOUT"));
        }
        // Read after the rows, so that no row has a number that the counter has not reached.
        parts.add(onDemand(this::counters));
        List<Part> before = new ArrayList<>();
        List<String> path = column(DumpInventory.SEARCH_PATH);
        before.add(new Part(
                Kind.STATEMENT,
                "the search path",
                "SELECT pg_catalog.set_config('search_path', "
                        + literal(path.isEmpty() ? DEFAULT_SEARCH_PATH : path.get(0)) + ", false)"));
        if (column(DumpInventory.PUBLIC_SCHEMA).isEmpty()) {
            before.add(new Part(Kind.STATEMENT, "schema public", "DROP SCHEMA public"));
        }
        int loading = DumpObjects.beforeRows(ordered);
        ordered.subList(0, loading).forEach(object -> before.add(object.part()));
        add(before);
        for (String[] table : query(DumpInventory.ROWS)) {
            load(table[0], table[1], table[2]);
        }
        List<Part> after = new ArrayList<>();
        ordered.subList(loading, ordered.size()).forEach(object -> after.add(object.part()));
        List<Part> last = new ArrayList<>();
        for (String details : DumpInventory.DETAILS) {
            for (String[] row : query(details)) {
                last.add(new Part(Kind.STATEMENT, row[0], row[1]));
            }
        }
        Map<Long, String> populated = new HashMap<>();
        for (String[] row : query(DumpInventory.POPULATED_VIEWS)) {
            populated.put(Long.valueOf(row[0]), row[1]);
        }
        List<Part> refreshes = new ArrayList<>();
        for (DumpObject object : ordered) {
            String view = populated.get(object.key().id());
            if (view != null && object.phase() == DumpPhase.MATERIALIZED_VIEW) {
                refreshes.add(new Part(
                        Kind.STATEMENT, "rows of " + object.description(), "REFRESH MATERIALIZED VIEW " + view));
            }
        }
        List<String[]> sequences = sequences();
        // Settings of the database come last. They apply to sessions that connect after that.
        parts.add(onDemand(() -> {
            List<Part> values = values(sequences);
            // Ends the locks, so that no session waits for them while the other server builds indexes.
            executeOnBoth(ROLLBACK);
            return Stream.of(after, values, refreshes, last, List.of(new Part(Kind.END)))
                    .flatMap(List::stream)
                    .toList();
        }));
    }

    private DumpObjects objects() throws SQLException {
        DumpObjects objects = new DumpObjects();
        for (DumpInventory.Phased query : DumpInventory.OBJECTS) {
            for (String[] row : rows(tenant, query.sql())) {
                objects.add(key(row, 0), query.phase(), row[2], row[3]);
            }
        }
        for (String[] row : query(DumpInventory.ALIASES)) {
            objects.alias(key(row, 0), key(row, 2));
        }
        for (String[] row : query(DumpInventory.ALL_OBJECTS)) {
            if (!objects.has(key(row, 0))) {
                throw notTransferable(name, "there is no statement that creates " + row[2] + " elsewhere", null);
            }
        }
        for (String[] row : query(DumpInventory.NEEDS)) {
            objects.need(key(row, 0), key(row, 2), row[4]);
        }
        for (DumpInventory.Phased query : DumpInventory.JOINS) {
            for (String[] row : rows(tenant, query.sql())) {
                objects.join(query.phase(), row[0], row[1], key(row, 2), key(row, 4));
            }
        }
        return objects;
    }

    private static DumpObjects.Key key(String[] row, int index) {
        return new DumpObjects.Key(Long.parseLong(row[index]), Long.parseLong(row[index + 1]));
    }

    private void load(String what, String table, @Nullable String columns) throws SQLException {
        if (columns == null) {
            CopyOut reading = tenant.unwrap(PGConnection.class).getCopyAPI().copyOut("COPY " + table + " TO STDOUT");
            if (reading.readFromCopy() != null) {
                reading.cancelCopy();
                throw notTransferable(name, what + " has rows, but no column to copy", null);
            }
            return;
        }
        String stored = table + " (" + columns + ")";
        parts.add(new Rows(
                tenant, new Part(Kind.ROWS, what, "COPY " + stored + " FROM STDIN"), "COPY " + stored + " TO STDOUT"));
    }

    private List<Part> counters() throws SQLException {
        List<Part> counters = new ArrayList<>();
        for (String[] row : rows(control, DumpInventory.query(DumpInventory.BASE_COUNTERS))) {
            String[] state =
                    rows(control, "SELECT last_value, is_called FROM " + row[2]).get(0);
            counters.add(new Part(Kind.COUNTER, row[0], row[1], state[0], state[1]));
        }
        return counters;
    }

    /**
     * Creates views that read the sequences. A view keeps to what a name means now, and locks that. Creating it runs no
     * code of the tenant.
     */
    private List<String[]> sequences() throws SQLException {
        List<String[]> sequences = query(DumpInventory.SEQUENCES);
        List<String> views = new ArrayList<>();
        Set<List<String>> wanted = new HashSet<>();
        for (int from = 0; from < sequences.size(); from += MOST_IN_VIEW) {
            String view = VIEW + from;
            List<String> selects = new ArrayList<>();
            for (String[] sequence : sequences.subList(from, Math.min(from + MOST_IN_VIEW, sequences.size()))) {
                selects.add("SELECT tableoid, last_value, is_called FROM " + sequence[1]);
                wanted.add(List.of(view, sequence[0]));
            }
            views.add("CREATE TEMPORARY VIEW " + view + " AS " + String.join(" UNION ALL ", selects));
        }
        if (!views.isEmpty()) {
            try {
                execute(tenant, String.join("; ", views));
            } catch (SQLException e) {
                if (SqlStates.isAboutOneObject(e) && !SqlStates.NOT_PERMITTED.matches(e)) {
                    throw changed(e);
                }
                throw e;
            }
        }
        if (!new HashSet<>(lists(DumpInventory.SEQUENCE_VIEWS)).equals(wanted)) {
            throw changed(null);
        }
        return sequences;
    }

    private List<Part> values(List<String[]> sequences) throws SQLException {
        execute(tenant, ALLOW_VIEWS);
        Map<String, String[]> states = new HashMap<>();
        for (int from = 0; from < sequences.size(); from += MOST_IN_VIEW) {
            rows(tenant, "SELECT tableoid, last_value, is_called FROM pg_temp." + VIEW + from)
                    .forEach(state -> states.put(state[0], state));
        }
        List<Part> values = new ArrayList<>();
        for (String[] sequence : sequences) {
            String[] state = Objects.requireNonNull(states.get(sequence[0]));
            values.add(new Part(
                    Kind.STATEMENT,
                    "sequence " + sequence[1],
                    "SELECT pg_catalog.setval(" + literal(sequence[1]) + ", " + state[1] + ", "
                            + (state[2].equals("t") ? "true" : "false") + ")"));
        }
        return values;
    }

    private void add(List<Part> ready) {
        Deque<Part> left = new ArrayDeque<>(ready);
        parts.add(left::poll);
    }

    private interface PartsQuery {
        List<Part> run() throws SQLException;
    }

    /** Runs a query when its first part is needed. */
    private static Parts onDemand(PartsQuery query) {
        Deque<Part> left = new ArrayDeque<>();
        boolean[] done = {false};
        return () -> {
            if (!done[0]) {
                done[0] = true;
                left.addAll(query.run());
            }
            return left.poll();
        };
    }

    /** The rows of a table, in parts of about the same size. */
    private final class Rows implements Parts {
        private final Connection connection;
        private final Part first;
        private final String sql;
        private @Nullable CopyOut copy;
        /** The first row of the next part; null: it was not read yet. */
        private byte @Nullable [] row;

        private boolean done;

        Rows(Connection connection, Part first, String sql) {
            this.connection = connection;
            this.first = first;
            this.sql = sql;
        }

        @Override
        public @Nullable Part next() throws SQLException {
            if (done) {
                return null;
            }
            if (connection != control) {
                keepControl();
            }
            CopyOut reading = copy;
            if (reading == null) {
                reading = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
                copy = reading;
                return first;
            }
            byte[] next = row == null && reading.isActive() ? reading.readFromCopy() : row;
            row = null;
            if (next == null) {
                done = true;
                return new Part(Kind.ROWS_END);
            }
            // Not two large rows at a time.
            if (next.length >= TransferStream.FULL) {
                return Part.data(next);
            }
            ByteArrayOutputStream rows = new ByteArrayOutputStream();
            do {
                rows.writeBytes(next);
                next = reading.readFromCopy();
            } while (next != null && rows.size() + next.length <= TransferStream.FULL);
            row = next;
            return Part.data(rows.toByteArray());
        }
    }

    @Override
    protected byte @Nullable [] piece() throws IOException {
        byte[] rows = data;
        data = null;
        if (rows != null) {
            return rows;
        }
        Part part = next();
        if (part == null) {
            return null;
        }
        data = part.data().length == 0 ? null : part.data();
        return part.head();
    }

    /** Reads the next part; null after the last one. Not to be mixed with reading bytes. */
    @Nullable
    Part next() throws IOException {
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
            boolean temporary = Failures.kind(PostgresDialect.INSTANCE, e).isTemporary();
            throw new IOException(
                    "Reading database " + name + " failed",
                    temporary ? e : notTransferable(name, "the server cannot read a part of it", e));
        }
    }

    /** Uses the session of the control plane, which has the turn until the rows are read. */
    private void keepControl() throws SQLException {
        if (System.nanoTime() - controlUsed > LONGEST_UNUSED_NANOS) {
            execute(control, "SELECT");
            controlUsed = System.nanoTime();
        }
    }

    private static String quoted(String identifier) {
        return Schema.quoted(identifier);
    }

    /** Means the same with each value of standard_conforming_strings. */
    private static String literal(String text) {
        String quoted = "'" + text.replace("'", "''").replace("\\", "\\\\") + "'";
        return text.indexOf('\\') < 0 ? quoted : "E" + quoted;
    }

    private void executeOnBoth(String sql) throws SQLException {
        execute(control, sql);
        execute(tenant, sql);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    /** The first column of a query of the inventory. */
    private List<String> column(String query) throws SQLException {
        return query(query).stream().map(row -> row[0]).toList();
    }

    private List<String[]> query(String name) throws SQLException {
        return rows(tenant, DumpInventory.query(name));
    }

    private static List<String[]> rows(Connection connection, String sql) throws SQLException {
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
