// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.SaasException;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.tck.BackendFixture;
import dev.allotment.tck.HostileTenant;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A tenant gives names to other objects, and takes locks, while the control plane works in its database. */
final class HostileTransferTest {
    /** The statements before it open the connection and inspect the database. */
    private static final int FIRST = 20;

    private static final String TRAP = """
            CREATE FUNCTION public.%s RETURNS integer LANGUAGE plpgsql %s AS $$ BEGIN
                IF current_user <> ':me' THEN RAISE EXCEPTION 'ran as %%', current_user; END IF;
                RETURN 1;
            END $$""";

    private static final List<String> RESET = List.of(
            "DROP VIEW public.z",
            "DROP SEQUENCE public.z, public.y",
            "DROP SEQUENCE public.z",
            "DROP SCHEMA s CASCADE",
            "DROP SCHEMA s2 CASCADE",
            "CREATE SEQUENCE public.z",
            "CREATE SCHEMA s",
            "CREATE SEQUENCE s.q",
            "CREATE TABLE s.empty ()",
            "CREATE TABLE s.full (a int)");

    private static final List<String> EXCHANGE = List.of(
            "SET lock_timeout = 50",
            "ALTER SEQUENCE public.z RENAME TO y",
            "CREATE VIEW public.z AS SELECT public.evil() AS last_value, true AS is_called",
            "ALTER SCHEMA s RENAME TO s2",
            "CREATE SCHEMA s");

    /** What the names in the schema mean instead: views, or tables whose planning evaluates a function. */
    private static final List<List<String>> INSTEAD = List.of(
            List.of(
                    "CREATE VIEW s.q AS SELECT public.evil() AS last_value, true AS is_called",
                    "CREATE VIEW s.empty AS SELECT public.evil() AS a",
                    "CREATE VIEW s.full AS SELECT public.evil() AS a"),
            List.of(
                    "CREATE TABLE s.q (last_value bigint, is_called boolean)",
                    "CREATE INDEX ON s.q ((public.fixed(1)))",
                    "CREATE TABLE s.empty (a int)",
                    "CREATE INDEX ON s.empty ((public.fixed(1)))",
                    "CREATE TABLE s.full (a int CHECK (public.fixed(1) = 1))",
                    "CREATE INDEX ON s.full (a) WHERE public.fixed(1) = 1"));

    private final HostileTenants hostile = new HostileTenants(false);
    private final HostileTenant tenant = hostile.tenant();

    @AfterEach
    void close() {
        hostile.close();
    }

    @Tag("long")
    @Test
    void namesThatChangeWhileADatabaseIsReadRunNoCode() {
        tenant.attempt(
                TRAP.formatted("evil()", "").replace(":me", tenant.login().user()),
                TRAP.formatted("fixed(integer)", "IMMUTABLE")
                        .replace(":me", tenant.login().user()));
        PostgresSettings settings =
                PostgresSettings.read(Settings.of(hostile.fixture().settings()));
        boolean acted = true;
        for (int statements = FIRST; acted; statements += 2) {
            tenant.attempt(RESET.toArray(String[]::new));
            List<String> instead = INSTEAD.get(statements / 2 % 2);
            StatementKiller watched = new StatementKiller();
            try (Backend backend = new PostgresBackend(
                    settings, new ServerAccess(settings, PostgresBackend.CONTROL_STATEMENTS, watched))) {
                watched.killAfter(
                        statements,
                        () -> tenant.attempt(Stream.concat(EXCHANGE.stream(), instead.stream())
                                .toArray(String[]::new)));
                backend.databases(BackendFixture.DEFAULT_SERVER).transfer().send(tenant.database(), stream -> {
                    try {
                        stream.transferTo(OutputStream.nullOutputStream());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            } catch (SaasException | UncheckedIOException e) {
                StringWriter messages = new StringWriter();
                e.printStackTrace(new PrintWriter(messages));
                assertThat(messages.toString())
                        .as("exchanged before statement " + statements)
                        .doesNotContain("ran as");
            }
            acted = watched.hasKilled();
        }
        tenant.assertNoEffect("exchanged names");
    }

    @Test
    void locksOfTheTenantStopNeitherConfigurationsNorTransfers() throws Exception {
        for (String locks : List.of(
                "BEGIN; ANALYZE",
                "SELECT pg_advisory_lock(hashtextextended('allotment', 0)); BEGIN; ANALYZE",
                "BEGIN; VACUUM; ANALYZE",
                "BEGIN; LOCK TABLE allotment.schema_version IN ACCESS SHARE MODE",
                "BEGIN; SELECT FROM allotment.schema_version FOR UPDATE",
                "BEGIN; ALTER DATABASE :shop SET constraint_exclusion = on")) {
            try (Connection connection = tenant.connect();
                    Statement statement = connection.createStatement()) {
                for (String sql : hostile.filled(locks).split("; ", -1)) {
                    tenant.attempt(connection, sql);
                }
                tenant.databases().configure(tenant.database(), tx -> {
                    tx.run("CREATE TABLE made (id int); DROP TABLE made");
                    return null;
                });
                tenant.databases().transfer().send(tenant.database(), stream -> {
                    try {
                        assertThat(stream.transferTo(OutputStream.nullOutputStream()))
                                .isPositive();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                tenant.attempt(connection, "ROLLBACK");
                assertThat(statement.isClosed())
                        .as("the session lasted until now")
                        .isFalse();
            }
            tenant.assertNoEffect(locks);
        }
    }

    @Test
    void rightsThatTheTenantRevokesFromItselfDoNotStopConfigurations() {
        for (String revoke : List.of(
                "REVOKE TEMPORARY ON DATABASE :shop FROM :me, pg_database_owner",
                "REVOKE CREATE ON DATABASE :shop FROM :me, pg_database_owner",
                "REVOKE ALL ON SCHEMA public FROM :me, pg_database_owner, PUBLIC")) {
            tenant.attempt(hostile.filled(revoke));
            tenant.databases().configure(tenant.database(), tx -> {
                tx.run("SELECT 1");
                return null;
            });
            tenant.attempt(hostile.filled("GRANT ALL ON SCHEMA public TO :me, pg_database_owner"));
            tenant.assertNoEffect(revoke);
        }
    }
}
