// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.ReadOnlyLogins;
import dev.allotment.spi.backend.RecordTypes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A login that only reads does so by its rights, and ends when it should. It connects with JDBC. */
public abstract class ReadOnlyLoginsContract extends Contract {
    private static final String PASSWORD = "a-password_of-the-application";
    private static final Duration HOUR = Duration.ofHours(1);
    private static final DatabaseRef SHOP = ref("shop.example", 1);
    private static final DatabaseRef OTHER = ref("other.example", 2);
    private static final DatabaseRef COPY = ref("copy.example", 3);

    /** For subclasses. */
    protected ReadOnlyLoginsContract() {}

    @TestFactory
    Stream<DynamicTest> declared() {
        return where(
                databases().readOnlyLogins() != null,
                "logins that only read (Databases.readOnlyLogins)",
                readingTest("it reads all tables of the application, also later ones", this::checkReading),
                readingTest("it changes nothing", this::checkRefusals),
                readingTest("it reaches no other database", this::checkReach),
                readingTest("it ends when it is revoked, with its sessions", this::checkRevocation),
                readingTest("it ends when the database is closed, and when its time has passed", this::checkEnd));
    }

    private interface Check {
        void run() throws SQLException;
    }

    private DynamicTest readingTest(String name, Check check) {
        return dynamicTest(name, () -> {
            databases().list().forEach(databases()::drop);
            for (DatabaseRef each : List.of(SHOP, OTHER)) {
                databases().create(each);
                databases().open(each);
                execute(
                        databases().login(each, PASSWORD),
                        "CREATE TABLE kit_notes (id integer, note varchar(40))",
                        "INSERT INTO kit_notes VALUES (1, 'a note')");
            }
            check.run();
        });
    }

    private ReadOnlyLogins logins() {
        return Objects.requireNonNull(databases().readOnlyLogins());
    }

    private static void execute(DatabaseLogin login, String... statements) throws SQLException {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private static List<String> notes(DatabaseLogin login, String table) throws SQLException {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT note FROM " + table)) {
            assertThat(rows.next()).isTrue();
            String note = rows.getString(1);
            return rows.next() ? List.of(note, rows.getString(1)) : List.of(note);
        }
    }

    private void checkReading() throws SQLException {
        DatabaseLogin reader = logins().readOnlyLogin(SHOP, HOUR);
        execute(
                databases().login(SHOP, PASSWORD),
                "CREATE TABLE kit_later (note varchar(40))",
                "INSERT INTO kit_later VALUES ('a later note')");

        assertThat(notes(reader, "kit_notes")).containsExactly("a note");
        assertThat(notes(reader, "kit_later")).containsExactly("a later note");
        assertThat(notes(logins().readOnlyLogin(SHOP, HOUR), "kit_later"))
                .as("a second login")
                .containsExactly("a later note");
        assertThat(reader.toString()).doesNotContain(reader.password());
    }

    private void checkRefusals() throws SQLException {
        DatabaseLogin reader = logins().readOnlyLogin(SHOP, HOUR);
        try (Connection connection = connect(reader);
                Statement statement = connection.createStatement()) {
            connection.setReadOnly(true);
            connection.setReadOnly(false);
            for (String each : List.of(
                    "INSERT INTO kit_notes VALUES (2, 'written')",
                    "UPDATE kit_notes SET note = 'written'",
                    "DELETE FROM kit_notes",
                    "DROP TABLE kit_notes",
                    "ALTER TABLE kit_notes ADD COLUMN more integer",
                    "CREATE TABLE kit_mine (id integer)",
                    "CREATE INDEX kit_index ON kit_notes (id)",
                    "CREATE VIEW kit_view AS SELECT note FROM kit_notes")) {
                assertThatThrownBy(() -> statement.execute(each)).as(each).isInstanceOf(SQLException.class);
            }
        }
        assertThat(notes(databases().login(SHOP, PASSWORD), "kit_notes")).containsExactly("a note");
        for (var type : RecordTypes.database()) {
            assertThat(fixture().canMeddle(reader, type)).as("%s", type).isFalse();
        }
    }

    private void checkReach() {
        DatabaseLogin reader = logins().readOnlyLogin(SHOP, HOUR);
        DatabaseLogin theirs = logins().readOnlyLogin(OTHER, HOUR);
        assertThat(fixture().connects(reader)).isTrue();
        assertThat(fixture().connects(new DatabaseLogin(theirs.url(), reader.user(), reader.password())))
                .isFalse();
        assertThat(fixture().connects(new DatabaseLogin(reader.url(), reader.user(), theirs.password())))
                .isFalse();
        databases().copy(SHOP, COPY);
        databases().open(COPY);
        DatabaseLogin copied = databases().login(COPY, PASSWORD);
        assertThat(fixture().connects(copied)).isTrue();
        assertThat(fixture().connects(new DatabaseLogin(copied.url(), reader.user(), reader.password())))
                .as("a copy")
                .isFalse();
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> logins().readOnlyLogin(ref("none.example", 9), HOUR));
    }

    private void checkRevocation() throws SQLException {
        DatabaseLogin reader = logins().readOnlyLogin(SHOP, HOUR);
        DatabaseLogin another = logins().readOnlyLogin(SHOP, HOUR);
        logins().revokeReadOnlyLogin(OTHER, reader.user());
        logins().revokeReadOnlyLogin(SHOP, databases().login(SHOP, PASSWORD).user());
        assertThat(fixture().connects(reader)).isTrue();
        assertThat(fixture().connects(databases().login(SHOP, PASSWORD))).isTrue();
        try (Connection session = connect(reader)) {
            logins().revokeReadOnlyLogin(SHOP, reader.user());

            assertThat(session.isValid(5)).as("its session").isFalse();
        }
        assertThat(fixture().connects(reader)).isFalse();
        logins().revokeReadOnlyLogin(SHOP, reader.user());
        assertThat(fixture().connects(another)).as("another login").isTrue();
    }

    private void checkEnd() throws SQLException {
        DatabaseLogin reader = logins().readOnlyLogin(SHOP, HOUR);
        try (Connection session = connect(reader)) {
            databases().close(SHOP);

            assertThat(session.isValid(5)).as("its session").isFalse();
        }
        assertRefused(ErrorCodes.TENANT_STATE, () -> logins().readOnlyLogin(SHOP, HOUR));
        databases().open(SHOP);
        assertThat(fixture().connects(reader))
                .as("after the database was closed")
                .isFalse();
        assertThat(fixture().connects(logins().readOnlyLogin(SHOP, Duration.ofMillis(1))))
                .as("after its time")
                .isFalse();
        DatabaseLogin last = logins().readOnlyLogin(SHOP, HOUR);
        assertThat(fixture().connects(last)).isTrue();
        databases().drop(SHOP);
        assertThat(fixture().connects(last)).as("after a drop").isFalse();
    }
}
