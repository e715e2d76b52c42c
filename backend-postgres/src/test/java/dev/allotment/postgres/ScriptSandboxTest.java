// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
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
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What scripts and traps of a tenant cannot do. The backend has a superuser, where an escape would do most harm. */
final class ScriptSandboxTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(2, 1));

    /** Makes a role a superuser, if it has the privileges for that. */
    private static final String GRAB = "EXECUTE 'ALTER ROLE keeper SUPERUSER'";

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.SUPERUSER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);

    @BeforeEach
    void make() {
        backend.catalog().migrate();
        databases.create(SHOP);
        databases.open(SHOP);
    }

    @AfterEach
    void close() {
        backend.close();
        fixture.close();
        assertKeeperIsNoSuperuser();
    }

    private void assertKeeperIsNoSuperuser() {
        assertThat(server.value("postgres", "SELECT rolsuper FROM pg_roles WHERE rolname = 'keeper'"))
                .isEqualTo("f");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COMMIT",
                "INSERT INTO t VALUES (1); COMMIT; INSERT INTO t VALUES (2);",
                "BEGIN; INSERT INTO t VALUES (1); END;",
                "ROLLBACK",
                "SAVEPOINT a",
                "DO 'BEGIN COMMIT; END'",
                "CREATE PROCEDURE p() LANGUAGE plpgsql AS 'BEGIN COMMIT; END'; CALL p();",
                "RESET ROLE",
                "SET ROLE postgres",
                "SET ROLE NONE",
                "SET SESSION AUTHORIZATION DEFAULT",
                "DO $$BEGIN EXECUTE 'RESET ROLE'; EXECUTE 'ALTER ROLE keeper SUPERUSER'; END$$",
                "SELECT set_config('role', 'postgres', false)",
                "SET search_path = evil; ALTER ROLE keeper SUPERUSER",
                "UPDATE allotment.parameters SET value = 'stolen'",
                "DROP SCHEMA allotment CASCADE",
                "CREATE DATABASE x",
                "DROP TABLE nothing",
                "COPY t FROM STDIN",
                "SELECT pg_read_file('/etc/passwd')"
            })
    void aScriptThatExceedsItsPrivilegesFailsAndNothingIsStored(String script) {
        configure(tx -> tx.run("CREATE TABLE t (id int)"));
        assertThatThrownBy(() -> configure(tx -> {
                    insert(tx, "gone");
                    tx.run("INSERT INTO t VALUES (0)");
                    tx.run(script);
                }))
                .isInstanceOfSatisfying(SaasException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCodes.ADDON_FAILED);
                    assertThat(e.getCause()).isInstanceOf(SQLException.class);
                });
        assertThat(server.values(SHOP.name(), "SELECT id FROM t")).isEmpty();
        assertThat(written()).isEmpty();
    }

    @Test
    void settingsOfAScriptEndWithTheScript() {
        configure(tx -> {
            tx.run("""
                    CREATE SCHEMA evil;
                    CREATE TABLE evil.parameters (LIKE pg_class);
                    SET search_path = evil, pg_catalog;
                    SET client_encoding = 'LATIN1';
                    SET DateStyle = 'German';
                    SET TimeZone = 'Asia/Tokyo';
                    SET LOCAL statement_timeout = 1;
                    SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
                    CREATE TEMPORARY TABLE parameters (LIKE pg_class);
                    CREATE TEMPORARY TABLE pg_trigger (LIKE pg_class);
                    """);
            insert(tx, "Grüße");
            tx.run("CREATE TABLE in_public (id int)");
        });
        assertThat(written()).containsExactly("Grüße");
        assertThat(server.value(SHOP.name(), "SELECT to_regclass('public.in_public') IS NOT NULL"))
                .isEqualTo("t");
    }

    @Test
    void preparedStatementsOfAScriptDoNotReplaceOurs() {
        configure(tx -> {
            // Often enough that the driver prepares a named statement on the server.
            for (int i = 0; i < 10; i++) {
                insert(tx, "before " + i);
            }
            tx.run("""
                    DEALLOCATE ALL;
                    PREPARE "S_1" AS SELECT 1; PREPARE "S_2" AS SELECT 2; PREPARE "S_3" AS SELECT 3;
                    PREPARE "S_4" AS SELECT 4; PREPARE "S_5" AS SELECT 5; PREPARE "S_6" AS SELECT 6;
                    """);
            for (int i = 0; i < 10; i++) {
                insert(tx, "later " + i);
            }
        });
        assertThat(written()).hasSize(20);
    }

    @Test
    void aTriggerThatAScriptFiresHasThePrivilegesOfTheTenant() throws SQLException {
        asTenant(
                "CREATE TABLE t (id int)",
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN " + GRAB + "; RETURN NULL; END$$",
                "CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()");

        assertRefused("INSERT INTO t VALUES (1)");
    }

    @Test
    void aDeferredTriggerRunsWithThePrivilegesOfTheTenant() throws SQLException {
        asTenant("CREATE TABLE t (id int)", "CREATE TABLE log (who text)", """
                CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql
                AS $$BEGIN INSERT INTO log VALUES (current_user); RETURN NULL; END$$
                """, """
                CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f()
                """);
        configure(tx -> tx.run("INSERT INTO t VALUES (1)"));

        assertThat(server.values(SHOP.name(), "SELECT who FROM log"))
                .containsExactly(fixture.identity(SHOP).role());
    }

    @Test
    void refusesATriggerThatDefersItselfToTheCommit() throws SQLException {
        asTenant("CREATE TABLE t (id int)", """
                CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    SET CONSTRAINTS ALL DEFERRED;
                    IF NEW.id = 1 THEN INSERT INTO public.t VALUES (2); RETURN NULL; END IF;
                    %s;
                    RETURN NULL;
                END$$
                """.formatted(GRAB), """
                CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f()
                """);

        assertRefused("INSERT INTO t VALUES (1)");
        // Other deferred triggers do not stop a configuration change.
        configure(tx -> tx.run("CREATE TABLE u (id int)"));
    }

    @Test
    void closesACursorThatWouldBeReadAtTheCommit() throws SQLException {
        asTenant("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$BEGIN " + GRAB + "; RETURN 1; END$$");

        configure(tx -> tx.run("DECLARE c CURSOR WITH HOLD FOR SELECT public.f()"));

        assertKeeperIsNoSuperuser();
    }

    @Test
    void aScriptThatChangesTheFunctionThatRunsItGainsNothing() {
        String change = """
                DO $$
                DECLARE way regprocedure;
                BEGIN
                    SELECT oid INTO STRICT way FROM pg_proc WHERE pronamespace = pg_my_temp_schema();
                    EXECUTE format('ALTER FUNCTION %s SECURITY INVOKER', way);
                    EXECUTE format('ALTER FUNCTION %s SET search_path = pg_temp', way);
                END$$
                """;
        assertThatThrownBy(() -> configure(tx -> {
                    tx.run(change);
                    tx.run("ALTER ROLE keeper SUPERUSER");
                }))
                .isInstanceOf(SaasException.class);
        configure(tx -> {
            tx.run(change.replace("ALTER FUNCTION %s SECURITY INVOKER", "DROP FUNCTION %s")
                    .replace("ALTER", "--"));
            insert(tx, "stored");
        });
        assertThat(written()).containsExactly("stored");
    }

    @Test
    void aTriggerCannotReplaceTheFunctionOfTheNextScript() throws SQLException {
        asTenant(
                "CREATE TABLE t (id int)",
                """
                CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $f$
                DECLARE script text := (SELECT min(proname) FROM pg_proc WHERE pronamespace = pg_my_temp_schema());
                BEGIN
                    EXECUTE format('CREATE FUNCTION pg_temp.%%I(varchar) RETURNS void LANGUAGE plpgsql AS %%L',
                        script, 'BEGIN %s; END');
                    CREATE DOMAIN pg_temp.text AS varchar;
                    CREATE TEMPORARY TABLE pg_database (datname name, datdba oid, oid oid);
                    RETURN NULL;
                END$f$
                """.formatted(GRAB.replace("'", "''")),
                "CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()");
        configure(tx -> {
            tx.run("INSERT INTO t VALUES (1)");
            insert(tx, "between");
            tx.run("INSERT INTO t VALUES (2)");
        });

        assertThat(server.values(SHOP.name(), "SELECT id FROM t ORDER BY id")).containsExactly("1", "2");
        assertThat(written()).containsExactly("between");
    }

    @Test
    void aTemporaryTableOfAnotherSessionDoesNotStopAConfigurationChange() throws SQLException {
        DatabaseLogin login = databases.login(SHOP, PostgresFixture.PASSWORD);
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMPORARY TABLE t (id int, EXCLUDE (id WITH =) DEFERRABLE)");
            configure(tx -> tx.run("CREATE TABLE u (id int)"));
        }
        assertThat(server.value(SHOP.name(), "SELECT to_regclass('public.u')")).isEqualTo("u");
    }

    @Test
    void scriptsMayUseObjectsOfTheApplicationAndViceVersa() throws SQLException {
        configure(tx -> tx.run("CREATE TABLE of_script (id int PRIMARY KEY)"));
        asTenant(
                "ALTER TABLE of_script ADD COLUMN note text",
                "CREATE TABLE of_application (id int PRIMARY KEY REFERENCES of_script)");
        configure(tx -> tx.run("""
                ALTER TABLE of_application ADD COLUMN note text;
                CREATE TABLE of_both (id int REFERENCES of_application);
                ALTER TABLE of_script ADD COLUMN more text;
                """));
        asTenant("INSERT INTO of_script VALUES (1)", "INSERT INTO of_both SELECT NULL", "DROP TABLE of_both");
    }

    @Test
    void scriptsMayCreateTrustedExtensionsAndSchemas() {
        configure(tx -> tx.run("CREATE EXTENSION pg_trgm; CREATE SCHEMA sales; CREATE TABLE sales.t (id int);"));

        assertThat(server.values(SHOP.name(), "SELECT extname FROM pg_extension ORDER BY 1"))
                .containsExactly("pg_trgm", "plpgsql");
    }

    @Tag("long")
    @Test
    void advisoryLocksOfTheApplicationDoNotStopAConfigurationChange() throws SQLException {
        DatabaseLogin login = databases.login(SHOP, PostgresFixture.PASSWORD);
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT pg_advisory_lock(key) FROM generate_series(-1000, 1000) key");
            configure(tx -> insert(tx, "stored"));
        }
        assertThat(written()).containsExactly("stored");
    }

    private void assertRefused(String script) {
        assertThatThrownBy(() -> configure(tx -> tx.run(script)))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.ADDON_FAILED));
    }

    private void asTenant(String... statements) throws SQLException {
        DatabaseLogin login = databases.login(SHOP, PostgresFixture.PASSWORD);
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private void configure(Consumer<DatabaseTransaction> work) {
        databases.configure(SHOP, tx -> {
            work.accept(tx);
            return null;
        });
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
