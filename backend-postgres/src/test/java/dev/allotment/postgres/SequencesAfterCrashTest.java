// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseLogin;
import dev.allotment.Parameter;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.tck.BackendFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** If the server crashes, no sequence of a tenant database hands out a number for the second time. */
final class SequencesAfterCrashTest {
    private static final DatabaseRef TEMPLATE = new DatabaseRef("template.example", new UUID(5, 1));
    private static final DatabaseRef FROM_TEMPLATE = new DatabaseRef("from-template.example", new UUID(5, 2));
    private static final DatabaseRef DUPLICATE = new DatabaseRef("duplicate.example", new UUID(5, 3));
    private static final DatabaseRef EMPTY = new DatabaseRef("empty.example", new UUID(5, 4));
    private static final List<DatabaseRef> TENANTS = List.of(FROM_TEMPLATE, DUPLICATE, EMPTY);

    private final PostgresTestServer server = PostgresTestServer.start();
    private final Map<String, String> settings = server.newCatalog(PostgresTestServer.Admin.KEEPER);
    private final Backend backend = new PostgresBackendProvider().open(Settings.of(settings));
    private final Map<DatabaseRef, DatabaseLogin> logins = new HashMap<>();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);

    @BeforeEach
    void make() throws SQLException {
        // A checkpoint would hide the defect.
        server.execute("postgres", "ALTER SYSTEM SET max_wal_size = '4GB'", "SELECT pg_reload_conf()");
        backend.catalog().migrate();
        databases.create(TEMPLATE);
        databases.configure(TEMPLATE, tx -> {
            tx.run("CREATE TABLE sale_order (id int GENERATED ALWAYS AS IDENTITY, note text);"
                    + "INSERT INTO sale_order (note) SELECT 'from the template' FROM generate_series(1, 3);"
                    + "CREATE SEQUENCE unused; CREATE SEQUENCE down INCREMENT -1; SELECT nextval('down')");
            return null;
        });
        insertParameters(TEMPLATE, "template");
        databases.copy(TEMPLATE, FROM_TEMPLATE);
        open(FROM_TEMPLATE);
        execute(
                FROM_TEMPLATE,
                "CREATE TABLE invoice (id serial, note text)",
                "INSERT INTO invoice (note) VALUES ('of the application')");
        databases.copy(FROM_TEMPLATE, DUPLICATE);
        databases.create(EMPTY);
        databases.configure(EMPTY, tx -> {
            tx.run("CREATE TABLE sale_order (id int GENERATED ALWAYS AS IDENTITY, note text)");
            return null;
        });
        open(DUPLICATE);
        open(EMPTY);
    }

    @AfterEach
    void close() {
        backend.close();
        server.stop();
    }

    @Test
    void noNumberIsGivenOutTwice() throws Exception {
        for (DatabaseRef tenant : TENANTS) {
            insertParameters(tenant, "before");
            insertOrders(tenant, 5);
        }
        execute(DUPLICATE, "INSERT INTO invoice (note) SELECT 'before' FROM generate_series(1, 3)");
        List<String> down = values(DUPLICATE, "SELECT nextval('down') FROM generate_series(1, 3)");

        server.crash();
        awaitServer();

        for (DatabaseRef tenant : TENANTS) {
            insertParameters(tenant, "after");
            insertOrders(tenant, 5);
            assertThat(values(tenant, "SELECT id FROM sale_order"))
                    .as(tenant.name())
                    .doesNotHaveDuplicates();
        }
        execute(DUPLICATE, "INSERT INTO invoice (note) SELECT 'after' FROM generate_series(1, 3)");
        assertThat(values(DUPLICATE, "SELECT id FROM invoice")).doesNotHaveDuplicates();
        assertThat(values(DUPLICATE, "SELECT nextval('down') FROM generate_series(1, 3)"))
                .doesNotContainAnyElementsOf(down);
        assertThat(values(DUPLICATE, "SELECT nextval('unused')")).containsExactly("1");
    }

    private void open(DatabaseRef tenant) {
        databases.open(tenant);
    }

    private void insertParameters(DatabaseRef tenant, String name) {
        for (int i = 0; i < 3; i++) {
            String key = name + i;
            databases.transact(
                    tenant, tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, key, "value", false)));
        }
    }

    private void insertOrders(DatabaseRef tenant, int number) throws SQLException {
        execute(tenant, "INSERT INTO sale_order (note) SELECT 'x' FROM generate_series(1, " + number + ")");
    }

    private Connection connect(DatabaseRef tenant) throws SQLException {
        DatabaseLogin login = logins.computeIfAbsent(tenant, each -> databases.login(each, PostgresFixture.PASSWORD));
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private void execute(DatabaseRef tenant, String... statements) throws SQLException {
        try (Connection connection = connect(tenant);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private List<String> values(DatabaseRef tenant, String sql) throws SQLException {
        try (Connection connection = connect(tenant);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    private void awaitServer() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 600 && !server.answers(); i++) {
            never.await(100, TimeUnit.MILLISECONDS);
        }
        assertThat(backend.health().up()).isTrue();
    }
}
