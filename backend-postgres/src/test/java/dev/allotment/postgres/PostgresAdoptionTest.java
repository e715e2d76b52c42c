// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.SaasException;
import dev.allotment.postgres.database.DatabaseSql;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.spi.Settings;
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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The owners and privileges of the objects in a database that is adopted and released. */
class PostgresAdoptionTest {
    /** Whether the owner acts before each statement, and not only before every second one. */
    private static final boolean EACH = Boolean.getBoolean("allotment.test.every-statement");

    private static final DatabaseRef LEGACY = new DatabaseRef("legacy.example", new UUID(21, 22));
    private static final String PASSWORD = "new-password_of-the-application";

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private Backend backend;
    private Databases databases;

    @BeforeEach
    void open() {
        backend = fixture.open();
        backend.catalog().migrate();
        databases = backend.databases(BackendFixture.DEFAULT_SERVER);
    }

    @AfterEach
    void close() {
        backend.close();
        fixture.close();
    }

    private List<String> owners() {
        return server.values(LEGACY.name(), """
                SELECT DISTINCT r.rolname FROM (
                    SELECT relowner AS o FROM pg_class WHERE relnamespace IN (SELECT oid FROM pg_namespace
                        WHERE nspname IN ('public', 'theirs'))
                    UNION SELECT proowner FROM pg_proc WHERE proname = 'one'
                    UNION SELECT typowner FROM pg_type WHERE typname = 'mood'
                    UNION SELECT nspowner FROM pg_namespace WHERE nspname = 'theirs'
                    UNION SELECT datdba FROM pg_database WHERE datname = current_database()) x
                JOIN pg_roles r ON r.oid = x.o""");
    }

    private static void run(DatabaseLogin login, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void theApplicationOwnsAllObjectsAndTheFormerOwnerCannotConnect() throws SQLException {
        fixture.putAdoptable(backend, LEGACY.name());
        databases.adoption().adopt(LEGACY);
        databases.open(LEGACY);
        DatabaseLogin login = databases.login(LEGACY, PASSWORD);

        assertThat(owners()).containsExactly(fixture.identity(LEGACY).role());
        run(login, "ALTER TABLE public.notes ADD COLUMN more text");
        run(login, "CREATE OR REPLACE FUNCTION theirs.one() RETURNS integer LANGUAGE sql AS 'SELECT 2'");
        run(login, "SELECT nextval('theirs.numbers'), text FROM theirs.texts");
        assertThatThrownBy(() -> run(login, "DROP SCHEMA allotment CASCADE")).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> run(new DatabaseLogin(login.url(), LEGACY.name() + "-owner", "theirs"), "SELECT 1"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("permission denied for database");
    }

    @Test
    void saysThatADatabaseRefusesConnections() {
        fixture.putAdoptable(backend, LEGACY.name());
        server.execute("postgres", "ALTER DATABASE \"" + LEGACY.name() + "\" CONNECTION LIMIT 0");
        assertThatThrownBy(() -> databases.adoption().adopt(LEGACY))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.category()).isEqualTo(ErrorCategory.UNAVAILABLE))
                .hasMessageContaining("limited the connections");
    }

