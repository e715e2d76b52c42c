// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allotment.DatabaseLoad;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.tck.BackendFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.h2.api.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an application can and cannot do in its tenant database, in addition to what the kit tests for every backend.
 */
@Timeout(60)
class H2LoginTest {
    /** Statements of H2 that reach files, the network, Java, other users or other sessions. */
    private static final List<String> FORBIDDEN = List.of(
            "SELECT FILE_READ('%s/key')",
            "SELECT FILE_WRITE(X'00', '%s/stolen')",
            "SELECT * FROM CSVREAD('%s/key')",
            "SELECT CSVWRITE('%s/stolen', 'SELECT 1')",
            "SELECT * FROM LINK_SCHEMA('x', '', 'jdbc:h2:mem:', 'sa', '', 'PUBLIC')",
            "CREATE LINKED TABLE x('', 'jdbc:h2:mem:', 'sa', '', 'x')",
            "CREATE ALIAS x FOR 'java.lang.System.exit'",
            "CREATE ALIAS x AS 'void x() { }'",
            "CREATE AGGREGATE x FOR 'java.lang.Object'",
            "CREATE TRIGGER x BEFORE INSERT ON mine CALL 'java.lang.Object'",
            "CREATE TRIGGER x BEFORE INSERT ON mine AS '//javascript'",
            "CREATE TABLE x (id integer) ENGINE \"java.lang.Object\"",
            "RUNSCRIPT FROM '%s/key'",
            "SCRIPT TO '%s/stolen'",
            "SCRIPT",
            "BACKUP TO '%s/stolen'",
            "CREATE USER x PASSWORD 'x'",
            "CREATE USER x PASSWORD 'x' ADMIN",
            "ALTER USER application ADMIN TRUE",
            "ALTER USER sa SET PASSWORD 'x'",
            "DROP USER sa",
            "CREATE ROLE x",
            "GRANT ALTER ANY SCHEMA TO application",
            "CREATE SCHEMA x",
            "CREATE TABLE public.x (id integer)",
            "CREATE TABLE allotment.x (id integer)",
            "SHUTDOWN IMMEDIATELY",
            "CHECKPOINT SYNC",
            "SELECT ABORT_SESSION(1)",
            "SELECT DB_OBJECT_SQL('USER', 'SA')",
            "SET EXCLUSIVE TRUE",
            "SET DB_CLOSE_DELAY -1",
            "SET WRITE_DELAY 10000",
            "SET MODE Oracle",
            "SET REFERENTIAL_INTEGRITY FALSE",
            "SET TRACE_LEVEL_FILE 3",
            "SET DATABASE_EVENT_LISTENER 'java.lang.Object'",
            "SET JAVA_OBJECT_SERIALIZER 'java.lang.Object'",
            "SET AUTHENTICATOR TRUE",
            "SET CLUSTER 'x'",
            "DROP ALL OBJECTS",
            "COMMENT ON USER sa IS 'x'");

