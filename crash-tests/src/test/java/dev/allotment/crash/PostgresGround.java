// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL server of its own, that stores what it says it does. */
final class PostgresGround implements Ground {
    private static final String CATALOG = "postgres";

    /** Databases that belong to roles of the control plane. */
    private static final String DATABASES = """
            SELECT d.datname, o.rolname FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
            WHERE o.rolname LIKE 'allotment\\_%'
            """;

    private static final String OTHERS = """
            SELECT datname FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
            WHERE o.rolname NOT LIKE 'allotment\\_%'
              AND datname NOT IN ('postgres', 'template0', 'template1')
              AND NOT (datname LIKE 'allotment\\_base\\_%' AND datistemplate AND NOT datallowconn)
            """;

    private static final String HALF_DONE = """
            SELECT datname FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
            WHERE o.rolname LIKE 'allotment\\_%'
              AND (NOT datallowconn OR datconnlimit = -2 OR o.rolconnlimit = 0
                   OR has_database_privilege('public', d.oid, 'CONNECT'))
            """;

    private final Path data;
    private EmbeddedPostgres server;

    PostgresGround(Path data) {
        this.data = data;
        server = start(0);
    }

    private EmbeddedPostgres start(int port) {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                // Off by default, and then a crash takes what was committed with it.
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "200");
        try {
            return (port == 0 ? builder : builder.setPort(port)).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it as "immediate" does, in the middle of everything, and starts it again at the same place. */
    void restartImmediately() throws Exception {
        int port = server.getPort();
        long postmaster = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0));
        Process quit = new ProcessBuilder("kill", "-QUIT", Long.toString(postmaster)).start();
        assertThat(quit.waitFor()).isZero();
        ProcessHandle.of(postmaster)
                .ifPresent(handle ->
                        handle.onExit().orTimeout(30, TimeUnit.SECONDS).join());
        // Gives up the lock on its folder; there is nothing left to stop.
        server.close();
        server = start(port);
    }

    @Override
    public String backend() {
        return "postgres";
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("url", url(CATALOG), "user", "postgres", "pool.size", "20");
    }

    @Override
    public boolean shared() {
        return true;
    }

    private String url(String database) {
        return "jdbc:postgresql://localhost:" + server.getPort() + '/' + database;
    }

    @Override
    public Connection catalog() throws SQLException {
        return connect(CATALOG);
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
            return new HashSet<>(Rows.column(connection, DATABASES + " AND o.rolcanlogin AND d.datallowconn"));
        }
    }

    @Override
    public void assertNothingElse(Map<String, UUID> databases) throws SQLException {
        try (Connection connection = catalog()) {
            assertThat(Rows.column(connection, OTHERS))
                    .as("databases of nobody")
                    .isEmpty();
            assertThat(Rows.column(connection, HALF_DONE))
                    .as("databases half made")
                    .isEmpty();
            List<String> roles =
                    Rows.column(connection, "SELECT rolname FROM pg_roles WHERE rolname LIKE 'allotment\\_%'");
            assertThat(roles)
                    .as("each database has a role, and there is no other")
                    .extracting(PostgresGround::identity)
                    .containsExactlyInAnyOrderElementsOf(databases.values());
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
