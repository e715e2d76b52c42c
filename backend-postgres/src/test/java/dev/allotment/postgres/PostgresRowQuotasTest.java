// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RowQuota;
import dev.allotment.tck.BackendFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Record quotas withstand the application that they limit, in ways that only PostgreSQL has. */
final class PostgresRowQuotasTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(3, 1));
    private static final String PASSWORD = "a-password_of-the-shop-1";
    private static final String CREATE = "CREATE TABLE sale_order (id serial PRIMARY KEY, state text, active boolean)";
    private static final RowQuota ORDERS = new RowQuota("sale_order", Filter.all(), 3, "sale.order", "[]");
    private static final RowQuota DRAFTS = new RowQuota(
            "sale_order",
            Filter.and(
                    Filter.equal(RecordField.named("state"), "it's draft"),
                    Filter.equal(RecordField.named("active"), true)),
            1,
            "sale.order",
            "[('state','=',\"it's draft\")]");

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
    private DatabaseLogin login;

    @BeforeEach
    void make() {
        backend.catalog().migrate();
        databases.create(SHOP);
        databases.open(SHOP);
        login = databases.login(SHOP, PASSWORD);
        configure(tx -> tx.run(CREATE));
    }

    @AfterEach
    void close() {
        backend.close();
        fixture.close();
    }

    private void configure(Consumer<DatabaseTransaction> work) {
        databases.configure(SHOP, tx -> {
            work.accept(tx);
            return null;
        });
    }

    private void limit(RowQuota... limits) {
        configure(tx -> tx.enforce(List.of(limits)));
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private String count() {
        return server.value(SHOP.name(), "SELECT count(*) FROM sale_order");
    }

    private OptionalLong counted(RowQuota limit) {
        return databases.<OptionalLong>transact(SHOP, tx -> tx.count(limit));
    }

    @Test
    void countsTheRowsOfStatementsThatOnlyPostgresHas() throws SQLException {
        limit(DRAFTS);
        execute("INSERT INTO sale_order (state, active) VALUES ('it''s draft', true), ('done', true)");

        for (String attempt : List.of(
                "INSERT INTO sale_order (id, state) VALUES (2, 'x')"
                        + " ON CONFLICT (id) DO UPDATE SET state = 'it''s draft'",
                "WITH made AS (INSERT INTO sale_order (state, active) VALUES ('it''s draft', true) RETURNING 1)"
                        + " SELECT * FROM made")) {
            assertThatThrownBy(() -> execute(attempt))
                    .as(attempt)
                    .hasMessageContaining("sale.order may have 1 (domain [('state','=',\"it's draft\")])");
        }
        assertThat(counted(DRAFTS)).hasValue(1);
    }

    private static final List<String> ATTACKS = List.of(
            "DROP TABLE sale_order",
            "DROP TABLE sale_order CASCADE",
            "ALTER TABLE sale_order RENAME TO other",
            "ALTER TABLE sale_order DISABLE TRIGGER ALL",
            "ALTER TABLE sale_order DISABLE TRIGGER allotment_limit_1_insert",
            "DROP TRIGGER allotment_limit_1_insert ON sale_order",
            "ALTER TRIGGER allotment_limit_1_insert ON sale_order RENAME TO x",
            "CREATE TRIGGER a BEFORE INSERT ON sale_order EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "CREATE RULE r AS ON INSERT TO sale_order DO INSTEAD NOTHING",
            "ALTER TABLE sale_order ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE sale_order OWNER TO CURRENT_USER",
            "ALTER TABLE sale_order SET SCHEMA information_schema",
            "CREATE TABLE child () INHERITS (sale_order)",
            "CREATE INDEX ON sale_order (state)",
            "CREATE TABLE child (id int REFERENCES sale_order)",
            "ALTER SCHEMA public RENAME TO other",
            "ALTER SCHEMA public OWNER TO CURRENT_USER",
            "DROP SCHEMA public CASCADE",
            "SET session_replication_role = replica",
            "UPDATE allotment.row_limits SET max_rows = 100",
            "DELETE FROM allotment.row_limits",
            "CREATE OR REPLACE FUNCTION allotment.hold_limit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
            "DROP FUNCTION allotment.hold_limit() CASCADE",
            "DROP SCHEMA allotment CASCADE",
            "GRANT ALL ON sale_order TO CURRENT_USER;"
                    + " CREATE TRIGGER a AFTER INSERT ON sale_order EXECUTE FUNCTION"
                    + " suppress_redundant_updates_trigger()",
            "SET ROLE keeper",
            "CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION suppress_redundant_updates_trigger()");

    @Test
    void theApplicationCannotRemoveAQuota() throws SQLException {
        // Also after it granted itself privileges.
        execute("GRANT ALL ON sale_order TO PUBLIC", "GRANT ALL ON SCHEMA public TO PUBLIC");
        limit(ORDERS);
        execute("INSERT INTO sale_order (state) VALUES ('a'), ('b'), ('c')");

        for (String attempt : ATTACKS) {
            assertThatThrownBy(() -> execute(attempt)).as(attempt).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> execute("INSERT INTO sale_order (state) VALUES ('d')"))
                    .as(attempt)
                    .hasMessageContaining("Limit of records reached");
        }
        assertThat(count()).isEqualTo("3");
    }

    @Test
    void operatorsAndFunctionsOfTheApplicationDoNotChangeWhatAQuotaCounts() throws SQLException {
        limit(DRAFTS);
        execute(
                "CREATE SCHEMA evil",
                "CREATE FUNCTION evil.eq(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false'",
                "CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.eq)",
                "CREATE FUNCTION evil.count() RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint'");
        String unlimited = "SET search_path = evil, public, pg_catalog; SET standard_conforming_strings = off;"
                + " SET row_security = off; CREATE TEMP TABLE came (state text, active boolean);"
                + " CREATE TEMP TABLE sale_order (LIKE public.sale_order);"
                + " INSERT INTO public.sale_order (state, active) VALUES ('it''s draft', true)";

        execute(unlimited);
        assertThatThrownBy(() -> execute(unlimited)).hasMessageContaining("sale.order may have 1");
    }

    private static final String F = "CREATE FUNCTION f(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';";
    private static final String F_OF_1 =
            "CREATE FUNCTION f(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';";
    private static final String TRIGGER =
            "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
                    + " CREATE TRIGGER t AFTER UPDATE OR DELETE ON sale_order FOR EACH ROW EXECUTE FUNCTION g();";
    private static final String PARENT = "CREATE TABLE parent (id int PRIMARY KEY); ALTER TABLE sale_order ADD p int";
    private static final String DIFF =
            "CREATE FUNCTION diff(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';";
    private static final String STATEMENT = "(query_to_xml('SELECT 1', true, true, '')::text)";

    /** PostgreSQL would run the application's code as the owner of the table, or drop the table with something else. */
    private static final List<String> PECULIARITIES = List.of(
            F + "CREATE INDEX ON sale_order (f(state))",
            F_OF_1 + "CREATE INDEX ON sale_order (id) WHERE f(1)",
            F + "CREATE STATISTICS s ON f(state), id FROM sale_order",
            "CREATE STATISTICS s ON " + STATEMENT + " FROM sale_order",
            "CREATE STATISTICS s ON " + STATEMENT + ", id FROM sale_order",
            "CREATE STATISTICS s ON (table_to_xml('pg_class', true, true, '')::text) FROM sale_order",
            "CREATE DOMAIN d AS text CHECK (VALUE <> ''); CREATE STATISTICS s ON (state::d), id FROM sale_order",
            "CREATE DOMAIN d AS text CHECK (VALUE <> ''); CREATE TYPE c AS (d d);"
                    + " CREATE STATISTICS s ON (('(' || state || ')')::c) FROM sale_order",
            DIFF + "CREATE TYPE r AS RANGE (subtype = float8, subtype_diff = diff); ALTER TABLE sale_order ADD r r",
            DIFF + "CREATE TYPE r AS RANGE (subtype = float8, subtype_diff = diff, multirange_type_name = rs);"
                    + " CREATE DOMAIN d AS rs; ALTER TABLE sale_order ADD r d",
            "ALTER TABLE sale_order ENABLE ROW LEVEL SECURITY",
            "CREATE TABLE child () INHERITS (sale_order)",
            PARENT + " DEFAULT length" + STATEMENT + " REFERENCES parent ON DELETE SET DEFAULT",
            PARENT + " CHECK (" + STATEMENT + " IS NOT NULL) REFERENCES parent ON DELETE SET NULL",
            F + PARENT + " CHECK (f(state) <> '') REFERENCES parent ON UPDATE CASCADE",
            F + PARENT + " REFERENCES parent ON DELETE SET NULL;"
                    + " ALTER TABLE sale_order ADD g text GENERATED ALWAYS AS (f(state)) STORED",
            "CREATE DOMAIN d AS int CHECK (VALUE > 0); CREATE TABLE parent (id int PRIMARY KEY);"
                    + " ALTER TABLE sale_order ADD p d REFERENCES parent ON UPDATE CASCADE",
            TRIGGER + PARENT + " REFERENCES parent ON DELETE CASCADE",
            TRIGGER + PARENT + " REFERENCES parent ON DELETE SET NULL",
            "CREATE TYPE e AS ENUM ('1'); CREATE FUNCTION f(e) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';"
                    + " CREATE CAST (e AS int) WITH FUNCTION f(e) AS IMPLICIT;"
                    + " CREATE TABLE child (id e REFERENCES sale_order)",
            "CREATE EXTENSION hstore; ALTER EXTENSION hstore ADD TABLE sale_order",
            "CREATE SCHEMA other; CREATE EXTENSION hstore SCHEMA other; ALTER EXTENSION hstore ADD SCHEMA public",
            "DROP TABLE sale_order; CREATE TYPE c AS (id int); CREATE TABLE sale_order OF c",
            "CREATE RULE r AS ON INSERT TO sale_order DO ALSO NOTHING",
            "DROP TABLE sale_order; CREATE VIEW sale_order AS SELECT 1 AS id",
            "DROP TABLE sale_order; CREATE TABLE sale_order (id int) PARTITION BY LIST (id)");

    @Test
    void refusesATableWhoseQuotaTheApplicationCouldRemove() {
        for (String peculiarity : PECULIARITIES) {
            assertThatThrownBy(() -> configure(tx -> {
                        tx.run(peculiarity);
                        tx.enforce(List.of(ORDERS));
                    }))
                    .as(peculiarity)
                    .isInstanceOfSatisfying(
                            SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.CONFIGURATION_INVALID))
                    .hasMessageContaining("sale_order cannot have a quota, because");
        }
        assertThat(server.value(SHOP.name(), "SELECT relowner::regrole FROM pg_class WHERE relname = 'sale_order'"))
                .isEqualTo("pg_database_owner");
    }

    /** The owner of the table has no rights that these could use. */
    private static final List<String> ORDINARY = List.of(
            TRIGGER,
            "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
                    + " CREATE TRIGGER a BEFORE INSERT OR UPDATE ON sale_order FOR EACH ROW EXECUTE FUNCTION g()",
            F + "ALTER TABLE sale_order ADD CHECK (f(state) <> 'x')",
            "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT ''x''';"
                    + " ALTER TABLE sale_order ALTER state SET DEFAULT f()",
            F + "ALTER TABLE sale_order ADD g text GENERATED ALWAYS AS (f(state)) STORED",
            "CREATE DOMAIN d AS text CHECK (VALUE <> 'x'); ALTER TABLE sale_order ADD d d DEFAULT 'a'",
            "CREATE TYPE e AS ENUM ('a', 'b'); ALTER TABLE sale_order ADD e e DEFAULT 'a';"
                    + " CREATE INDEX ON sale_order (e) WHERE e = 'a'",
            "CREATE TYPE c AS (a int, b text); ALTER TABLE sale_order ADD c c DEFAULT ROW(1, 'b')",
            "CREATE DOMAIN d AS int; CREATE TABLE child (id d REFERENCES sale_order)",
            "CREATE TYPE e AS ENUM ('a'); CREATE TABLE parent (id e PRIMARY KEY); INSERT INTO parent VALUES ('a');"
                    + " ALTER TABLE sale_order ADD e e DEFAULT 'a' REFERENCES parent ON UPDATE CASCADE",
            PARENT + " CHECK (p > 0) CHECK (length(state) < 90 OR state IN ('a', 'b')) REFERENCES parent"
                    + " ON DELETE SET NULL ON UPDATE CASCADE",
            "CREATE INDEX ON sale_order (lower(state)); CREATE INDEX ON sale_order (id) WHERE active IS NOT FALSE;"
                    + " CREATE UNIQUE INDEX ON sale_order ((COALESCE(state, '') || (id::text)))",
            "CREATE STATISTICS s (dependencies) ON state, active FROM sale_order",
            "CREATE STATISTICS s ON lower(state), active FROM sale_order",
            "CREATE EXTENSION citext; ALTER TABLE sale_order ADD c citext UNIQUE",
            "CREATE VIEW seen AS SELECT * FROM sale_order",
            "DROP TABLE sale_order;"
                    + " CREATE UNLOGGED TABLE sale_order (id serial PRIMARY KEY, state text, active boolean)");

    @Test
    void anOrdinaryTableCanHaveAQuota() throws SQLException {
        String owners = "SELECT relowner::regrole FROM pg_class WHERE relname = 'sale_order'"
                + " UNION SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'public'";
        for (String ordinary : ORDINARY) {
            configure(tx -> {
                tx.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public; " + CREATE + "; " + ordinary);
                tx.enforce(List.of(ORDERS));
            });
            execute("INSERT INTO sale_order (state) VALUES ('a'), ('b')", "ANALYZE sale_order", "VACUUM sale_order");
            assertThatThrownBy(() -> execute("INSERT INTO sale_order (state) VALUES ('c'), ('d')"))
                    .as(ordinary)
                    .hasMessageContaining("Limit of records reached");
            assertThat(counted(ORDERS)).as(ordinary).hasValue(2);
            assertThat(server.values(SHOP.name(), owners)).as(ordinary).containsExactly(quotaOwner());
            limit();
            assertThat(server.values(SHOP.name(), owners)).as(ordinary).containsExactly("pg_database_owner");
        }
    }

    private String quotaOwner() {
        return fixture.quotaOwner();
    }

    @Test
    void theOwnerOfLimitedTablesHasNoRightsElsewhere() {
        limit(ORDERS);
        String role = quotaOwner();

        assertThat(server.value(
                        "postgres",
                        "SELECT concat_ws(' ', rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,"
                                + " rolbypassrls) FROM pg_roles WHERE rolname = '" + role + "'"))
                .isEqualTo("f f f f f f");
        assertThat(server.values(
                        "postgres",
                        "SELECT member::regrole FROM pg_auth_members WHERE '" + role + "' IN (roleid::regrole::text,"
                                + " member::regrole::text)"))
                .containsOnly("keeper");
        for (String rights : List.of("INSERT, UPDATE, REFERENCES", "SELECT")) {
            assertThat(server.values(
                            SHOP.name(),
                            "SELECT relname FROM pg_class"
                                    + " WHERE relnamespace = 'allotment'::regnamespace AND relkind = 'r'"
                                    + " AND has_any_column_privilege('" + role + "', oid, '" + rights + "')"))
                    .containsExactly("row_limits");
        }
    }

    @Test
    void aQuotaThatAnOperatorRemovedIsEnforcedAgain() {
        limit(ORDERS);
        server.execute(SHOP.name(), "DROP TRIGGER allotment_limit_1_insert ON sale_order");
        limit(ORDERS);

        assertThatThrownBy(() -> execute("INSERT INTO sale_order (state) VALUES ('a'), ('b'), ('c'), ('d')"))
                .hasMessageContaining("Limit of records reached");
    }

    @Test
    void aTableThatWasExchangedForAViewIsNotCounted() {
        limit(ORDERS);
        server.execute(
                SHOP.name(),
                "CREATE FUNCTION public.trap() RETURNS int LANGUAGE plpgsql AS"
                        + " $$ BEGIN RAISE EXCEPTION 'ran as %', current_user; END $$",
                "DROP TABLE sale_order",
                "CREATE VIEW sale_order AS SELECT public.trap() AS id");

        assertThat(counted(ORDERS)).isEmpty();
    }

    /** The application exchanges the table while the administrator waits for the lock. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE sale_order RENAME TO old; ALTER TABLE evil RENAME TO sale_order",
                "LOCK TABLE sale_order; ALTER SCHEMA public RENAME TO old; CREATE SCHEMA public;"
                        + " ALTER TABLE old.evil SET SCHEMA public; ALTER TABLE public.evil RENAME TO sale_order"
            })
    void takesOverTheTableThatWasChecked(String exchange) throws Exception {
        execute(
                "CREATE TABLE evil (id serial PRIMARY KEY, state text, active boolean)",
                "ALTER TABLE evil ENABLE ROW LEVEL SECURITY");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(exchange);
            Future<?> limited = thread.submit(() -> limit(ORDERS));
            awaitAWaitingLock();
            connection.commit();

            assertThatThrownBy(limited::get).cause().isInstanceOf(SaasException.class);
        } finally {
            thread.shutdownNow();
        }
        assertThat(server.values(
                        SHOP.name(),
                        "SELECT DISTINCT relowner::regrole FROM pg_class WHERE relname ~ '^(sale_order|evil|old)'"))
                .noneMatch(owner -> owner.equals("keeper") || owner.endsWith("_quota"));
    }

    @Tag("long")
    @Test
    void anApplicationThatExchangesATableBetweenTwoStatementsGainsNothing() throws SQLException {
        PostgresSettings settings = PostgresSettings.read(Settings.of(fixture.settings()));
        boolean acted = true;
        for (int statements = 0; acted; statements++) {
            execute("SET client_min_messages = warning; DROP TABLE IF EXISTS evil, old, sale_order;"
                    + " CREATE TABLE sale_order (id serial PRIMARY KEY, state text, active boolean);"
                    + " CREATE TABLE evil (LIKE sale_order); ALTER TABLE evil ENABLE ROW LEVEL SECURITY");
            StatementKiller killer = new StatementKiller();
            try (Backend watched = new PostgresBackend(
                    settings, new ServerAccess(settings, PostgresBackend.CONTROL_STATEMENTS, killer))) {
                Databases limiting = watched.databases(BackendFixture.DEFAULT_SERVER);
                limiting.transact(SHOP, tx -> 1);
                killer.killAfter(statements, () -> {
                    try {
                        execute(
                                "SET lock_timeout = 100; ALTER TABLE sale_order RENAME TO old; ALTER TABLE evil RENAME TO sale_order");
                    } catch (SQLException tooLate) {
                        assertThat(tooLate.getSQLState()).isIn("42501", "55P03");
                    }
                });
                limiting.configure(SHOP, tx -> {
                    tx.enforce(List.of(ORDERS));
                    return null;
                });
            } catch (SaasException e) {
                assertThat(e.code()).isIn(ErrorCodes.CONFIGURATION_INVALID, ErrorCodes.BACKEND_FAILED);
            }
            acted = killer.hasKilled();
            assertThat(
                            server.values(
                                    SHOP.name(),
                                    "SELECT relname FROM pg_class WHERE relrowsecurity AND relowner::regrole::text ~ '_quota$'"))
                    .as("taken over when it was exchanged before statement " + statements)
                    .isEmpty();
            limit();
        }
    }

    private void awaitAWaitingLock() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (server.value("postgres", "SELECT count(*) FROM pg_locks WHERE NOT granted")
                .equals("0")) {
            assertThat(System.nanoTime()).as("no session waits for a lock").isLessThan(end);
        }
    }

    @Test
    void aTableThatTheApplicationCreatedCanHaveAQuota() throws SQLException {
        execute(
                "CREATE TABLE note (id int PRIMARY KEY)",
                "CREATE TABLE part (id int REFERENCES note ON DELETE CASCADE)");
        RowQuota notes = new RowQuota("note", Filter.all(), 1, "note", "[]");
        RowQuota parts = new RowQuota("part", Filter.all(), 1, "part", "[]");
        limit(notes, parts);

        execute("INSERT INTO note VALUES (1)", "INSERT INTO part VALUES (1)");
        assertThatThrownBy(() -> execute("INSERT INTO note VALUES (2)")).hasMessageContaining("note may have 1");
        execute("DELETE FROM note");
        assertThat(counted(parts)).hasValue(0);
    }
}
