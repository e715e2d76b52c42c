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
import dev.allotment.postgres.database.Identity;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.transfer.DumpInventory;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseSource;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.RowQuota;
import dev.allotment.tck.BackendFixture;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Copies of databases from one PostgreSQL server to another, with everything that tenants can create in them. */
final class PostgresTransferTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(7, 1));
    private static final DatabaseRef COPY = new DatabaseRef("copy.example", new UUID(7, 2));

    private static PostgresTestServer other;

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases here = backend.databases(BackendFixture.DEFAULT_SERVER);
    private final UUID installation = UUID.randomUUID();
    private final Settings settings = Settings.of(Map.of(
            "url",
            other.url("postgres"),
            "user",
            PostgresTestServer.Admin.KEEPER.user(),
            "password",
            PostgresTestServer.Admin.KEEPER.password()));
    private final Backend elsewhere = new PostgresBackendProvider().openServer(settings, installation);
    private final Databases there = elsewhere.databases(BackendFixture.DEFAULT_SERVER);

    @BeforeAll
    static void startAnotherServer() {
        other = PostgresTestServer.start();
    }

    @AfterAll
    static void stopIt() {
        other.stop();
    }

    @BeforeEach
    void makeSource() {
        backend.catalog().migrate();
        here.create(SHOP);
        here.open(SHOP);
        here.transact(SHOP, tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "key", "source", false)));
    }

    @AfterEach
    void close() {
        // Sessions of this test as a superuser take a moment to end, and the role of the backend may not end them.
        other.execute(
                "postgres",
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = 'copy.example'");
        there.drop(COPY);
        String quotaOwner = new Identity.Scheme(installation).quotaOwner();
        assertThat(roles()).filteredOn(role -> !role.equals(quotaOwner)).isEmpty();
        other.execute("postgres", "DROP ROLE IF EXISTS \"" + quotaOwner + "\"");
        elsewhere.close();
        backend.close();
        fixture.close();
    }

    private List<String> roles() {
        return other.values(
                "postgres",
                "SELECT rolname FROM pg_roles WHERE starts_with(rolname, '"
                        + new Identity.Scheme(installation).rolePrefix() + "')");
    }

    private String role() {
        return new Identity.Scheme(installation).of(COPY.uuid()).role();
    }

    private void transfer() {
        here.transfer().send(SHOP, content -> there.transfer().receive(COPY, content));
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private void execute(String... statements) throws SQLException {
        execute(here.login(SHOP, PostgresFixture.PASSWORD), statements);
    }

    private static void execute(DatabaseLogin login, String... statements) throws SQLException {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private void executeInCopy(String... statements) throws SQLException {
        there.open(COPY);
        execute(there.login(COPY, PostgresFixture.PASSWORD), statements);
    }

    private List<String> inCopy(String sql) {
        return other.values(COPY.name(), sql);
    }

    private void assertSame(String sql) {
        assertThat(inCopy(sql)).as(sql).isNotEmpty().isEqualTo(server.values(SHOP.name(), sql));
    }

    /** The contents of a database, as the statements that create it. */
    private static List<String> inventory(PostgresTestServer at, String database) throws SQLException {
        List<String> all = new ArrayList<>();
        List<String> queries = DumpInventory.descriptions();
        try (Connection connection = at.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = ''");
            for (String query : queries) {
                try (ResultSet rows = statement.executeQuery(query)) {
                    while (rows.next()) {
                        int columns = rows.getMetaData().getColumnCount();
                        // Descriptions and statements, but no oids.
                        for (int i = 1; i <= columns; i++) {
                            String value = rows.getString(i);
                            if (value != null && value.matches(".*[^0-9].*(?s:.*)")) {
                                all.add(value);
                            }
                        }
                    }
                }
            }
        }
        all.sort(null);
        return all;
    }

    private void assertSameInventory() throws SQLException {
        List<String> original = inventory(server, SHOP.name());
        assertThat(original).isNotEmpty();
        assertThat(inventory(other, COPY.name())).isEqualTo(original);
    }

    /** For example, because another node renames the database and ends the session. */
    @Test
    void reportsASessionThatFailsBeforeTheFirstRead() {
        server.execute(SHOP.name(), "ALTER TABLE allotment.schema_version RENAME COLUMN checksum TO gone");
        assertThatThrownBy(this::transfer)
                .isInstanceOfSatisfying(
                        SaasException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCodes.BACKEND_FAILED))
                .hasMessage("Reading database shop.example failed inside the database.");
    }

    /** Here, the server in use stands in for its copy from the past, which differs from it in nothing that is read. */
    @Test
    void readsASourceWithoutAnyChangeOfIt() throws SQLException {
        execute("CREATE TABLE goods (id bigserial PRIMARY KEY)", "INSERT INTO goods DEFAULT VALUES");
        here.close(SHOP);
        List<String> before = state();
        try (DatabaseSource source =
                        new PostgresBackendProvider().openSource(Settings.of(fixture.settings()), installation);
                Backend next = PostgresBackend.server(
                        PostgresSettings.read(settings),
                        installation,
                        NextVersion.tenantSchema("CREATE TABLE allotment.later (id bigint)"))) {
            assertThat(source.health().message()).isEmpty();
            assertThat(source.find(COPY.uuid())).isNull();
            assertThat(source.find(SHOP.uuid())).isEqualTo(SHOP);
            assertThatThrownBy(() -> source.send(new DatabaseRef("postgres", SHOP.uuid()), content -> {}))
                    .isInstanceOfSatisfying(
                            SaasException.class,
                            refused -> assertThat(refused.code()).isEqualTo(ErrorCodes.DATABASE_FOREIGN));

            Databases newer = next.databases(BackendFixture.DEFAULT_SERVER);
            source.send(SHOP, content -> newer.transfer().receive(COPY, content));
            newer.transact(COPY, tx -> 1);
            assertThat(other.value(COPY.name(), "SELECT count(*) FROM allotment.later"))
                    .as("the rows of a table of the newer base schema")
                    .isEqualTo("0");

            server.execute(
                    SHOP.name(),
                    "INSERT INTO allotment.schema_version (version, name, checksum, readable_from)"
                            + " VALUES (2, 'next', 'newer', 1)");
            assertThatThrownBy(() -> source.send(SHOP, content -> {}))
                    .isInstanceOfSatisfying(
                            SaasException.class,
                            refused -> assertThat(refused.code()).isEqualTo(ErrorCodes.BACKEND_UNSUPPORTED))
                    .hasMessageContaining("newer version");
        }
        server.execute(SHOP.name(), "DELETE FROM allotment.schema_version WHERE version = 2");
        assertThat(state()).isEqualTo(before);
        executeInCopy("INSERT INTO goods DEFAULT VALUES");
        assertThat(inCopy("SELECT id FROM goods ORDER BY id")).containsExactly("1", "2");
    }

    /** What a control plane changes on a server. */
    private List<String> state() {
        List<String> state = new ArrayList<>(server.values("postgres", "SELECT r::text FROM pg_roles r ORDER BY 1"));
        state.addAll(server.values("postgres", "SELECT d::text FROM pg_shdescription d ORDER BY 1"));
        state.addAll(
                server.values(
                        "postgres",
                        "SELECT concat_ws(' ', datname, datdba, datallowconn, datconnlimit, datacl) FROM pg_database ORDER BY 1"));
        state.addAll(server.values(SHOP.name(), "SELECT version FROM allotment.schema_version ORDER BY 1"));
        state.addAll(server.values(SHOP.name(), "SELECT relname FROM pg_class ORDER BY 1"));
        return state;
    }

    @Test
    void releasesTheTablesAfterTheirRowsWereRead() throws SQLException {
        execute("CREATE TABLE goods (id int)", "INSERT INTO goods VALUES (1)");
        String changing = "ALTER TABLE goods ADD COLUMN price int";
        here.transfer().send(SHOP, content -> {
            try {
                // The transaction that reads everything is open while the first piece is read.
                assertThat(content.read()).isNotNegative();
                assertThatThrownBy(() -> execute("SET lock_timeout = '100ms'", changing))
                        .isInstanceOf(SQLException.class);
                content.readAllBytes();
                execute("SET lock_timeout = '5s'", changing);
            } catch (IOException | SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void copiesEverythingOfATypicalApplication() throws SQLException {
        here.configure(SHOP, tx -> {
            tx.run("""
                    CREATE TABLE of_script (id bigint GENERATED BY DEFAULT AS IDENTITY (START 10 INCREMENT 5) PRIMARY KEY, note text);
                    INSERT INTO of_script (note) VALUES ('first'), (NULL);
                    """);
            return null;
        });
        execute(
                "CREATE SCHEMA sales",
                "CREATE EXTENSION pg_trgm",
                "CREATE TYPE sales.mood AS ENUM ('good', 'it''s', 'b\\ad')",
                "CREATE DOMAIN sales.email AS text COLLATE \"C\" DEFAULT 'a@b' NOT NULL CONSTRAINT has_at CHECK (VALUE LIKE '%@%')",
                "CREATE TYPE sales.money_of AS (amount numeric(12,2), currency char(3))",
                "CREATE TYPE sales.span AS RANGE (subtype = date)",
                "CREATE FUNCTION sales.twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT n * 2'",
                "CREATE FUNCTION sales.loud(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$BEGIN RETURN upper(t); END$$",
                "CREATE SEQUENCE sales.numbers INCREMENT 7 MINVALUE 3 MAXVALUE 1000 START 10 CYCLE CACHE 2",
                "SELECT nextval('sales.numbers')",
                "CREATE SEQUENCE sales.untouched",
                """
                CREATE TABLE sales."Odd ""name""; DROP TABLE x" (
                    id serial PRIMARY KEY,
                    "a column" text COLLATE "C" DEFAULT 'it''s; \\ here',
                    gone text,
                    n integer NOT NULL DEFAULT nextval('sales.numbers'),
                    doubled integer GENERATED ALWAYS AS (sales.twice(n)) STORED,
                    mail sales.email,
                    feels sales.mood[],
                    price sales.money_of,
                    during sales.span,
                    spans sales.span_multirange,
                    num numeric(30,10), dbl double precision, rl real, flag boolean, raw bytea, js jsonb, xm xml, u uuid,
                    ts timestamp(3), tz timestamptz, d date, tm time, iv interval, bits bit(5), vb bit varying(9), ip inet, mac macaddr,
                    pt point, tsv tsvector, c char(4), vc varchar(20), arr int[][], mon money, o oid, rc regclass, "char" "char",
                    CONSTRAINT "positive!" CHECK (n > 0)
                ) WITH (fillfactor = 70, toast.autovacuum_enabled = false)""",
                "ALTER TABLE sales.\"Odd \"\"name\"\"; DROP TABLE x\" DROP COLUMN gone",
                "ALTER TABLE sales.\"Odd \"\"name\"\"; DROP TABLE x\" ALTER \"a column\" SET STORAGE EXTERNAL, ALTER n SET STATISTICS 55,"
                        + " ALTER n SET (n_distinct = 5)",
                "INSERT INTO sales.\"Odd \"\"name\"\"; DROP TABLE x\" (\"a column\", n, feels, price, during, spans, num, dbl, rl, flag, raw, js, xm, u, ts,"
                        + " tz, d, tm, iv, bits, vb, ip, mac, pt, tsv, c, vc, arr, mon, o, rc, \"char\") VALUES (E'Zoë\\t\\n\\\\. 🚀', 5, '{good,\"b\\\\ad\"}',"
                        + " '(1.5,EUR)', '[2020-01-01,2021-01-01)', '{[2020-01-01,2021-01-01)}', 12345678901234567890.0123456789, 0.1, 1e-30, true,"
                        + " '\\x00ff5c', '{\"a\": [1, null]}', '<a>b</a><c/>', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '2020-01-02 03:04:05.678',"
                        + " '0044-03-15 12:00+05 BC', '-infinity', '24:00', '1 year -2 days 03:04:05.6', '10110', '101', '10.0.0.0/8',"
                        + " '08:00:2b:01:02:03', '(1.5,-2)', 'fat & cat', 'ab', 'varchar', '{{1,2},{3,NULL}}', 12.34, 4000000000, 'sales.numbers', 'x')",
                "INSERT INTO sales.\"Odd \"\"name\"\"; DROP TABLE x\" (\"a column\", raw) SELECT repeat('long ', 400000), decode(repeat('ab', 1000000), 'hex')",
                "CREATE TABLE sales.a (id int PRIMARY KEY, b int, UNIQUE NULLS NOT DISTINCT (b))",
                "CREATE TABLE sales.b (id int PRIMARY KEY, a int REFERENCES sales.a DEFERRABLE INITIALLY DEFERRED)",
                "ALTER TABLE sales.a ADD CONSTRAINT circle FOREIGN KEY (b) REFERENCES sales.b ON DELETE SET NULL NOT VALID",
                "INSERT INTO sales.a VALUES (1, NULL)",
                "INSERT INTO sales.b VALUES (7, 1)",
                "INSERT INTO sales.a VALUES (2, 7)",
                "UPDATE sales.b SET a = 2",
                "CREATE TABLE sales.self (id int PRIMARY KEY, parent int REFERENCES sales.self)",
                "INSERT INTO sales.self VALUES (1, NULL), (3, 1), (2, 3)",
                "CREATE INDEX expensive ON sales.a (sales.twice(b) DESC NULLS LAST) INCLUDE (id) WHERE b IS NOT NULL",
                "CREATE INDEX trigrams ON of_script USING gin (note gin_trgm_ops)",
                "CREATE TABLE sales.booked (room int, at sales.span, EXCLUDE USING gist (at WITH &&))",
                "INSERT INTO sales.booked VALUES (1, '[2020-01-01,2020-02-01)')",
                "ALTER TABLE sales.a CLUSTER ON a_pkey",
                "ALTER TABLE sales.b REPLICA IDENTITY FULL",
                "CREATE STATISTICS sales.related ON id, b FROM sales.a",
                "CREATE VIEW sales.plain WITH (security_barrier = true) AS SELECT id, b FROM sales.a WHERE b > 0 WITH LOCAL CHECK OPTION",
                "CREATE VIEW sales.grouped AS SELECT a.id, a.b, count(*) FROM sales.a GROUP BY a.id",
                "CREATE VIEW sales.over AS SELECT * FROM sales.plain JOIN sales.grouped USING (id, b)",
                "ALTER VIEW sales.plain ALTER b SET DEFAULT 9",
                "CREATE MATERIALIZED VIEW sales.stored AS SELECT max(id) AS most FROM sales.a",
                "CREATE MATERIALIZED VIEW sales.empty AS SELECT 1 AS one WITH NO DATA",
                "CREATE UNIQUE INDEX ON sales.stored (most)",
                "CREATE FUNCTION sales.of_rows(r sales.a) RETURNS int LANGUAGE sql AS 'SELECT r.id'",
                "CREATE FUNCTION sales.standard() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM sales.over; END",
                "CREATE PROCEDURE sales.work(INOUT x int DEFAULT 3) LANGUAGE plpgsql SECURITY DEFINER SET search_path = sales AS $$BEGIN x := x + 1; END$$",
                "CREATE FUNCTION sales.note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO sales.log VALUES (TG_OP); RETURN NEW; END$$",
                "CREATE TABLE sales.log (what text)",
                "CREATE TRIGGER noting AFTER INSERT ON sales.a FOR EACH ROW WHEN (NEW.id > 5) EXECUTE FUNCTION sales.note()",
                "CREATE CONSTRAINT TRIGGER later AFTER UPDATE ON sales.a DEFERRABLE FOR EACH ROW EXECUTE FUNCTION sales.note()",
                "ALTER TABLE sales.a DISABLE TRIGGER later",
                "CREATE RULE quiet AS ON DELETE TO sales.log DO INSTEAD NOTHING",
                "CREATE UNLOGGED TABLE sales.fast (x int)",
                "CREATE TABLE sales.parent (id int, common text NOT NULL, CONSTRAINT short CHECK (length(common) < 10))",
                "CREATE TABLE sales.child (more int) INHERITS (sales.parent)",
                "INSERT INTO sales.parent VALUES (1, 'p')",
                "INSERT INTO sales.child VALUES (2, 'c', 3)",
                "CREATE TABLE sales.parts (id bigint GENERATED ALWAYS AS IDENTITY, at date NOT NULL, v text DEFAULT 'x', PRIMARY KEY (id, at, v))"
                        + " PARTITION BY RANGE (at)",
                "CREATE TABLE sales.parts_20 PARTITION OF sales.parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
                "CREATE TABLE sales.parts_21 PARTITION OF sales.parts FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY LIST (v)",
                "CREATE TABLE sales.parts_21_x PARTITION OF sales.parts_21 FOR VALUES IN ('x')",
                "CREATE TABLE sales.parts_rest PARTITION OF sales.parts DEFAULT",
                "CREATE INDEX parts_v ON sales.parts (v)",
                "CREATE TRIGGER parted AFTER INSERT ON sales.parts FOR EACH ROW EXECUTE FUNCTION sales.note()",
                "CREATE TABLE sales.words (w text PRIMARY KEY)",
                "INSERT INTO sales.words VALUES ('x')",
                "ALTER TABLE sales.parts ADD CONSTRAINT to_words FOREIGN KEY (v) REFERENCES sales.words ON UPDATE CASCADE",
                "INSERT INTO sales.parts (at) VALUES ('2020-05-05'), ('2021-05-05'), ('1999-01-01')",
                "CREATE TABLE sales.guarded (who text)",
                "INSERT INTO sales.guarded VALUES ('me'), ('you')",
                "CREATE POLICY mine ON sales.guarded AS RESTRICTIVE FOR SELECT TO PUBLIC USING (who = 'me')",
                "ALTER TABLE sales.guarded ENABLE ROW LEVEL SECURITY",
                "GRANT SELECT (id), UPDATE (b) ON sales.a TO PUBLIC",
                "GRANT SELECT ON sales.b TO PUBLIC",
                "REVOKE EXECUTE ON FUNCTION sales.twice FROM PUBLIC",
                "GRANT USAGE ON SCHEMA sales TO PUBLIC",
                "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
                "ALTER DEFAULT PRIVILEGES IN SCHEMA sales GRANT USAGE ON SEQUENCES TO PUBLIC",
                "COMMENT ON TABLE sales.a IS 'it''s a table'",
                "COMMENT ON COLUMN sales.a.b IS 'a column'",
                "COMMENT ON FUNCTION sales.twice(int) IS 'a function'",
                "COMMENT ON CONSTRAINT has_at ON DOMAIN sales.email IS 'of a domain'",
                "COMMENT ON TYPE sales.mood IS 'a type'",
                "COMMENT ON TRIGGER noting ON sales.a IS 'a trigger'",
                "COMMENT ON CONSTRAINT circle ON sales.a IS 'a constraint'",
                "COMMENT ON INDEX sales.expensive IS 'an index'",
                "COMMENT ON SCHEMA sales IS 'a schema'",
                "COMMENT ON DATABASE \"shop.example\" IS '100% \\ it''s'",
                "ALTER DATABASE \"shop.example\" SET search_path = \"$user\", sales, public",
                "ALTER DATABASE \"shop.example\" SET application_name = 'it''s 100%'",
                "ALTER ROLE CURRENT_USER SET work_mem = '5MB'");
        List<String> before = inventory(server, SHOP.name());
        String rows = "SELECT CAST(t AS text) FROM sales.\"Odd \"\"name\"\"; DROP TABLE x\" t ORDER BY id";
        List<String> loaded = server.values(SHOP.name(), rows);

        transfer();

        assertThat(inventory(server, SHOP.name())).as("the source is as it was").isEqualTo(before);
        assertSameInventory();
        assertThat(inCopy(rows)).isEqualTo(loaded);
        assertSame("SELECT id || COALESCE(note, 'null') FROM of_script ORDER BY id");
        assertSame("SELECT CAST(t AS text) FROM sales.over t");
        assertSame("SELECT tableoid::regclass || id::text || common FROM sales.parent ORDER BY 1");
        assertSame("SELECT tableoid::regclass || id::text || at FROM sales.parts ORDER BY 1");
        assertSame("SELECT most FROM sales.stored");
        assertSame("SELECT sales.standard()");
        assertSame("SELECT who FROM sales.guarded ORDER BY 1");
        assertSame("SELECT DISTINCT c FROM pg_db_role_setting, unnest(setconfig) c WHERE setdatabase ="
                + " (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1");
        assertThat(inCopy("SELECT relispopulated FROM pg_class WHERE relname = 'empty'"))
                .containsExactly("f");
        assertThat(inCopy(
                        "SELECT DISTINCT relowner::regrole::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                                + " WHERE nspname IN ('public', 'sales') AND relname NOT LIKE '%trgm%'"))
                .containsExactly(role());
        assertThat(inCopy("SELECT setconfig FROM pg_db_role_setting WHERE setrole = '" + role() + "'::regrole"))
                .containsExactly("{work_mem=5MB}");

        executeInCopy(
                "INSERT INTO of_script (note) VALUES ('next')",
                "INSERT INTO sales.parts (at) VALUES ('2020-06-06')",
                "DELETE FROM sales.a WHERE id = 1",
                "INSERT INTO sales.a VALUES (6, NULL)",
                "INSERT INTO public.of_script (note) VALUES ('more')",
                "ALTER TABLE sales.a ADD COLUMN mine int",
                "DROP EXTENSION pg_trgm CASCADE");
        assertThat(inCopy("SELECT max(id) FROM of_script")).containsExactly("25");
        assertThat(inCopy("SELECT max(id) FROM sales.parts")).containsExactly("4");
        assertThat(inCopy("SELECT count(*) FROM sales.log WHERE what = 'INSERT'"))
                .as("one for a row of each of the partitions, one for the fourth, one for the sixth of the other table")
                .containsExactly("5");
        assertThat(inCopy("SELECT nextval('sales.untouched')")).containsExactly("1");
        for (String refused : List.of(
                "INSERT INTO sales.self VALUES (9, 99)",
                "INSERT INTO sales.booked VALUES (1, '[2020-01-05,2020-01-06)')",
                "INSERT INTO sales.child VALUES (1, 'longer than ten', 2)",
                "INSERT INTO sales.parts (at, v) VALUES ('2020-01-01', 'y')",
                "SELECT CAST('no at' AS sales.email)")) {
            assertThatThrownBy(() -> executeInCopy(refused)).as(refused).isInstanceOf(SQLException.class);
        }
        assertThat(here.list()).containsExactly(SHOP);
        assertThat(fixture.connects(here.login(SHOP, PostgresFixture.PASSWORD))).isTrue();
        DatabaseRef again = new DatabaseRef("again.example", new UUID(7, 3));
        there.copy(COPY, again);
        there.drop(again);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT lo_create(4711) | large object 4711",
                "CREATE AGGREGATE total (int) (sfunc = int4pl, stype = int) | aggregate public.total(integer)",
                "CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq) | operator public.===(integer,integer)",
                "CREATE COLLATION sorted (locale = 'C') | collation public.sorted",
                "CREATE TEXT SEARCH CONFIGURATION mine (copy = simple) | text search configuration public.mine",
                "CREATE TEXT SEARCH DICTIONARY words (template = simple) | text search dictionary public.words",
                "CREATE TYPE kind AS (id int); CREATE TABLE typed OF kind | typed table public.typed",
                "CREATE TYPE m AS ENUM ('a'); CREATE FUNCTION f(m) RETURNS int LANGUAGE sql AS 'SELECT 1';"
                        + " CREATE CAST (m AS int) WITH FUNCTION f | cast from public.m to integer",
                "CREATE TABLE t (id int); GRANT SELECT ON t TO keeper | privilege of keeper on table public.t",
                "CREATE PUBLICATION pub | publication pub",
                "CREATE TABLE empty (); INSERT INTO empty DEFAULT VALUES | table public.empty has rows, but no column to copy",
                "CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8 | conversion public.conv"
            })
    void refusesObjectsThatCannotBeCreatedElsewhereByName(String statements, String named) throws SQLException {
        execute(statements);
        assertRefused(named);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
                        + " CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION e() | event trigger watch",
                "CREATE FOREIGN DATA WRAPPER w | foreign-data wrapper w",
                "CREATE TABLE of_admin (id int) | table public.of_admin, which belongs to postgres",
                "CREATE FUNCTION of_admin() RETURNS int LANGUAGE sql AS 'SELECT 1' | function public.of_admin(), which belongs to postgres",
                "CREATE SCHEMA admins | schema admins, which belongs to postgres",
                "CREATE ACCESS METHOD mine TYPE INDEX HANDLER bthandler | access method mine",
                "CREATE TYPE shell | base type public.shell",
                "CREATE SUBSCRIPTION sub CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false) | subscription sub"
            })
    void refusesObjectsOfAnAdministratorByName(String statements, String named) {
        server.execute(SHOP.name(), statements);
        try {
            assertRefused(named);
        } finally {
            if (statements.contains("SUBSCRIPTION")) {
                server.execute(SHOP.name(), "ALTER SUBSCRIPTION sub SET (slot_name = NONE)", "DROP SUBSCRIPTION sub");
            }
        }
    }

    private void assertRefused(String named) {
        assertThatThrownBy(this::transfer)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.DATABASE_NOT_TRANSFERABLE))
                .hasMessageContaining(named);
        assertThat(there.list()).isEmpty();
    }

    @Test
    void reportsAnObjectThatTheOtherServerRefusesAndCreatesNoDatabase() {
        server.execute(SHOP.name(), "CREATE EXTENSION amcheck");

        assertThatThrownBy(this::transfer)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.DATABASE_NOT_TRANSFERABLE))
                .hasMessageContaining("extension amcheck");
        assertThatThrownBy(() -> there.open(COPY)).hasMessageContaining("does not exist");
        server.execute(SHOP.name(), "DROP EXTENSION amcheck");
        transfer();
        assertThat(written(there, COPY)).containsExactly("source");
    }

    private static List<String> written(Databases databases, DatabaseRef database) {
        return databases.transact(
                database,
                tx -> tx.records(RecordTypes.PARAMETERS).list(Query.all()).stream()
                        .map(Parameter::value)
                        .toList());
    }

    /**
     * Each kind of expression that PostgreSQL evaluates while it loads rows, builds indexes and checks constraints
     * tries to get the privileges of an administrator.
     */
    @Test
    void hostileCodeRunsWithThePrivilegesOfTheTenant() throws SQLException {
        execute(
                "CREATE TABLE seen (who text, what text)",
                """
                CREATE FUNCTION deed() RETURNS void LANGUAGE plpgsql AS $$
                DECLARE tried text;
                BEGIN
                    FOREACH tried IN ARRAY ARRAY['RESET ROLE', 'SET SESSION AUTHORIZATION DEFAULT', 'SET ROLE keeper',
                        'CREATE ROLE hacked SUPERUSER', 'ALTER ROLE keeper SUPERUSER', 'DELETE FROM allotment.parameters',
                        'GRANT pg_execute_server_program TO CURRENT_USER', 'CREATE DATABASE hacked'] LOOP
                        BEGIN
                            EXECUTE tried;
                        EXCEPTION WHEN OTHERS THEN
                            NULL;
                        END;
                    END LOOP;
                    BEGIN
                        EXECUTE format('ALTER ROLE CURRENT_USER PASSWORD %L', 'known-password-of-an-attacker');
                        INSERT INTO public.seen VALUES (current_user || '/' || session_user, 'attack');
                    EXCEPTION WHEN OTHERS THEN
                        NULL;
                    END;
                END $$""",
                "CREATE FUNCTION attack(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS"
                        + " 'BEGIN PERFORM public.deed(); RETURN n; END'",
                "CREATE DOMAIN watched AS int CHECK (public.attack(VALUE) IS NOT NULL)",
                "CREATE TABLE victims (id int, g int GENERATED ALWAYS AS (public.attack(id)) STORED, w watched,"
                        + " c int CHECK (public.attack(c) > 0))",
                "CREATE INDEX ON victims (public.attack(id))",
                "CREATE VIEW looking AS SELECT public.attack(id) FROM victims",
                "CREATE MATERIALIZED VIEW looked AS SELECT public.attack(id) AS a FROM victims",
                "CREATE FUNCTION \"f\"\"; ALTER ROLE keeper SUPERUSER; --\"() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "CREATE TABLE \"x\"\" (a int); ALTER ROLE keeper SUPERUSER; --\" (\"c\"\"); ALTER ROLE keeper SUPERUSER; --\" int)",
                "COMMENT ON TABLE seen IS $$'; ALTER ROLE keeper SUPERUSER; --$$",
                "INSERT INTO victims (id, w, c) VALUES (1, 1, 1)",
                "TRUNCATE seen");

        transfer();

        for (PostgresTestServer each : List.of(server, other)) {
            assertThat(each.value("postgres", "SELECT rolsuper FROM pg_roles WHERE rolname = 'keeper'"))
                    .isEqualTo("f");
            assertThat(each.values(
                            "postgres",
                            "SELECT rolname FROM pg_roles WHERE rolname = 'hacked'"
                                    + " UNION SELECT datname FROM pg_database WHERE datname = 'hacked'"))
                    .isEmpty();
        }
        assertThat(server.value(SHOP.name(), "SELECT count(*) FROM seen"))
                .as("nothing ran where it was read")
                .isEqualTo("0");
        assertThat(inCopy("SELECT DISTINCT who FROM seen")).containsExactly(role() + "/" + role());
        assertThat(written(there, COPY)).containsExactly("source");
        DatabaseLogin attacker = new DatabaseLogin(other.url(COPY.name()), role(), "known-password-of-an-attacker");
        assertThat(fixture.connects(attacker)).isFalse();
        there.open(COPY);
        assertThat(fixture.connects(attacker))
                .as("a password that was set on the way counts no more")
                .isFalse();
        assertThat(inCopy("SELECT rolconnlimit || rolvaliduntil::text FROM pg_roles WHERE rolname = '" + role() + "'"))
                .containsExactly("20infinity");
    }

    @Test
    void writesDuringATransferAreNotCopied() throws SQLException {
        execute(
                "CREATE TABLE pairs (id int PRIMARY KEY, twin int)",
                "INSERT INTO pairs SELECT i, i FROM generate_series(1, 1000) i");
        here.transfer().send(SHOP, content -> {
            try {
                execute(
                        "UPDATE pairs SET twin = twin + 1",
                        "INSERT INTO pairs VALUES (5000, 1)",
                        "CREATE TABLE late (id int)");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            there.transfer().receive(COPY, content);
        });
        assertThat(inCopy("SELECT count(*) || '/' || sum(twin - id) FROM pairs"))
                .containsExactly("1000/0");
        assertThat(inCopy("SELECT count(*) FROM pg_class WHERE relname = 'late'"))
                .containsExactly("0");
    }

    /** The administrator owns tables with quotas. The triggers are created by the next configuration change. */
    @Test
    void tablesWithQuotasBelongToTheApplicationUntilTheNextConfigurationChange() throws SQLException {
        RowQuota limit = new RowQuota("orders", Filter.all(), 2, "sale.order", "[]");
        here.configure(SHOP, tx -> {
            tx.run("CREATE TABLE orders (id serial PRIMARY KEY, state text);"
                    + " INSERT INTO orders (state) VALUES ('a'), ('b')");
            tx.enforce(List.of(limit));
            return null;
        });

        transfer();

        assertThat(inCopy("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"))
                .containsExactly("0");
        executeInCopy(
                "ALTER TABLE orders ADD COLUMN more int",
                "INSERT INTO orders (state) VALUES ('c')",
                "DELETE FROM orders WHERE state = 'c'");
        there.configure(COPY, tx -> {
            tx.enforce(List.of(limit));
            return null;
        });
        assertThatThrownBy(() -> executeInCopy("INSERT INTO orders (state) VALUES ('d')"))
                .hasMessageContaining("Limit of records");
        assertThatThrownBy(() -> execute("INSERT INTO orders (state) VALUES ('d')"))
                .hasMessageContaining("Limit of records");
    }

    @Test
    void functionsFindOthersOnTheSearchPathWhileRowsAreLoaded() throws SQLException {
        execute(
                "CREATE FUNCTION priced(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN by_rate(n); END'",
                "CREATE FUNCTION by_rate(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 3'",
                "CREATE TABLE goods (n int, price int GENERATED ALWAYS AS (priced(n)) STORED CHECK (priced(n) > 0))",
                "INSERT INTO goods VALUES (2)");
        transfer();
        assertThat(inCopy("SELECT price FROM goods")).containsExactly("6");
        assertSameInventory();
    }

    /** A piece has room for one of these rows, and each COPY is a transaction. */
    @Test
    void rowsThatMayRunCodeOfTheTenantAreLoadedPieceByPiece() throws SQLException {
        execute(
                "CREATE FUNCTION same(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n'",
                "CREATE DOMAIN checked AS int CHECK (same(VALUE) > 0)",
                "CREATE TYPE own AS ENUM ('a')",
                "CREATE TABLE plain (id int DEFAULT same(7), \"Pad\" text, pad text)",
                "CREATE TABLE of_domain (id checked, pad text)",
                "CREATE TABLE of_array (id own[], pad text)",
                "CREATE TABLE of_function (id int, pad text, same int GENERATED ALWAYS AS (same(id)) STORED)");
        for (String table : List.of("plain", "of_domain", "of_function")) {
            execute("INSERT INTO " + table + " (id, pad) SELECT i, repeat('x', 60000) FROM generate_series(1, 20) i");
        }
        execute("INSERT INTO of_array SELECT '{a}', repeat('x', 60000) FROM generate_series(1, 20)");
        transfer();
        assertThat(loads("plain")).isLessThan(20);
        assertThat(loads("of_domain")).isEqualTo(20);
        assertThat(loads("of_array")).isEqualTo(20);
        assertThat(loads("of_function")).isEqualTo(20);
    }

    private int loads(String table) {
        assertSame("SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM " + table + " t");
        return Integer.parseInt(
                inCopy("SELECT count(DISTINCT xmin::text) FROM " + table).get(0));
    }

    @Test
    void copiesTheStateOfEachOfManySequences() throws SQLException {
        execute("""
                DO $$ BEGIN
                    FOR i IN 1..101 LOOP
                        EXECUTE format('CREATE SEQUENCE s%s', i);
                        PERFORM setval('s' || i, i * 3, i % 2 = 0);
                    END LOOP;
                END $$""");
        transfer();
        assertThat(inCopy("SELECT nextval('s' || i) FROM generate_series(1, 101) i ORDER BY i"))
                .isEqualTo(IntStream.rangeClosed(1, 101)
                        .mapToObj(i -> String.valueOf(i % 2 == 0 ? i * 3 + 1 : i * 3))
                        .toList());
    }

    @Test
    void copiesADatabaseWithoutTheSchemaPublic() throws SQLException {
        execute("DROP SCHEMA public");
        transfer();
        assertThat(inCopy("SELECT count(*) FROM pg_namespace WHERE nspname = 'public'"))
                .containsExactly("0");
    }
}
