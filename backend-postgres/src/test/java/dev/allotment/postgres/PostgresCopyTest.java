// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Copies and renames of databases that applications and other nodes use, with no more privileges than needed. */
final class PostgresCopyTest {
    private static final DatabaseRef SOURCE = new DatabaseRef("source.example", new UUID(5, 1));
    private static final DatabaseRef COPY = new DatabaseRef("copy.example", new UUID(5, 2));

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);

    @BeforeEach
    void makeSource() {
        backend.catalog().migrate();
        databases.create(SOURCE);
        databases.open(SOURCE);
        databases.transact(
                SOURCE, tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "key", "source", false)));
    }

    @AfterEach
    void close() {
        backend.close();
        fixture.close();
    }

    @Test
    void objectsOfTheApplicationBelongToTheApplicationOfTheCopy() throws SQLException {
        execute(
                databases.login(SOURCE, PostgresFixture.PASSWORD),
                "CREATE SCHEMA sales",
                "CREATE EXTENSION pg_trgm",
                "CREATE TABLE sales.orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text)",
                "INSERT INTO sales.orders (note) VALUES ('first')",
                "CREATE VIEW sales.notes AS SELECT note FROM sales.orders",
                "CREATE TYPE sales.mood AS ENUM ('good')",
                "CREATE FUNCTION sales.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
                "SELECT lo_create(4711)");
        databases.configure(SOURCE, tx -> {
            tx.run("CREATE TABLE of_script (id int)");
            return null;
        });
        databases.copy(SOURCE, COPY);
        databases.open(COPY);

        String role = fixture.identity(COPY).role();
        execute(
                databases.login(COPY, PostgresFixture.PASSWORD),
                "INSERT INTO sales.orders (note) VALUES ('second')",
                "ALTER TABLE sales.orders ADD COLUMN more text",
                "ALTER TABLE of_script ADD COLUMN more text",
                "DROP VIEW sales.notes",
                "ALTER TYPE sales.mood ADD VALUE 'bad'",
                "SELECT lo_unlink(4711)",
                "DROP EXTENSION pg_trgm");
        assertThat(traces(COPY, SOURCE)).isEmpty();
        assertThat(server.value("postgres", "SELECT datdba::regrole FROM pg_database WHERE datname = 'copy.example'"))
                .isEqualTo(role);
        // The original is unchanged.
        assertThat(server.value("postgres", "SELECT datdba::regrole FROM pg_database WHERE datname = 'source.example'"))
                .isEqualTo(fixture.identity(SOURCE).role());
        assertThat(traces(SOURCE, COPY)).isEmpty();
        execute(
                databases.login(SOURCE, PostgresFixture.PASSWORD),
                "INSERT INTO sales.orders (note) VALUES ('third')",
                "DROP EXTENSION pg_trgm");
        databases.drop(SOURCE);
        assertThat(fixture.roles()).containsExactly(role);
    }

    @Test
    void aTemplateWithObjectsIsCopiedByManyAtOnce() throws SQLException {
        execute(databases.login(SOURCE, PostgresFixture.PASSWORD), "CREATE TABLE orders (id serial)");
        databases.close(SOURCE);
        // Ends the sessions in it.
        databases.copy(SOURCE, COPY);
        List<DatabaseRef> copies = IntStream.range(0, 2)
                .mapToObj(i -> new DatabaseRef("copy-" + i + ".example", new UUID(5, 10 + i)))
                .toList();
        // Another node is copying it, too.
        try (Connection other = server.connect(fixture.catalog());
                Statement statement = other.createStatement()) {
            statement.execute(
                    "SELECT pg_advisory_lock_shared(" + fixture.identity(SOURCE).lockKey() + ")");
            copies.stream()
                    .map(copy -> CompletableFuture.runAsync(() -> databases.copy(SOURCE, copy)))
                    .toList()
                    .forEach(CompletableFuture::join);
        }
        for (DatabaseRef copy : copies) {
            databases.open(copy);
            execute(databases.login(copy, PostgresFixture.PASSWORD), "ALTER TABLE orders ADD COLUMN note text");
            assertThat(traces(copy, SOURCE)).isEmpty();
        }
        databases.open(SOURCE);
        execute(databases.login(SOURCE, PostgresFixture.PASSWORD), "ALTER TABLE orders ADD COLUMN note text");
    }

    @Test
    void aCopyIsMadeAndFilledOverOneSession() {
        databases.close(SOURCE);
        List<String> opened = new CopyOnWriteArrayList<>();
        PostgresSettings settings = PostgresSettings.read(Settings.of(fixture.settings()));
        ServerAccess access = new ServerAccess(settings, PostgresBackend.CONTROL_STATEMENTS, source -> {
            opened.add(((PGSimpleDataSource) source).getDatabaseName());
            return source;
        });
        try (Backend counted = new PostgresBackend(settings, access)) {
            Databases calls = counted.databases(BackendFixture.DEFAULT_SERVER);
            calls.copy(SOURCE, COPY);
            assertThat(calls.<Long>transact(
                            COPY, tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.equal(Parameter.KEY, "key"))))
                    .isEqualTo(1);
        }
        assertThat(opened.stream().filter(COPY.name()::equals)).hasSize(1);
    }

    @Test
    void aGeneratedIdThatIsInUseIsNotTheFaultOfTheCaller() {
        for (int i = 0; i < 5; i++) {
            insert("more " + i);
        }
        server.execute(SOURCE.name(), "ALTER SEQUENCE allotment.parameters_id_seq RESTART WITH 1");
        insert("after");
        assertThatThrownBy(() -> insert("after"))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.details()).containsEntry("key", "key"));
        assertThat(databases.<Long>transact(
                        SOURCE, tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all())))
                .isEqualTo(7);
    }

    private void insert(String key) {
        databases.transact(
                SOURCE, tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, key, "value", false)));
    }

    @Test
    void objectsOfScriptsNeedNoNewOwnerInACopy() throws SQLException {
        databases.configure(SOURCE, tx -> {
            tx.run("CREATE TABLE of_script (id int GENERATED ALWAYS AS IDENTITY); CREATE EXTENSION pg_trgm;");
            return null;
        });
        databases.copy(SOURCE, COPY);
        databases.open(COPY);

        execute(
                databases.login(COPY, PostgresFixture.PASSWORD),
                "ALTER TABLE of_script ADD COLUMN more text",
                "DROP EXTENSION pg_trgm");
        assertThat(traces(COPY, SOURCE)).isEmpty();
    }

    @Test
    void disconnectsAnApplicationThatMayReconnect() throws SQLException {
        DatabaseLogin login = databases.login(SOURCE, PostgresFixture.PASSWORD);
        try (Connection application = connect(login);
                Statement statement = application.createStatement()) {
            application.setAutoCommit(false);
            statement.execute("SELECT 1");
            databases.copy(SOURCE, COPY);
            assertThat(application.isValid(5)).isFalse();
        }
        assertThat(fixture.connects(login)).isTrue();
        assertThat(written(COPY)).containsExactly("source");
    }

    @Test
    void keepsOutAnApplicationThatReconnectsUntilTheCopyIsDone() throws Exception {
        DatabaseLogin login = databases.login(SOURCE, PostgresFixture.PASSWORD);
        AtomicBoolean enough = new AtomicBoolean();
        CountDownLatch connected = new CountDownLatch(4);
        List<CompletableFuture<Void>> applications = IntStream.range(0, 4)
                .mapToObj(i -> start(() -> {
                    while (!enough.get()) {
                        try (Connection connection = connect(login)) {
                            assertThat(connection).isNotNull();
                            connected.countDown();
                        } catch (SQLException e) {
                            // It can be disconnected at any time, and reconnects.
                        }
                    }
                }))
                .toList();
        try {
            assertThat(connected.await(60, TimeUnit.SECONDS)).isTrue();
            databases.copy(SOURCE, COPY);
            databases.rename(COPY, "renamed.example");
        } finally {
            enough.set(true);
        }
        CompletableFuture.allOf(applications.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        assertThat(fixture.connects(login)).isTrue();
        assertThat(written(new DatabaseRef("renamed.example", COPY.uuid()))).containsExactly("source");
    }

    @Test
    void waitsForTransactionsOfAnotherNodeInTheSource() throws Exception {
        try (Backend other = fixture.open()) {
            Databases elsewhere = other.databases(BackendFixture.DEFAULT_SERVER);
            CountDownLatch started = new CountDownLatch(1);
            CountDownLatch copying = new CountDownLatch(1);
            CompletableFuture<Parameter> work = start(() -> elsewhere.transact(SOURCE, tx -> {
                Parameter inserted =
                        tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "other", "of another node", false));
                started.countDown();
                await(copying);
                return inserted;
            }));
            await(started);
            CompletableFuture<Void> copy = start(() -> databases.copy(SOURCE, COPY));
            untilWaiting("CREATE DATABASE%");
            copying.countDown();
            work.get(60, TimeUnit.SECONDS);
            copy.get(60, TimeUnit.SECONDS);

            assertThat(written(COPY)).containsExactly("source", "of another node");
        }
    }

    @Test
    void endsTransactionsOfAnotherNodeThatDoNotFinish() throws Exception {
        try (Backend other = fixture.open()) {
            Databases elsewhere = other.databases(BackendFixture.DEFAULT_SERVER);
            CountDownLatch started = new CountDownLatch(2);
            CountDownLatch done = new CountDownLatch(1);
            CompletableFuture<Parameter> work = start(() -> elsewhere.transact(SOURCE, tx -> {
                tx.records(RecordTypes.PARAMETERS).count(Filter.all());
                started.countDown();
                await(done);
                return tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "other", "of another node", false));
            }));
            CompletableFuture<Long> more = start(() -> elsewhere.transact(SOURCE, tx -> {
                started.countDown();
                tx.records(RecordTypes.PARAMETERS).count(Filter.all());
                await(done);
                return tx.records(RecordTypes.PARAMETERS).count(Filter.all());
            }));
            await(started);
            databases.copy(SOURCE, COPY);
            assertThat(written(COPY)).containsExactly("source");
            // Its connection was closed, so the work is run again.
            done.countDown();
            work.get(60, TimeUnit.SECONDS);
            more.get(60, TimeUnit.SECONDS);
            assertThat(written(SOURCE)).containsExactly("source", "of another node");
            assertThat(fixture.connects(databases.login(SOURCE, PostgresFixture.PASSWORD)))
                    .isTrue();
        }
    }

    @Test
    void aRenameEndsTransactionsOfAnotherNodeThatDoNotFinish() throws Exception {
        try (Backend other = fixture.open()) {
            Databases elsewhere = other.databases(BackendFixture.DEFAULT_SERVER);
            CountDownLatch started = new CountDownLatch(1);
            CountDownLatch done = new CountDownLatch(1);
            CompletableFuture<Long> work = start(() -> elsewhere.transact(SOURCE, tx -> {
                tx.records(RecordTypes.PARAMETERS).count(Filter.all());
                started.countDown();
                await(done);
                return tx.records(RecordTypes.PARAMETERS).count(Filter.all());
            }));
            await(started);
            databases.rename(SOURCE, "renamed.example");
            done.countDown();

            assertThat(work)
                    .failsWithin(60, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withMessageContaining("does not exist");
            DatabaseRef renamed = new DatabaseRef("renamed.example", SOURCE.uuid());
            assertThat(written(renamed)).containsExactly("source");
            assertThat(fixture.connects(databases.login(renamed, PostgresFixture.PASSWORD)))
                    .isTrue();
        }
    }

    @Test
    void anApplicationKeepsWorkingWhileItsLargeDatabaseIsCopied() throws SQLException {
        DatabaseLogin login = databases.login(SOURCE, PostgresFixture.PASSWORD);
        execute(login, "CREATE TABLE orders (id int)", "INSERT INTO orders VALUES (1)");
        AtomicBoolean connected = new AtomicBoolean();
        StatementKiller statements = new StatementKiller();
        PostgresSettings settings = PostgresSettings.read(Settings.of(fixture.settings()));
        try (Connection session = connect(login);
                Backend other = new PostgresBackend(
                        settings.withLargeBytes(1),
                        new ServerAccess(settings, PostgresBackend.CONTROL_STATEMENTS, statements))) {
            Databases copying = other.databases(BackendFixture.DEFAULT_SERVER);
            copying.list();
            statements.killAfter(30, () -> connected.set(fixture.connects(login)));
            copying.copy(SOURCE, COPY);
            assertThat(connected).as("a new session during the copy").isTrue();
            assertThat(session.isValid(5))
                    .as("the session from before the copy")
                    .isTrue();
            copying.copy(SOURCE, COPY);
        }
        databases.open(COPY);
        assertThat(written(COPY)).containsExactly("source");
        execute(databases.login(COPY, PostgresFixture.PASSWORD), "ALTER TABLE orders ADD COLUMN more text");
    }

    @Test
    void copiesALargeDatabaseByItsFiles() {
        databases.close(SOURCE);
        PostgresSettings settings =
                PostgresSettings.read(Settings.of(fixture.settings())).withLargeBytes(1);
        try (Backend other = new PostgresBackend(settings)) {
            other.databases(BackendFixture.DEFAULT_SERVER).copy(SOURCE, COPY);
        }
        databases.open(COPY);
        assertThat(written(COPY)).containsExactly("source");
    }

    @Test
    void copiesOneTemplateManyTimesAtOnce() {
        databases.close(SOURCE);
        List<DatabaseRef> copies = IntStream.range(0, 6)
                .mapToObj(i -> new DatabaseRef("copy-" + i, new UUID(6, i)))
                .toList();
        copies.parallelStream().forEach(copy -> databases.copy(SOURCE, copy));

        assertThat(copies).allSatisfy(copy -> assertThat(written(copy)).containsExactly("source"));
    }

    /** Waits until a statement like this is running on the server. */
    private void untilWaiting(String like) {
        String sql = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '" + like + "'";
        for (int i = 0; i < 1000; i++) {
            if (!server.value("postgres", sql).equals("0")) {
                return;
            }
            server.execute("postgres", "SELECT pg_sleep(0.01)");
        }
        throw new AssertionError("No statement like " + like + " was running");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The objects in one database that depend on the role of another one. */
    private List<String> traces(DatabaseRef database, DatabaseRef other) {
        return server.values(
                database.name(), """
                SELECT classid::regclass || ' ' || objid FROM pg_shdepend
                WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND refobjid = '"%s"'::regrole
                """.formatted(fixture.identity(other).role()));
    }

    private List<String> written(DatabaseRef database) {
        return databases.transact(
                database,
                tx -> tx.records(RecordTypes.PARAMETERS).list(Query.all()).stream()
                        .map(Parameter::value)
                        .toList());
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

    /**
     * Runs work on a new thread. The common pool may have one thread only, depending on Java version and processors.
     */
    private static <T> CompletableFuture<T> start(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> new Thread(task).start());
    }

    private static CompletableFuture<Void> start(Runnable work) {
        return CompletableFuture.runAsync(work, task -> new Thread(task).start());
    }
}
