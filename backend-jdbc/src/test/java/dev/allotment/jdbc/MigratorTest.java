// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Migrator.Readers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MigratorTest {
    private static final Migration FIRST =
            new Migration(1, "first", 1, false, "CREATE TABLE \"allotment\".\"one\" (\"id\" integer)");
    private static final Migration SECOND =
            new Migration(2, "second", 2, false, "CREATE TABLE \"allotment\".\"two\" (\"id\" integer)");
    private static final Migration ADDED = new Migration(2, "second", 1, false, SECOND.script());
    private static final Migration OTHER = new Migration(2, "other", 1, false, "SELECT 1");
    private static final Migration CHANGED =
            new Migration(1, "first", 1, false, "CREATE TABLE \"allotment\".\"one\" (\"id\" bigint)");

    private final TestDialect dialect = new TestDialect();
    private final JdbcDataSource database = new JdbcDataSource();
    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE");
        connection = database.getConnection();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void runsAllMigrationsInAnEmptyDatabaseAndRecordsThem() throws SQLException {
        Migrator migrator = migrator(FIRST, SECOND);
        assertThat(migrator.exists(connection)).isFalse();

        migrator.migrate(connection);

        assertThat(migrator.exists(connection)).isTrue();
        assertThat(migrator.isCurrent(connection)).isTrue();
        assertThat(tables()).containsExactly("one", "schema_version", "two");
        assertThat(versions()).containsExactly("1 first " + FIRST.checksum(), "2 second " + SECOND.checksum());
    }

    @Test
    void doesNothingInADatabaseThatIsCurrent() throws SQLException {
        migrator(FIRST).migrate(connection);
        dialect.onceWhileLocking(() -> {
            throw new IllegalStateException("A current database needs no lock.");
        });

        migrator(FIRST).migrate(connection);

        assertThat(versions()).hasSize(1);
    }

    @Test
    void runsOnlyTheMissingMigrationsInAnOlderDatabase() throws SQLException {
        migrator(FIRST).migrate(connection);
        assertThat(migrator(FIRST, SECOND).isCurrent(connection)).isFalse();

        migrator(FIRST, SECOND).migrate(connection);

        assertThat(versions()).hasSize(2);
        assertThat(tables()).containsExactly("one", "schema_version", "two");
    }

    @Test
    void findsNothingToDoWhenAnotherProcessCreatedTheSchemaMeanwhile() throws SQLException {
        dialect.onceWhileLocking(() -> migrateInAnotherProcess(FIRST, SECOND));

        migrator(FIRST, SECOND).migrate(connection);

        assertThat(versions()).hasSize(2);
    }

    @Test
    void findsNothingToDoWhenAnotherProcessMigratedMeanwhile() throws SQLException {
        migrator(FIRST).migrate(connection);
        dialect.onceWhileLocking(() -> migrateInAnotherProcess(FIRST, SECOND));

        migrator(FIRST, SECOND).migrate(connection);

        assertThat(versions()).hasSize(2);
    }

    @Test
    void refusesADatabaseThatANewerProcessMigratedMeanwhile() throws SQLException {
        Migration third = new Migration(3, "third", 3, false, "CREATE TABLE \"allotment\".\"three\" (\"id\" integer)");
        migrator(FIRST).migrate(connection);
        dialect.onceWhileLocking(() -> migrateInAnotherProcess(FIRST, SECOND, third));

        assertSchemaRefused(() -> migrator(FIRST, SECOND).migrate(connection), "has version 3 (third)");
    }

    @Test
    void refusesANewerDatabase() throws SQLException {
        migrator(FIRST, SECOND).migrate(connection);

        String message = "The schema of the shop has version 2 (second), which builds can use that know version 2, but"
                + " this build knows versions up to 1. Run a newer build";
        assertSchemaRefused(() -> migrator(FIRST).migrate(connection), message);
        assertSchemaRefused(() -> migrator(FIRST).isCurrent(connection), message);
        assertThat(versions()).hasSize(2);
    }

    @Test
    void acceptsANewerDatabaseThatItCanRead() throws SQLException {
        migrator(FIRST, ADDED).migrate(connection);

        migrator(FIRST).migrate(connection);

        assertThat(migrator(FIRST).isCurrent(connection)).isTrue();
        assertThat(versions()).hasSize(2);
    }

    @Test
    void acceptsNoNewerDatabaseThatOnlyItsFirstMigrationsCanRead() throws SQLException {
        Migration contracts = new Migration(3, "contracts", 2, false, "DROP TABLE \"allotment\".\"one\"");
        migrator(FIRST, ADDED, contracts, new Migration(4, "expands", 2, false, "SELECT 1"))
                .migrate(connection);

        assertThat(migrator(FIRST, ADDED).isCurrent(connection)).isTrue();
        assertSchemaRefused(
                () -> migrator(FIRST).isCurrent(connection),
                "has version 4 (expands), which builds can use that know version 2");
    }

    @Test
    void refusesANewerDatabaseOfOtherScriptsWhateverItsRange() throws SQLException {
        migrator(FIRST, OTHER, new Migration(3, "third", 1, false, "SELECT 1")).migrate(connection);

        assertSchemaRefused(() -> migrator(FIRST, SECOND).isCurrent(connection), "was created by another migration 2");
    }

    @Test
    void expandsAtOnceAndContractsWhenNoOlderBuildIsLeft() throws SQLException {
        Migration third = new Migration(3, "third", 2, false, "DROP TABLE \"allotment\".\"one\"");
        Migration fourth = new Migration(4, "fourth", 2, false, "CREATE TABLE \"allotment\".\"four\" (\"id\" integer)");
        migrator(FIRST).migrate(connection);
        AtomicInteger oldest = new AtomicInteger(1);
        Migrator migrator = new Migrator(dialect, schema(FIRST, ADDED, third, fourth), any -> oldest.get());

        assertThat(migrator.migrate(connection)).containsExactly(ADDED);
        assertThat(migrator.isCurrent(connection)).isTrue();
        assertThat(migrator.migrate(connection)).isEmpty();

        oldest.set(2);
        assertThat(migrator.isCurrent(connection)).isFalse();
        assertThat(migrator.migrate(connection)).containsExactly(third, fourth);
        assertThat(tables()).containsExactly("four", "schema_version", "two");
    }

    @Test
    void createsANewDatabaseWithoutAskingForOlderBuilds() throws SQLException {
        Readers none = any -> {
            throw new IllegalStateException("A new database has no readers.");
        };

        new Migrator(dialect, schema(FIRST, SECOND), none).migrate(connection);

        assertThat(versions()).hasSize(2);
    }

    @Test
    void refusesADatabaseOfADevelopmentBuildWhateverItsTableHas() throws SQLException {
        migrator(CHANGED, ADDED).migrate(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE \"allotment\".\"schema_version\" DROP COLUMN \"readable_from\"");
        }

        assertSchemaRefused(
                () -> migrator(FIRST).migrate(connection),
                "The schema of the shop was created by a development build: its migration 1 (first, checksum "
                        + CHANGED.checksum().substring(0, 8) + ") is that of no release. This build expects migration 1"
                        + " (first, checksum " + FIRST.checksum().substring(0, 8) + "), and has no migrations from"
                        + " others. Run the build that created it, or start with a new one.");
        assertThat(tables()).containsExactly("one", "schema_version", "two");
    }

    @Test
    void runsTheStatementsOfAConcurrentMigrationOneByOne() throws SQLException {
        Migration concurrent = new Migration(
                2,
                "index",
                1,
                true,
                "CREATE INDEX IF NOT EXISTS \"a\" ON \"allotment\".\"one\" (\"id\");\nSELECT 1;\n");
        Migration third = new Migration(3, "third", 1, false, "CREATE TABLE \"allotment\".\"three\" (\"id\" integer)");
        Connections connections = new Connections() {
            @Override
            public Connection acquire() throws SQLException {
                return database.getConnection();
            }

            @Override
            public void release(Connection given, boolean reusable) {
                Connections.close(given);
            }
        };

        migrator(FIRST).migrate(connections);
        assertThatThrownBy(() ->
                        migrator(FIRST, new Migration(2, "index", 1, true, "")).migrate(connection))
                .hasMessage("Migration 2 (index) of the shop cannot run in a transaction");

        migrator(FIRST, concurrent, third).migrate(connections);

        assertThat(versions()).hasSize(3);
        assertThat(tables()).containsExactly("one", "schema_version", "three");
    }

    @Test
    void aNewSchemaBuildsItsIndexesInOneTransaction() throws SQLException {
        Migration concurrent = new Migration(
                2, "index", 1, true, "CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON \"allotment\".\"one\" (\"id\");\n");

        // H2 knows no CONCURRENTLY.
        migrator(FIRST, concurrent).migrate(connection);

        assertThat(versions()).hasSize(2);
        migrator(FIRST, concurrent).create(other());
    }

    @Test
    void refusesADatabaseThatAnotherScriptCreated() throws SQLException {
        migrator(FIRST, SECOND).migrate(connection);

        assertSchemaRefused(
                () -> migrator(FIRST, OTHER).migrate(connection),
                "The schema of the shop was created by another migration 2 (second, checksum "
                        + SECOND.checksum().substring(0, 8) + ") than the one of this build (other, checksum "
                        + OTHER.checksum().substring(0, 8) + ")");
        assertThat(tables()).containsExactly("one", "schema_version", "two");
    }

    @Test
    void namesTheMigrationThatFails() {
        Migration broken = new Migration(2, "broken", 1, false, "CREATE TABLE nothing.here (id integer)");

        assertThatThrownBy(() -> migrator(FIRST, broken).migrate(connection))
                .hasMessageStartingWith("Migration 2 (broken) of the shop failed")
                .hasCauseInstanceOf(SQLException.class)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_FAILED));
    }

    @Test
    void closesTheConnectionOfAMigrationAndKeepsThatOfACheck() throws SQLException {
        List<Boolean> released = new ArrayList<>();
        Connections connections = new Connections() {
            @Override
            public Connection acquire() {
                return connection;
            }

            @Override
            public void release(Connection given, boolean reusable) {
                released.add(reusable);
            }
        };
        migrator(FIRST).migrate(connections);
        migrator(FIRST).migrate(connections);
        assertThatThrownBy(() -> migrator(CHANGED).migrate(connections)).isInstanceOf(SaasException.class);

        assertThat(released).containsExactly(true, false, true, false);
    }

    @Test
    void comparesChecksumsWithoutADatabase() {
        Migrator migrator = migrator(FIRST, SECOND);

        assertThat(migrator.isCurrent(List.of(FIRST.checksum(), SECOND.checksum())))
                .isTrue();
        assertThat(migrator.isCurrent(List.of(FIRST.checksum()))).isFalse();
        assertThat(migrator.isCurrent(List.of(SECOND.checksum(), FIRST.checksum())))
                .isFalse();
    }

    private static Connection other() throws SQLException {
        return DriverManager.getConnection("jdbc:h2:mem:;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE");
    }

    private Migrator migrator(Migration... migrations) {
        return new Migrator(dialect, schema(migrations));
    }

    private void migrateInAnotherProcess(Migration... migrations) {
        try (Connection other = database.getConnection()) {
            new Migrator(new TestDialect(), schema(migrations)).migrate(other);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Schema schema(Migration... migrations) {
        return new Schema("shop", List.of(), List.of(), List.of(migrations));
    }

    private List<String> tables() throws SQLException {
        return values(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'allotment' ORDER BY table_name");
    }

    private List<String> versions() throws SQLException {
        return values("SELECT \"version\" || ' ' || \"name\" || ' ' || \"checksum\" FROM allotment.schema_version"
                + " ORDER BY \"version\"");
    }

    private List<String> values(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement query = connection.createStatement();
                ResultSet rows = query.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private static void assertSchemaRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_SCHEMA));
    }
}