    @Test
    void noticesThatAKnownDatabaseNowBelongsToAnotherRole() {
        fixture.putAdoptable(backend, LEGACY.name());
        databases.adoption().adopt(LEGACY);
        assertThat(members()).isNotNegative();
        String role = fixture.identity(LEGACY).role();
        server.execute("postgres", "ALTER DATABASE \"" + LEGACY.name() + "\" OWNER TO postgres");
        // So that the refusal has another reason than a missing privilege.
        server.execute("postgres", "GRANT CONNECT ON DATABASE \"" + LEGACY.name() + "\" TO PUBLIC");
        endSessions();

        assertThatThrownBy(this::members)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.DATABASE_FOREIGN));
        server.execute("postgres", "ALTER DATABASE \"" + LEGACY.name() + "\" OWNER TO \"" + role + '"');
        assertThat(members()).isNotNegative();
    }

    private void endSessions() {
        server.execute(
                "postgres",
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '" + LEGACY.name() + "'");
    }

    private long members() {
        return databases.transact(LEGACY, tx -> tx.records(RecordTypes.MEMBERS).count(Filter.all()));
    }

    @Test
    void aReleasedDatabaseIsAsItWasBefore() throws SQLException {
        fixture.putAdoptable(backend, LEGACY.name());
        List<String> rights = server.values("postgres", rights());
        databases.adoption().adopt(LEGACY);
        databases.open(LEGACY);
        databases.adoption().release(LEGACY);

        assertThat(owners()).containsExactly(LEGACY.name() + "-owner");
        assertThat(server.values("postgres", rights())).isEqualTo(rights);
        assertThat(server.values(LEGACY.name(), "SELECT nspname FROM pg_namespace WHERE nspname = 'allotment'"))
                .isEmpty();
        assertThat(fixture.roles()).isEmpty();
        run(new DatabaseLogin(server.url(LEGACY.name()), LEGACY.name() + "-owner", "theirs"), "SELECT * FROM notes");
    }

    @Test
    void returnsTablesWithQuotas() throws SQLException {
        fixture.putAdoptable(backend, LEGACY.name());
        databases.adoption().adopt(LEGACY);
        databases.open(LEGACY);
        databases.configure(LEGACY, tx -> {
            tx.enforce(List.of(new RowQuota("notes", Filter.all(), 1, "notes", "[]")));
            return null;
        });
        databases.adoption().release(LEGACY);

        assertThat(owners()).containsExactly(LEGACY.name() + "-owner");
        assertThat(fixture.roles()).isEmpty();
        run(
                new DatabaseLogin(server.url(LEGACY.name()), LEGACY.name() + "-owner", "theirs"),
                "INSERT INTO notes (text) VALUES ('a'), ('b'), ('c')",
                "DROP TABLE notes CASCADE",
                "CREATE TABLE notes (id int)");
    }

    @Test
    void returnsObjectsInASchemaThatIsNewerThanTheAdoption() throws SQLException {
        fixture.putAdoptable(backend, LEGACY.name());
        databases.adoption().adopt(LEGACY);
        databases.open(LEGACY);
        DatabaseLogin login = databases.login(LEGACY, PASSWORD);
        run(login, "CREATE FUNCTION public.two() RETURNS integer LANGUAGE sql AS 'SELECT 2'");
        run(login, "CREATE SCHEMA younger");
        run(login, "ALTER FUNCTION public.two() SET SCHEMA younger");

        databases.adoption().release(LEGACY);

        assertThat(owners()).containsExactly(LEGACY.name() + "-owner");
        assertThat(server.value(LEGACY.name(), "SELECT proowner::regrole FROM pg_proc WHERE proname = 'two'"))
                .isEqualTo('"' + LEGACY.name() + "-owner\"");
    }

    /** The effective privileges on the database. */
    private static String rights() {
        return "SELECT a.grantee || ' ' || a.privilege_type FROM pg_database d, "
                + "aclexplode(COALESCE(d.datacl, acldefault('d', d.datdba))) a WHERE d.datname = '" + LEGACY.name()
                + "' ORDER BY 1";
    }

    @Test
    void doesNotTakeOverASchemaThatTheOwnerCreatesMeanwhile() throws SQLException {
        boolean acted = true;
        for (int statements = 0; acted; statements += EACH ? 1 : 2) {
            fixture.putAdoptable(backend, LEGACY.name());
            DatabaseLogin owner = new DatabaseLogin(server.url(LEGACY.name()), LEGACY.name() + "-owner", "theirs");
            StatementKiller killer = new StatementKiller();
            PostgresSettings settings = PostgresSettings.read(Settings.of(fixture.settings()));
            try (Backend watched = new PostgresBackend(
                    settings, new ServerAccess(settings, PostgresBackend.CONTROL_STATEMENTS, killer))) {
                Databases adopting = watched.databases(BackendFixture.DEFAULT_SERVER);
                adopting.list();
                killer.killAfter(statements, () -> {
                    try {
                        run(owner, "SET lock_timeout = 100; CREATE SCHEMA allotment");
                    } catch (SQLException adoptedAlready) {
                        assertThat(adoptedAlready.getSQLState()).isIn("42501", "55P03");
                    }
                });
                try {
                    adopting.adoption().adopt(LEGACY);
                } catch (SaasException e) {
                    assertThat(fixture.roles()).as(e.getMessage()).isEmpty();
                }
                acted = killer.hasKilled();
            }
            if (!fixture.roles().isEmpty()) {
                assertThat(server.value(
                                LEGACY.name(),
                                "SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'allotment'"))
                        .isEqualTo("keeper");
            }
            server.execute("postgres", DatabaseSql.drop(LEGACY.name()));
            databases.drop(LEGACY);
        }
    }

    @Test
    void refusesDatabasesThatCannotBeAdoptedAndSaysWhy() {
        fixture.putForeign(backend, LEGACY.name());
        assertThatThrownBy(() -> databases.adoption().adopt(LEGACY)).isInstanceOfSatisfying(SaasException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCodes.DATABASE_NOT_ADOPTABLE);
            assertThat(e).hasMessageContaining("belongs to role postgres");
        });
        assertThat(fixture.roles()).isEmpty();

        server.execute("postgres", "ALTER DATABASE \"" + LEGACY.name() + "\" OWNER TO keeper");
        server.execute(LEGACY.name(), "CREATE SCHEMA allotment");
        assertThatThrownBy(() -> databases.adoption().adopt(LEGACY))
                .hasMessageContaining("already has a schema named allotment");
        assertThat(databases.list()).isEmpty();
    }
}
