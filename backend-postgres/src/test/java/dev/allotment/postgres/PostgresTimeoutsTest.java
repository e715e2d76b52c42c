// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.postgres.server.ConnectionPool;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.Timeouts;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
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
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An application or a frozen process that keeps a lock does not block others forever. They get a retryable error. */
final class PostgresTimeoutsTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(5, 1));
    private static final DatabaseRef OTHER = new DatabaseRef("other.example", new UUID(5, 2));
    private static final DatabaseRef COPY = new DatabaseRef("copy.example", new UUID(5, 3));
    private static final RowQuota ORDERS = new RowQuota("sale_order", Filter.all(), 3, "sale.order", "[]");

    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(
            PostgresTestServer.Admin.KEEPER, true, Map.of("pool.size", "2", "client.connections", "4"));
    private final PostgresBackend backend = open(new Timeouts(SHORT, SHORT, SHORT, SHORT, SHORT, LONG, LONG, GRACE));
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private DatabaseLogin login;

    private PostgresBackend open(Timeouts timeouts) {
        return new PostgresBackend(
                PostgresSettings.read(Settings.of(fixture.settings())).withTimeouts(timeouts));
    }

    @BeforeEach
    void make() throws SQLException {
        backend.catalog().migrate();
        databases.create(SHOP);
        databases.open(SHOP);
        login = databases.login(SHOP, PostgresFixture.PASSWORD);
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE sale_order (id serial PRIMARY KEY); CREATE TABLE t (id int)");
        }
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        backend.close();
        fixture.close();
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private static void configure(Databases databases, Consumer<DatabaseTransaction> work) {
        databases.configure(SHOP, tx -> {
            work.accept(tx);
            return null;
        });
    }

    private static void assertRetryable(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SaasException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
            assertThat(e.retryable()).isTrue();
        });
    }

    @Test
    void doesNotWaitForATableWithAQuotaThatTheApplicationLocks() throws SQLException {
        configure(databases, tx -> tx.enforce(List.of(ORDERS)));
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE sale_order IN EXCLUSIVE MODE");
            assertThat(counted()).hasValue(0);
            statement.execute("TRUNCATE sale_order");
            assertRetryable(this::counted);
            assertRetryable(() -> configure(databases, tx -> tx.enforce(List.of())));
            databases.close(SHOP);
        }
        assertThat(counted()).hasValue(0);
    }

    @Test
    void aScriptDoesNotWaitLongForLocksOfTheApplication() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE t");
            assertRetryable(() -> configure(databases, tx -> tx.run("INSERT INTO t VALUES (1)")));
            assertRetryable(() -> configure(databases, tx -> tx.run("SET lock_timeout = 0; INSERT INTO t VALUES (1)")));
        }
        configure(databases, tx -> tx.run("INSERT INTO t VALUES (1)"));
    }

    @Test
    void aScriptEndsInTimeEvenIfATriggerDoesNot() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        PERFORM set_config(name, '0', false) FROM pg_settings
                        WHERE name IN ('statement_timeout', 'transaction_timeout', 'client_connection_check_interval');
                        WHILE NEW.id = 2 LOOP
                            BEGIN
                                PERFORM pg_sleep(1000);
                            EXCEPTION WHEN query_canceled OR OTHERS THEN
                                NULL;
                            END;
                        END LOOP;
                        PERFORM pg_sleep(1000);
                        RETURN NEW;
                    END$$;
                    CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
                    """);
        }
        assertRetryable(() -> configure(databases, tx -> tx.run("INSERT INTO t VALUES (1)")));
        assertRetryable(() -> configure(databases, tx -> tx.run("INSERT INTO t VALUES (2)")));

        // No session is left that has a lock.
        configure(databases, tx -> tx.run("TRUNCATE t"));
    }

    @Test
    void locksOfTheApplicationDoNotStopAMigration() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                PostgresBackend later = new PostgresBackend(
                        PostgresSettings.read(Settings.of(fixture.settings())),
                        NextVersion.tenantSchema("CREATE TABLE allotment.later (id bigint)"))) {
            statement.execute("SELECT pg_advisory_lock(hashtextextended('allotment', 0))");
            // Locks every table of the database until the end of the transaction.
            statement.execute("BEGIN; ANALYZE");
            Databases migrated = later.databases(BackendFixture.DEFAULT_SERVER);
            configure(migrated, tx -> tx.run("CREATE TABLE later (id integer)"));
            statement.execute("ROLLBACK");
            configure(migrated, tx -> tx.enforce(List.of(ORDERS)));
        }
        assertThat(server.value(SHOP.name(), "SELECT max(version) FROM allotment.schema_version"))
                .isEqualTo("2");
        assertThat(counted()).hasValue(0);
    }

    @Test
    void waitingForALockEndsWithARetryableError() throws SQLException {
        try (Connection connection = server.connect(fixture.catalog());
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "SELECT pg_advisory_lock(" + fixture.identity(SHOP).lockKey() + ")");
            assertRetryable(() -> databases.close(SHOP));
        }
        databases.close(SHOP);
    }

    @Test
    void aFrozenProcessLosesItsLock() {
        PostgresSettings frozen = PostgresSettings.read(Settings.of(fixture.settings()))
                .withTimeouts(new Timeouts(LONG, LONG, LONG, LONG, LONG, LONG, SHORT, GRACE));
        try (ConnectionPool pool = new ConnectionPool(
                        "frozen",
                        new ServerAccess(frozen, PostgresBackend.CONTROL_STATEMENTS).server(),
                        1,
                        Duration.ofSeconds(5),
                        true,
                        () -> {});
                PostgresBackend other = open(new Timeouts(LONG, LONG, LONG, LONG, LONG, LONG, LONG, GRACE))) {
            ServerSession turn = ServerSession.open(pool, "Freezing");
            turn.lock(fixture.identity(SHOP).lockKey());
            other.databases(BackendFixture.DEFAULT_SERVER).close(SHOP);

            assertThatThrownBy(() -> turn.execute("SELECT 1")).isInstanceOf(RuntimeException.class);
            turn.close();
        }
    }

    @Test
    void keepsAnIdleConnectionAfterALock() {
        PostgresSettings settings = PostgresSettings.read(Settings.of(fixture.settings()))
                .withTimeouts(new Timeouts(LONG, LONG, LONG, LONG, LONG, LONG, SHORT, GRACE));
        try (ConnectionPool pool = new ConnectionPool(
                "idle",
                new ServerAccess(settings, PostgresBackend.CONTROL_STATEMENTS).server(),
                1,
                Duration.ofSeconds(5),
                true,
                () -> {})) {
            try (ServerSession turn = ServerSession.open(pool, "A turn")) {
                turn.lock(fixture.identity(SHOP).lockKey());
                assertThat(timeout(turn)).isEqualTo("300ms");
            }
            try (ServerSession next = ServerSession.open(pool, "None")) {
                assertThat(timeout(next)).isEqualTo("0");
            }
        }
    }

    private static String timeout(ServerSession session) {
        return session.query(
                "SHOW idle_session_timeout", query -> query.mapTo(String.class).one());
    }

    @Test
    void rollsBackAConfigurationChangeWhoseProcessFreezes() throws Exception {
        CountDownLatch thaw = new CountDownLatch(1);
        CountDownLatch inIt = new CountDownLatch(1);
        try (PostgresBackend frozen = open(new Timeouts(LONG, LONG, LONG, LONG, LONG, LONG, SHORT, GRACE));
                PostgresBackend other = open(new Timeouts(LONG, LONG, LONG, LONG, LONG, LONG, LONG, GRACE))) {
            Future<?> configuration =
                    threads.submit(() -> configure(frozen.databases(BackendFixture.DEFAULT_SERVER), tx -> {
                        insert(tx, "frozen");
                        inIt.countDown();
                        try {
                            assertThat(thaw.await(30, TimeUnit.SECONDS)).isTrue();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }));
            assertThat(inIt.await(30, TimeUnit.SECONDS)).isTrue();
            configure(other.databases(BackendFixture.DEFAULT_SERVER), tx -> insert(tx, "other"));
            thaw.countDown();

            assertThatThrownBy(configuration::get).cause().isInstanceOf(SaasException.class);
        }
        assertThat(written()).containsExactly("other");
    }

    @Test
    void waitingForALockTakesNoConnectionFromTheCatalog() throws Exception {
        databases.create(OTHER);
        try (Connection connection = server.connect(fixture.catalog());
                Statement statement = connection.createStatement();
                PostgresBackend other = open(new Timeouts(LONG, LONG, LONG, LONG, LONG, LONG, LONG, GRACE))) {
            Databases waiting = other.databases(BackendFixture.DEFAULT_SERVER);
            statement.execute("SELECT pg_advisory_lock(key) FROM unnest(ARRAY["
                    + fixture.identity(SHOP).lockKey() + ", "
                    + fixture.identity(OTHER).lockKey() + "]) key");
            List<Future<?>> turns =
                    List.of(threads.submit(() -> waiting.open(SHOP)), threads.submit(() -> waiting.close(OTHER)));
            long end = System.nanoTime() + LONG.toNanos();
            while (!server.value(
                            "postgres", "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
                    .equals("2")) {
                assertThat(System.nanoTime()).as("fewer than two sessions wait").isLessThan(end);
            }

            assertThat(other.catalog()
                            .<Long>transact(
                                    tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all())))
                    .isZero();
            assertThat(waiting.exists(SHOP.name())).isTrue();
            assertThat(other.health().up()).isTrue();
            assertThat(turns).noneMatch(Future::isDone);
            statement.execute("SELECT pg_advisory_unlock_all()");
            for (Future<?> turn : turns) {
                turn.get(30, TimeUnit.SECONDS);
            }
        }
    }

    /**
     * Creates more rows than the buffers between two processes have room for. One row is slow, but only in the copy.
     */
    private void makeSlow(String inCopy) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE FUNCTION slow(id int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
                    BEGIN
                        IF id = 1 AND current_database() = 'copy.example' THEN
                            %s
                        END IF;
                        RETURN id;
                    END$$;
                    CREATE TABLE g (id int, pad text, s int GENERATED ALWAYS AS (slow(id)) STORED);
                    CREATE INDEX ON g (slow(id));
                    INSERT INTO g SELECT i, repeat('x', 60000) FROM generate_series(1, 300) i;
                    """.formatted(inCopy));
        }
    }

    @Test
    void aTransferEndsInTimeEvenIfCodeOfTheTenantDoesNot() throws SQLException {
        makeSlow("""
                PERFORM set_config(name, '0', false) FROM pg_settings
                WHERE name IN ('statement_timeout', 'transaction_timeout');
                LOOP
                    BEGIN
                        PERFORM pg_sleep(1000);
                    EXCEPTION WHEN query_canceled OR OTHERS THEN
                        NULL;
                    END;
                END LOOP;
                """);
        try (PostgresBackend other = open(new Timeouts(LONG, LONG, LONG, SHORT, LONG, LONG, LONG, GRACE))) {
            Databases there = other.databases(BackendFixture.DEFAULT_SERVER);
            assertRetryable(() ->
                    databases.transfer().send(SHOP, content -> there.transfer().receive(COPY, content)));
        }
        assertThat(server.value("postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = 'copy.example'"))
                .isEqualTo("0");
        databases.drop(COPY);
        assertThat(databases.list()).containsExactly(SHOP);
    }

    @Tag("long")
    @Test
    void aTransferMayTakeLongIfEachPieceIsInTime() throws SQLException {
        Duration some = Duration.ofSeconds(3);
        makeSlow("PERFORM pg_sleep(3.5);");
        try (PostgresBackend other = open(new Timeouts(LONG, some, LONG, LONG, LONG, LONG, some, GRACE))) {
            Databases there = other.databases(BackendFixture.DEFAULT_SERVER);
            there.transfer().send(SHOP, content -> there.transfer().receive(COPY, content));
        }
        databases.open(COPY);
        DatabaseLogin copied = databases.login(COPY, PostgresFixture.PASSWORD);
        try (Connection connection = DriverManager.getConnection(copied.url(), copied.user(), copied.password());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT sum(s) FROM g")) {
            row.next();
            assertThat(row.getInt(1)).isEqualTo(45150);
        }
        databases.drop(COPY);
    }

    private OptionalLong counted() {
        return databases.<OptionalLong>transact(SHOP, tx -> tx.count(ORDERS));
    }

    private static void insert(DatabaseTransaction transaction, String value) {
        transaction.records(RecordTypes.PARAMETERS).insert(new Parameter(0, value, value, false));
    }

    private List<String> written() {
        return databases.transact(
                SHOP,
                tx -> tx.records(RecordTypes.PARAMETERS).list(Query.all()).stream()
                        .map(Parameter::value)
                        .toList());
    }
}
