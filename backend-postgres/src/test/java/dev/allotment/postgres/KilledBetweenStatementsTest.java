// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.DatabaseLogin;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process that is killed before any of the statements of a call: the next one that repeats the call sets it right. */
final class KilledBetweenStatementsTest {
    private static final DatabaseRef SOURCE = new DatabaseRef("source.example", new UUID(3, 1));
    private static final DatabaseRef TARGET = new DatabaseRef("target.example", new UUID(3, 2));
    private static final DatabaseRef LEGACY = new DatabaseRef("legacy.example", new UUID(3, 3));
    private static final DatabaseRef RENAMED = new DatabaseRef("renamed.example", SOURCE.uuid());

    /** What a call has at most; the fewest are three. */
    private static final int MOST_STATEMENTS = 60;

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
        assertThat(moments).isGreaterThan(4);
    }

    @Test
    void createThatIsGivenUp() {
        killAtEveryStatement(calls -> calls.create(TARGET), () -> databases.drop(TARGET));
    }

    @Test
    void createWithoutBaseTemplate() {
        killAtEveryStatement(
                calls -> {
                    dropBaseTemplate();
                    calls.create(TARGET);
                },
                // From there on it is what create() shows.
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
    }

    @Test
    void copy() {
        killAtEveryStatement(calls -> calls.copy(SOURCE, TARGET), () -> {
            databases.copy(SOURCE, TARGET);
            assertThat(databases.list()).containsExactly(SOURCE, TARGET);
            assertThat(written(TARGET)).containsExactly("source");
            assertThat(written(SOURCE)).containsExactly("source");
            assertWorks(TARGET);
            databases.drop(TARGET);
        });
    }

    @Test
    void copyOfWhatAnApplicationUses() throws SQLException {
        databases.open(SOURCE);
        execute("CREATE TABLE of_application (id int)");
        killAtEveryStatement(
                calls -> {
                    // A connection that ends only when it is told to.
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
    }

    @Test
    void receive() throws SQLException {
        databases.open(SOURCE);
        execute("CREATE TABLE of_application (id int)");
        killAtEveryStatement(calls -> databases.send(SOURCE, content -> calls.receive(TARGET, content)), () -> {
            assertThat(databases.find(TARGET.uuid())).isIn(null, TARGET);
            databases.send(SOURCE, content -> databases.receive(TARGET, content));
            assertThat(databases.list()).containsExactly(SOURCE, TARGET);
            assertThat(written(TARGET)).containsExactly("source");
            assertWorks(TARGET);
            assertThat(owners(TARGET)).containsExactly(fixture.identity(TARGET).role());
            databases.drop(TARGET);
        });
    }

    @Test
    void receiveThatIsGivenUp() {
        killAtEveryStatement(
                calls -> databases.send(SOURCE, content -> calls.receive(TARGET, content)),
                () -> databases.drop(TARGET));
    }

    @Test
    void rename() {
        databases.open(SOURCE);
        killAtEveryStatement(calls -> calls.rename(SOURCE, RENAMED.name()), () -> {
            databases.rename(SOURCE, RENAMED.name());
            assertThat(databases.list()).containsExactly(RENAMED);
            assertThat(written(RENAMED)).containsExactly("source");
            assertThat(isOpen(RENAMED)).isTrue();
            databases.rename(RENAMED, SOURCE.name());
        });
    }

    @Test
    void claim() {
        killAtEveryStatement(calls -> calls.claim(SOURCE, RENAMED.name()), () -> {
            DatabaseRef left = databases.find(SOURCE.uuid());
            assertThat(isOpen(left)).as("renamed and opened at once").isEqualTo(left.equals(RENAMED));
            databases.claim(SOURCE, RENAMED.name());
            assertThat(databases.list()).containsExactly(RENAMED);
            assertThat(written(RENAMED)).containsExactly("source");
            assertThat(isOpen(RENAMED)).isTrue();
            databases.rename(RENAMED, SOURCE.name());
            databases.close(SOURCE);
        });
    }

    @Test
    void renameOfWhatAnApplicationUses() {
        databases.open(SOURCE);
        killAtEveryStatement(
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
    }

    @Test
    void drop() {
        killAtEveryStatement(
                calls -> {
                    databases.copy(SOURCE, TARGET);
                    calls.drop(TARGET);
                },
                () -> {
                    databases.drop(TARGET);
                    assertThat(databases.list()).containsExactly(SOURCE);
                });
    }

    @Test
    void openAndClose() {
        killAtEveryStatement(
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
    }

    @Test
    void adopt() {
        fixture.putAdoptable(backend, LEGACY.name());
        List<String> before = situation();
        int moments = killAtEveryStatement(calls -> calls.adopt(LEGACY), () -> {
            databases.adopt(LEGACY);
            assertThat(databases.list()).containsExactly(LEGACY, SOURCE);
            assertThat(written(LEGACY)).isEmpty();
            assertWorks(LEGACY);
            databases.release(LEGACY);
            assertThat(situation()).isEqualTo(before);
        });
        assertThat(moments).isGreaterThan(4);
    }

    @Test
    void adoptThatIsGivenUp() {
        fixture.putAdoptable(backend, LEGACY.name());
        List<String> before = situation();
        killAtEveryStatement(calls -> calls.adopt(LEGACY), () -> {
            databases.release(LEGACY);
            assertThat(situation()).isEqualTo(before);
        });
    }

    @Test
    void release() {
        fixture.putAdoptable(backend, LEGACY.name());
        List<String> before = situation();
        int moments = killAtEveryStatement(
                calls -> {
                    databases.adopt(LEGACY);
                    calls.release(LEGACY);
                },
                () -> {
                    databases.release(LEGACY);
                    assertThat(situation()).isEqualTo(before);
                });
        assertThat(moments).isGreaterThan(2);
    }

    /** Whose the database that others have made is, what is in it, and who may do what with it; nothing said is as by default. */
    private List<String> situation() {
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
     * Kills a process before its first statement, before its second one, and so on until it gets through.
     *
     * @param repair what the next process does; must leave what was there before
     * @return how many times it was killed
     */
    private int killAtEveryStatement(Consumer<Databases> call, Runnable repair) {
        return killAtEveryStatement(call, () -> false, repair);
    }

    /** @param enough whether the rest of the call need not be looked at */
    private int killAtEveryStatement(Consumer<Databases> call, BooleanSupplier enough, Runnable repair) {
        List<String> rolesBefore = fixture.roles();
        PostgresSettings settings = PostgresSettings.read(Settings.of(fixture.settings()));
        for (int statements = 0; statements < MOST_STATEMENTS; statements++) {
            StatementKiller guillotine = new StatementKiller();
            try (Backend victim = new PostgresBackend(settings, new ServerAccess(settings, guillotine))) {
                Databases calls = victim.databases(BackendFixture.DEFAULT_SERVER);
                // It knows who it is before anything counts.
                calls.list();
                guillotine.setFor(statements);
                call.accept(calls);
            } catch (StatementKiller.Killed | SaasException e) {
                // What the victim itself says of its end does not matter, but it must have been one.
                assertThat(guillotine.hasFallen()).as("%s", e).isTrue();
            }
            guillotine.setFor(Integer.MAX_VALUE);
            boolean last = enough.getAsBoolean() || !guillotine.hasFallen();
            repair.run();
            assertThat(fixture.roles()).isEqualTo(rolesBefore);
            if (last) {
                return statements;
            }
        }
        throw new AssertionError("It does not come to an end");
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
