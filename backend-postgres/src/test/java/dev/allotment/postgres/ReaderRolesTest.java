// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.Filter;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RowQuota;
import dev.allotment.tck.BackendFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What PostgreSQL lets a role do that can only read, and what is left of it. */
final class ReaderRolesTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(6, 1));
    private static final DatabaseRef COPY = new DatabaseRef("copy.example", new UUID(6, 2));
    private static final Duration HOUR = Duration.ofHours(1);

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
    private DatabaseLogin application;

    @BeforeEach
    void make() throws SQLException {
        backend.catalog().migrate();
        databases.create(SHOP);
        databases.open(SHOP);
        application = databases.login(SHOP, PostgresFixture.PASSWORD);
        execute(
                application,
                "CREATE SCHEMA sales",
                "CREATE TABLE sales.orders (id bigserial PRIMARY KEY, note text)",
                "INSERT INTO sales.orders (note) VALUES ('an order')",
                "CREATE MATERIALIZED VIEW sales.found AS SELECT note FROM sales.orders",
                "CREATE TABLE notes (id int, note text)",
                "INSERT INTO notes VALUES (1, 'a note')");
    }

    @AfterEach
    void close() {
        databases.list().forEach(databases::drop);
        assertThat(readers()).as("after the databases were dropped").isEmpty();
        backend.close();
        fixture.close();
    }

    @Test
    void itsRightsAndNoSettingKeepItFromWriting() throws SQLException {
        DatabaseLogin reader = read();
        try (Connection tenant = connect(application);
                Connection connection = connect(reader);
                Statement statement = connection.createStatement()) {
            assertThat(value(connection, "SHOW transaction_read_only")).isEqualTo("on");
            statement.execute("SET default_transaction_read_only = off");
            statement.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE");
            assertThat(value(connection, "SHOW transaction_read_only")).isEqualTo("off");
            for (String attempt : new String[] {
                "INSERT INTO notes VALUES (2, 'written')",
                "UPDATE sales.orders SET note = 'written'",
                "DELETE FROM notes",
                "TRUNCATE notes",
                "SELECT * FROM notes FOR UPDATE",
                "SELECT * FROM notes FOR SHARE",
                "CREATE TABLE public.mine (id int)",
                "CREATE TEMPORARY TABLE mine (id int)",
                "CREATE SCHEMA mine",
                "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "ALTER TABLE notes OWNER TO CURRENT_USER",
                "COMMENT ON TABLE notes IS 'written'",
                "REFRESH MATERIALIZED VIEW sales.found",
                "DROP TABLE notes",
                "SELECT nextval('sales.orders_id_seq')",
                "SELECT setval('sales.orders_id_seq', 7)",
                "SET ROLE \"" + application.user() + "\"",
                "SET SESSION AUTHORIZATION \"" + application.user() + "\"",
                "GRANT \"" + application.user() + "\" TO CURRENT_USER",
                "ALTER ROLE CURRENT_USER VALID UNTIL 'infinity'",
                "ALTER ROLE CURRENT_USER CONNECTION LIMIT -1",
                "ALTER DATABASE \"" + SHOP.name() + "\" SET search_path = sales",
                "UPDATE pg_class SET relname = relname",
                "SELECT * FROM pg_authid",
                "SELECT * FROM allotment.credentials",
                "SELECT * FROM allotment.parameters",
                "SELECT allotment_gate.records('', 'SELECT 1', '{}')",
                "COPY notes TO PROGRAM 'true'",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + application.user() + "'"
            }) {
                assertThatThrownBy(() -> statement.execute(attempt))
                        .as(attempt)
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("42501"));
            }
            assertThat(value(connection, "SELECT note FROM sales.found")).isEqualTo("an order");
            assertThat(value(connection, "SELECT last_value FROM sales.orders_id_seq"))
                    .isEqualTo("1");
            assertThat(tenant.isValid(5)).isTrue();
        }
        assertThat(fixture.connects(new DatabaseLogin(server.url(fixture.catalog()), reader.user(), reader.password())))
                .isFalse();
    }

    @Test
    void codeOfTheTenantHasTheRightsOfTheTenantAtMost() throws SQLException {
        execute(
                application,
                "CREATE FUNCTION invoked() RETURNS text LANGUAGE plpgsql AS"
                        + " $$BEGIN INSERT INTO notes VALUES (2, 'invoked'); RETURN current_user; END$$",
                "CREATE FUNCTION defined() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS"
                        + " $$BEGIN INSERT INTO notes VALUES (2, 'defined'); RETURN current_user; END$$",
                "CREATE VIEW calls AS SELECT defined() AS who",
                "CREATE TABLE guarded (note text)",
                "INSERT INTO guarded VALUES ('shown'), ('hidden')",
                "ALTER TABLE guarded ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY shown ON guarded USING (note = 'shown')");
        try (Connection connection = connect(read());
                Statement statement = connection.createStatement()) {
            assertThat(value(connection, "SELECT string_agg(note, ' ') FROM guarded"))
                    .isEqualTo("shown");
            assertThatThrownBy(() -> statement.execute("SELECT who FROM calls"))
                    .as("by mistake")
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
            statement.execute("SET default_transaction_read_only = off");
            assertThatThrownBy(() -> statement.execute("SELECT invoked()"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
            assertThat(value(connection, "SELECT who FROM calls")).isEqualTo(application.user());
        }
    }

    /** Such a table belongs to another role than the tenant's. */
    @Test
    void readsATableWithAQuota() throws SQLException {
        databases.configure(SHOP, tx -> {
            tx.enforce(List.of(new RowQuota("notes", Filter.all(), 5, "notes", "[]")));
            return null;
        });

        try (Connection connection = connect(read())) {
            assertThat(value(connection, "SELECT note FROM notes")).isEqualTo("a note");
        }
    }

    @Test
    void aRevokedRoleLeavesNothingAlthoughItResists() throws SQLException {
        DatabaseLogin reader = read();
        try (Connection resisting = connect(reader);
                Statement statement = resisting.createStatement()) {
            statement.execute("SET default_transaction_read_only = off");
            statement.execute("SELECT lo_create(0)");
            statement.execute("LISTEN news");
            // Until it commits, its row is locked.
            resisting.setAutoCommit(false);
            statement.execute("ALTER ROLE CURRENT_USER PASSWORD 'another'");

            databases.readOnlyLogins().revokeReadOnlyLogin(SHOP, reader.user());

            assertThat(resisting.isValid(5)).isFalse();
        }
        assertThat(readers()).isEmpty();
        assertThat(server.value(SHOP.name(), "SELECT count(*) FROM pg_largeobject_metadata"))
                .isEqualTo("0");
        assertThat(server.value(
                        SHOP.name(),
                        "SELECT count(*) FROM pg_shdepend WHERE NOT EXISTS (SELECT FROM pg_authid WHERE oid = refobjid)"
                                + " AND refclassid = 'pg_authid'::regclass"))
                .isEqualTo("0");
    }

    @Test
    void copiesAndTransfersOfItsDatabaseDoNotHaveIt() throws SQLException {
        DatabaseLogin reader = read();
        assertThat(databases.inventory())
                .filteredOn(entry -> SHOP.uuid().equals(entry.uuid()))
                .flatExtracting(DatabaseEntry::flaws)
                .isEmpty();
        databases.transfer().send(SHOP, content -> databases.transfer().receive(COPY, content));
        assertThat(server.value(COPY.name(), grantsOf(reader))).isEqualTo("0");
        databases.drop(COPY);
        databases.copy(SHOP, COPY);
        databases.open(COPY);
        assertThat(fixture.connects(new DatabaseLogin(server.url(COPY.name()), reader.user(), reader.password())))
                .isFalse();

        databases.readOnlyLogins().revokeReadOnlyLogin(SHOP, reader.user());

        assertThat(readers()).isEmpty();
        assertThat(server.value(COPY.name(), "SELECT count(*) FROM notes")).isEqualTo("1");
    }

    private static String grantsOf(DatabaseLogin reader) {
        return "SELECT count(*) FROM pg_class WHERE relacl::text LIKE '%" + reader.user() + "%'";
    }

    @Test
    void theMaintenanceEndsItWhenItsTimeHasPassed() throws SQLException {
        DatabaseLogin reader = read();
        try (Connection connection = connect(reader)) {
            databases.watch().endExcessiveSessions();
            databases.watch().tidy();
            assertThat(connection.isValid(5)).isTrue();
            server.execute("postgres", "ALTER ROLE \"" + reader.user() + "\" VALID UNTIL '2026-01-01'");

            assertThat(databases.watch().endExcessiveSessions()).hasSize(1);

            assertThat(connection.isValid(5)).isFalse();
        }
        assertThat(readers()).hasSize(1);
        databases.watch().tidy();
        assertThat(readers()).isEmpty();
    }

    /** The database is dropped by hand, or its node was killed before it could drop the role. */
    @Test
    void theMaintenanceDropsARoleWithoutADatabase() {
        DatabaseLogin reader = read();
        server.execute(
                "postgres",
                "DROP DATABASE \"" + SHOP.name() + "\" WITH (FORCE)",
                "DROP ROLE \"" + application.user() + "\"",
                "ALTER ROLE \"" + reader.user() + "\" VALID UNTIL '2026-01-01'");

        databases.watch().tidy();

        assertThat(readers()).isEmpty();
    }

    private DatabaseLogin read() {
        return databases.readOnlyLogins().readOnlyLogin(SHOP, HOUR);
    }

    private List<String> readers() {
        return server.values(
                "postgres",
                "SELECT rolname FROM pg_roles WHERE starts_with(rolname, 'allotment_reader_"
                        + application.user().split("_")[1] + "')");
    }

    private static void execute(DatabaseLogin login, String... statements) throws SQLException {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private static String value(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }
}
