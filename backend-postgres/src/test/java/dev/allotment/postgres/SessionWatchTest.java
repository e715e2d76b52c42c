// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.postgres.database.Identity;
import dev.allotment.postgres.database.SessionWatch;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.EndedSession;
import dev.allotment.tck.BackendFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sessions of tenants that take what all databases of a server share are ended, and no others. */
final class SessionWatchTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(10, 1));
    private static final DatabaseRef OTHER = new DatabaseRef("other.example", new UUID(10, 2));

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
    private DatabaseLogin shop;
    private Connection attacker;
    private Connection bystander;

    @BeforeEach
    void make() throws SQLException {
        backend.catalog().migrate();
        shop = login(SHOP);
        attacker = connect(shop);
        bystander = connect(login(OTHER));
        execute(bystander, "CREATE TABLE t (id int)");
    }

    private DatabaseLogin login(DatabaseRef database) {
        databases.create(database);
        databases.open(database);
        return databases.login(database, PostgresFixture.PASSWORD);
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @AfterEach
    void close() throws SQLException {
        attacker.close();
        bystander.close();
        backend.close();
        fixture.close();
    }

    private void fillLockTable() {
        assertThatThrownBy(() -> execute(attacker, "SELECT pg_advisory_lock(g) FROM generate_series(1, 10000000) g"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("53200"));
    }

    @Test
    void showsWhatEachDatabaseTakesOfTheServer() throws SQLException {
        execute(attacker, "SELECT pg_sleep(0.02)");
        // PostgreSQL counts a statement up to a second later, or after this one at once.
        execute(attacker, "SELECT pg_stat_force_next_flush()");
        attacker.setAutoCommit(false);
        execute(attacker, "CREATE TABLE held (id int)");

        assertThat(databases.loadMeter().load())
                .filteredOn(each -> each.uuid().equals(SHOP.uuid()))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.database()).isEqualTo(SHOP.name());
                    assertThat(each.connections()).isEqualTo(1);
                    assertThat(each.maxConnections())
                            .as("the default of login.connections")
                            .isEqualTo(20);
                    assertThat(each.locks()).isPositive();
                    assertThat(each.oldestTransaction()).isPositive();
                    assertThat(each.transactions()).isNotNegative();
                    assertThat(each.activeTime()).isBetween(Duration.ofMillis(20), Duration.ofMinutes(1));
                });
        assertThat(databases.loadMeter().load())
                .filteredOn(each -> each.uuid().equals(OTHER.uuid()))
                .singleElement()
                .satisfies(each -> assertThat(each.oldestTransaction()).isZero());
        attacker.rollback();
    }

    @Test
    void endsASessionThatFillsTheLockTable() throws SQLException {
        fillLockTable();

        assertThat(databases.watch().endExcessiveSessions()).hasSize(1);
        assertThat(attacker.isValid(5)).isFalse();
        assertThat(bystander.isValid(5)).isTrue();
        databases.close(SHOP);
    }

    /** A change of a role makes all sessions forget the roles, and to read them again takes locks. */
    @Test
    void endsASessionThatChangesItsRoleAndFillsTheLockTable() throws SQLException {
        assertThat(databases.watch().endExcessiveSessions()).isEmpty();
        execute(attacker, "ALTER ROLE CURRENT_USER PASSWORD 'a-password_of-its-own'");
        fillLockTable();

        assertThat(databases.watch().endExcessiveSessions()).hasSize(1);
        assertThat(attacker.isValid(5)).isFalse();
    }

    @Test
    void endsASessionOfARoleThatWasCreatedAfterTheLastLook() throws SQLException {
        assertThat(databases.watch().endExcessiveSessions()).isEmpty();
        attacker.close();
        attacker = connect(login(new DatabaseRef("new.example", new UUID(10, 3))));
        fillLockTable();

        assertThat(databases.watch().endExcessiveSessions()).hasSize(1);
        assertThat(attacker.isValid(5)).isFalse();
    }

    @Test
    void aLostSessionOfTheWatchIsReplaced() throws SQLException {
        server.execute(
                "postgres",
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity" + " WHERE usename = '"
                        + PostgresTestServer.Admin.KEEPER.user() + "'");
        assertThat(databases.watch().endExcessiveSessions()).isEmpty();
        fillLockTable();
        assertThat(databases.watch().endExcessiveSessions()).hasSize(1);
    }

    @Test
    void endsSessionsThatTakeManyLocksTogether() throws SQLException {
        try (Connection second = connect(shop)) {
            execute(attacker, "SELECT pg_advisory_lock(g) FROM generate_series(1, 3000) g");
            execute(second, "SELECT pg_advisory_lock(g) FROM generate_series(3001, 6000) g");
            execute(bystander, "SELECT pg_advisory_lock(g) FROM generate_series(1, 500) g");
            assertThat(databases.watch().endExcessiveSessions()).hasSize(2);
            assertThat(attacker.isValid(5)).isFalse();
            assertThat(second.isValid(5)).isFalse();
        }
        assertThat(bystander.isValid(5)).isTrue();
    }

    @Test
    void endsASessionOfAClosedDatabase() throws SQLException {
        server.execute("postgres", "ALTER ROLE \"" + shop.user() + "\" NOLOGIN");
        assertThat(databases.watch().endExcessiveSessions()).hasSize(1);
        assertThat(attacker.isValid(5)).isFalse();
        assertThat(bystander.isValid(5)).isTrue();
    }

    @Test
    void endsASessionWhoseTransactionIsIdleForLong() throws SQLException {
        execute(attacker, "ALTER ROLE CURRENT_USER SET idle_in_transaction_session_timeout = 0");
        execute(attacker, "BEGIN; CREATE TABLE t ()");
        assertThat(databases.watch().endExcessiveSessions()).isEmpty();

        assertThat(lookImpatiently()).hasSize(1);
        assertThat(attacker.isValid(5)).isFalse();
        assertThat(bystander.isValid(5)).isTrue();
    }

    private List<EndedSession> lookImpatiently() {
        PostgresSettings settings = PostgresSettings.read(Settings.of(fixture.settings()));
        Identity.Scheme scheme = new Identity.Scheme(
                UUID.fromString(server.value(fixture.catalog(), "SELECT id FROM allotment.installation")));
        try (SessionWatch impatient = new SessionWatch(
                new ServerAccess(settings, PostgresBackend.CONTROL_STATEMENTS).unpooled(), Duration.ZERO)) {
            return impatient.run(scheme);
        }
    }

    @Test
    @Tag(PostgresTestServer.SINCE_17)
    void endsTheTransactionThatKeepsNotificationsAndFreesTheirQueue() throws SQLException {
        execute(attacker, "LISTEN greedy");
        execute(attacker, "BEGIN; SELECT 1");
        try (Connection second = connect(shop)) {
            assertThatThrownBy(() -> execute(second, """
                            DO 'BEGIN FOR i IN 1..100 LOOP
                                PERFORM pg_notify(''greedy'', repeat(''x'', 7900) || i); COMMIT;
                            END LOOP; END'
                            """)).hasMessageContaining("too many notifications");
        }
        assertThatThrownBy(() -> execute(bystander, "NOTIFY own")).hasMessageContaining("too many notifications");
        assertThat(databases.watch().endExcessiveSessions())
                .as("before a minute is over")
                .isEmpty();

        assertThat(lookImpatiently())
                .extracting(EndedSession::reason)
                .containsExactly("its transaction was long while the queue of NOTIFY filled up");
        databases.watch().endExcessiveSessions();
        execute(bystander, "NOTIFY own");
    }

    @Test
    void endsASessionInTheDatabaseOfTheControlPlane() throws SQLException {
        String rights = " CONNECT ON DATABASE \"" + fixture.catalog() + "\" %s \"" + shop.user() + "\"";
        server.execute("postgres", "GRANT" + rights.formatted("TO"));
        DatabaseLogin elsewhere = new DatabaseLogin(server.url(fixture.catalog()), shop.user(), shop.password());
        try (Connection connection = connect(elsewhere)) {
            execute(
                    connection,
                    "SELECT pg_advisory_lock(" + fixture.identity(SHOP).lockKey() + ")");
            assertThat(databases.watch().endExcessiveSessions()).hasSize(1);
            assertThat(connection.isValid(5)).isFalse();
        }
        databases.close(SHOP);
        server.execute("postgres", "REVOKE" + rights.formatted("FROM"));
    }
}
