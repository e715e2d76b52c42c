// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** A PostgreSQL server that waits for the disk, started for one test. */
final class PostgresGround implements Ground {
    private static final String CATALOG = "postgres";
    private static final String STRANGER = "stranger";

    /** Databases that belong to roles of the control plane. */
    private static final String DATABASES = """
            SELECT d.datname, o.rolname FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
            WHERE o.rolname LIKE 'allotment\\_%'
            """;

    /** Databases of others; those that were left by {@link #putForeign}, with what is to be as it was. */
    private static final String OTHERS = """
            SELECT datname, o.rolname, datallowconn AND has_database_privilege('public', d.oid, 'CONNECT') AS open FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
            WHERE o.rolname NOT LIKE 'allotment\\_%'
              AND datname NOT IN ('postgres', 'template0', 'template1')
              AND NOT (datname LIKE 'allotment\\_base\\_%' AND datistemplate AND NOT datallowconn)
            """;

    private static final String HALF_DONE = """
            SELECT datname FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
            WHERE o.rolname LIKE 'allotment\\_%'
              AND (NOT datallowconn OR datconnlimit = -2 OR o.rolconnlimit = 0 OR o.rolvaliduntil <> 'infinity'
                   OR has_database_privilege('public', d.oid, 'CONNECT'))
            """;

    private final String server;
    private Path data;
    private final Set<String> put = new HashSet<>();
    private EmbeddedPostgres postgres;
    private @Nullable EmbeddedPostgres standby;
    private @Nullable Path standbyData;

    PostgresGround(String server, Path data) {
        this.server = server;
        this.data = data;
        postgres = start(data, 0);
    }

    private static EmbeddedPostgres start(Path data, int port) {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                // Off by default, and then a crash takes what was committed with it.
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "200")
                .setPGStartupWait(Duration.ofMinutes(1));
        try {
            return (port == 0 ? builder : builder.setPort(port)).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it as "immediate" does, in the middle of everything, and starts it again at the same place. */
    void restartImmediately() throws Exception {
        int port = postgres.getPort();
        end("-QUIT");
        postgres = start(data, port);
    }

    /** Kills all of its processes at once. {@link #start()} starts it again. */
    void kill() throws Exception {
        long postmaster = postmaster();
        // So that it starts no process while the others are looked for.
        run("kill", "-STOP", Long.toString(postmaster));
        ProcessHandle first = ProcessHandle.of(postmaster).orElseThrow();
        List<ProcessHandle> all =
                Stream.concat(Stream.of(first), first.descendants()).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle each : all) {
            each.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        }
    }

    /** Starts it again at the same place after {@link #kill}. It recovers what was committed. */
    void start() throws IOException {
        int port = postgres.getPort();
        postgres.close();
        postgres = start(data, port);
    }

    /** Ends it, replaces its files by a copy, and starts it again at the same place. */
    void restoreFiles(Path copy) throws Exception {
        int port = postgres.getPort();
        end("-INT");
        run("rm", "-rf", data.toString());
        run("cp", "-a", copy.toString(), data.toString());
        postgres = start(data, port);
    }

    /** Copies its files when it is not running. */
    void copyFiles(Path copy) throws Exception {
        int port = postgres.getPort();
        end("-INT");
        run("cp", "-a", data.toString(), copy.toString());
        postgres = start(data, port);
    }

    private void end(String signal) throws Exception {
        long postmaster = postmaster();
        run("kill", signal, Long.toString(postmaster));
        ProcessHandle.of(postmaster)
                .ifPresent(handle ->
                        handle.onExit().orTimeout(30, TimeUnit.SECONDS).join());
        // Gives up the lock on its folder; there is nothing left to stop.
        postgres.close();
    }

