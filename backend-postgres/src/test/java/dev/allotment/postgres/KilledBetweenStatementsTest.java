// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseLogin;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.postgres.database.DatabaseSql;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.tck.BackendFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * If a process is killed before any of the statements of a call, the next process that repeats the call completes it.
 */
@Tag("slow")
final class KilledBetweenStatementsTest {
    private static final DatabaseRef SOURCE = new DatabaseRef("source.example", new UUID(3, 1));
    private static final DatabaseRef TARGET = new DatabaseRef("target.example", new UUID(3, 2));
    private static final DatabaseRef LEGACY = new DatabaseRef("legacy.example", new UUID(3, 3));
    private static final DatabaseRef RENAMED = new DatabaseRef("renamed.example", SOURCE.uuid());

    /** Whether to kill before each statement, and not only before the first and those that follow a change. */
    private static final boolean EACH = Boolean.getBoolean("allotment.test.every-statement");

    /** No call has more statements. */
    private static final int MAX_STATEMENTS = 60;

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);

    @BeforeEach
    void makeSource() {
        backend.catalog().migrate();
        databases.create(SOURCE);
        databases.transact(
                SOURCE, tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "key", "source", false)));
    }

    @AfterEach
    void close() {
        backend.close();
        fixture.close();
    }

    @Test
    void create() {
        int moments = killAtEveryStatement(calls -> calls.create(TARGET), () -> {
            databases.create(TARGET);
            assertThat(databases.list()).containsExactly(SOURCE, TARGET);
            assertThat(written(TARGET)).isEmpty();
            assertWorks(TARGET);
            databases.drop(TARGET);
        });
        assertThat(moments).isEqualTo(4);
    }

    @Test
    void dropsADatabaseWhoseCreationWasGivenUp() {
        int moments = killAtEveryStatement(calls -> calls.create(TARGET), () -> databases.drop(TARGET));
        assertThat(moments).isEqualTo(4);
    }

    @Tag("long")
    @Test
    void createsADatabaseWithoutABaseTemplate() {
        int moments = killAtEveryStatement(
                calls -> {
                    dropBaseTemplate();
                    calls.create(TARGET);
                },
                // From there on, it is the same as in create().
                () -> !baseTemplates().isEmpty(),
                () -> {
                    databases.create(TARGET);
                    assertWorks(TARGET);
                    databases.drop(TARGET);
                    assertThat(server.values(
                                    "postgres",
                                    "SELECT datname FROM pg_database WHERE datname LIKE 'allotment_base_%_new'"))
                            .isEmpty();
                });
        assertThat(moments).isGreaterThan(4);
    }

    /** A script runs in a session that is signed in as its own role. */
    @Test
    void rolesOfSessionsAreRemovedByTheNextMaintenance() {
        int[] left = {0};
        killAtEveryStatement(
                calls -> calls.configure(SOURCE, tx -> {
                    tx.run("CREATE TABLE IF NOT EXISTS public.own (id int)");
                    return null;
                }),
                () -> {
                    left[0] += sessionRoles().size();
                    // A password that can still be used may be that of another node.
                    sessionRoles()
                            .forEach(role ->
                                    server.execute("postgres", "ALTER ROLE " + role + " VALID UNTIL '2026-01-01'"));
                    databases.watch().tidy();
                    assertThat(sessionRoles()).isEmpty();
                    databases.configure(SOURCE, tx -> {
                        tx.run("DROP TABLE IF EXISTS public.own");
                        return null;
                    });
                });
        assertThat(left[0]).as("roles that killed processes have left").isPositive();
    }

    @Test
    void loginsThatOnlyReadAreRemovedByTheNextMaintenance() {
        databases.open(SOURCE);
        int[] left = {0};
        killAtEveryStatement(calls -> calls.readOnlyLogins().readOnlyLogin(SOURCE, Duration.ofHours(1)), () -> {
            left[0] += readers().size();
            readers().forEach(role -> server.execute("postgres", "ALTER ROLE " + role + " VALID UNTIL '2026-01-01'"));
            databases.watch().tidy();
            assertThat(readers()).isEmpty();
        });
        assertThat(left[0]).as("roles that killed processes have left").isPositive();
    }

    private List<String> readers() {
        return server.values(
                "postgres", "SELECT rolname FROM pg_roles WHERE starts_with(rolname, 'allotment_reader_')");
    }

    private List<String> sessionRoles() {
        return server.values(
                "postgres", "SELECT rolname FROM pg_roles WHERE starts_with(rolname, 'allotment_session_')");
    }

    @Test
    void copy() {
        int moments = killAtEveryStatement(calls -> calls.copy(SOURCE, TARGET), () -> {
            databases.copy(SOURCE, TARGET);
            assertThat(databases.list()).containsExactly(SOURCE, TARGET);
            assertThat(written(TARGET)).containsExactly("source");
            assertThat(written(SOURCE)).containsExactly("source");
            assertWorks(TARGET);
            databases.drop(TARGET);
        });
        assertThat(moments).isEqualTo(7);
    }

    @Tag("long")
    @Test
    void copiesADatabaseInUse() throws SQLException {
        databases.open(SOURCE);
        execute("CREATE TABLE of_application (id int)");
        int moments = killAtEveryStatement(
                calls -> {
                    // A connection that only ends if the server terminates it.
                    Connection busy = connect();
                    assertThat(busy).isNotNull();
                    calls.copy(SOURCE, TARGET);
                },
                () -> {
                    databases.copy(SOURCE, TARGET);
                    assertThat(written(TARGET)).containsExactly("source");
                    assertWorks(TARGET);
                    assertWorks(SOURCE);
                    assertThat(owners(TARGET))
                            .containsExactly(fixture.identity(TARGET).role());
                    assertThat(owners(SOURCE))
                            .containsExactly(fixture.identity(SOURCE).role());
                    databases.drop(TARGET);
                });
        assertThat(moments).isGreaterThan(4);
    }

    @Test
    void receive() throws SQLException {
        databases.open(SOURCE);
        execute("CREATE TABLE of_application (id int)");
        int moments = killAtStatements(
                EACH ? 1 : 3,
                calls -> databases
                        .transfer()
                        .send(SOURCE, content -> calls.transfer().receive(TARGET, content)),
                () -> false,
                () -> {
                    assertThat(databases.find(TARGET.uuid())).isIn(null, TARGET);
                    databases
                            .transfer()
                            .send(SOURCE, content -> databases.transfer().receive(TARGET, content));
                    assertThat(databases.list()).containsExactly(SOURCE, TARGET);
                    assertThat(written(TARGET)).containsExactly("source");
                    assertWorks(TARGET);
                    assertThat(owners(TARGET))
                            .containsExactly(fixture.identity(TARGET).role());
                    databases.drop(TARGET);
                });
        assertThat(moments).isGreaterThan(10);
    }

    @Tag("long")
    @Test
    void dropsADatabaseWhoseTransferWasGivenUp() {
        int moments = killAtStatements(
                EACH ? 1 : 3,
                calls -> databases
                        .transfer()
                        .send(SOURCE, content -> calls.transfer().receive(TARGET, content)),
                () -> false,
                () -> databases.drop(TARGET));
        assertThat(moments).isGreaterThan(10);
    }

    @Test
    void rename() {
        databases.open(SOURCE);
        int moments = killAtEveryStatement(calls -> calls.rename(SOURCE, RENAMED.name()), () -> {
            databases.rename(SOURCE, RENAMED.name());
            assertThat(databases.list()).containsExactly(RENAMED);
            assertThat(written(RENAMED)).containsExactly("source");
            assertThat(isOpen(RENAMED)).isTrue();
            databases.rename(RENAMED, SOURCE.name());
        });
        assertThat(moments).isEqualTo(3);
    }

    @Test
    void replace() {
        databases.open(SOURCE);
        int moments = killAtStatements(
                EACH ? 1 : 4,
                calls -> {
                    databases.copy(SOURCE, TARGET);
                    databases.transact(
                            TARGET,
                            tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "more", "copy", false)));
                    assertThat(connect()).isNotNull();
                    calls.transfer().replace(SOURCE, TARGET);
                },
                () -> false,
                () -> {
                    databases.transfer().replace(SOURCE, TARGET);
                    assertThat(databases.list()).containsExactly(SOURCE);
                    assertThat(written(SOURCE)).containsExactly("source", "copy");
                    assertThat(isOpen(SOURCE)).isFalse();
                    assertWorks(SOURCE);
                    databases.transact(
                            SOURCE,
                            tx -> tx.records(RecordTypes.PARAMETERS).deleteAll(Filter.equal(Parameter.KEY, "more")));
                });
        assertThat(moments).isGreaterThan(4);
    }

    @Test
    void exchange() {
        DatabaseRef source = new DatabaseRef(TARGET.name(), SOURCE.uuid());
        DatabaseRef target = new DatabaseRef(SOURCE.name(), TARGET.uuid());
        int moments = killAtStatements(
                EACH ? 1 : 4,
                calls -> {
                    databases.create(TARGET);
                    databases.open(SOURCE);
                    assertThat(connect()).isNotNull();
                    calls.transfer().exchange(SOURCE, TARGET);
                },
                () -> false,
                () -> {
                    assertThat(databases.list()).isIn(List.of(SOURCE, TARGET), List.of(target, source));
                    databases.transfer().exchange(SOURCE, TARGET);
                    assertThat(written(source)).isEmpty();
                    assertThat(written(target)).containsExactly("source");
                    for (DatabaseRef each : List.of(source, target)) {
                        assertThat(isOpen(each)).isFalse();
                        assertWorks(each);
                    }
                    databases.transfer().exchange(source, target);
                    assertThat(databases.list()).containsExactly(SOURCE, TARGET);
                    databases.drop(TARGET);
                });
        assertThat(moments).isGreaterThan(4);
    }

    @Test
    void claim() {
        int moments = killAtEveryStatement(calls -> calls.claim(SOURCE, RENAMED.name()), () -> {
            DatabaseRef left = databases.find(SOURCE.uuid());
            assertThat(isOpen(left)).as("renamed and opened at once").isEqualTo(left.equals(RENAMED));
            databases.claim(SOURCE, RENAMED.name());
            assertThat(databases.list()).containsExactly(RENAMED);
            assertThat(written(RENAMED)).containsExactly("source");
            assertThat(isOpen(RENAMED)).isTrue();
            databases.rename(RENAMED, SOURCE.name());
            databases.close(SOURCE);
        });
        assertThat(moments).isEqualTo(2);
    }

    @Test
    void renamesADatabaseInUse() {
        databases.open(SOURCE);
        int moments = killAtEveryStatement(
                calls -> {
                    assertThat(connect()).isNotNull();
                    calls.rename(SOURCE, RENAMED.name());
                },
                () -> {
                    databases.rename(SOURCE, RENAMED.name());
                    assertThat(databases.list()).containsExactly(RENAMED);
                    assertThat(isOpen(RENAMED)).isTrue();
                    databases.rename(RENAMED, SOURCE.name());
                });
        assertThat(moments).isEqualTo(3);
    }

    @Test
    void drop() {
        int moments = killAtEveryStatement(
                calls -> {
                    databases.copy(SOURCE, TARGET);
                    calls.drop(TARGET);
                },
                () -> {
                    databases.drop(TARGET);
                    assertThat(databases.list()).containsExactly(SOURCE);
                });
        assertThat(moments).isEqualTo(4);
    }

    @Test
    void openAndClose() {
        int moments = killAtEveryStatement(
                calls -> {
                    calls.open(SOURCE);
                    calls.close(SOURCE);
                    calls.login(SOURCE, PostgresFixture.PASSWORD);
                },
                () -> {
                    databases.open(SOURCE);
                    assertThat(isOpen(SOURCE)).isTrue();
                    databases.close(SOURCE);
                    assertThat(isOpen(SOURCE)).isFalse();
                });
        assertThat(moments).isGreaterThan(4);
    }

    @Test
    void adopt() {
        fixture.putAdoptable(backend, LEGACY.name());
        List<String> before = status();
        int moments = killAtStatements(EACH ? 1 : 3, calls -> calls.adoption().adopt(LEGACY), () -> false, () -> {
            databases.adoption().adopt(LEGACY);
            assertThat(databases.list()).containsExactly(LEGACY, SOURCE);
            assertThat(written(LEGACY)).isEmpty();
            assertWorks(LEGACY);
            databases.adoption().release(LEGACY);
            assertThat(status()).isEqualTo(before);
        });
        assertThat(moments).isGreaterThan(4);
    }

    @Tag("long")
    @Test
    void releasesAnAdoptionThatWasGivenUp() {
        fixture.putAdoptable(backend, LEGACY.name());
        List<String> before = status();
        int moments = killAtStatements(EACH ? 1 : 3, calls -> calls.adoption().adopt(LEGACY), () -> false, () -> {
            databases.adoption().release(LEGACY);
            assertThat(status()).isEqualTo(before);
        });
        assertThat(moments).isGreaterThan(4);
    }

    @Test
    void release() {
        fixture.putAdoptable(backend, LEGACY.name());
        List<String> before = status();
        int moments = killAtEveryStatement(
                calls -> {
                    databases.adoption().adopt(LEGACY);
                    calls.adoption().release(LEGACY);
                },
                () -> {
                    databases.adoption().release(LEGACY);
                    assertThat(status()).isEqualTo(before);
                });
        assertThat(moments).isGreaterThan(2);
    }

    /** The owner, the objects and the effective privileges of the database that is adopted. */
    private List<String> status() {
        List<String> found = new ArrayList<>(server.values(
                LEGACY.name(),
                "SELECT c.oid::regclass || ' of ' || c.relowner::regrole FROM pg_class c"
                        + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " WHERE n.nspname !~ '^(pg_|information_schema)' ORDER BY 1"));
        found.addAll(server.values(
                "postgres",
                "SELECT d.datdba::regrole || ' ' || a.grantee::regrole || ' ' || a.privilege_type FROM pg_database d,"
                        + " aclexplode(COALESCE(d.datacl, acldefault('d', d.datdba))) a WHERE d.datname = '"
                        + LEGACY.name() + "' ORDER BY 1"));
        return found;
    }

    /**
     * Kills a process before its first statement, then before the one after its first change, and so on, until a call
     * completes.
     *
     * @param repair what the next process does; it must restore the state from before the call
     * @return the number of statements that were the first or followed a change, which is the same however long the
     *     call waits for others
     */
    private int killAtEveryStatement(Consumer<Databases> call, Runnable repair) {
        return killAtEveryStatement(call, () -> false, repair);
    }

    /** @param enough whether the rest of the call is tested elsewhere */
    private int killAtEveryStatement(Consumer<Databases> call, BooleanSupplier enough, Runnable repair) {
        return killAtStatements(1, call, enough, repair);
    }

    private int killAtStatements(int stride, Consumer<Databases> call, BooleanSupplier enough, Runnable repair) {
        List<String> rolesBefore = fixture.roles();
        PostgresSettings settings = PostgresSettings.read(Settings.of(fixture.settings()));
        for (int statements = 0; statements < MAX_STATEMENTS; statements += stride) {
            StatementKiller killer = new StatementKiller(EACH);
            try (Backend victim = new PostgresBackend(
                    settings, new ServerAccess(settings, PostgresBackend.CONTROL_STATEMENTS, killer))) {
                Databases calls = victim.databases(BackendFixture.DEFAULT_SERVER);
                // It reads its identity before statements are counted.
                calls.list();
                killer.killAfter(statements);
                call.accept(calls);
            } catch (StatementKiller.Killed | SaasException e) {
                // The error does not matter, but it must have been caused by the kill.
                assertThat(killer.hasKilled()).as("%s", e).isTrue();
            }
            int moments = killer.moments();
            killer.killAfter(Integer.MAX_VALUE);
            boolean last = enough.getAsBoolean() || !killer.hasKilled();
            repair.run();
            assertThat(fixture.roles()).isEqualTo(rolesBefore);
            if (last) {
                return moments;
            }
        }
        throw new AssertionError("The call has more statements than expected");
    }

    private void dropBaseTemplate() {
        for (String name : baseTemplates()) {
            server.execute("postgres", DatabaseSql.isTemplate(name, false), DatabaseSql.drop(name));
        }
    }

    private List<String> baseTemplates() {
        return server.values(
                "postgres", "SELECT datname FROM pg_database WHERE datname LIKE 'allotment_base_%' AND datistemplate");
    }

    private void assertWorks(DatabaseRef database) {
        databases.open(database);
        assertThat(isOpen(database)).isTrue();
        assertThat(databases.size(database)).isPositive();
        assertThat(server.value(
                        "postgres",
                        "SELECT has_database_privilege('public', datname, 'CONNECT') OR NOT datallowconn FROM pg_database"
                                + " WHERE datname = '" + database.name() + "'"))
                .isEqualTo("f");
    }

    private boolean isOpen(DatabaseRef database) {
        return fixture.connects(databases.login(database, PostgresFixture.PASSWORD));
    }

    private List<String> written(DatabaseRef database) {
        return databases.transact(
                database,
                tx -> tx.records(RecordTypes.PARAMETERS).list(Query.all()).stream()
                        .map(Parameter::value)
                        .toList());
    }

    private List<String> owners(DatabaseRef database) {
        return server.values(
                database.name(), "SELECT relowner::regrole::text FROM pg_class WHERE relname = 'of_application'");
    }

    private Connection connect() {
        DatabaseLogin login = databases.login(SOURCE, PostgresFixture.PASSWORD);
        try {
            return DriverManager.getConnection(login.url(), login.user(), login.password());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
