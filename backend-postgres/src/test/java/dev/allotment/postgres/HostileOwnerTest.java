// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.tck.HostileTenant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * PostgreSQL runs some code of an application with the rights of the owner of a table: expressions of indexes and
 * statistics during ANALYZE, and whatever foreign keys set off. A table with a quota does not belong to its
 * application, and its owner has no rights that such code could use.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileOwnerTest {
    /** Tries all that would help the application, if it is run with other rights than those of the application. */
    private static final String LOOT = """
            CREATE OR REPLACE FUNCTION public.loot() RETURNS integer LANGUAGE plpgsql AS $f$
            DECLARE
                wish text;
            BEGIN
                IF format('"%s"', current_user) = ':me' THEN
                    RETURN 1;
                END IF;
                FOREACH wish IN ARRAY ARRAY[
                    'GRANT :other TO :me',
                    'ALTER ROLE :me CREATEROLE CREATEDB',
                    'ALTER ROLE :me CONNECTION LIMIT -1',
                    'ALTER ROLE :other PASSWORD ''mine''',
                    'GRANT keeper TO :me',
                    'GRANT ALL ON SCHEMA allotment TO :me',
                    'GRANT ALL ON ALL TABLES IN SCHEMA allotment TO :me',
                    'UPDATE allotment.parameters SET value = ''mine''',
                    'DELETE FROM allotment.row_limits',
                    'UPDATE allotment.row_limits SET max_rows = 1000',
                    'ALTER TABLE public.sale_order DISABLE TRIGGER ALL',
                    'ALTER TABLE public.sale_order OWNER TO :me',
                    'GRANT ALL ON public.sale_order TO :me WITH GRANT OPTION',
                    'DROP TABLE public.sale_order CASCADE',
                    'DROP FUNCTION allotment.hold_limit() CASCADE',
                    'COPY (SELECT 1) TO PROGRAM ''true''']
                LOOP
                    BEGIN
                        EXECUTE wish;
                    EXCEPTION WHEN OTHERS THEN
                        NULL;
                    END;
                END LOOP;
                RETURN 1;
            END $f$
            """;

    private static final String LOOTING = "query_to_xml('SELECT public.loot()', true, true, '')::text";

    private final HostileTenants hostile = new HostileTenants(true);
    private final HostileTenant tenant = hostile.tenant();

    @AfterAll
    void close() {
        hostile.close();
    }

    /** What the application prepares before its table gets a quota, and what it does then. */
    private record Trap(String name, List<String> before, List<String> after) {}

    private static final String FUNCTION = "CREATE FUNCTION public.f(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS"
            + " $$ BEGIN PERFORM public.loot(); RETURN $1; END $$";
    private static final String TRIGGER = "CREATE FUNCTION public.g() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN PERFORM public.loot(); RETURN COALESCE(NEW, OLD); END $$";
    private static final String DIFFERENCE =
            "CREATE FUNCTION public.diff(float8, float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS"
                    + " $$ BEGIN PERFORM public.loot(); RETURN $1 - $2; END $$";
    private static final String PARENT = "CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent VALUES (1), (2)";
    private static final List<String> SET_OFF_ANALYZE =
            List.of("ANALYZE sale_order", "ANALYZE", "VACUUM (ANALYZE) sale_order", "REINDEX DATABASE :shop");
    private static final List<String> SET_OFF_KEYS = List.of(
            "UPDATE sale_order SET p = 1", "UPDATE parent SET id = 3 WHERE id = 1", "DELETE FROM parent", "ANALYZE");

    private static final List<Trap> TRAPS = List.of(
            new Trap(
                    "statistics with a built-in function that runs statements",
                    List.of("CREATE STATISTICS public.s ON (" + LOOTING + ") FROM sale_order"),
                    SET_OFF_ANALYZE),
            new Trap(
                    "statistics with a function of the application",
                    List.of(FUNCTION, "CREATE STATISTICS public.s ON (public.f(state)), id FROM sale_order"),
                    SET_OFF_ANALYZE),
            new Trap(
                    "statistics that read a view",
                    List.of(
                            "CREATE VIEW public.v AS SELECT public.loot()",
                            "CREATE STATISTICS public.s ON (table_to_xml('public.v', true, true, '')::text) FROM sale_order"),
                    SET_OFF_ANALYZE),
            new Trap(
                    "an index on an expression",
                    List.of(FUNCTION, "CREATE INDEX ON sale_order (public.f(state))"),
                    SET_OFF_ANALYZE),
            new Trap(
                    "a partial index",
                    List.of(FUNCTION, "CREATE INDEX ON sale_order (id) WHERE public.f(state) <> ''"),
                    SET_OFF_ANALYZE),
            new Trap(
                    "a range type that measures with a function of the application",
                    List.of(
                            DIFFERENCE,
                            "CREATE TYPE public.r AS RANGE (subtype = float8, subtype_diff = public.diff)",
                            "ALTER TABLE sale_order ADD r public.r DEFAULT '[1,2]'"),
                    SET_OFF_ANALYZE),
            new Trap(
                    "a domain in statistics",
                    List.of(
                            FUNCTION,
                            "CREATE DOMAIN public.d AS text CHECK (public.f(VALUE) <> '')",
                            "CREATE STATISTICS public.s ON (state::public.d), id FROM sale_order"),
                    SET_OFF_ANALYZE),
            new Trap(
                    "a trigger that a foreign key fires",
                    List.of(
                            TRIGGER,
                            PARENT,
                            "ALTER TABLE sale_order ADD p int REFERENCES parent ON DELETE CASCADE ON UPDATE CASCADE",
                            "CREATE TRIGGER t BEFORE DELETE OR UPDATE ON sale_order FOR EACH ROW EXECUTE FUNCTION public.g()"),
                    SET_OFF_KEYS),
            new Trap(
                    "a check that a foreign key evaluates",
                    List.of(
                            FUNCTION,
                            PARENT,
                            "ALTER TABLE sale_order ADD p int REFERENCES parent ON DELETE SET NULL ON UPDATE CASCADE",
                            "ALTER TABLE sale_order ADD CHECK (public.f(state) <> '')"),
                    SET_OFF_KEYS),
            new Trap(
                    "a default that a foreign key evaluates",
                    List.of(
                            PARENT,
                            "ALTER TABLE sale_order ADD p int DEFAULT length(" + LOOTING + ") * 0 + 1"
                                    + " REFERENCES parent ON DELETE SET DEFAULT ON UPDATE SET DEFAULT"),
                    SET_OFF_KEYS),
            new Trap(
                    "a conversion that a foreign key uses",
                    List.of(
                            "CREATE TYPE public.e AS ENUM ('1')",
                            "CREATE FUNCTION public.c(public.e) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS"
                                    + " $$ BEGIN PERFORM public.loot(); RETURN 1; END $$",
                            "CREATE CAST (public.e AS bigint) WITH FUNCTION public.c(public.e) AS IMPLICIT",
                            "CREATE TABLE child (id public.e REFERENCES sale_order)"),
                    List.of("INSERT INTO child VALUES ('1')", "UPDATE child SET id = '1'")),
            new Trap(
                    "a check that planning evaluates",
                    List.of(
                            "CREATE FUNCTION public.h(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS"
                                    + " $$ BEGIN PERFORM public.loot(); RETURN 1; END $$",
                            "ALTER TABLE sale_order ADD CHECK (public.h(1) = 1)",
                            "ALTER DATABASE :shop SET constraint_exclusion = on"),
                    List.of(
                            "SET constraint_exclusion = on",
                            "INSERT INTO sale_order (state) VALUES ('a')",
                            "SELECT count(*) FROM sale_order WHERE state = 'a'",
                            "ALTER DATABASE :shop RESET constraint_exclusion")),
            new Trap(
                    "an extension that the table belongs to",
                    List.of("CREATE EXTENSION hstore", "ALTER EXTENSION hstore ADD TABLE sale_order"),
                    List.of("DROP EXTENSION hstore CASCADE", "CREATE TABLE sale_order (id serial, state varchar(20))")),
            new Trap(
                    "an extension that the schema belongs to",
                    List.of(
                            "CREATE SCHEMA other",
                            "CREATE EXTENSION hstore SCHEMA other",
                            "ALTER EXTENSION hstore ADD SCHEMA public"),
                    List.of(
                            "DROP EXTENSION hstore CASCADE",
                            "CREATE SCHEMA public",
                            "CREATE TABLE public.sale_order (id serial, state varchar(20))")),
            new Trap(
                    "a type that the table belongs to",
                    List.of(
                            "CREATE TYPE public.row_of AS (id bigint, state varchar(20))",
                            "DROP TABLE sale_order",
                            "CREATE TABLE sale_order OF public.row_of"),
                    List.of(
                            "DROP TYPE public.row_of CASCADE",
                            "CREATE TABLE public.sale_order (id serial, state varchar(20))")),
            new Trap(
                    "objects that can be dropped with everything that uses them",
                    List.of(
                            "CREATE TYPE public.mood AS ENUM ('good')",
                            "ALTER TABLE sale_order ADD mood public.mood DEFAULT 'good'",
                            TRIGGER,
                            "CREATE TRIGGER t AFTER INSERT ON sale_order FOR EACH ROW EXECUTE FUNCTION public.g()"),
                    List.of(
                            "DROP TYPE public.mood CASCADE",
                            "DROP FUNCTION public.g CASCADE",
                            "DROP OWNED BY :me CASCADE")),
            new Trap(
                    "default privileges and grants from before the quota",
                    List.of(
                            "GRANT ALL ON sale_order TO PUBLIC, :me, :other WITH GRANT OPTION",
                            "GRANT ALL ON SCHEMA public TO PUBLIC",
                            "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC"),
                    List.of(
                            "GRANT ALL ON sale_order TO :other",
                            "CREATE TRIGGER t BEFORE INSERT ON sale_order EXECUTE FUNCTION suppress_redundant_updates_trigger()",
                            "CREATE TABLE child (id bigint REFERENCES sale_order)",
                            "ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC")),
            new Trap(
                    "membership of the owner of the table",
                    List.of(),
                    List.of(
                            "SET ROLE :quota",
                            "GRANT :quota TO :me",
                            "GRANT :me TO :quota",
                            "ALTER ROLE :quota LOGIN PASSWORD 'mine'",
                            "DROP OWNED BY :quota",
                            "REASSIGN OWNED BY :quota TO :me",
                            "ALTER DATABASE :shop OWNER TO :quota",
                            "ALTER SCHEMA public OWNER TO :me")));

    private static final String RESET =
            "DROP EXTENSION IF EXISTS hstore CASCADE; DROP SCHEMA IF EXISTS public, other CASCADE;"
                    + " CREATE SCHEMA public;"
                    + " CREATE TABLE public.sale_order (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, state varchar(20));"
                    + " INSERT INTO public.sale_order (state) VALUES ('a'), ('b'), ('c')";

    @TestFactory
    Stream<DynamicTest> codeThatRunsAsTheOwnerOfATable() {
        return TRAPS.stream().map(trap -> DynamicTest.dynamicTest(trap.name(), () -> spring(trap)));
    }

    private void spring(Trap trap) {
        prepare();
        tenant.attempt(filled(trap.before()));
        try {
            limit();
        } catch (SaasException refused) {
            assertThat(refused.code()).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
            prepare();
            limit();
        }
        tenant.attempt(filled(trap.after()));
        tenant.assertNoEffect(trap.name());
    }

    private void prepare() {
        tenant.databases().configure(tenant.database(), tx -> {
            tx.run(RESET);
            tx.enforce(List.of());
            return null;
        });
        tenant.attempt(filled(List.of(LOOT)));
    }

    private void limit() {
        tenant.databases().configure(tenant.database(), tx -> {
            tx.enforce(List.of(HostileTenant.QUOTA));
            return null;
        });
    }

    private String[] filled(List<String> statements) {
        return statements.stream()
                .map(sql -> hostile.filled(sql)
                        .replace(":quota", '"' + hostile.fixture().quotaOwner() + '"'))
                .toArray(String[]::new);
    }
}
