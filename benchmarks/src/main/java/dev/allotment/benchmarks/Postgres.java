// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A PostgreSQL 17 server with an empty catalog, which waits for the disk. The control plane's role is not a superuser:
 * it is a member of the role of each tenant, which costs PostgreSQL time.
 */
final class Postgres implements AutoCloseable {
    private static final long PATIENCE_NANOS = 600_000_000_000L;
    private static final String ROLE = "keeper";
    private static final String CATALOG = "catalog";
    private static final String PASSWORD = "password-of-the-keeper";

    private final EmbeddedPostgres server;
    private final boolean replicating;
    private final Path folder;
    private final String firstCommand;

    Postgres() throws IOException, SQLException {
        this(false);
    }

    /** Returns a server that can be the source and the target of live moves. It requires a password of the role. */
    static Postgres replicating() throws IOException, SQLException {
        return new Postgres(true);
    }

    private Postgres(boolean replicating) throws IOException, SQLException {
        this.replicating = replicating;
        server = EmbeddedPostgres.builder()
                .setServerConfig("wal_level", replicating ? "logical" : "replica")
                .setServerConfig("max_wal_senders", "10")
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "200")
                .start();
        try (Connection connection = DriverManager.getConnection(url("postgres"), "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE " + ROLE + " LOGIN CREATEDB CREATEROLE"
                    + (replicating ? " REPLICATION IN ROLE pg_create_subscription PASSWORD '" + PASSWORD + "'" : ""));
            if (replicating) {
                try (ResultSet row = statement.executeQuery("SHOW hba_file")) {
                    row.next();
                    Files.writeString(
                            Path.of(row.getString(1)), "host all postgres all trust\nhost all all all scram-sha-256\n");
                }
                statement.execute("SELECT pg_reload_conf()");
            }
            statement.execute("CREATE DATABASE " + CATALOG + " OWNER " + ROLE);
            try (ResultSet row = statement.executeQuery("SHOW data_directory")) {
                row.next();
                folder = Path.of(row.getString(1));
            }
        }
        firstCommand = Files.readString(folder.resolve("postmaster.opts")).strip();
        for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
            if (!values("SHOW " + setting).equals(List.of("on"))) {
                throw new IllegalStateException(setting + " is off, so the figures would not be valid");
            }
        }
    }

    String url() {
        return url(CATALOG);
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + database;
    }

    /** Returns where PostgreSQL's own tools find a database, as a superuser. */
    String administration(String database) {
        return "postgresql://postgres@127.0.0.1:" + server.getPort() + "/" + database;
    }

    /** Returns settings for a control plane in this process. */
    Map<String, String> settings() {
        return replicating
                ? Map.of("url", url(), "user", ROLE, "password", PASSWORD)
                : Map.of("url", url(), "user", ROLE);
    }

    /** Returns arguments for a server's command line. */
    List<String> options() {
        return List.of("--backend", "postgres", "--url", url(), "--user", ROLE);
    }

    Connection connect() throws SQLException {
        return connect(CATALOG);
    }

    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), ROLE, replicating ? PASSWORD : "");
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Writes everything to the disk that is not there yet. Only a superuser may do that. */
    void checkpoint() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url("postgres"), "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT");
        }
    }

    /** Returns the first column. */
    List<String> values(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    /** The process that starts all others. */
    long pid() throws IOException {
        return Long.parseLong(
                Files.readAllLines(folder.resolve("postmaster.pid")).get(0));
    }

    /** Stops it like an operator who restarts it. */
    void stop() throws Exception {
        ProcessHandle postmaster = ProcessHandle.of(pid()).orElseThrow();
        // A fast shutdown: it ends all sessions.
        new ProcessBuilder("kill", "-INT", Long.toString(postmaster.pid()))
                .start()
                .waitFor();
        postmaster.onExit().join();
    }

    /** Kills all its processes at once. */
    void kill() throws IOException {
        ProcessHandle postmaster = ProcessHandle.of(pid()).orElseThrow();
        List<ProcessHandle> family = new ArrayList<>(postmaster.descendants().toList());
        family.add(0, postmaster);
        family.forEach(ProcessHandle::destroyForcibly);
        family.forEach(each -> each.onExit().join());
    }

    /** Starts it again as it was started first. Returns the nanoseconds until it answers. */
    long start(String... more) throws Exception {
        // PostgreSQL refuses to run as root. In its own namespace, root is another user.
        String prefix = System.getProperty("user.name").equals("root") ? "exec unshare -U " : "exec ";
        List<String> command = List.of("sh", "-c", prefix + firstCommand + ' ' + String.join(" ", more));
        long begun = System.nanoTime();
        new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        while (System.nanoTime() - begun < PATIENCE_NANOS) {
            try {
                values("SELECT 1");
                return System.nanoTime() - begun;
            } catch (SQLException e) {
                Thread.sleep(2);
            }
        }
        throw new IllegalStateException("PostgreSQL did not start again");
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