    private static final String PASSWORD = "a-password_of-the-shop";

    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(0, 1));

    @TempDir
    Path folder;

    private Backend backend;
    private Databases databases;

    @BeforeEach
    void open() {
        backend =
                new H2BackendProvider().open(Settings.of(Map.of("path", folder.toString(), "login.connections", "3")));
        databases = backend.databases(BackendFixture.DEFAULT_SERVER);
        databases.create(SHOP);
        databases.open(SHOP);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void ownsItsObjectsAndKeepsThemAcrossARestart() throws SQLException {
        DatabaseLogin login = databases.login(SHOP, PASSWORD);
        execute(
                login,
                "CREATE TABLE mine (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note varchar NOT NULL)",
                "CREATE INDEX mine_by_note ON mine (note)",
                "CREATE VIEW noted AS SELECT note FROM mine",
                "CREATE SEQUENCE numbers",
                "CREATE DOMAIN short AS varchar(10)",
                "INSERT INTO mine (note) VALUES ('first')",
                "ALTER TABLE mine ADD COLUMN more short");
        close();
        open();

        assertThat(values(login, "SELECT note FROM noted")).containsExactly("first");
    }

    @Test
    void countsItsConnectionsAndMeasuresNothingElse() throws SQLException {
        DatabaseLogin login = databases.login(SHOP, PASSWORD);
        DatabaseLoad idle =
                DatabaseLoad.builder(SHOP.uuid(), SHOP.name()).maxConnections(3).build();
        assertThat(databases.loadMeter().load()).containsExactly(idle);

        Connection first = connect(login);
        Connection second = connect(login);
        assertThat(databases.loadMeter().load())
                .containsExactly(idle.toBuilder().connections(2).build());
        first.close();
        assertThat(databases.loadMeter().load())
                .containsExactly(idle.toBuilder().connections(1).build());
        second.close();
        assertThat(databases.loadMeter().load()).containsExactly(idle);
    }

    @Test
    void sharesItsTablesWithScriptsOfAddOns() throws SQLException {
        run("CREATE TABLE of_script (id integer PRIMARY KEY); INSERT INTO of_script VALUES (1)");
        DatabaseLogin login = databases.login(SHOP, PASSWORD);
        execute(login, "CREATE TABLE of_application (id integer REFERENCES of_script)", "UPDATE of_script SET id = 2");
        run("ALTER TABLE of_application ADD COLUMN note varchar DEFAULT 'new'; CREATE TABLE later (id integer)");

        execute(
                login,
                "INSERT INTO of_application (id) VALUES (2)",
                "INSERT INTO later VALUES (1)",
                "DROP TABLE later");
        assertThat(values(login, "SELECT note FROM of_application")).containsExactly("new");
    }

    @Test
    void aCopyHasItsTablesButNotItsPassword() throws SQLException {
        DatabaseLogin login = databases.login(SHOP, PASSWORD);
        execute(login, "CREATE TABLE mine AS SELECT 1 AS id");
        DatabaseRef copy = new DatabaseRef("copy.example", new UUID(0, 2));
        databases.copy(SHOP, copy);
        databases.open(copy);

        String url = login.url().replace(SHOP.name(), copy.name());
        assertState("28000", new DatabaseLogin(url, login.user(), login.password()));
        assertState("28000", new DatabaseLogin(url, copy.uuid().toString(), login.password()));
        assertThat(values(databases.login(copy, PASSWORD + "-2"), "SELECT id FROM mine"))
                .containsExactly("1");
        assertThat(values(login, "SELECT id FROM mine")).containsExactly("1");
    }

    @Test
    void reachesNothingOutsideItsSchemaAndNeitherDoScripts() throws SQLException {
        DatabaseLogin login = databases.login(SHOP, PASSWORD);
        execute(login, "CREATE TABLE mine (id integer)");
        for (String each : FORBIDDEN) {
            String statement = each.replace("%s", folder.toString());
            assertNotAllowed(statement, catchThrowableOfType(SQLException.class, () -> execute(login, statement)));
            SaasException refused = catchThrowableOfType(SaasException.class, () -> run(statement));
            assertThat(refused).as(statement).isNotNull();
            assertThat(refused.code()).as(statement).isEqualTo(ErrorCodes.ADDON_FAILED);
            assertNotAllowed(statement, refused.getCause());
        }
        assertThat(folder.resolve("stolen")).doesNotExist();
    }

    private static void assertNotAllowed(String statement, Throwable refusal) {
        assertThat(refusal).as(statement).isInstanceOf(SQLException.class);
        assertThat(((SQLException) refusal).getErrorCode())
                .as(() -> statement + ": " + refusal.getMessage())
                .isIn(ErrorCode.ADMIN_RIGHTS_REQUIRED, ErrorCode.NOT_ENOUGH_RIGHTS_FOR_1);
    }

    @Test
    void aUrlConnectsToItsDatabaseAndNothingElse() throws SQLException, IOException {
        DatabaseLogin login = databases.login(SHOP, PASSWORD);
        try (Stream<Path> before = Files.walk(folder)) {
            List<Path> files = before.toList();
            assertState("28000", with(login, login.url() + ";INIT=CREATE SCHEMA x"));
            assertState("28000", with(login, login.url() + "x"));
            assertState("28000", with(login, login.url().replace(SHOP.name(), "SHOP.EXAMPLE")));
            assertState("28000", new DatabaseLogin(login.url(), login.user(), login.password() + "x"));
            assertState("28000", new DatabaseLogin(login.url(), "sa", ""));
            assertState("08001", with(login, login.url().replace("/" + SHOP.name(), "")));
            assertState("08001", with(login, "jdbc:allotment-h2:x"));
            try (Stream<Path> after = Files.walk(folder)) {
                assertThat(after).containsExactlyInAnyOrderElementsOf(files);
            }
        }
        // The application may know where its files are. H2 itself refuses it without the right password.
        Path file = folder.resolve("databases/db-" + SHOP.name() + "/" + SHOP.uuid());
        try (Connection inside = connect(login)) {
            for (String user : List.of("sa", "application", login.user())) {
                assertThatThrownBy(() -> DriverManager.getConnection(
                                        "jdbc:h2:allotment:0:file:" + file + ";IFEXISTS=TRUE", user, "")
                                .close())
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("28000"));
            }
            assertThat(inside.isValid(1)).isTrue();
        }
    }

    @Test
    void onlyTheOwnerOfTheFolderCanReadTheKey() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void refusesAFolderWithoutItsKey() throws IOException {
        backend.catalog().migrate();
        close();
        byte[] key = Files.readAllBytes(folder.resolve("key"));
        Files.delete(folder.resolve("key"));
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_SCHEMA));
        Files.write(folder.resolve("key"), key);
        open();
    }

    @Test
    void hasAsManyConnectionsAsTheSettingSays() throws SQLException {
        DatabaseLogin login = databases.login(SHOP, PASSWORD);
        Connection left = connect(login);
        try (Connection first = connect(login);
                Connection third = connect(login)) {
            assertState("53300", login);
            left.close();
            try (Connection another = connect(login)) {
                assertThat(List.of(first, third, another)).allMatch(H2LoginTest::isAlive);
            }
        }
    }

    @Test
    void closingTheDatabaseEndsAStatementThatWouldNeverFinish() throws Exception {
        DatabaseLogin login = databases.login(SHOP, PASSWORD);
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            Future<Throwable> end = start(() -> catchThrowableOfType(
                    SQLException.class,
                    () -> statement.execute(
                            "SELECT count(*) FROM SYSTEM_RANGE(1, 1000000) a, SYSTEM_RANGE(1, 1000000) b")));
            awaitStatement("SYSTEM_RANGE", end);
            databases.close(SHOP);
            assertThat(end.get(20, TimeUnit.SECONDS)).isNotNull();
            assertThat(isAlive(connection)).isFalse();
        }
        assertState("08004", login);
    }

    /** Waits until another session executes a statement, which only an administrator can see. */
    private void awaitStatement(String part, Future<Throwable> end) throws SQLException, IOException {
        String sql = "SELECT 1 FROM information_schema.sessions WHERE session_id <> SESSION_ID()"
                + " AND executing_statement LIKE '%" + part + "%'";
        try (Connection administrator = DriverManager.getConnection(
                        "jdbc:h2:allotment:0:file:" + folder.resolve("databases/db-" + SHOP.name() + "/" + SHOP.uuid())
                                + ";IFEXISTS=TRUE",
                        "sa",
                        Files.readString(folder.resolve("key")));
                Statement statement = administrator.createStatement()) {
            boolean found = false;
            while (!found && !end.isDone() && !Thread.interrupted()) {
                try (ResultSet rows = statement.executeQuery(sql)) {
                    found = rows.next();
                }
            }
            assertThat(end).isNotDone();
            assertThat(found).isTrue();
        }
    }

    @Test
    void anOpenTransactionDoesNotBlockAConfiguration() throws SQLException {
        DatabaseLogin login = databases.login(SHOP, PASSWORD);
        execute(login, "CREATE TABLE mine (id integer)");
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO mine VALUES (1)");
            run("ALTER TABLE mine ADD COLUMN note varchar");
            assertThat(isAlive(connection)).isFalse();
        }
        assertThat(values(login, "SELECT id FROM mine")).isEmpty();
    }

    @Test
    void canConnectAgainAfterItChangedItsPasswordOrDroppedItsSchema() throws SQLException {
        DatabaseLogin login = databases.login(SHOP, PASSWORD);
        execute(login, "CREATE TABLE lost (id integer)", "SET PASSWORD 'mine'");
        assertThat(values(login, "SELECT count(*) FROM lost")).containsExactly("0");
        execute(login, "DROP SCHEMA application CASCADE");
        execute(login, "CREATE TABLE mine (id integer)", "SET PASSWORD 'mine'");
        run("CREATE TABLE of_script (id integer)");

        assertThat(values(
                        login,
                        "SELECT table_name FROM information_schema.tables"
                                + " WHERE table_schema = 'application' ORDER BY table_name"))
                .containsExactly("mine", "of_script");
        assertThat(values(login, "SELECT count(*) FROM mine, of_script")).containsExactly("0");
    }

    /** If H2 refused one of these connections, it would let all databases of the process wait. */
    @Test
    void connectsWhileAnotherOfItsSessionsChangesItsPassword() throws Exception {
        DatabaseLogin login = databases.login(SHOP, PASSWORD);
        boolean[] stop = {false};
        Future<Integer> changes = start(() -> {
            int count = 0;
            try (Connection connection = connect(login);
                    Statement statement = connection.createStatement()) {
                for (; !isSet(stop); count++) {
                    statement.execute("SET PASSWORD 'mine" + count + "'");
                }
            }
            return count;
        });
        try {
            for (int i = 0; i < 100; i++) {
                assertThat(values(login, "SELECT 1")).containsExactly("1");
            }
        } finally {
            synchronized (stop) {
                stop[0] = true;
            }
        }
        assertThat(changes.get(30, TimeUnit.SECONDS)).isPositive();
    }

    @Test
    void connectsForTheFirstTimeInManySessionsAtOnce() throws Exception {
        for (int i = 0; i < 20; i++) {
            DatabaseRef fresh = new DatabaseRef("fresh" + i, new UUID(2, i));
            databases.create(fresh);
            databases.open(fresh);
            DatabaseLogin login = databases.login(fresh, PASSWORD);
            List<Future<List<String>>> sessions = new ArrayList<>();
            for (int session = 0; session < 4; session++) {
                sessions.add(start(() -> values(login, "SELECT 1")));
            }
            for (Future<List<String>> each : sessions) {
                assertThat(each.get(30, TimeUnit.SECONDS)).containsExactly("1");
            }
        }
    }

    @Test
    void closingTheBackendEndsItsConnections() throws SQLException {
        DatabaseLogin login = databases.login(SHOP, PASSWORD);
        try (Connection connection = connect(login)) {
            close();
            assertThat(isAlive(connection)).isFalse();
            assertState("08001", login);
        }
        open();
        assertThat(values(login, "SELECT 1")).containsExactly("1");
    }

    /** Its commits survive although the database is renamed, copied, configured and closed meanwhile. */
    @Test
    void losesNoCommits() throws Exception {
        DatabaseLogin first = databases.login(SHOP, PASSWORD);
        execute(first, "CREATE TABLE mine (id bigint PRIMARY KEY)");
        boolean[] stop = {false};
        List<Future<List<Long>>> writers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            long from = i * 1_000_000L;
            writers.add(start(() -> write(first, from, stop)));
        }
        DatabaseRef other = new DatabaseRef("other.example", SHOP.uuid());
        try {
            for (int i = 0; i < 2; i++) {
                DatabaseRef copy = new DatabaseRef("copy.example", new UUID(1, i));
                databases.copy(SHOP, copy);
                databases.drop(copy);
                databases.rename(SHOP, other.name());
                databases.rename(other, SHOP.name());
                run("CREATE TABLE t" + i + " (id integer)");
                assertThatThrownBy(() -> run("DELETE FROM mine; SELECT nothing"));
                databases.close(SHOP);
                databases.open(SHOP);
            }
        } finally {
            synchronized (stop) {
                stop[0] = true;
            }
        }
        List<String> written = new ArrayList<>();
        for (Future<List<Long>> each : writers) {
            List<Long> mine = each.get(30, TimeUnit.SECONDS);
            assertThat(mine).isNotEmpty();
            mine.forEach(id -> written.add(id.toString()));
        }
        Set<String> stored = Set.copyOf(values(first, "SELECT id FROM mine"));
        assertThat(written).allMatch(stored::contains);
    }

    /** Writes numbers. Returns those whose commit was reported. */
    private static List<Long> write(DatabaseLogin login, long from, boolean[] stop) {
        List<Long> written = new ArrayList<>();
        long next = from;
        while (!isSet(stop)) {
            try (Connection connection = connect(login);
                    Statement statement = connection.createStatement()) {
                while (!isSet(stop)) {
                    long id = next++;
                    statement.execute("INSERT INTO mine VALUES (" + id + ")");
                    written.add(id);
                }
            } catch (SQLException e) {
                // Disconnected, or refused at present: it tries again, like an application.
                Thread.onSpinWait();
            }
        }
        return written;
    }

    private static boolean isSet(boolean[] flag) {
        synchronized (flag) {
            return flag[0];
        }
    }

    private void run(String script) {
        databases.configure(SHOP, tx -> {
            tx.run(script);
            return null;
        });
    }

    private static DatabaseLogin with(DatabaseLogin login, String url) {
        return new DatabaseLogin(url, login.user(), login.password());
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private static boolean isAlive(Connection connection) {
        try {
            return connection.isValid(5);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertState(String state, DatabaseLogin login) {
        assertThatThrownBy(() -> connect(login).close())
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    }

    private static void execute(DatabaseLogin login, String... statements) throws SQLException {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> values(DatabaseLogin login, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    /** Starts work on its own thread. From Java 25 on, the common pool may have one thread only. */
    private static <T> Future<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        new Thread(task).start();
        return task;
    }
}
