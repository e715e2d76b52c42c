// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.tck.BackendFixture;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The role of the control plane sends nothing in a tenant database that could call something of the tenant. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ControlStatementsTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(5, 1));

    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private Connection connection;

    @BeforeAll
    void connect() throws SQLException {
        backend.catalog().migrate();
        backend.databases(BackendFixture.DEFAULT_SERVER).create(SHOP);
        connection = new ServerAccess(
                        PostgresSettings.read(Settings.of(fixture.settings())), PostgresBackend.CONTROL_STATEMENTS)
                .connect(SHOP.name());
    }

    @AfterAll
    void close() throws SQLException {
        connection.close();
        backend.close();
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM public.notes",
                "SELECT * FROM \"public\".\"notes\"",
                "SELECT 1; SELECT * FROM allotment.members m JOIN sales.orders o ON o.id = m.id",
                "SELECT public.f()",
                "SELECT 1 /* harmless */; DELETE FROM public.notes",
                "UPDATE public.notes SET id = 1",
                "INSERT INTO public.notes VALUES (1)",
                "WITH a AS (SELECT * FROM public.notes) SELECT * FROM a",
                "COPY public.notes TO STDOUT",
                "ANALYZE",
                "ANALYZE public.notes",
                "VACUUM",
                "REFRESH MATERIALIZED VIEW public.m",
                "REINDEX DATABASE \"shop.example\"",
                "CLUSTER",
                "CREATE INDEX ON public.notes (id)",
                "CREATE TABLE public.t (id int)",
                "ALTER TABLE public.notes ADD CHECK (id > 0)",
                "ALTER TABLE public.notes VALIDATE CONSTRAINT c",
                "ALTER TABLE public.notes RESET (fillfactor)",
                "CREATE FUNCTION pg_temp.f() RETURNS void LANGUAGE sql AS ''",
                "CREATE TRIGGER t AFTER INSERT ON public.notes EXECUTE FUNCTION f()",
                "DO $$BEGIN PERFORM public.f(); END$$",
                "CALL public.p()",
                "EXECUTE \"S_1\"",
                "FETCH ALL FROM c",
                "LOCK TABLE public.notes",
                "TRUNCATE public.notes",
                "DROP SCHEMA public CASCADE",
                "CREATE EXTENSION hstore"
            })
    void refusesAStatementThatCouldCallSomethingOfTheTenant(String sql) {
        assertThatThrownBy(() -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute(sql);
                    }
                })
                .as("executed")
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("may not send this");
        assertThatThrownBy(() -> {
                    try (PreparedStatement statement = connection.prepareStatement(sql)) {
                        statement.execute();
                    }
                })
                .as("prepared")
                .isInstanceOf(IllegalArgumentException.class);
    }
}
