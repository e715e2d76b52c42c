// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import dev.allotment.DatabaseLogin;
import dev.allotment.Server;
import dev.allotment.ServerId;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the kit needs to know about a backend: how to open it on a new, empty storage, and how to look at the storage
 * from outside. One fixture serves one test.
 *
 * <p>Override the methods with a default if the backend can show more. Variations of a backend, such as a small pool,
 * are fixtures with other {@link #settings}.
 */
public interface BackendFixture extends AutoCloseable {
    /** The server that every backend has. */
    Server DEFAULT_SERVER =
            Server.builder(Server.DEFAULT_NAME).id(new ServerId(1)).sequence(1).build();

    /** Returns a new provider. */
    BackendProvider provider();

    /** Returns the settings that open this fixture's storage. Every call returns the same ones. */
    Map<String, String> settings();

    /**
     * Returns wrong values by the names of their settings. Each of them must be wrong by itself, or because another
     * setting is missing. The kit expects each name in the message. Empty: no setting can be wrong.
     */
    Map<String, String> wrongSettings();

    /** Returns correct settings of a server that does not exist. Default: empty, for backends without a server. */
    default Optional<Map<String, String>> unreachableSettings() {
        return Optional.empty();
    }

    /** Opens the storage of this fixture, even if it is already open. The kit closes what it opened. */
    default Backend open() {
        return provider().open(Settings.of(settings()));
    }

    /**
     * Closes a backend as a sudden death of its process would, as far as this process can. Default: {@link
     * Backend#close}.
     */
    default void kill(Backend backend) {
        backend.close();
    }

    /** Returns the scripts that the kit runs. Required with {@link Capability#SCRIPTS}. */
    default Scripts scripts() {
        throw new AssertionError("The backend declares SCRIPTS, so its fixture must override scripts().");
    }

    /** Returns whether scripts are in SQL, so that the kit can also run its own scripts. Default: true. */
    default boolean scriptsAreSql() {
        return true;
    }

    /**
     * Returns scripts that would change or remove records of a type without the SPI, if they were allowed to. Default:
     * SQL with a table that has the name of the type, with and without the schema {@code allotment}.
     */
    default List<String> meddlingScripts(RecordType<?> type) {
        return Stream.of(type.name(), "allotment." + type.name())
                .flatMap(table -> Stream.of("delete from " + table + ";", "drop table " + table + ";"))
                .toList();
    }

    /**
     * Returns whether a database has the table that {@link Scripts#createTable} creates. Default: whether {@link
     * Scripts#useTable} succeeds.
     */
    default boolean hasTable(Backend backend, DatabaseRef database) {
        return Probe.succeeds(
                backend.databases(DEFAULT_SERVER), database, scripts().useTable());
    }

    /**
     * Returns whether the application of a database can connect; empty if the kit cannot try. Default: tries a new
     * login, with {@link Capability#LOGINS}.
     */
    default Optional<Boolean> isOpen(Backend backend, DatabaseRef database) {
        if (backend.capabilities().contains(Capability.LOGINS)) {
            return Optional.of(
                    connects(backend.databases(DEFAULT_SERVER).login(database, "a-password_to-try-the-door")));
        }
        return Optional.empty();
    }

    /** Returns whether a login can connect. Required with {@link Capability#LOGINS}. */
    default boolean connects(DatabaseLogin login) {
        throw new AssertionError("The backend declares LOGINS, so its fixture must override connects().");
    }

    /**
     * Connects an application and leaves it connected. Required with {@link Capability#LOGINS}. Default: connects
     * with JDBC.
     */
    default Application enter(DatabaseLogin login) {
        return JdbcApplication.connect(login);
    }

    /**
     * Returns whether a login that can connect is able to change or remove records of a type without the SPI.
     * Required with {@link Capability#LOGINS}.
     */
    default boolean canMeddle(DatabaseLogin login, RecordType<?> type) {
        throw new AssertionError("The backend declares LOGINS, so its fixture must override canMeddle().");
    }

    /**
     * Returns a table for row quotas. Required with {@link Capability#ROW_QUOTAS}. Default: a table in standard SQL.
     */
    default LimitedTable limitedTable() {
        return new LimitedTable(
                "kit_limited", "state", "create table kit_limited (state varchar(20));", "drop table kit_limited;");
    }

    /**
     * Inserts a row with a text into the {@link #limitedTable}, as the application of an open database. Required with
     * {@link Capability#ROW_QUOTAS}. Default: inserts with JDBC.
     *
     * @return false if the database refused the row because of a quota
     */
    default boolean inserts(Backend backend, DatabaseRef database, String text) {
        DatabaseLogin login = backend.databases(DEFAULT_SERVER).login(database, "a-password_to-insert-with");
        return JdbcApplication.inserts(
                login, limitedTable().name(), limitedTable().column(), text);
    }

    /**
     * Changes a text in all rows of the {@link #limitedTable} that have it, in one statement, as the application of an
     * open database. Required with {@link Capability#ROW_QUOTAS}. Default: updates with JDBC.
     *
     * @return false if the database refused the change because of a quota
     */
    default boolean changes(Backend backend, DatabaseRef database, String from, String to) {
        DatabaseLogin login = backend.databases(DEFAULT_SERVER).login(database, "a-password_to-insert-with");
        return JdbcApplication.changes(
                login, limitedTable().name(), limitedTable().column(), from, to);
    }

    /**
     * Creates a database of this name without the SPI, as an operator could. Default: does nothing.
     *
     * @return false if there is no way to
     */
    default boolean putForeign(Backend backend, String name) {
        return false;
    }

    /**
     * Creates a database of this name without the SPI that can be adopted. Required with {@link Capability#ADOPTION}.
     * Default: {@link #putForeign}.
     *
     * @return false if there is no way to
     */
    default boolean putAdoptable(Backend backend, String name) {
        return putForeign(backend, name);
    }

    /**
     * Leaves what a process leaves that is killed while it creates a database, at the worst moment. Default: does
     * nothing.
     *
     * @return false if a database is created at once or not at all
     */
    default boolean leaveHalfMade(Backend backend, DatabaseRef database) {
        return false;
    }

    /**
     * Leaves what a process leaves that is killed while it drops this existing database. Default: does nothing.
     *
     * @return false if a database is dropped at once or not at all
     */
    default boolean leaveHalfDropped(Backend backend, DatabaseRef database) {
        return false;
    }

    /** Removes the storage. Every backend on it is already closed. */
    @Override
    void close();

    /** An application that is connected to its database. */
    interface Application extends AutoCloseable {
        /** Returns whether the application is still connected. */
        boolean isConnected();

        /** Disconnects it, if it still is. */
        @Override
        void close();
    }

    /**
     * A table of an application.
     *
     * @param name the name of the table
     * @param column a column with text
     * @param create a script that creates the table
     * @param drop a script that drops the table
     */
    record LimitedTable(String name, String column, String create, String drop) {}

    /**
     * Scripts in the dialect of the backend. Each ends so that another one may follow it in the same text.
     *
     * @param createTable creates a table
     * @param useTable succeeds, however often it runs, if that table exists, and fails if it does not
     * @param failing always fails
     */
    record Scripts(String createTable, String useTable, String failing) {}
}
