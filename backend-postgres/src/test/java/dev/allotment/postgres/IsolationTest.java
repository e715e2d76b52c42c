// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.Parameter;
import dev.allotment.postgres.database.DatabaseSql;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.tck.BackendFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The login of a tenant database connects only to that database, and has only its own privileges there. */
final class IsolationTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(1, 1));
    private static final DatabaseRef OTHER = new DatabaseRef("other.example", new UUID(1, 2));

    private final PostgresTestServer server = PostgresTestServer.shared();
    // A superuser may revoke privileges on the default databases of the server.
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.SUPERUSER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);

    @BeforeEach
    void makeTwo() {
        backend.catalog().migrate();
        databases.create(SHOP);
        databases.create(OTHER);
        databases.open(SHOP);
        databases.open(OTHER);
    }

    @AfterEach
    void close() {
        backend.close();
        fixture.close();
    }

    @Test
    void aLoginConnectsOnlyToItsOwnDatabase() {
        DatabaseLogin login = databases.login(SHOP, PostgresFixture.PASSWORD);

        assertThat(fixture.connects(login)).isTrue();
        for (String name : new String[] {OTHER.name(), fixture.catalog(), "postgres", "template1"}) {
            assertThat(fixture.connects(elsewhere(login, name))).as(name).isFalse();
        }
    }

    @Test
    void noRoleConnectsToTheBaseTemplate() {
        DatabaseLogin login = databases.login(SHOP, PostgresFixture.PASSWORD);
        String base = server.value(
                "postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'allotment_base_%' AND datdba = 10");

        assertThatThrownBy(() -> connect(elsewhere(login, base))).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> server.connect(base)).isInstanceOf(SQLException.class);
    }

    @Test
    void aRoleWithoutAPasswordCannotConnect() {
        String user = fixture.identity(SHOP).role();

        assertThat(fixture.connects(new DatabaseLogin(server.url(SHOP.name()), user, "")))
                .isFalse();
    }

    @Test
    void theServerStoresOnlyAVerifierOfThePassword() {
        DatabaseLogin login = databases.login(SHOP, PostgresFixture.PASSWORD);

        assertThat(server.value("postgres", "SELECT rolpassword FROM pg_authid WHERE rolname = '" + login.user() + "'"))
                .startsWith("SCRAM-SHA-256$")
                .doesNotContain(login.password());
    }

    @Test
    void aLoginIsNotAnAdministrator() throws SQLException {
        try (Connection connection = connect(databases.login(SHOP, PostgresFixture.PASSWORD))) {
            for (String attempt : new String[] {
                "CREATE ROLE x",
                "CREATE DATABASE x",
                "ALTER ROLE CURRENT_USER SUPERUSER",
                "ALTER ROLE CURRENT_USER CONNECTION LIMIT -1",
                "SET ROLE \"" + fixture.identity(OTHER).role() + "\"",
                "SET SESSION AUTHORIZATION postgres",
                "SELECT * FROM pg_authid",
                "SELECT * FROM allotment.credentials",
                "COPY (SELECT 1) TO PROGRAM 'true'",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'"
            }) {
                try (Statement statement = connection.createStatement()) {
                    assertThatThrownBy(() -> statement.execute(attempt))
                            .as(attempt)
                            .isInstanceOfSatisfying(
                                    SQLException.class,
                                    e -> assertThat(e.getSQLState()).isEqualTo("42501"));
                }
            }
        }
    }

    @Test
    void closingEndsTheSessionsOfTheApplication() throws SQLException {
        try (Connection connection = connect(databases.login(SHOP, PostgresFixture.PASSWORD))) {
            databases.close(SHOP);

            assertThat(connection.isValid(5)).isFalse();
        }
    }

    @Test
    void aClosedDatabaseIsClosedToAllThatItsOwnerGrantedAccess() throws SQLException {
        DatabaseLogin mine = databases.login(SHOP, PostgresFixture.PASSWORD);
        DatabaseLogin theirs = databases.login(OTHER, PostgresFixture.PASSWORD);
        execute(
                mine,
                "GRANT CONNECT ON DATABASE \"" + SHOP.name() + "\" TO PUBLIC",
                "GRANT ALL ON DATABASE \"" + SHOP.name() + "\" TO \"" + theirs.user() + "\" WITH GRANT OPTION");
        assertThat(fixture.connects(elsewhere(theirs, SHOP.name()))).isTrue();
        databases.close(SHOP);

        assertThat(fixture.connects(mine)).isFalse();
        assertThat(fixture.connects(elsewhere(theirs, SHOP.name()))).isFalse();
        databases.open(SHOP);
        assertThat(fixture.connects(mine)).isTrue();
        assertThat(fixture.connects(elsewhere(theirs, SHOP.name()))).isFalse();
    }

    @Test
    void settingsOfTheOwnerDoNotApplyToTheBackend() throws SQLException {
        DatabaseLogin login = databases.login(SHOP, PostgresFixture.PASSWORD);
        String alter = "ALTER DATABASE \"" + SHOP.name() + "\" ";
        execute(
                login,
                "CREATE SCHEMA evil",
                "CREATE TABLE evil.parameters (id bigint)",
                "CREATE FUNCTION evil.equals(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT 1 / 0 = 1'",
                "CREATE OPERATOR evil.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.equals)",
                alter + "SET search_path = evil, pg_catalog",
                alter + "SET default_transaction_read_only = on",
                alter + "SET statement_timeout = 1",
                alter + "SET role = pg_database_owner",
                alter + "SET session_authorization = '" + login.user() + "'",
                alter + "SET default_transaction_isolation = 'serializable'");
        try (Backend other = fixture.open()) {
            Databases fresh = other.databases(BackendFixture.DEFAULT_SERVER);

            assertThat(fresh.<Integer>transact(SHOP, tx -> {
                        tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "key", "value", false));
                        return tx.records(RecordTypes.PARAMETERS)
                                .find(1)
                                .orElseThrow()
                                .value()
                                .length();
                    }))
                    .isEqualTo(5);
        }
    }

    @Test
    void repairsADatabaseThatAKilledProcessLeftWithoutConnections() {
        server.execute("postgres", DatabaseSql.allowConnections(SHOP.name(), false));
        try (Backend other = fixture.open()) {
            assertThat(other.databases(BackendFixture.DEFAULT_SERVER).<Integer>transact(SHOP, tx -> 1))
                    .isEqualTo(1);
        }
    }

    @Test
    void dropsADatabaseThatItsOwnerMadeATemplate() throws SQLException {
        execute(
                databases.login(SHOP, PostgresFixture.PASSWORD),
                "ALTER DATABASE \"" + SHOP.name() + "\" IS_TEMPLATE true");
        databases.drop(SHOP);

        assertThat(databases.exists(SHOP.name())).isFalse();
    }

    @Test
    void dropsARoleThatHasPrivilegesInAnotherDatabase() throws SQLException {
        DatabaseLogin mine = databases.login(SHOP, PostgresFixture.PASSWORD);
        execute(
                databases.login(OTHER, PostgresFixture.PASSWORD),
                "CREATE TABLE mine (id bigint)",
                "GRANT ALL ON mine TO \"" + mine.user() + "\"",
                "GRANT CONNECT ON DATABASE \"" + OTHER.name() + "\" TO \"" + mine.user() + "\"");
        databases.drop(SHOP);

        assertThat(fixture.roles()).containsExactly(fixture.identity(OTHER).role());
    }

    @Test
    void limitsTheConnectionsOfAnApplication() throws SQLException {
        DatabaseLogin login = databases.login(SHOP, PostgresFixture.PASSWORD);
        server.execute("postgres", "ALTER ROLE \"" + login.user() + "\" CONNECTION LIMIT 1");
        try (Connection first = connect(login)) {
            assertThat(first.isValid(5)).isTrue();
            assertThatThrownBy(() -> connect(login))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("53300"));
            databases.open(SHOP);
            try (Connection second = connect(login)) {
                assertThat(second.isValid(5)).isTrue();
            }
        }
    }

    private DatabaseLogin elsewhere(DatabaseLogin login, String database) {
        return new DatabaseLogin(server.url(database), login.user(), login.password());
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private static void execute(DatabaseLogin login, String... statements) throws SQLException {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
