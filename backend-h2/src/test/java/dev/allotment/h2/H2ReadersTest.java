// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.ReadOnlyLogins;
import dev.allotment.tck.BackendFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.h2.api.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What H2 lets a login do that can only read, and when it ends. */
final class H2ReadersTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(6, 1));
    private static final DatabaseRef OTHER = new DatabaseRef("other.example", new UUID(6, 2));
    private static final Duration HOUR = Duration.ofHours(1);

    private final H2Fixture fixture = H2Fixture.inMemory(4, true);
    private Backend backend;
    private Databases databases;
    private ReadOnlyLogins logins;
    private DatabaseLogin application;

    @BeforeEach
    void make() throws SQLException {
        backend = fixture.open();
        databases = backend.databases(BackendFixture.DEFAULT_SERVER);
        logins = Objects.requireNonNull(databases.readOnlyLogins());
        backend.catalog().migrate();
        for (DatabaseRef each : new DatabaseRef[] {SHOP, OTHER}) {
            databases.create(each);
            databases.open(each);
        }
        application = databases.login(SHOP, "a-password_of-the-application");
        execute(
                application,
                "CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY, note varchar(40))",
                "INSERT INTO notes (note) VALUES ('a note')",
                "CREATE SEQUENCE counter",
                "CREATE VIEW seen AS SELECT note FROM notes");
    }

    @AfterEach
    void close() {
        backend.close();
        fixture.close();
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private static void execute(DatabaseLogin login, String... statements) throws SQLException {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private static String value(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    /** A mistake in the statement would be another error. */
    private static void assertRefused(Statement statement, String attempt, int code) {
        assertThatThrownBy(() -> statement.execute(attempt))
                .as(attempt)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(code));
    }

    @Test
    void itsRightsKeepItFromWriting() throws SQLException {
        try (Connection connection = connect(logins.readOnlyLogin(SHOP, HOUR));
                Statement statement = connection.createStatement()) {
            for (String attempt : new String[] {
                "INSERT INTO notes (note) VALUES ('written')",
                "MERGE INTO notes (id, note) KEY (id) VALUES (1, 'written')",
                "UPDATE notes SET note = 'written'",
                "DELETE FROM notes",
                "TRUNCATE TABLE notes",
                "CREATE TABLE mine (id int)",
                "CREATE VIEW mine AS SELECT 1",
                "CREATE SEQUENCE mine",
                "ALTER SEQUENCE counter RESTART WITH 7",
                "ALTER TABLE notes RENAME TO mine",
                "COMMENT ON TABLE notes IS 'written'",
                "DROP TABLE notes",
                "GRANT ALL ON notes TO READER_APPLICATION",
                "SELECT * FROM allotment.members",
                "SELECT * FROM allotment.parameters"
            }) {
                assertRefused(statement, attempt, ErrorCode.NOT_ENOUGH_RIGHTS_FOR_1);
            }
            for (String attempt : new String[] {
                "CREATE SCHEMA mine",
                "CREATE ALIAS mine FOR 'java.lang.System.exit'",
                "CREATE TRIGGER mine AFTER INSERT ON notes CALL 'java.lang.Object'",
                "CREATE USER mine PASSWORD 'mine'",
                "DROP ALL OBJECTS",
                "GRANT ALTER ANY SCHEMA TO READER_APPLICATION",
                "SET EXCLUSIVE 1",
                "SHUTDOWN",
                "BACKUP TO 'mine.zip'",
                "SCRIPT TO 'mine.sql'",
                "RUNSCRIPT FROM 'mine.sql'",
                "CALL CSVWRITE('mine.csv', 'SELECT 1')",
                "CALL FILE_WRITE('mine', 'mine.txt')",
                "CALL LINK_SCHEMA('mine', '', 'jdbc:h2:mem:x', 'sa', '', 'PUBLIC')"
            }) {
                assertRefused(statement, attempt, ErrorCode.ADMIN_RIGHTS_REQUIRED);
            }
            assertThat(value(connection, "SELECT note FROM seen")).isEqualTo("a note");
        }
        try (Connection connection = connect(application)) {
            assertThat(value(connection, "SELECT LISTAGG(note) FROM notes")).isEqualTo("a note");
        }
    }

    @Test
    void theDatabaseIsReadableAgainAfterItsApplicationHasReplacedItsSchema() throws SQLException {
        execute(application, "DROP SCHEMA application CASCADE");
        execute(application, "CREATE TABLE notes (note varchar(40))", "INSERT INTO notes VALUES ('another')");

        try (Connection connection = connect(logins.readOnlyLogin(SHOP, HOUR))) {
            assertThat(value(connection, "SELECT note FROM notes")).isEqualTo("another");
        }
    }

    @Test
    void revocationEndsAStatementThatRuns() throws Exception {
        DatabaseLogin reader = logins.readOnlyLogin(SHOP, HOUR);
        try (Connection connection = connect(reader)) {
            CompletableFuture<String> endless = CompletableFuture.supplyAsync(() -> {
                try {
                    return value(
                            connection,
                            "SELECT SUM(a.x * b.x) FROM SYSTEM_RANGE(1, 1000000000) a, SYSTEM_RANGE(1, 1000000000) b");
                } catch (SQLException e) {
                    return "ended";
                }
            });

            logins.revokeReadOnlyLogin(SHOP, reader.user());

            assertThat(endless.join()).isEqualTo("ended");
            assertThat(connection.isValid(5)).isFalse();
        }
        assertThat(fixture.connects(reader)).isFalse();
        assertThat(fixture.connects(application)).isTrue();
    }

    @Test
    void itsTimeEndsItsSessions() throws Exception {
        DatabaseLogin reader = logins.readOnlyLogin(SHOP, Duration.ofSeconds(1));
        try (Connection connection = connect(reader)) {
            assertThat(connection.isValid(5)).isTrue();
            while (!connection.isClosed()) {
                Thread.onSpinWait();
            }
        }
        assertThat(fixture.connects(reader)).isFalse();
    }

    @Test
    void anExchangeOfDatabasesEndsIt() {
        DatabaseLogin reader = logins.readOnlyLogin(SHOP, HOUR);
        databases.transfer().exchange(SHOP, OTHER);

        assertThat(fixture.connects(reader)).isFalse();
        assertThat(fixture.connects(
                        new DatabaseLogin(reader.url().replace("shop", "other"), reader.user(), reader.password())))
                .isFalse();
    }
}
