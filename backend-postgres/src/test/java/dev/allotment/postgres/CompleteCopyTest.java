// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.tck.BackendFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a copy has to have, and what is said about what it cannot have. */
@Tag("slow")
final class CompleteCopyTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(11, 1));
    private static final DatabaseRef COPY = new DatabaseRef("copy.example", new UUID(11, 2));

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);

    @BeforeEach
    void makeSource() {
        backend.catalog().migrate();
        databases.create(SHOP);
        databases.open(SHOP);
        databases.transact(
                SHOP, tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "key", "source", false)));
    }

    @AfterEach
    void close() {
        databases.drop(COPY);
        databases.drop(SHOP);
        backend.close();
        fixture.close();
    }

    private void execute(String... statements) throws SQLException {
        DatabaseLogin login = databases.login(SHOP, PostgresFixture.PASSWORD);
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private String role() {
        return '"' + fixture.identity(SHOP).role() + '"';
    }

    private void transfer() {
        databases.transfer().send(SHOP, content -> databases.transfer().receive(COPY, content));
    }

    private List<String> restore() {
        List<String> refused = new ArrayList<>();
        databases.transfer().send(SHOP, content -> databases.transfer().receive(COPY, content, refused::add));
        return refused;
    }

    private void assertRefused(String named) {
        assertThatThrownBy(this::transfer)
                .isInstanceOfSatisfying(SaasException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCodes.DATABASE_NOT_TRANSFERABLE);
                    assertThat(e.category()).isEqualTo(ErrorCategory.CONFLICT);
                })
                .hasMessageContaining(named);
        assertThatThrownBy(() -> databases.transfer().transferDoubts(SHOP)).hasMessageContaining(named);
    }

    private List<String> settings(DatabaseRef database) {
        return server.values(
                database.name(),
                "SELECT CASE WHEN setrole = 0 THEN 'database' WHEN setdatabase = 0 THEN 'role' ELSE 'both' END || ' ' || c"
                        + " FROM pg_db_role_setting, unnest(setconfig) c, (SELECT oid AS this, datdba FROM pg_database"
                        + " WHERE datname = current_database()) d"
                        + " WHERE (setdatabase, setrole) IN ((this, 0), (0, datdba), (this, datdba)) ORDER BY 1");
    }

    private void makeSettings() throws SQLException {
        execute(
                "CREATE SCHEMA app",
                "ALTER DATABASE \"shop.example\" SET timezone = 'Asia/Tokyo'",
                "ALTER ROLE CURRENT_USER SET work_mem = '5MB'",
                "ALTER ROLE CURRENT_USER IN DATABASE \"shop.example\" SET search_path = app, \"a \"\"b\\\", public",
                "ALTER ROLE CURRENT_USER IN DATABASE \"shop.example\" SET application_name = 'it''s 100% \\ %s'");
    }

    @Test
    void aCopyHasTheSettingsOfTheDatabaseOfTheRoleAndOfTheRoleInTheDatabase() throws SQLException {
        makeSettings();

        transfer();

        assertThat(settings(COPY)).hasSize(4).isEqualTo(settings(SHOP));
    }

    @Test
    void aDuplicateHasThemToo() throws SQLException {
        makeSettings();

        databases.copy(SHOP, COPY);

        assertThat(settings(COPY)).hasSize(4).isEqualTo(settings(SHOP));
    }

    /** The text of a search path may have anything between commas if it was not given as a list. */
    @Test
    void noTextInASettingIsExecutedByTheControlPlane() throws SQLException {
        execute(
                "SELECT set_config('search_path', 'public;CREATE/**/ROLE/**/intruder', false)",
                "ALTER ROLE CURRENT_USER SET search_path FROM CURRENT");

        databases.copy(SHOP, COPY);

        assertThat(server.values("postgres", "SELECT rolname FROM pg_roles WHERE rolname = 'intruder'"))
                .isEmpty();
        assertThat(settings(COPY)).containsExactly("role search_path=\"public;create/**/role/**/intruder\"");
    }

    @Test
    void thePartsThatATargetRefusesAreNamedBeforeAndAfterwards() throws SQLException {
        execute(
                "CREATE TABLE orders (ref int)",
                "INSERT INTO orders VALUES (1), (1), (0)",
                "CREATE FUNCTION ten() RETURNS int LANGUAGE sql AS 'SELECT 10'",
                "CREATE MATERIALIZED VIEW shares AS SELECT 10 / (ref + 1) AS share FROM orders",
                "INSERT INTO orders VALUES (-1)",
                "COMMENT ON TABLE orders IS 'kept'");
        server.execute(
                SHOP.name(),
                "CREATE EXTENSION amcheck",
                "ALTER DATABASE \"shop.example\" SET log_min_duration_statement = 1000",
                "ALTER ROLE " + role() + " SET temp_file_limit = '10GB'",
                "ALTER FUNCTION ten() LEAKPROOF");
        String[] doubts = {
            "extension amcheck",
            "function public.ten()",
            "setting log_min_duration_statement",
            "setting temp_file_limit"
        };

        assertThat(databases.transfer().transferDoubts(SHOP)).containsExactly(doubts);
        assertThatThrownBy(this::transfer)
                .as("a copy whose source may be dropped has everything")
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.DATABASE_NOT_TRANSFERABLE));
        assertThat(restore())
                .contains(doubts)
                .contains("rows of materialized view public.shares", "comment on amcheck")
                .hasSize(6);
        assertThat(server.values(COPY.name(), "SELECT ref FROM orders ORDER BY 1"))
                .containsExactly("-1", "0", "1", "1");
        assertThat(server.values(COPY.name(), "SELECT obj_description('orders'::regclass)"))
                .containsExactly("kept");
        assertThat(server.values(COPY.name(), "SELECT relispopulated FROM pg_class WHERE relname = 'shares'"))
                .containsExactly("f");
    }

    @Test
    void anIndexWhoseBuildFailedIsLeftOut() throws SQLException {
        execute("CREATE TABLE orders (ref int)", "INSERT INTO orders VALUES (1), (1)");
        assertThatThrownBy(() -> execute("CREATE UNIQUE INDEX CONCURRENTLY orders_ref ON orders (ref)"))
                .hasMessageContaining("could not create unique index");
        execute("COMMENT ON INDEX orders_ref IS 'never valid'", "CREATE INDEX other ON orders (ref)");

        transfer();

        assertThat(server.values(
                        COPY.name(),
                        "SELECT relname FROM pg_class WHERE relkind = 'i' AND relnamespace ="
                                + " 'public'::regnamespace"))
                .containsExactly("other");
    }

    @Test
    void triggersOfPartitionsKeepTheirState() throws SQLException {
        execute(
                "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                "CREATE TABLE parts (at int) PARTITION BY RANGE (at)",
                "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10)",
                "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (at)",
                "CREATE TABLE parts_2a PARTITION OF parts_2 FOR VALUES FROM (10) TO (15)",
                "CREATE TABLE parts_2b PARTITION OF parts_2 FOR VALUES FROM (15) TO (20)",
                "CREATE TRIGGER parted AFTER INSERT ON parts FOR EACH ROW EXECUTE FUNCTION note()",
                "CREATE TRIGGER off AFTER INSERT ON parts FOR EACH ROW EXECUTE FUNCTION note()",
                "ALTER TABLE parts_1 DISABLE TRIGGER parted",
                "ALTER TABLE parts_2 ENABLE REPLICA TRIGGER parted",
                "ALTER TABLE ONLY parts_2b ENABLE ALWAYS TRIGGER parted",
                "ALTER TABLE parts DISABLE TRIGGER off",
                "ALTER TABLE parts_2a ENABLE TRIGGER off");
        String states = "SELECT tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text FROM pg_trigger"
                + " WHERE tgname IN ('parted', 'off') ORDER BY 1";

        transfer();

        assertThat(server.values(COPY.name(), states))
                .contains(
                        "parts_1 parted D", "parts_2a parted R", "parts_2b parted A", "parts_1 off D", "parts_2a off O")
                .isEqualTo(server.values(SHOP.name(), states));
    }

    @Test
    void childrenKeepWhatIsTheirOwnAndWhatIsInherited() throws SQLException {
        execute(
                "CREATE TABLE parent (id int, common text NOT NULL DEFAULT 'p', CONSTRAINT short CHECK (length(common) < 9))",
                "CREATE TABLE other (id int, more int)",
                "CREATE TABLE child (own int NOT NULL, CONSTRAINT short CHECK (length(common) < 9)) INHERITS (parent, other)",
                "ALTER TABLE child ALTER id SET NOT NULL, ALTER common SET DEFAULT 'c'",
                "CREATE TABLE grandchild (common text, last int) INHERITS (child)",
                "CREATE TABLE joined (common text NOT NULL, id int, CONSTRAINT short CHECK (length(common) < 9))",
                "ALTER TABLE joined INHERIT parent",
                "INSERT INTO grandchild (id, own) VALUES (1, 2)",
                "INSERT INTO child (id, own) VALUES (3, 4)");
        String columns =
                "SELECT attrelid::regclass || ' ' || attname || attnum || attislocal || attinhcount || attnotnull"
                        + " FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace"
                        + " AND attnum > 0 ORDER BY 1";
        String checks = "SELECT conrelid::regclass || ' ' || conname || conislocal || coninhcount FROM pg_constraint"
                + " WHERE connamespace = 'public'::regnamespace ORDER BY 1";

        assertThat(databases.transfer().transferDoubts(SHOP)).isEmpty();
        transfer();

        assertThat(server.values(COPY.name(), columns)).isEqualTo(server.values(SHOP.name(), columns));
        assertThat(server.values(COPY.name(), checks))
                .hasSizeGreaterThan(3)
                .isEqualTo(server.values(SHOP.name(), checks));
        assertThat(server.values(
                        COPY.name(), "SELECT tableoid::regclass || ' ' || id || common FROM parent ORDER BY 1"))
                .containsExactly("child 3c", "grandchild 1c");
    }

    /** Creating the child again would give it the columns in another order. */
    @Test
    void inheritanceThatWouldBecomeAnotherOneIsInDoubt() throws SQLException {
        execute(
                "CREATE TABLE parent (id int)",
                "CREATE TABLE child (own int) INHERITS (parent)",
                "ALTER TABLE parent ADD late int");

        assertThat(databases.transfer().transferDoubts(SHOP))
                .containsExactly("inheritance of the columns of table public.child");
    }

    @Test
    void rightsOnTheSequenceOfAnIdentityColumnAreCopied() throws SQLException {
        execute("CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY)", "GRANT USAGE ON SEQUENCE t_id_seq TO PUBLIC");

        transfer();

        assertThat(server.values(COPY.name(), "SELECT has_sequence_privilege('public', 't_id_seq', 'USAGE')"))
                .containsExactly("t");
        execute("GRANT SELECT ON SEQUENCE t_id_seq TO keeper");
        databases.drop(COPY);
        assertRefused("privilege of keeper on sequence public.t_id_seq");
    }

    @Test
    void aTableWithForcedRowSecurityIsRefusedByName() throws SQLException {
        execute("CREATE TABLE f (a int)", "INSERT INTO f VALUES (1)", "ALTER TABLE f FORCE ROW LEVEL SECURITY");
        transfer();
        databases.drop(COPY);
        execute("ALTER TABLE f ENABLE ROW LEVEL SECURITY");

        assertRefused("forced row security of table public.f");
    }

    @Test
    void aRowThatTheMemoryOfTheNodeDoesNotAllowIsRefusedByName() throws SQLException {
        long most = Runtime.getRuntime().maxMemory() / 8;
        execute(
                "CREATE TABLE large (id int, note text, data bytea, doc jsonb)",
                "INSERT INTO large SELECT 1, repeat('x', " + most / 2 + ")");
        transfer();
        databases.drop(COPY);

        for (String value : List.of(
                "note) SELECT repeat('x', " + (most + 1) + ")",
                "note, data) SELECT repeat('x', " + most / 2 + "), CAST(repeat('x', " + most / 3 + ") AS bytea)",
                "doc) SELECT to_jsonb(repeat('x', " + (most + 1) + "))")) {
            execute("INSERT INTO large (" + value);
            assertRefused("rows of table public.large");
            execute("DELETE FROM large");
        }
    }

    @Test
    void definitionsThatTheMemoryOfTheNodeDoesNotAllowAreRefusedByName() throws SQLException {
        long most = Runtime.getRuntime().maxMemory() / 8;
        execute(
                "DO $$ BEGIN FOR i IN 1..4 LOOP EXECUTE format('CREATE FUNCTION f%s() RETURNS int LANGUAGE plpgsql AS"
                        + " %L', i, 'BEGIN /*' || repeat('x', " + most / 3
                        + ") || '*/ RETURN 1; END'); END LOOP; END $$",
                "CREATE TABLE t (id int)",
                "DO $$ BEGIN EXECUTE format('COMMENT ON TABLE t IS %L', repeat('x', " + most / 2 + ")); END $$");

        assertRefused("the largest one is that of table public.t");
    }

    @Test
    void aCopyHasTheLocaleOfADatabaseThatWasAdopted() throws SQLException {
        DatabaseRef legacy = new DatabaseRef("legacy.example", new UUID(11, 3));
        server.execute(
                "postgres",
                "CREATE DATABASE \"legacy.example\" OWNER keeper TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu"
                        + " ICU_LOCALE 'de' ICU_RULES '& z < ä' LC_COLLATE 'C' LC_CTYPE 'C'");
        databases.adoption().adopt(legacy);
        databases.transact(
                legacy, tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "key", "old", false)));
        String shown =
                "SELECT string_agg(w, ',' ORDER BY w) || lower('Ä') FROM (VALUES ('z'), ('ä'), ('b'), ('Zebra'), ('Birne')) v(w)";
        try {
            databases.transfer().send(legacy, content -> databases.transfer().receive(COPY, content));

            assertThat(server.values(COPY.name(), shown))
                    .isEqualTo(server.values(legacy.name(), shown))
                    .doesNotContain(server.value(SHOP.name(), shown));
            assertThat(
                            server.values(
                                    COPY.name(),
                                    "SELECT datlocprovider::text || datcollate || datctype FROM pg_database WHERE datname = current_database()"))
                    .containsExactly("iCC");
            assertThat(databases.<Long>transact(
                            COPY, tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all())))
                    .isPositive();
            databases.drop(COPY);
            databases.copy(legacy, COPY);
            assertThat(server.values(COPY.name(), shown)).isEqualTo(server.values(legacy.name(), shown));
        } finally {
            databases.drop(legacy);
        }
    }
}