    private long postmaster() throws IOException {
        return Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0));
    }

    static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    }

    /** Starts a server that receives every commit before its caller is answered. */
    void addStandby(Path folder) throws Exception {
        // A backup ends with the session that started it.
        try (Connection connection = catalog();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_backup_start('standby', true)");
            // Files may vanish meanwhile; the log has what the copy lacks.
            new ProcessBuilder("cp", "-a", data.toString(), folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            try (ResultSet end = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
                assertThat(end.next()).isTrue();
                Files.writeString(folder.resolve("backup_label"), end.getString(1));
            }
        }
        Files.deleteIfExists(folder.resolve("postmaster.pid"));
        Files.deleteIfExists(folder.resolve("epg-lock"));
        Files.createFile(folder.resolve("standby.signal"));
        Files.writeString(
                folder.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=" + postgres.getPort() + " user=postgres'\n");
        standby = start(folder, 0);
        standbyData = folder;
        try (Connection connection = catalog();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    /** From now on, no commit waits for the standby, which still receives everything. */
    void commitWithoutStandby() throws SQLException {
        try (Connection connection = catalog();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER SYSTEM SET synchronous_standby_names = ''");
            statement.execute("SELECT pg_reload_conf()");
        }
        List<String> waitedFor = List.of("not known");
        while (!waitedFor.equals(List.of(""))) {
            try (Connection connection = catalog()) {
                waitedFor = Rows.column(connection, "SHOW synchronous_standby_names");
            }
        }
    }

    /** From now on, the standby receives nothing, and no commit waits for it. */
    void detachStandby() throws SQLException {
        String url =
                "jdbc:postgresql://localhost:" + Objects.requireNonNull(standby).getPort() + '/' + CATALOG;
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER SYSTEM SET primary_conninfo = ''");
            statement.execute("SELECT pg_reload_conf()");
            long receivers = 1;
            while (receivers > 0) {
                receivers = Long.parseLong(Rows.column(connection, "SELECT count(*) FROM pg_stat_wal_receiver")
                        .get(0));
            }
        }
        try (Connection connection = catalog();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER SYSTEM SET synchronous_standby_names = ''");
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    /** Kills the server, and promotes its standby. */
    void promoteStandby() throws Exception {
        end("-QUIT");
        postgres = Objects.requireNonNull(standby);
        data = Objects.requireNonNull(standbyData);
        standby = null;
        try (Connection connection = catalog();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_promote()");
        }
    }

    @Override
    public String server() {
        return server;
    }

    @Override
    public String backend() {
        return "postgres";
    }

    @Override
    public Map<String, String> settings() {
        String url = standby == null
                ? url(CATALOG)
                : "jdbc:postgresql://localhost:" + postgres.getPort() + ",localhost:" + standby.getPort() + '/'
                        + CATALOG + "?targetServerType=primary";
        return Map.of("url", url, "user", "postgres", "pool.size", "20");
    }

    @Override
    public boolean shared() {
        return true;
    }

    private String url(String database) {
        return "jdbc:postgresql://localhost:" + postgres.getPort() + '/' + database;
    }

    @Override
    public Connection catalog() throws SQLException {
        return connect(CATALOG);
    }

    /** Copies the rows and sequences of all tables, as pg_dump does. */
    @Override
    public Runnable backUpCatalog() {
        Map<String, byte[]> tables = new LinkedHashMap<>();
        List<String> sequences;
        try (Connection connection = catalog()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
            for (String table : Rows.column(
                    connection, "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'allotment'")) {
                ByteArrayOutputStream rows = new ByteArrayOutputStream();
                copies.copyOut("COPY (SELECT * FROM allotment." + table + ") TO STDOUT", rows);
                tables.put(table, rows.toByteArray());
            }
            sequences = Rows.column(
                    connection,
                    "SELECT format('SELECT setval(%L, %s, %L)', quote_ident(schemaname) || '.' || quote_ident(sequencename),"
                            + " coalesce(last_value, start_value), last_value IS NOT NULL)"
                            + " FROM pg_sequences WHERE schemaname = 'allotment'");
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(e);
        }
        return () -> restoreCatalog(tables, sequences);
    }

    private void restoreCatalog(Map<String, byte[]> tables, List<String> sequences) {
        try (Connection connection = catalog();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            // No foreign keys meanwhile, so that the order does not matter.
            statement.execute("SET LOCAL session_replication_role = replica");
            CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
            for (Map.Entry<String, byte[]> table : tables.entrySet()) {
                statement.execute("TRUNCATE allotment." + table.getKey() + " CASCADE");
            }
            for (Map.Entry<String, byte[]> table : tables.entrySet()) {
                copies.copyIn(
                        "COPY allotment." + table.getKey() + " FROM STDIN", new ByteArrayInputStream(table.getValue()));
            }
            for (String sequence : sequences) {
                statement.execute(sequence);
            }
            connection.commit();
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Connection database(String name, UUID identity) throws SQLException {
        return connect(name);
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), "postgres", "");
    }

    @Override
    public Map<String, UUID> databases() throws SQLException {
        Map<String, UUID> found = new HashMap<>();
        try (Connection connection = catalog()) {
            for (var row : Rows.of(connection, DATABASES)) {
                found.put(String.valueOf(row.get("datname")), identity(String.valueOf(row.get("rolname"))));
            }
        }
        return found;
    }

    /** A role ends in the digits of the identity that it stands for. */
    private static UUID identity(String role) {
        String digits = role.substring(role.lastIndexOf('_') + 1);
        return new UUID(
                Long.parseUnsignedLong(digits.substring(0, 16), 16), Long.parseUnsignedLong(digits.substring(16), 16));
    }

    @Override
    public Set<String> letIn() throws SQLException {
        try (Connection connection = catalog()) {
            // While its rows are loaded, a role can sign in with an expiry date and a password that only the loader
            // has.
            return new HashSet<>(Rows.column(
                    connection,
                    DATABASES + " AND o.rolcanlogin AND d.datallowconn"
                            + " AND (o.rolvaliduntil = 'infinity' OR o.rolvaliduntil IS NULL)"));
        }
    }

    @Override
    public void assertNothingElse(Map<String, UUID> databases) throws SQLException {
        try (Connection connection = catalog()) {
            assertThat(put).as("databases of others").containsAll(Rows.column(connection, OTHERS));
            assertThat(Rows.column(connection, HALF_DONE))
                    .as("databases half made")
                    .isEmpty();
            List<String> roles = Rows.column(
                    connection, "SELECT rolname FROM pg_roles WHERE rolname ~ '^allotment_[0-9a-f]{12}_[0-9a-f]{32}$'");
            assertThat(roles)
                    .as("each database has a role, and no role is without one")
                    .extracting(PostgresGround::identity)
                    .containsExactlyInAnyOrderElementsOf(databases.values());
        }
    }

    @Override
    public boolean putForeign(String name) throws SQLException {
        try (Connection connection = catalog();
                Statement statement = connection.createStatement()) {
            if (put.isEmpty()) {
                statement.execute("CREATE ROLE " + STRANGER);
            }
            statement.execute("CREATE DATABASE \"" + name + "\" OWNER " + STRANGER);
        }
        try (Connection connection = connect(name);
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE " + STRANGER);
            statement.execute("CREATE TABLE notes AS SELECT text '" + name + "' AS text");
        }
        put.add(name);
        return true;
    }

    @Override
    public Set<String> put() {
        return Set.copyOf(put);
    }

    @Override
    public Set<String> foreign() throws SQLException {
        Set<String> found = new HashSet<>();
        try (Connection connection = catalog()) {
            for (var row : Rows.of(connection, OTHERS)) {
                String name = String.valueOf(row.get("datname"));
                assertThat(row)
                        .as("owner of %s, and who can connect", name)
                        .containsEntry("rolname", STRANGER)
                        .containsEntry("open", "t");
                assertUntouched(name);
                found.add(name);
            }
        }
        return found;
    }

    private void assertUntouched(String name) throws SQLException {
        try (Connection inside = connect(name)) {
            assertThat(Rows.column(inside, "SELECT text FROM notes"))
                    .as("what is in %s", name)
                    .containsExactly(name);
            assertThat(Rows.column(inside, """
                            SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                            JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = 'stranger' AND c.relkind = 'r'
                            """))
                    .as("what belongs to its owner in %s", name)
                    .containsExactly("notes");
            assertThat(Rows.column(inside, "SELECT nspname FROM pg_namespace WHERE nspname = 'allotment'"))
                    .as("what the control plane has left in %s", name)
                    .isEmpty();
        }
    }

    @Override
    public void close() {
        try {
            if (standby != null) {
                standby.close();
            }
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
