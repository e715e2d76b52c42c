// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseLogin;
import dev.allotment.Filter;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseExport;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RowQuota;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.tck.BackendFixture;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.h2.tools.RunScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An export is loaded by H2 alone, and has everything of the application. */
final class H2ExportTest {
    private static final String PASSWORD = "a-password_of-the-shop";
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(0, 1));
    private static final String ODD = "\"Odd \"\"\nCREATE ALIAS x FOR 'java.lang.System.exit'; -- \"";

    @TempDir
    Path folder;

    private static List<String> rows(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                all.add(rows.getString(1) + "|" + rows.getString(2));
            }
            return all;
        }
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private static String script(Databases databases) {
        Map<String, String> files = new HashMap<>();
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
        return Objects.requireNonNull(files.get("script.sql"));
    }

    @Test
    void isLoadedWithAllRowsAndObjects() throws SQLException {
        try (Backend backend = new H2BackendProvider().open(Settings.of(Map.of("path", folder.toString())))) {
            Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
            databases.create(SHOP);
            databases.open(SHOP);
            List<String> before;
            try (Connection application = connect(databases.login(SHOP, PASSWORD));
                    Statement statement = application.createStatement()) {
                statement.execute("CREATE TABLE mine (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note varchar,"
                        + " data varbinary, many integer ARRAY)");
                statement.execute("CREATE TABLE " + ODD + " (id integer)");
                statement.execute(
                        "INSERT INTO mine (note, data, many) VALUES (NULL, X'00FF', ARRAY[1, NULL]), ('', NULL,"
                                + " NULL), (U&'a''b\"\\000a;-- \\+01F600', NULL, NULL)");
                statement.execute("INSERT INTO mine (note) SELECT 'row ' || \"X\" FROM SYSTEM_RANGE(1, 2000)");
                statement.execute("CREATE VIEW noted AS SELECT id, note FROM mine");
                before = rows(application, "SELECT id, note FROM mine ORDER BY id");
            }
            databases.configure(SHOP, tx -> {
                tx.enforce(List.of(new RowQuota("mine", Filter.all(), 5000, "mine", "[]")));
                return null;
            });

            String script = script(databases);

            try (Connection own = DriverManager.getConnection(
                    "jdbc:h2:mem:;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH")) {
                RunScript.execute(own, new StringReader(script));
                assertThat(rows(own, "SELECT id, note FROM application.mine ORDER BY id"))
                        .hasSize(2003)
                        .isEqualTo(before);
                assertThat(rows(own, "SELECT id, note FROM application.noted ORDER BY id"))
                        .isEqualTo(before);
                assertThat(rows(own, "SELECT data, many FROM application.mine WHERE id = 1"))
                        .hasSize(1)
                        .first()
                        .asString()
                        .contains("null");
                assertThat(rows(own, "SELECT 1, 2 FROM application." + ODD)).isEmpty();
                assertThat(rows(own, "SELECT user_name, is_admin FROM information_schema.users"))
                        .hasSize(1);
            }
            assertThat(script.toLowerCase(Locale.ROOT)).doesNotContain("salt", "allotment", "create user");
            assertThat(script(databases)).as("the database is not changed").isEqualTo(script);
        }
    }
}
