// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import dev.allotment.DatabaseLogin;
import dev.allotment.ServerId;
import dev.allotment.fleet.Server;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.Transfer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

    /** What a backend may lack without a {@link Capability} that says so. */
    enum Optionally {
        /** {@link Catalog#place}: copies of the catalog do no harm. */
        PLACE
    }

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

    /**
     * Returns what the backend lacks, of what protects databases from a copy of the catalog. The kit shows it in its
     * result. Default: nothing.
     */
    default Set<Optionally> lacks() {
        return Set.of();
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

    /**
     * Returns a script that stores a row, and what an export has of it. Required with {@link Databases#transfer} and
     * {@link Capability#SCRIPTS} if scripts are not in SQL. Default: a table with a row, and a view.
     */
    default ExportedScript exportedScript() {
        return new ExportedScript(
                "create table kit_exported (id integer primary key, note varchar(40));"
                        + " insert into kit_exported values (1, 'a row of the kit');"
                        + " create view kit_exported_view as select note from kit_exported where id = 1;",
                List.of("kit_exported", "a row of the kit", "kit_exported_view"));
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
                "kit_limited",
                "state",
                "active",
                "create table kit_limited (state varchar(20), active boolean);",
                "drop table kit_limited;");
    }

    /**
     * Inserts a row into the {@link #limitedTable}, as the application of an open database. Required with {@link
     * Capability#ROW_QUOTAS}. Default: inserts with JDBC.
     *
     * @param text null: no value
     * @param flag null: no value
     * @return the message with which the database refused the row because of a quota; empty if the row is stored
     */
    default Optional<String> inserts(
            Backend backend, DatabaseRef database, @Nullable String text, @Nullable Boolean flag) {
        DatabaseLogin login = backend.databases(DEFAULT_SERVER).login(database, "a-password_to-insert-with");
        return JdbcApplication.inserts(login, limitedTable(), text, flag);
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
     * Creates a database of this name without the SPI that can be adopted. Required with {@link Databases#adoption}.
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

    /**
     * Changes a record as a newer version of the program would: a field with an enum gets a constant that this version
     * does not know. Default: does nothing.
     *
     * @param type of the catalog
     * @return false if there is no way to
     */
    default boolean putNewer(Backend backend, RecordType<?> type, long id, RecordType.Field field, String constant) {
        return false;
    }

    /**
     * Makes the schema of the catalog that of a newer version that this one cannot use. The backend is closed. Default:
     * does nothing.
     *
     * @return false if there is no way to
     */
    default boolean putNewerSchema() {
        return false;
    }

    /**
     * Returns what was sent as if the base schema had another version. Default: empty, if the content does not start
     * with its version.
     *
     * @param content what {@link Transfer#send} has provided
     * @param version counting from 1, at most one more than the present one
     */
    default Optional<byte[]> ofVersion(byte[] content, int version) {
        return Optional.empty();
    }

    /**
     * Damages a database, so that its records cannot be read. Default: does nothing.
     *
     * @return false if there is no way to
     */
    default boolean damage(Backend backend, DatabaseRef database) {
        return false;
    }

    /**
     * Returns the names of everything that the storage has for databases, such as files, databases and roles. What a
     * killed process left must not stay for ever. Default: empty, if there is nothing to look at from outside.
     */
    default Optional<Set<String>> objects() {
        return Optional.empty();
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
     * @param flag a column with a boolean
     * @param create a script that creates the table
     * @param drop a script that drops the table
     */
    record LimitedTable(String name, String column, String flag, String create, String drop) {}

    /**
     * A script and what it leaves in an export.
     *
     * @param script creates objects and rows, in a database without them
     * @param texts what the files of an export have of them
     */
    record ExportedScript(String script, List<String> texts) {}

    /**
     * Scripts in the dialect of the backend. Each ends so that another one may follow it in the same text.
     *
     * @param createTable creates a table
     * @param useTable succeeds, however often it runs, if that table exists, and fails if it does not
     * @param failing always fails
     */
    record Scripts(String createTable, String useTable, String failing) {}
}
