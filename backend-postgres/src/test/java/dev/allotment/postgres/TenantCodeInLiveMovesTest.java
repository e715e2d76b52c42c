// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.tck.BackendFixture;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Code of a tenant runs with the rights of the tenant in a copy that follows an open database, too. The process of
 * PostgreSQL that applies the changes has signed in as the role of the control plane, and runs each change with the
 * rights of the owner of the table.
 */
@Tag("slow")
final class TenantCodeInLiveMovesTest extends LiveMoves {
    private static final DatabaseRef VICTIM = new DatabaseRef("victim.example", new UUID(9, 3));

    /**
     * Notes that it was called, then tries to give the tenant the role of another one: at once, as the user of the
     * session, and later, with a deferred trigger that runs at the end of the transaction.
     */
    private static final String WITNESS = """
            CREATE SEQUENCE public.called; CREATE SEQUENCE public.escaped;
            CREATE FUNCTION public.escape() RETURNS void LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM nextval('public.called');
                IF pg_has_role(current_user, ':victim', 'MEMBER') THEN
                    PERFORM nextval('public.escaped');
                END IF;
                EXECUTE 'GRANT ":victim" TO ":me"';
                PERFORM nextval('public.escaped');
            EXCEPTION WHEN OTHERS THEN NULL;
            END$$;
            CREATE FUNCTION public.later() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN PERFORM public.escape(); RETURN NULL; END$$;
            CREATE TABLE public.queue (id int PRIMARY KEY);
            CREATE CONSTRAINT TRIGGER later AFTER INSERT ON public.queue DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION public.later();
            CREATE FUNCTION public.witness() RETURNS void LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM public.escape();
                BEGIN
                    RESET ROLE;
                    PERFORM public.escape();
                EXCEPTION WHEN OTHERS THEN NULL;
                END;
                BEGIN
                    EXECUTE format('SET SESSION AUTHORIZATION %I', session_user);
                    PERFORM public.escape();
                EXCEPTION WHEN OTHERS THEN NULL;
                END;
                BEGIN
                    -- The original must not have such a trigger: then it would not be replicated at all.
                    IF current_database() <> ':copy' THEN RETURN; END IF;
                    ALTER TABLE public.queue ENABLE ALWAYS TRIGGER later;
                    INSERT INTO public.queue SELECT COALESCE(max(id), 0) + 1 FROM public.queue;
                EXCEPTION WHEN OTHERS THEN NULL;
                END;
                BEGIN
                    EXECUTE 'DECLARE held CURSOR WITH HOLD FOR SELECT public.escape()';
                EXCEPTION WHEN OTHERS THEN NULL;
                END;
            END$$;
            CREATE FUNCTION public.evil(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
                $$BEGIN PERFORM public.witness(); RETURN $1; END$$;
            """;

    private static final Map<String, String> TRAPS = Map.of(
            "an index on an expression",
            "CREATE INDEX ON public.orders (public.evil(note));",
            "a partial index",
            "CREATE INDEX ON public.orders (changes) WHERE public.evil(note) <> '';",
            "a check of a domain",
            """
            CREATE DOMAIN public.line AS text CHECK (public.evil(VALUE) <> '');
            ALTER TABLE public.orders ADD line public.line DEFAULT 'x';
            """,
            "a check",
            "ALTER TABLE public.orders ADD CHECK (public.evil(note) <> '') NOT VALID;",
            "a generated column",
            "ALTER TABLE public.orders ADD g text GENERATED ALWAYS AS (public.evil(note)) STORED;");

    static Stream<Arguments> traps() {
        return TRAPS.entrySet().stream().map(trap -> Arguments.of(trap.getKey(), trap.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("traps")
    void changesAreAppliedWithTheRightsOfTheTenant(String trap, String preparation) throws SQLException {
        elsewhere.databases(BackendFixture.DEFAULT_SERVER).create(VICTIM);
        try {
            String victim = server.value(
                    "postgres",
                    "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '" + VICTIM.name() + "'");
            execute(WITNESS.replace(":copy", COPY.name())
                    .replace(":victim", victim)
                    .replace(":me", here.login(SHOP, PostgresFixture.PASSWORD).user()));
            execute(preparation);
            replicate(1);
            long before = number("called");
            execute("UPDATE orders SET note = note || '.', changes = changes + 1 WHERE id < 10");
            execute("INSERT INTO orders (note) VALUES ('during')");
            catchUp(1);

            assertThat(number("called")).as("the trap was set off").isGreaterThan(before);
            assertThat(number("escaped")).as("the tenant has escaped").isZero();
            assertThat(server.values(
                            "postgres",
                            "SELECT CAST(CAST(member AS regrole) AS text) FROM pg_auth_members WHERE roleid = '"
                                    + victim + "'::regrole"))
                    .containsOnly("mover");
            settle(1);
            target.unfollow(COPY, source.counters(ASIDE, name(1)));
            there.rename(COPY, SHOP.name());
        } finally {
            elsewhere.databases(BackendFixture.DEFAULT_SERVER).drop(VICTIM);
        }
    }

    /** Replication does not carry the values of sequences, so each copy has those of its own calls. */
    private long number(String sequence) {
        return Long.parseLong(server.value(
                COPY.name(), "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM public." + sequence));
    }
}
