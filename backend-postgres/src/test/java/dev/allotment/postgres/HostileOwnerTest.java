// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

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
    /** Tries everything that would help the application, with whichever rights it is run with. */
    private static final String LOOT = """
            CREATE OR REPLACE FUNCTION public.loot() RETURNS integer LANGUAGE plpgsql AS $f$
            DECLARE
                wish text;
            BEGIN
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

    private static final List<Trap> TRAPS = List.of(
            new Trap(
                    "statistics with a built-in function that runs statements",
                    List.of("CREATE STATISTICS public.s ON (" + LOOTING + ") FROM sale_order"),
                    List.of("ANALYZE sale_order", "ANALYZE", "VACUUM (ANALYZE) sale_order")),
            new Trap(
                    "statistics with a function of the application",
                    List.of(
                            "CREATE FUNCTION public.f(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT public.loot()::text'",
                            "CREATE STATISTICS public.s ON (public.f(state)), id FROM sale_order"),
                    List.of("ANALYZE sale_order", "ANALYZE")));

    @TestFactory
    Stream<DynamicTest> codeThatRunsAsTheOwnerOfATable() {
        return TRAPS.stream().map(trap -> DynamicTest.dynamicTest(trap.name(), () -> spring(trap)));
    }

    private void spring(Trap trap) {
        hostile.tenant().databases().configure(tenant.database(), tx -> {
            tx.enforce(List.of());
            return null;
        });
        tenant.attempt(hostile.filled(LOOT));
        tenant.attempt(trap.before().toArray(String[]::new));
        try {
            tenant.databases().configure(tenant.database(), tx -> {
                tx.enforce(List.of(HostileTenant.QUOTA));
                return null;
            });
        } catch (SaasException refused) {
            tenant.attempt("DROP STATISTICS public.s");
            tenant.databases().configure(tenant.database(), tx -> {
                tx.enforce(List.of(HostileTenant.QUOTA));
                return null;
            });
        }
        tenant.attempt(trap.after().toArray(String[]::new));
        tenant.assertNoEffect(trap.name());
    }
}
