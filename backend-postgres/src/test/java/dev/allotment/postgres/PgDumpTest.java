// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseLogin;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.tck.BackendFixture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Compares what {@code pg_dump} says of a database and of its copy on another server, for a database with every kind of
 * object and setting. Needs {@code pg_dump} of the version of the server or a newer one.
 */
final class PgDumpTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(12, 1));
    private static final String PROGRAM = System.getProperty("allotment.test.pg-dump", "pg_dump");

    /** Separates the statements of the corpus. */
    private static final String NEXT = "\n---\n";

    private static PostgresTestServer other;

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases here = backend.databases(BackendFixture.DEFAULT_SERVER);
    private final Backend elsewhere = new PostgresBackendProvider()
            .openServer(
                    Settings.of(Map.of(
                            "url",
                            other.url("postgres"),
                            "user",
                            PostgresTestServer.Admin.KEEPER.user(),
                            "password",
                            PostgresTestServer.Admin.KEEPER.password())),
                    UUID.randomUUID());
    private final Databases there = elsewhere.databases(BackendFixture.DEFAULT_SERVER);

    @BeforeAll
    static void startAnotherServer() {
        other = PostgresTestServer.start();
    }

    @AfterAll
    static void stopIt() {
        other.stop();
    }

    @AfterEach
    void close() {
        there.drop(SHOP);
        here.drop(SHOP);
        elsewhere.close();
        backend.close();
        fixture.close();
    }

    private static String corpus() throws IOException {
        try (InputStream in = Objects.requireNonNull(PgDumpTest.class.getResourceAsStream("corpus.sql"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void makeSource() throws SQLException, IOException {
        backend.catalog().migrate();
        here.create(SHOP);
        here.open(SHOP);
        DatabaseLogin login = here.login(SHOP, PostgresFixture.PASSWORD);
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            for (String sql : corpus().split(NEXT)) {
                statement.execute(sql);
            }
        }
    }

    /** What a program of PostgreSQL says, without the name of the role, in entries that do not depend on their order. */
    private static List<String> dump(PostgresTestServer at, String... options)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("dump", ".sql");
        try {
            Process dump = new ProcessBuilder(Stream.concat(
                                    Stream.of(
                                            PROGRAM,
                                            "--host=localhost",
                                            "--port=" + at.port(),
                                            "--username=postgres",
                                            "--exclude-schema=allotment"),
                                    Stream.concat(Stream.of(options), Stream.of(SHOP.name())))
                            .toList())
                    .redirectOutput(out.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            assertThat(dump.waitFor()).as(PROGRAM).isZero();
            String text = Files.readString(out)
                    .replaceAll("allotment_[0-9a-f]{12}_[0-9a-f]{32}", "ROLE")
                    .replaceAll("(?m)^\\\\(un)?restrict .*$", "");
            return Stream.of(text.split("(?m)^--\n(?=-- (?:Name|Data for Name): )"))
                    .map(String::strip)
                    .filter(entry -> !entry.startsWith("--\n-- PostgreSQL database dump"))
                    .sorted()
                    .toList();
        } finally {
            Files.delete(out);
        }
    }

    @Test
    void aCopyIsWhatTheOriginalIs() throws SQLException, IOException, InterruptedException {
        makeSource();

        assertThat(here.transfer().transferDoubts(SHOP)).isEmpty();
        here.transfer().send(SHOP, content -> there.transfer().receive(SHOP, content));

        List<String> structure = dump(server, "--schema-only", "--create");
        assertThat(structure).hasSizeGreaterThan(100);
        assertThat(dump(other, "--schema-only", "--create")).isEqualTo(structure);
        List<String> rows = dump(server, "--data-only", "--inserts");
        assertThat(rows).hasSizeGreaterThan(20);
        assertThat(dump(other, "--data-only", "--inserts")).isEqualTo(rows);
        String ofRole = "SELECT setconfig FROM pg_db_role_setting WHERE setdatabase = 0 AND setrole ="
                + " (SELECT datdba FROM pg_database WHERE datname = current_database())";
        assertThat(other.values(SHOP.name(), ofRole)).hasSize(1).isEqualTo(server.values(SHOP.name(), ofRole));
    }
}
