// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.test.MemoryFolder;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A PostgreSQL server. All tests of this process that do not harm it share one, which ends with the process. Each test
 * has its own catalog on it.
 */
final class PostgresTestServer {
    /** Marks tests that need a setting which PostgreSQL 16 does not have. The build leaves them out there. */
    static final String SINCE_17 = "since-17";

    /**
     * The folder of PostgreSQL that is installed on this machine, for the server that the tests share; empty: the binaries
     * of the build, which all others have.
     */
    private static final String INSTALLED = System.getProperty("allotment.test.postgres.folder", "");

    /** An administrator that a backend may be opened with. */
    record Admin(String user, String password) {
        /** The superuser that initdb created. */
        static final Admin SUPERUSER = new Admin("postgres", "");
        /** A role with the privileges that the backend needs, and no others. */
        static final Admin KEEPER = new Admin("keeper", "keeper's password");
        /** Like the keeper, with what live moves need. */
        static final Admin MOVER = new Admin("mover", "mover's pass\\word");
    }

    private static final class Shared {
        private static final PostgresTestServer SERVER = start(INSTALLED);
    }

    private static final AtomicInteger CATALOGS = new AtomicInteger();

    private final EmbeddedPostgres server;

    private PostgresTestServer(EmbeddedPostgres server) {
        this.server = server;
    }

    static PostgresTestServer shared() {
        return Shared.SERVER;
    }

    /** Starts a server that a test may harm. */
    static PostgresTestServer start() {
        return start("");
    }

    /** @param installed the folder of PostgreSQL; empty: the binaries of the build */
    private static PostgresTestServer start(String installed) {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
            MemoryFolder.create().ifPresent(builder::setDataDirectory);
            if (!isOn16()) {
                // The smallest queue, so that an application can fill it. PostgreSQL 16 always has the largest.
                builder.setServerConfig("max_notify_queue_pages", "64");
            }
            if (!installed.isEmpty()) {
                builder.setPgBinaryResolver((system, machine) -> archive(installed))
                        // Its own folder is for other users.
                        .setServerConfig("unix_socket_directories", "");
            }
            PostgresTestServer started = new PostgresTestServer(builder
                    // It is off by default, and then a crash loses committed transactions.
                    .setServerConfig("synchronous_commit", "on")
                    // The log is in memory, too.
                    .setServerConfig("max_wal_size", "128MB")
                    // For the passwords that tests set. Otherwise clients would spend most of the time of the tests on
                    // signing in.
                    .setServerConfig("scram_iterations", "1")
                    // It is off by default. An application can do more harm where it is on.
                    .setServerConfig("max_prepared_transactions", "20")
                    .setServerConfig("wal_level", "logical")
                    .setServerConfig("max_wal_senders", "10")
                    .setServerConfig("wal_retrieve_retry_interval", "100ms")
                    .start());
            started.requirePasswords();
            started.execute(
                    "postgres",
                    "CREATE ROLE keeper LOGIN CREATEDB CREATEROLE PASSWORD '"
                            + Admin.KEEPER.password().replace("'", "''") + "'",
                    "CREATE ROLE mover LOGIN CREATEDB CREATEROLE REPLICATION IN ROLE pg_create_subscription PASSWORD '"
                            + Admin.MOVER.password().replace("'", "''") + "'");
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The binaries in the form that the build has them in. */
    private static InputStream archive(String installed) throws IOException {
        return new ProcessBuilder(
                        "tar",
                        "--create",
                        "--sort=name",
                        "--use-compress-program=xz -0",
                        "--directory=" + installed,
                        "bin",
                        "lib")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
                .getInputStream();
    }

    /** Whether the tests run on PostgreSQL 16. */
    static boolean isOn16() {
        return System.getProperty("allotment.test.postgres", "").startsWith("16.");
    }

    /** Requires passwords of all roles but the superuser, as on a server in production. */
    private void requirePasswords() throws IOException {
        Path file = Path.of(value("postgres", "SHOW hba_file"));
        Files.writeString(file, """
                host all postgres all trust
                host all all all scram-sha-256
                """);
        execute("postgres", "SELECT pg_reload_conf()");
    }

    int port() {
        return server.getPort();
    }

    void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills one of its processes. PostgreSQL ends all others then, and recovers. */
    void crash() {
        long backend = Long.parseLong(
                value("postgres", "SELECT pid FROM pg_stat_activity WHERE backend_type = 'background writer'"));
        ProcessHandle.of(backend).orElseThrow().destroyForcibly();
    }

    /** Whether it answers a query. */
    boolean answers() {
        try {
            return value("postgres", "SELECT 1").equals("1");
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Returns settings for a catalog in a new database. */
    Map<String, String> newCatalog(Admin admin) {
        String name = "catalog-" + CATALOGS.incrementAndGet();
        execute("postgres", "CREATE DATABASE \"" + name + "\" OWNER \"" + admin.user() + "\"");
        Map<String, String> settings = new HashMap<>();
        settings.put("url", url(name));
        settings.put("user", admin.user());
        settings.put("password", admin.password());
        return settings;
    }

    String url(String database) {
        return "jdbc:postgresql://localhost:" + port() + "/" + database;
    }

    /** Connects as a superuser. */
    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), "postgres", "");
    }

    void execute(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("Preparing the server for a test failed", e);
        }
    }

    /** Returns the first column of the only row. */
    String value(String database, String sql) {
        List<String> values = values(database, sql);
        if (values.size() != 1) {
            throw new IllegalStateException("Expected one row, found " + values);
        }
        return values.get(0);
    }

    /** Returns the first column of all rows. */
    List<String> values(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException("Querying the server in a test failed", e);
        }
    }
}
