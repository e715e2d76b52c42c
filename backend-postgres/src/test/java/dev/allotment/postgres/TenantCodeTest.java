// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseLogin;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseExport;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.RowQuota;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.tck.BackendFixture;
import dev.allotment.test.TenantTraps;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
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
@Tag("slow")
final class TenantCodeTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(4, 1));
    private static final DatabaseRef VICTIM = new DatabaseRef("victim.example", new UUID(4, 2));
    private static final DatabaseRef COPY = new DatabaseRef("copy.example", new UUID(4, 3));
    private static final DatabaseRef DRILL = new DatabaseRef("drill.example", new UUID(4, 5));
    private static final DatabaseRef MOVED = new DatabaseRef("moved.example", new UUID(4, 1));

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
        return TenantTraps.all().entrySet().stream().map(trap -> Arguments.of(trap.getKey(), trap.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("traps")
    void codeOfATenantNeverRunsAsTheControlPlane(String trap, String preparation) throws SQLException {
        asTenant(TenantTraps.WITNESS);
        asTenant(preparation);
        long before = number("called");

        attempt("an update by a script", () -> configure("UPDATE public.notes SET note = note || '.'"));
        attempt("an insertion by a script", () -> configure("INSERT INTO public.notes VALUES (7, 'c')"));
        attempt(
                "a script that uses its own table only",
                () -> configure("CREATE TABLE IF NOT EXISTS public.own (kind varchar CHECK (kind IN ('a', 'b')));"
                        + " INSERT INTO public.own VALUES ('a')"));
        attempt(
                "maintenance by a script",
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
        attempt("what a transfer may miss", () -> databases.transfer().transferDoubts(SHOP));
        attempt("an export", () -> databases.transfer().export(SHOP, new Reading()));
        attempt(
                "an export of what was sent",
                () -> databases
                        .transfer()
                        .send(SHOP, content -> databases.transfer().export(SHOP, content, new Reading())));
        attempt("a drill", () -> {
            databases.transfer().send(SHOP, content -> databases.transfer().receive(DRILL, content, refused -> {}));
            databases.transact(DRILL, tx -> tx.records(RecordTypes.MEMBERS).list(Query.all()));
            databases.transact(DRILL, tx -> tx.count(quota("notes")));
        });
        attempt("the end of a drill", () -> databases.drop(DRILL));
        attempt("a login that only reads", () -> {
            DatabaseLogin reader = databases.readOnlyLogins().readOnlyLogin(SHOP, Duration.ofHours(1));
            databases.readOnlyLogins().revokeReadOnlyLogin(SHOP, reader.user());
        });
        attempt("the load", () -> databases.loadMeter().load());
        attempt("the activity", () -> databases.activityReader().activity(SHOP));
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
        asTenant(TenantTraps.WITNESS);
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

    /** Reads all of an export, and keeps nothing of it. */
    private record Reading() implements DatabaseExport {
        @Override
        public void records(Transaction records) {
            records.records(RecordTypes.PARAMETERS).list(Query.all());
        }

        @Override
        public <R extends Record> void records(RecordType<R> type, Iterator<R> records) {
            records.forEachRemaining(record -> {});
        }

        @Override
        public void file(String name, InputStream content) {
            try {
                content.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
