// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseExport;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.tck.BackendFixture;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** An export is loaded with what psql would do, by a role without rights, and has everything of the application. */
final class PostgresExportTest {
    private static final DatabaseRef SHOP = new DatabaseRef("export.example", new UUID(9, 1));
    private static final String TARGET = "exported";
    private static final String CUSTOMER = "export_customer";
    private static final Pattern COPY = Pattern.compile("\\\\copy (.*) FROM '(.*)' (WITH .*)");

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
    private final Map<String, String> files = new LinkedHashMap<>();

    @BeforeEach
    void makeDatabase() {
        backend.catalog().migrate();
        databases.create(SHOP);
        databases.open(SHOP);
    }

    @AfterEach
    void close() {
        server.execute("postgres", "DROP DATABASE IF EXISTS " + TARGET);
        server.execute("postgres", "DROP ROLE IF EXISTS " + CUSTOMER);
        backend.close();
        fixture.close();
    }

    private void execute(String... statements) throws SQLException {
        DatabaseLogin login = databases.login(SHOP, PostgresFixture.PASSWORD);
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private void export() {
        databases.transfer().export(SHOP, new DatabaseExport() {
            @Override
            public void records(Transaction records) {}

            @Override
            public <R extends Record> void records(RecordType<R> type, Iterator<R> records) {}

            @Override
            public void file(String name, InputStream content) {
                try {
                    files.put(name, new String(content.readAllBytes(), StandardCharsets.UTF_8));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }

    private String file(String name) {
        return Objects.requireNonNull(files.get(name), name);
    }

    private void makeTarget() {
        server.execute("postgres", "CREATE ROLE " + CUSTOMER + " LOGIN PASSWORD '" + PostgresFixture.PASSWORD + "'");
        server.execute("postgres", "CREATE DATABASE " + TARGET + " OWNER " + CUSTOMER);
    }

    /** @param preparation what the user does first */
    private void loadAs(String user, String preparation) throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection(server.url(TARGET), user, PostgresFixture.PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute(preparation);
            for (String line : file("load.sql").lines().toList()) {
                Matcher copy = COPY.matcher(line);
                if (copy.matches()) {
                    connection
                            .unwrap(PGConnection.class)
                            .getCopyAPI()
                            .copyIn(
                                    "COPY " + copy.group(1) + " FROM STDIN " + copy.group(3),
                                    new StringReader(file(copy.group(2))));
                } else if (line.startsWith("\\i ")) {
                    statement.execute(file(line.substring(3)));
                } else if (!line.startsWith("\\set ")) {
                    statement.execute(line);
                }
            }
        }
    }

    private void assertSame(String sql) {
        assertThat(server.values(TARGET, sql)).as(sql).isNotEmpty().isEqualTo(server.values(SHOP.name(), sql));
    }

    @Test
    void isLoadedWithAllRowsAndObjects() throws Exception {
        execute(
                "CREATE TYPE mood AS ENUM ('good', 'so, so')",
                "CREATE TABLE \"Odd \"\"(Name), '\" (id serial PRIMARY KEY, \"a,\"\"b\" text, at timestamptz DEFAULT now(),"
                        + " feeling mood, bytes bytea, numbers numeric[], twice int GENERATED ALWAYS AS (id * 2) STORED)",
                "INSERT INTO \"Odd \"\"(Name), '\" (\"a,\"\"b\", feeling, bytes, numbers) VALUES (NULL, 'so, so', '\\x00ff',"
                        + " '{1.5,NULL,NaN}'), ('', NULL, '', '{}'), (E'\\\\N', 'good', NULL, NULL),"
                        + " (E'\\\\.', NULL, NULL, NULL), (E'a\\n\\\\.\\nb\\n\\\\.\\r\\n', NULL, NULL, NULL),"
                        + " (E'a,b\"c\"\\n\\r\\t\\\\d\\b\\f\\v', NULL, NULL, NULL),"
                        + " ('=1+1 \uD83D\uDE00 ', NULL, NULL, NULL)",
                "CREATE TABLE lonely (word text)",
                "INSERT INTO lonely VALUES (NULL), (''), (E'\\\\.'), ('x')",
                "CREATE TABLE empty (id int PRIMARY KEY)",
                "CREATE TABLE parts (id int, day date) PARTITION BY RANGE (id)",
                "CREATE TABLE part_one PARTITION OF parts FOR VALUES FROM (0) TO (10)",
                "INSERT INTO parts VALUES (1, '2026-03-01')",
                "CREATE VIEW total AS SELECT count(*) AS n FROM lonely",
                "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN NEW.word = NEW.word || ';'; RETURN"
                        + " NEW; END $f$",
                "CREATE TRIGGER noted BEFORE INSERT ON lonely FOR EACH ROW EXECUTE FUNCTION noted()",
                "ALTER ROLE CURRENT_USER SET work_mem = '9MB'");

        export();
        makeTarget();
        for (String preparation : List.of("RESET ROLE", "SET ROLE " + CUSTOMER)) {
            assertThatThrownBy(() -> loadAs("postgres", preparation))
                    .hasMessageContaining("as a user without other rights");
        }
        loadAs(CUSTOMER, "RESET ROLE");

        assertThat(files.keySet()).startsWith("README.txt", "schema.sql").endsWith("constraints.sql", "load.sql");
        assertThat(file("data/00001-public.Odd___Name____.csv"))
                .startsWith("id,\"a,\"\"b\",at,feeling,bytes,numbers\n");
        assertThat(file("data/00001-public.Odd___Name____.csv").lines())
                .as("a line that ends the rows for psql")
                .doesNotContain("\\.");
        assertSame("SELECT t::text FROM \"Odd \"\"(Name), '\" t ORDER BY id");
        assertSame("SELECT coalesce(word, 'null') FROM lonely ORDER BY ctid");
        assertSame("SELECT t::text FROM part_one t");
        assertSame("SELECT n FROM total");
        assertSame("SELECT count(*) FROM empty");
        assertSame("SELECT last_value FROM \"Odd \"\"(Name), '_id_seq\"");
        assertSame("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal");
        assertThat(String.join("", files.values())).doesNotContain("work_mem", "allotment");
    }

    @Test
    void givesNoNameOfTheTenantToPsql() throws Exception {
        execute("CREATE TABLE \"x\n\\! touch owned\n\" (id int)");

        assertThatThrownBy(this::export)
                .isInstanceOf(SaasException.class)
                .hasMessageContaining("cannot be exported")
                .extracting(e -> ((SaasException) e).code())
                .isEqualTo(ErrorCodes.DATABASE_NOT_TRANSFERABLE);
    }

    /** Functions that run while the files are loaded can change both settings, and with them where a text ends. */
    @Test
    void letsNothingOfTheTenantDecideHowQuotesAreRead() throws Exception {
        execute(
                "CREATE FUNCTION odd() RETURNS boolean LANGUAGE plpgsql AS"
                        + " 'BEGIN PERFORM set_config(''standard_conforming_strings'', ''off'', false); RETURN true; END'",
                "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                "CREATE TABLE one (id int CHECK (odd()))",
                "CREATE TABLE \"two\u00c1\" (id int)",
                "CREATE TRIGGER noted BEFORE INSERT ON one FOR EACH ROW EXECUTE FUNCTION noted('\\', ' \\! touch owned ')");

        export();

        String reading = "SET client_encoding = 'UTF8'; SET standard_conforming_strings = on;";
        for (String name : List.of("schema.sql", "constraints.sql")) {
            String[] statements = file(name).split(Pattern.quote(reading + "\n"), -1);
            assertThat(statements[0]).as(name).isEmpty();
            assertThat(Stream.of(statements).skip(1))
                    .as(name)
                    .hasSizeGreaterThan(2)
                    .allMatch(each -> each.matches("(SELECT|CREATE|ALTER|COMMENT|REVOKE)(?s:.*);\n"))
                    .noneMatch(each -> each.substring(1).matches("(?ms).*^(SELECT|CREATE|ALTER|COMMENT|REVOKE) .*"));
        }
        List<String> load = file("load.sql").lines().toList();
        assertThat(load.stream().filter(line -> line.startsWith("\\copy "))).hasSize(2);
        for (int i = 0; i < load.size(); i++) {
            if (load.get(i).startsWith("\\copy ")) {
                assertThat(load.get(i - 1)).isEqualTo(reading);
            }
        }
    }
}
