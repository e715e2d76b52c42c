// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseLogin;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.RowQuota;
import dev.allotment.tck.BackendFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Code of a tenant runs with the rights of the tenant, at whatever time, and whatever the control plane does. Each way in
 * which PostgreSQL calls code that a tenant defined is a trap. Each trap notes that it was called, which no rollback
 * undoes, and whether the session or the current user was another one than the tenant's.
 */
final class TenantCodeTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(4, 1));
    private static final DatabaseRef VICTIM = new DatabaseRef("victim.example", new UUID(4, 2));
    private static final DatabaseRef COPY = new DatabaseRef("copy.example", new UUID(4, 3));
    private static final DatabaseRef MOVED = new DatabaseRef("moved.example", new UUID(4, 1));

    /** Notes the call. Sequences keep their values if a transaction is rolled back. */
    private static final String WITNESS = """
            CREATE SEQUENCE public.called; CREATE SEQUENCE public.escaped;
            CREATE FUNCTION public.witness() RETURNS void LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM nextval('public.called');
                IF pg_has_role(session_user, ':victim', 'MEMBER') OR pg_has_role(current_user, ':victim', 'MEMBER')
                    OR has_schema_privilege('allotment', 'USAGE')
                THEN
                    PERFORM nextval('public.escaped');
                END IF;
                BEGIN
                    EXECUTE 'GRANT ":victim" TO ":me"';
                    PERFORM nextval('public.escaped');
                EXCEPTION WHEN OTHERS THEN NULL;
                END;
                BEGIN
                    RESET ROLE;
                    EXECUTE 'GRANT ":victim" TO ":me"';
                    PERFORM nextval('public.escaped');
                EXCEPTION WHEN OTHERS THEN NULL;
                END;
            END$$;
            CREATE FUNCTION public.evil(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
                $$BEGIN PERFORM public.witness(); RETURN $1; END$$;
            CREATE FUNCTION public.evil(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
                $$BEGIN PERFORM public.witness(); RETURN $1; END$$;
            CREATE FUNCTION public.evil_trigger() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN PERFORM public.witness(); RETURN COALESCE(NEW, OLD); END$$;
            CREATE TABLE public.notes (id int, note text);
            INSERT INTO public.notes VALUES (1, 'a'), (2, 'b');
            """;

    /** A deferred trigger that is queued by a cast, which a deferred key calls, which another deferred trigger queues. */
    private static final String CHAIN = """
            CREATE TYPE public.mood AS ENUM ('a', 'b');
            CREATE TABLE public.pk (id int PRIMARY KEY); INSERT INTO public.pk VALUES (1);
            CREATE TABLE public.z (x int);
            CREATE CONSTRAINT TRIGGER zt AFTER INSERT ON public.z DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION public.evil_trigger();
            CREATE FUNCTION public.evil_cast(public.mood) RETURNS int LANGUAGE plpgsql VOLATILE AS
                $$BEGIN SET CONSTRAINTS public.zt DEFERRED; INSERT INTO public.z VALUES (1); PERFORM public.witness();
                  RETURN 1; END$$;
            CREATE CAST (public.mood AS int) WITH FUNCTION public.evil_cast(public.mood) AS IMPLICIT;
            CREATE TABLE public.fk (m public.mood, CONSTRAINT fkc FOREIGN KEY (m) REFERENCES public.pk (id)
                DEFERRABLE INITIALLY DEFERRED);
            CREATE TABLE public.y (x int);
            CREATE FUNCTION public.yf() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN SET CONSTRAINTS public.fkc DEFERRED; INSERT INTO public.fk VALUES ('a'); RETURN NULL; END$$;
            CREATE CONSTRAINT TRIGGER yt AFTER INSERT ON public.y DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION public.yf();
            """;

    /** Each trap, with what prepares it. */
    private static final Map<String, String> TRAPS = Map.ofEntries(
            Map.entry("an operator on the type of a literal", CHAIN + """
                            CREATE FUNCTION public.eq(varchar, varchar) RETURNS boolean LANGUAGE plpgsql AS
                                $$BEGIN INSERT INTO public.y VALUES (1); PERFORM public.witness();
                                  RETURN pg_catalog.texteq($1, $2); END$$;
                            CREATE OPERATOR public.= (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = public.eq);
                            """),
            Map.entry("a chain of deferred triggers and keys", CHAIN + """
                            CREATE FUNCTION public.start() RETURNS trigger LANGUAGE plpgsql AS
                                $$BEGIN INSERT INTO public.y VALUES (1); RETURN NULL; END$$;
                            CREATE TRIGGER s AFTER INSERT OR UPDATE ON public.notes FOR EACH ROW EXECUTE FUNCTION public.start();
                            """),
            Map.entry("a trigger before each row", """
                    CREATE TRIGGER t BEFORE INSERT OR UPDATE OR DELETE ON public.notes
                        FOR EACH ROW EXECUTE FUNCTION public.evil_trigger();
                    """),
            Map.entry("a deferred trigger", """
                    CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE ON public.notes DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION public.evil_trigger();
                    """),
            Map.entry("a deferred trigger that defers itself", """
                    CREATE FUNCTION public.again() RETURNS trigger LANGUAGE plpgsql AS
                        $$BEGIN SET CONSTRAINTS ALL DEFERRED; PERFORM public.witness();
                          IF NEW.id < 5 THEN INSERT INTO public.notes VALUES (NEW.id + 5, 'again'); END IF; RETURN NULL; END$$;
                    CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE ON public.notes DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION public.again();
                    """),
            Map.entry("a check", "ALTER TABLE public.notes ADD CHECK (public.evil(note) <> '') NOT VALID;"),
            Map.entry("a check of a domain", """
                    CREATE DOMAIN public.line AS text CHECK (public.evil(VALUE) <> '');
                    ALTER TABLE public.notes ADD line public.line DEFAULT 'x';
                    """),
            Map.entry("a default", "ALTER TABLE public.notes ADD d int DEFAULT public.evil(1);"),
            Map.entry(
                    "a generated column",
                    "ALTER TABLE public.notes ADD g text GENERATED ALWAYS AS (public.evil(note)) STORED;"),
            Map.entry("an index on an expression", "CREATE INDEX ON public.notes (public.evil(note));"),
            Map.entry("a partial index", "CREATE INDEX ON public.notes (id) WHERE public.evil(note) <> '';"),
            Map.entry(
                    "a deferred unique key on what a trigger fills",
                    "ALTER TABLE public.notes ADD u int UNIQUE DEFERRABLE INITIALLY DEFERRED;"
                            + " CREATE TRIGGER t BEFORE UPDATE ON public.notes FOR EACH ROW EXECUTE FUNCTION public.evil_trigger();"),
            Map.entry("a deferred exclusion of expressions", """
                    ALTER TABLE public.notes ADD EXCLUDE USING btree ((public.evil(id)) WITH =) DEFERRABLE INITIALLY DEFERRED;
                    """),
            Map.entry(
                    "statistics of expressions",
                    "CREATE STATISTICS public.s ON (public.evil(note)), id FROM public.notes; ANALYZE public.notes;"),
            Map.entry("a policy", """
                    ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY; ALTER TABLE public.notes FORCE ROW LEVEL SECURITY;
                    CREATE POLICY p ON public.notes USING (public.evil(note) <> '');
                    """),
            Map.entry("a view with a rule", """
                    ALTER TABLE public.notes RENAME TO stored;
                    CREATE VIEW public.notes AS SELECT id, public.evil(note) AS note FROM public.stored;
                    CREATE RULE r AS ON UPDATE TO public.notes DO INSTEAD SELECT public.witness();
                    """),
            Map.entry("a materialized view", """
                    CREATE MATERIALIZED VIEW public.m AS SELECT public.evil(note) FROM public.notes;
                    """),
            Map.entry("a partition by an expression", """
                    DROP TABLE public.notes;
                    CREATE TABLE public.notes (id int, note text) PARTITION BY RANGE (public.evil(id));
                    CREATE TABLE public.part PARTITION OF public.notes FOR VALUES FROM (0) TO (10);
                    INSERT INTO public.notes VALUES (1, 'a');
                    """),
            Map.entry("the difference of a range type", """
                    CREATE FUNCTION public.diff(float8, float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS
                        $$BEGIN PERFORM public.witness(); RETURN $1 - $2; END$$;
                    CREATE TYPE public.span AS RANGE (subtype = float8, subtype_diff = public.diff);
                    ALTER TABLE public.notes ADD span public.span DEFAULT '[1,2]';
                    CREATE INDEX ON public.notes USING gist (span);
                    """),
            Map.entry("prepared statements with the names of the driver", """
                    CREATE FUNCTION public.prepare() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        PERFORM public.witness();
                        FOR n IN 1..60 LOOP
                            EXECUTE format('PREPARE "S_%s" AS SELECT public.witness()', n);
                            EXECUTE format('PREPARE "C_%s" AS SELECT public.witness()', n);
                        END LOOP;
                        RETURN NEW;
                    END$$;
                    CREATE TRIGGER t BEFORE UPDATE ON public.notes FOR EACH ROW EXECUTE FUNCTION public.prepare();
                    """),
            Map.entry("a password for the role of the session", """
                    CREATE FUNCTION public.stay() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        PERFORM public.witness();
                        EXECUTE format('ALTER ROLE %I PASSWORD %L', session_user, 'known');
                        RETURN NEW;
                    END$$;
                    CREATE CONSTRAINT TRIGGER t AFTER UPDATE ON public.notes DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION public.stay();
                    """),
            Map.entry("objects of the role of the session", """
                    CREATE FUNCTION public.own() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        PERFORM public.witness();
                        CREATE TABLE IF NOT EXISTS public.mine (id int);
                        EXECUTE format('GRANT SELECT ON public.notes TO %I', session_user);
                        RETURN NEW;
                    END$$;
                    CREATE CONSTRAINT TRIGGER t AFTER UPDATE ON public.notes DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION public.own();
                    """));

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
    private DatabaseLogin login;
    private String members;

    @BeforeEach
    void make() {
        backend.catalog().migrate();
        for (DatabaseRef each : List.of(SHOP, VICTIM)) {
            databases.create(each);
            databases.open(each);
        }
        login = databases.login(SHOP, PostgresFixture.PASSWORD);
        members = members();
    }

    @AfterEach
    void close() {
        backend.close();
        fixture.close();
    }

    static Stream<Arguments> traps() {
        return TRAPS.entrySet().stream().map(trap -> Arguments.of(trap.getKey(), trap.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("traps")
    void codeOfATenantNeverRunsAsTheControlPlane(String trap, String preparation) throws SQLException {
        asTenant(WITNESS);
        asTenant(preparation);
        long before = number("called");

        attempt("an update by a script", () -> configure("UPDATE public.notes SET note = note || '.'"));
        attempt("an insertion by a script", () -> configure("INSERT INTO public.notes VALUES (7, 'c')"));
        attempt(
                "a script that uses its own table only",
                () -> configure("CREATE TABLE IF NOT EXISTS public.own (kind varchar CHECK (kind IN ('a', 'b')));"
                        + " INSERT INTO public.own VALUES ('a')"));
        attempt(
                "upkeep by a script",
                () -> configure("DO $$BEGIN ANALYZE public.notes; IF to_regclass('public.m') IS NOT NULL THEN"
                        + " REFRESH MATERIALIZED VIEW public.m; END IF; END$$"));
        attempt("a quota", () -> enforce("notes"));
        attempt("a count", () -> databases.transact(SHOP, tx -> tx.count(quota("notes"))));
        attempt("the end of a quota", () -> configure("SELECT 1"));
        attempt("a copy", () -> databases.copy(SHOP, COPY));
        attempt("a drop", () -> databases.drop(COPY));
        attempt(
                "a transfer",
                () -> databases
                        .transfer()
                        .send(SHOP, content -> databases.transfer().receive(COPY, content)));
        attempt("an exchange", () -> {
            databases.transfer().exchange(SHOP, COPY);
            databases
                    .transfer()
                    .exchange(new DatabaseRef(SHOP.name(), COPY.uuid()), new DatabaseRef(COPY.name(), SHOP.uuid()));
        });
        attempt(
                "a script in the copy",
                () -> databases.configure(COPY, tx -> {
                    tx.run("UPDATE public.notes SET note = note || '.'");
                    tx.enforce(List.of());
                    return null;
                }));
        attempt("a replacement", () -> databases.transfer().replace(SHOP, COPY));
        attempt("a renaming", () -> {
            databases.rename(SHOP, MOVED.name());
            databases.rename(MOVED, SHOP.name());
        });
        attempt("the rights", () -> {
            databases.watch().restoreRights(SHOP);
            databases.inventory();
            databases.watch().tidy();
            databases.close(SHOP);
            databases.open(SHOP);
            databases.size(SHOP);
        });

        assertThat(number("called")).as("the trap was set off").isGreaterThan(before);
        assertThat(insert("still works")).contains("still works");
        databases.drop(SHOP);
        assertThat(server.values(
                        "postgres",
                        "SELECT rolname FROM pg_roles WHERE starts_with(rolname, 'allotment_session_') AND NOT EXISTS"
                                + " (SELECT FROM pg_stat_activity WHERE usesysid = pg_roles.oid)"))
                .as("no role of a session is left")
                .isEmpty();
    }

    /** An operation may fail: the traps may forbid it. It must not have run code as another user. */
    private void attempt(String what, Runnable operation) {
        String outcome = "done";
        try {
            operation.run();
        } catch (SaasException e) {
            outcome = e.code() + " " + e.getMessage();
        }
        assertThat(server.value(SHOP.name(), "SELECT is_called FROM public.escaped"))
                .as("code of the tenant escaped during %s (%s)", what, outcome)
                .isEqualTo("f");
        assertThat(members())
                .as("members of roles after %s (%s)", what, outcome)
                .isEqualTo(members);
    }

    /** Rights that an operator or a defect gave to a tenant. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET ROLE keeper; GRANT \":victim\" TO \":me\"",
                "GRANT pg_read_all_data TO \":me\"",
                "GRANT pg_execute_server_program TO \":me\"",
                "ALTER ROLE \":me\" CREATEROLE",
                "ALTER ROLE \":me\" SUPERUSER"
            })
    void theMaintenanceTakesRightsThatNoTenantMayHave(String grant) {
        assertThat(databases.watch().revokeExcessiveRights()).isEmpty();
        server.execute(
                "postgres",
                grant.replace(":victim", fixture.identity(VICTIM).role()).replace(":me", login.user()));

        assertThat(databases.watch().revokeExcessiveRights()).containsExactly(SHOP.uuid());
        if (grant.startsWith("SET ROLE keeper")) {
            assertThat(databases.watch().revokeExcessiveRights())
                    .as("what it may revoke")
                    .isEmpty();
        } else {
            assertThat(databases.watch().revokeExcessiveRights())
                    .as("what only a superuser may revoke is reported again")
                    .containsExactly(SHOP.uuid());
        }
    }

    @Test
    void theTicketOfASessionOpensNoOtherSession() throws SQLException {
        asTenant(WITNESS);
        for (String call : List.of(
                "SELECT allotment_gate.records('x', 'SELECT 1', '{}')",
                "SELECT allotment_gate.quota('x', 'lift', 'allotment_000000000000_quota', '')",
                "SELECT allotment_gate.check_ticket('x')",
                "SELECT * FROM allotment.parameters",
                "CREATE TABLE allotment_gate.t (id int)",
                "CREATE OR REPLACE FUNCTION allotment_gate.records(bytea, text, text[]) RETURNS SETOF text[]"
                        + " LANGUAGE sql AS 'SELECT $3'",
                "DROP SCHEMA allotment_gate CASCADE",
                "ALTER FUNCTION allotment_gate.records(bytea, text, text[]) SET search_path = public")) {
            assertThat(refusal(call)).as(call).isEqualTo("42501");
            configure(
                    "CREATE OR REPLACE FUNCTION public.refused() RETURNS text LANGUAGE plpgsql AS $f$BEGIN EXECUTE $c$"
                            + call
                            + "$c$; RETURN 'none'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END$f$;"
                            + " DO $$BEGIN IF public.refused() <> '42501' THEN RAISE EXCEPTION 'not refused'; END IF; END$$");
        }
    }

    private String refusal(String sql) {
        try {
            asTenant(sql);
            return "none";
        } catch (SQLException e) {
            return e.getSQLState();
        }
    }

    private void configure(String script) {
        databases.configure(SHOP, tx -> {
            tx.records(RecordTypes.PARAMETERS)
                    .insert(new Parameter(0, UUID.randomUUID().toString(), "x", false));
            tx.run(script);
            tx.enforce(List.of());
            return null;
        });
    }

    private void enforce(String table) {
        databases.configure(SHOP, tx -> {
            tx.enforce(List.of(quota(table)));
            return null;
        });
    }

    private static RowQuota quota(String table) {
        return new RowQuota(table, Filter.all(), 100, "some.model", "[]");
    }

    private List<String> insert(String value) {
        databases.transact(
                SHOP, tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, value, value, false)));
        return new ArrayList<>(databases.transact(
                SHOP,
                tx -> tx.records(RecordTypes.PARAMETERS).list(Query.all()).stream()
                        .map(Parameter::value)
                        .toList()));
    }

    private String members() {
        return server.value(
                "postgres",
                "SELECT string_agg(concat_ws(' ', roleid::regrole, member::regrole), ',' ORDER BY roleid, member)"
                        + " FROM pg_auth_members WHERE member NOT IN (SELECT oid FROM pg_roles WHERE rolname IN ('keeper', 'mover'))"
                        + " AND NOT starts_with(CAST(CAST(member AS regrole) AS text), 'allotment_session_')");
    }

    private long number(String sequence) {
        return Long.parseLong(server.value(
                SHOP.name(), "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM public." + sequence));
    }

    private void asTenant(String statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(statements
                    .replace(":victim", fixture.identity(VICTIM).role())
                    .replace(":me", login.user()));
        }
    }
}
