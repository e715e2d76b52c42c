// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.Filter;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.tck.BackendFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No application can keep its database, or that of another tenant, from being closed, opened, renamed or dropped. */
@Tag("slow")
final class ResistanceTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(9, 1));
    private static final DatabaseRef RENAMED = new DatabaseRef("renamed.example", SHOP.uuid());
    private static final DatabaseRef COPY = new DatabaseRef("copy.example", new UUID(9, 2));
    private static final DatabaseRef OTHER = new DatabaseRef("other.example", new UUID(9, 3));
    private static final DatabaseRef THIRD = new DatabaseRef("third.example", new UUID(9, 4));

    /** Much less than the minute that operations on a database wait for each other. */
    private static final Duration SOON = Duration.ofSeconds(15);

    /** How often a closing meets applications that sign in. */
    private static final int CLOSINGS = Integer.getInteger("allotment.closings", 3);

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture =
            new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of("pool.size", "2"));
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Connection> connections = new ArrayList<>();
    private volatile boolean attacking = true;
    private DatabaseLogin shop;
    private DatabaseLogin other;

    @BeforeEach
    void make() throws SQLException {
        backend.catalog().migrate();
        shop = login(SHOP);
        other = login(OTHER);
    }

    private DatabaseLogin login(DatabaseRef database) throws SQLException {
        databases.create(database);
        databases.open(database);
        DatabaseLogin login = databases.login(database, PostgresFixture.PASSWORD);
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id int)");
        }
        return login;
    }

    @AfterEach
    void close() throws Exception {
        attacking = false;
        for (Connection connection : connections) {
            connection.close();
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        backend.close();
        for (DatabaseRef database : List.of(SHOP, RENAMED, OTHER)) {
            String prepared = "SELECT gid FROM pg_prepared_xacts WHERE database = '" + database.name() + "'";
            for (String left : server.values("postgres", prepared)) {
                server.execute(database.name(), "ROLLBACK PREPARED '" + left.replace("'", "''") + "'");
            }
        }
        fixture.close();
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    /** Executes statements in a session that stays idle. */
    private void attack(DatabaseLogin login, String... statements) throws SQLException {
        for (Connection earlier : connections) {
            earlier.close();
        }
        Connection connection = connect(login);
        connections.add(connection);
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(filled(sql));
            }
        }
    }

    /** Executes statements in sessions that start again as soon as they are ended. */
    private void attackInLoops(int sessions, DatabaseLogin login, String... statements) {
        for (int session = 0; session < sessions; session++) {
            threads.execute(() -> {
                while (attacking) {
                    try (Connection connection = connect(login);
                            Statement statement = connection.createStatement()) {
                        while (attacking) {
                            for (String sql : statements) {
                                statement.execute(filled(sql));
                            }
                        }
                    } catch (SQLException e) {
                        // The session was ended, or another one changed the same row. It starts again.
                    }
                }
            });
        }
    }

    /** Starts a statement that waits for a lock. */
    private void attackAndWait(DatabaseLogin login, String sql) throws SQLException {
        attackAndWait(connect(login), login, sql);
    }

    private void attackAndWait(Connection connection, DatabaseLogin login, String sql) {
        connections.add(connection);
        threads.execute(() -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                // The session was ended.
            }
        });
        await(
                "SELECT count(*) > 0 FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT granted AND usename = '"
                        + login.user() + "'");
    }

    private void await(String condition) {
        long end = System.nanoTime() + SOON.toNanos();
        while (!server.value("postgres", condition).equals("t")) {
            assertThat(System.nanoTime()).as(condition).isLessThan(end);
        }
    }

    private String filled(String sql) {
        return sql.replace(":shop", '"' + SHOP.name() + '"')
                .replace(":other", '"' + OTHER.name() + '"')
                .replace(":victim", '"' + shop.user() + '"')
                .replace(":me", "CURRENT_USER");
    }

    private static void soon(Runnable call) {
        long start = System.nanoTime();
        call.run();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    }

    /** Also a session that was signing in while the database was closed is gone. */
    private void assertClosed(DatabaseRef database) {
        assertThat(server.values("postgres", "SELECT pid FROM pg_stat_activity WHERE usename = '" + shop.user() + "'"))
                .isEmpty();
        assertThat(fixture.connects(new DatabaseLogin(server.url(database.name()), shop.user(), shop.password())))
                .isFalse();
    }

    private void assertGone() {
        assertThat(databases.remains(SHOP)).containsOnly(Map.entry("database", false), Map.entry("login", false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                """
                BEGIN; ALTER ROLE :me PASSWORD 'another-password_of-mine'; ALTER ROLE :me SET work_mem = '1MB';
                ALTER ROLE :me IN DATABASE :shop SET work_mem = '1MB'
                """,
                """
                BEGIN; ALTER DATABASE :shop CONNECTION LIMIT 0; ALTER DATABASE :shop SET work_mem = '1MB';
                GRANT CONNECT ON DATABASE :shop TO PUBLIC; COMMENT ON DATABASE :shop IS 'x'
                """,
                "ALTER DATABASE :shop IS_TEMPLATE true; BEGIN; ANALYZE",
                "BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'it''s \\ mine'",
                """
                BEGIN; ALTER ROLE :me PASSWORD 'another-password_of-mine'; ALTER DATABASE :shop IS_TEMPLATE true;
                PREPARE TRANSACTION 'all'
                """,
            })
    void anOpenTransactionOfTheOwnerDoesNotStopTheBackend(String attack) throws SQLException {
        attack(shop, attack);
        soon(() -> databases.login(SHOP, "another-password_of-the-backend"));
        soon(() -> databases.open(SHOP));
        soon(() -> databases.close(SHOP));
        assertClosed(SHOP);

        reopen(SHOP);
        attack(shop, attack);
        soon(() -> databases.open(SHOP));
        reopen(SHOP);
        attack(shop, attack);
        soon(() -> databases.close(SHOP));
        assertClosed(SHOP);

        reopen(SHOP);
        attack(shop, attack);
        soon(() -> databases.copy(SHOP, COPY));
        reopen(SHOP);
        attack(shop, attack);
        soon(() -> databases.rename(SHOP, RENAMED.name()));
        reopen(RENAMED);
        attack(shop, attack.replace(":shop", '"' + RENAMED.name() + '"'));
        soon(() -> databases.drop(RENAMED));
        assertGone();
    }

    private void reopen(DatabaseRef database) throws SQLException {
        databases.close(database);
        databases.open(database);
        shop = databases.login(database, PostgresFixture.PASSWORD);
    }

    @Test
    void aLockOnSystemTablesDoesNotStopTheBackend() throws SQLException {
        attack(shop, "BEGIN; SELECT count(*) FROM pg_class");
        attackAndWait(shop, "VACUUM FULL pg_class");
        soon(() -> databases.close(SHOP));
        assertClosed(SHOP);

        databases.open(SHOP);
        attack(shop, "BEGIN; SELECT count(*) FROM pg_class");
        attackAndWait(shop, "VACUUM FULL pg_class");
        soon(() -> databases.drop(SHOP));
        assertGone();
    }

    @Test
    void anApplicationThatConnectsAgainAtOnceDoesNotStopTheBackend() {
        connectAgainAtOnce("BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'mine'; ROLLBACK PREPARED 'mine'");
    }

    @Tag("long")
    @Test
    void anApplicationThatSetsItsPasswordAllTheTimeDoesNotStopTheBackend() {
        connectAgainAtOnce("ALTER ROLE :me PASSWORD '" + PostgresFixture.PASSWORD + "'");
    }

    private void connectAgainAtOnce(String attack) {
        attackInLoops(6, shop, attack);
        await("SELECT count(*) > 2 FROM pg_stat_activity WHERE usename = '" + shop.user() + "'");
        soon(() -> databases.open(SHOP));
        soon(() -> databases.login(SHOP, PostgresFixture.PASSWORD));
        soon(() -> databases.copy(SHOP, COPY));
        soon(() -> databases.close(SHOP));
        assertClosed(SHOP);

        databases.open(SHOP);
        databases.login(SHOP, PostgresFixture.PASSWORD);
        await("SELECT count(*) > 2 FROM pg_stat_activity WHERE usename = '" + shop.user() + "'");
        soon(() -> databases.rename(SHOP, RENAMED.name()));
        soon(() -> databases.drop(RENAMED));
        assertGone();
    }

    @Test
    void anOwnerThatPreparesATransactionAndRevokesTheRightToConnectDoesNotStopTheBackend() throws SQLException {
        attack(
                shop,
                "BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'hidden'",
                "REVOKE ALL ON DATABASE :shop FROM :me",
                "REVOKE ALL ON DATABASE :shop FROM PUBLIC");
        soon(() -> databases.close(SHOP));
        assertClosed(SHOP);
        soon(() -> databases.drop(SHOP));
        assertGone();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER DATABASE :shop CONNECTION LIMIT 0",
                "REVOKE ALL ON DATABASE :shop FROM :me; REVOKE ALL ON DATABASE :shop FROM PUBLIC",
            })
    void anOwnerThatClosesItsDatabaseAgainAndAgainDoesNotStopTheBackend(String attack) throws SQLException {
        attackInLoops(6, shop, attack);
        // A session that is connected stays.
        await("SELECT count(*) > 0 FROM pg_stat_activity WHERE usename = '" + shop.user() + "'");
        soon(() -> databases.transact(
                SHOP, tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all())));
        assertThat(canLogIn(shop)).isTrue();
        attackInLoops(6, shop, attack);
        soon(() -> databases.copy(SHOP, COPY));
        assertThat(canLogIn(shop)).isTrue();
        databases.close(SHOP);
        databases.open(SHOP);
        attackInLoops(6, shop, attack);
        soon(() -> databases.rename(SHOP, RENAMED.name()));
        assertThat(canLogIn(shop)).isTrue();
        soon(() -> databases.drop(RENAMED));
        assertGone();
    }

    @Test
    void noSessionThatIsSigningInSurvivesTheClosing() {
        attackInLoops(6, shop, "SELECT pg_terminate_backend(pg_backend_pid())");
        for (int round = 0; round < CLOSINGS; round++) {
            databases.close(SHOP);
            assertClosed(SHOP);
            databases.open(SHOP);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN; ALTER ROLE :me IN DATABASE :shop SET work_mem = '1MB'; GRANT SELECT ON t TO :victim",
                """
                BEGIN; ALTER ROLE :me IN DATABASE :shop SET work_mem = '1MB'; GRANT SELECT ON t TO :victim;
                PREPARE TRANSACTION 'lock'
                """,
                """
                CREATE SCHEMA s; ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT ALL ON TABLES TO :victim;
                GRANT CONNECT ON DATABASE :other TO :victim; ALTER DATABASE :other CONNECTION LIMIT 0;
                BEGIN; ALTER DATABASE :other CONNECTION LIMIT 1
                """,
                "GRANT SELECT ON t TO :victim; BEGIN; LOCK TABLE t; GRANT INSERT ON t TO PUBLIC",
                "GRANT SELECT ON t TO :victim; BEGIN; GRANT INSERT ON t TO PUBLIC; PREPARE TRANSACTION 'table'",
            })
    void anotherTenantDoesNotStopTheRemoval(String attack) throws SQLException {
        attack(other, attack);
        soon(() -> databases.close(SHOP));
        soon(() -> databases.rename(SHOP, RENAMED.name()));
        soon(() -> databases.drop(RENAMED));
        assertGone();
    }

    @Test
    void aLockOnSystemTablesOfAnotherTenantDoesNotStopTheRemoval() throws SQLException {
        attack(other, "GRANT SELECT ON t TO :victim", "BEGIN; SELECT count(*) FROM pg_class");
        attackAndWait(other, "VACUUM FULL pg_class");
        soon(() -> databases.drop(SHOP));
        assertGone();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GRANT SELECT ON t TO :victim",
                "BEGIN; GRANT SELECT ON t TO :victim; PREPARE TRANSACTION 'grant'",
            })
    void sessionsThatCannotStartBecauseOfAnotherTenantDoNotStopTheRemoval(String attack) throws SQLException {
        keepSessionsFromStarting(other, attack);
        try (Backend impatient = impatient()) {
            soon(() -> impatient.databases(BackendFixture.DEFAULT_SERVER).drop(SHOP));
        }
        assertGone();
    }

    @Test
    void sessionsThatCannotStartDoNotStopTheBackend() throws SQLException {
        keepSessionsFromStarting(shop);
        try (Backend impatient = impatient()) {
            soon(() -> impatient.databases(BackendFixture.DEFAULT_SERVER).copy(SHOP, COPY));
        }
        keepSessionsFromStarting(shop);
        soon(() -> databases.close(SHOP));
        assertClosed(SHOP);

        databases.open(SHOP);
        keepSessionsFromStarting(shop);
        soon(() -> databases.drop(SHOP));
        assertGone();
    }

    /** Opens the same backend, which gives up a connection that does not start early. */
    private Backend impatient() {
        Map<String, String> settings = new HashMap<>(fixture.settings());
        settings.put("connect.seconds", "1");
        return fixture.provider().open(Settings.of(settings));
    }

    /**
     * Locks a system table that a session reads when it starts. It does not need to while a file of the database has
     * the table's description, which {@code ANALYZE} removes.
     */
    private void keepSessionsFromStarting(DatabaseLogin login, String... statements) throws SQLException {
        Connection waiting = connect(login);
        attack(login, statements);
        attack(login, "ANALYZE pg_class", "BEGIN; SELECT count(*) FROM pg_class");
        attackAndWait(waiting, login, "VACUUM FULL pg_class");
    }

    @Test
    void tenantsThatGrantPrivilegesAgainAndAgainDoNotStopTheRemoval() throws SQLException {
        DatabaseLogin third = login(THIRD);
        for (DatabaseLogin grantor : List.of(other, third)) {
            String limit = "ALTER DATABASE \"" + database(grantor) + "\" CONNECTION LIMIT 0";
            attackInLoops(3, grantor, limit, "GRANT SELECT ON t TO :victim");
            await("""
                    SELECT count(*) > 0 FROM pg_shdepend s
                    JOIN pg_roles r ON r.oid = s.refobjid
                    JOIN pg_database d ON d.oid = s.dbid
                    WHERE d.datname = '%s' AND r.rolname = '%s'
                    """.formatted(database(grantor), shop.user()));
        }
        soon(() -> databases.drop(SHOP));
        assertGone();
        attacking = false;
        assertThat(databases.size(OTHER)).isPositive();
        assertThat(canLogIn(other)).isTrue();
        assertThat(canLogIn(third)).isTrue();
    }

    @Test
    void aSuspendedTenantStaysClosedWhenItsPrivilegesAreRevoked() throws SQLException {
        attack(other, "GRANT SELECT ON t TO :victim");
        databases.close(OTHER);
        server.execute("postgres", filled("ALTER DATABASE :other CONNECTION LIMIT 0"));
        soon(() -> databases.drop(SHOP));
        assertGone();
        assertThat(canLogIn(other)).isFalse();
    }

    private static String database(DatabaseLogin login) {
        return login.url().replaceAll(".*/([^/?]+).*", "$1");
    }

    private boolean canLogIn(DatabaseLogin login) {
        return server.value("postgres", "SELECT rolcanlogin FROM pg_roles WHERE rolname = '" + login.user() + "'")
                .equals("t");
    }

    /** PostgreSQL tells the size of a database only to roles that may connect to it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOwnerThatRevokesTheRightToConnectIsMeasuredAndCopied(boolean again) throws SQLException {
        String[] revoke = {"REVOKE ALL ON DATABASE :shop FROM :me", "REVOKE ALL ON DATABASE :shop FROM PUBLIC"};
        attack(shop, revoke);
        if (again) {
            server.execute("postgres", filled("GRANT CONNECT ON DATABASE :shop TO :victim"));
            attackInLoops(2, shop, revoke);
            await("SELECT NOT has_database_privilege('" + shop.user() + "', '" + SHOP.name() + "', 'CONNECT')");
        }
        assertThat(databases.size(SHOP)).isPositive();
        soon(() -> databases.copy(SHOP, COPY));
        assertThat(databases.size(COPY)).isPositive();
    }

    @Test
    void aSessionInAnotherDatabaseEndsToo() throws SQLException {
        server.execute("postgres", filled("GRANT CONNECT ON DATABASE postgres TO :victim"));
        DatabaseLogin elsewhere = new DatabaseLogin(server.url("postgres"), shop.user(), shop.password());
        try {
            attack(elsewhere, "BEGIN; ALTER ROLE :me PASSWORD 'another-password_of-mine'");
            soon(() -> databases.close(SHOP));
            assertClosed(SHOP);
        } finally {
            server.execute("postgres", filled("REVOKE CONNECT ON DATABASE postgres FROM :victim"));
        }
    }

    @Test
    void setsAPasswordOnlyIfTheServerDoesNotAcceptIt() throws SQLException {
        String changes = "SELECT xmin FROM pg_authid WHERE rolname = '" + shop.user() + "'";
        String before = server.value("postgres", changes);
        databases.login(SHOP, PostgresFixture.PASSWORD);
        assertThat(server.value("postgres", changes)).isEqualTo(before);

        attack(shop, "ALTER ROLE :me PASSWORD 'another-password_of-mine'");
        assertThatThrownBy(() -> connect(shop)).isInstanceOf(SQLException.class);
        databases.login(SHOP, PostgresFixture.PASSWORD);
        assertThat(fixture.connects(shop)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ALTER ROLE :victim VALID UNTIL '2001-01-01'", "ALTER ROLE :victim CONNECTION LIMIT 0"})
    void aLoginThatAnAdministratorLockedOutStillHasItsDatabase(String change) {
        server.execute("postgres", filled(change));
        assertThatThrownBy(() -> connect(shop)).isInstanceOf(SQLException.class);
        assertThat(databases.size(SHOP)).isPositive();
        databases.close(SHOP);
        databases.drop(SHOP);
        assertGone();
    }
}
