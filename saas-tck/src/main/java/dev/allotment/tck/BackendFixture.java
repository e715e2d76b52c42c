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
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What the kit has to know about a backend: how to open it on a storage of its own, which begins empty, and how to look at it from
 * behind. One fixture serves one test. Methods with a default are for backends of which more can be shown.
 *
 * <p>Variations of a backend, such as a small pool, are fixtures with other {@link #settings}.
 */
public interface BackendFixture extends AutoCloseable {
    /** The server that every backend stands for. */
    Server DEFAULT_SERVER =
            Server.builder(Server.DEFAULT_NAME).id(new ServerId(1)).sequence(1).build();

    /** A new provider. */
    BackendProvider provider();

    /** The settings that open this fixture's storage; the same whenever asked. */
    Map<String, String> settings();

    /**
     * Settings of which each is wrong, or lacks another one, by name, with the value that is wrong. The kit wants each name
     * in the complaint. Empty: no setting can be wrong.
     */
    Map<String, String> wrongSettings();

    /** Settings that are right but lead to a server that is not there; empty: nothing has to be reached. */
    default Optional<Map<String, String>> unreachableSettings() {
        return Optional.empty();
    }

    /** Opens the storage of this fixture, once more where it is open already. The kit closes what it opened. */
    default Backend open() {
        return provider().open(Settings.of(settings()));
    }

    /** Ends a backend as the sudden end of its process would, as near as this process can. */
    default void kill(Backend backend) {
        backend.close();
    }

    /** Needed where {@link Capability#SCRIPTS} is declared. */
    default Scripts scripts() {
        throw new UnsupportedOperationException("A fixture of a backend that runs scripts says which.");
    }

    /**
     * Whether a database has the table that {@link Scripts#createTable} makes, by default as {@link Scripts#useTable} finds
     * out.
     */
    default boolean hasTable(Backend backend, DatabaseRef database) {
        return Probe.succeeds(
                backend.databases(DEFAULT_SERVER), database, scripts().useTable());
    }

    /**
     * Whether the application of a database gets in; empty where there is no way for an application to try. By default tried
     * with a new login where {@link Capability#LOGINS} is declared.
     */
    default Optional<Boolean> isOpen(Backend backend, DatabaseRef database) {
        if (backend.capabilities().contains(Capability.LOGINS)) {
            return Optional.of(
                    connects(backend.databases(DEFAULT_SERVER).login(database, "a-password_to-try-the-door")));
        }
        return Optional.empty();
    }

    /** Whether a login is let in; needed where {@link Capability#LOGINS} is declared. */
    default boolean connects(DatabaseLogin login) {
        throw new UnsupportedOperationException("A fixture of a backend with logins tries them.");
    }

    /**
     * Connects an application, and keeps it connected; needed where {@link Capability#LOGINS} is declared. By default for
     * logins with a JDBC URL whose driver is there.
     */
    default Application enter(DatabaseLogin login) {
        return JdbcApplication.connect(login);
    }

    /**
     * Whether a login, which is let in, can change or remove records of a type behind the back of the SPI; needed where {@link
     * Capability#LOGINS} is declared.
     */
    default boolean canMeddle(DatabaseLogin login, RecordType<?> type) {
        throw new UnsupportedOperationException("A fixture of a backend with logins tries what they can do.");
    }

    /** Needed where {@link Capability#ROW_QUOTAS} is declared. By default in the common part of SQL. */
    default LimitedTable limitedTable() {
        return new LimitedTable(
                "kit_limited", "state", "create table kit_limited (state varchar(20));", "drop table kit_limited;");
    }

    /**
     * Has the application of a database that is open insert a row with this text into its {@link #limitedTable}. False: the
     * database refused it because of a limit. Needed where {@link Capability#ROW_QUOTAS} is declared; by default for logins with a JDBC URL.
     */
    default boolean inserts(Backend backend, DatabaseRef database, String text) {
        DatabaseLogin login = backend.databases(DEFAULT_SERVER).login(database, "a-password_to-insert-with");
        return JdbcApplication.inserts(
                login, limitedTable().name(), limitedTable().column(), text);
    }

    /** Makes a database of this name without the SPI, as an operator could. False: there is no way to. */
    default boolean putForeign(Backend backend, String name) {
        return false;
    }

    /**
     * Makes a database of this name without the SPI that can be adopted; needed where {@link Capability#ADOPTION} is declared.
     * By default as {@link #putForeign}.
     */
    default boolean putAdoptable(Backend backend, String name) {
        return putForeign(backend, name);
    }

    /**
     * Leaves behind what a process leaves that is killed while it makes a database, at the worst moment. False: a database is
     * made at once or not at all.
     */
    default boolean leaveHalfMade(Backend backend, DatabaseRef database) {
        return false;
    }

    /**
     * Leaves behind what a process leaves that is killed while it drops this database, which is there. False: a database is
     * dropped at once or not at all.
     */
    default boolean leaveHalfDropped(Backend backend, DatabaseRef database) {
        return false;
    }

    /** Removes the storage; every backend on it is closed by then. */
    @Override
    void close();

    /** An application that is connected to its database. */
    interface Application extends AutoCloseable {
        /** Whether it still is. */
        boolean isConnected();

        /** Disconnects it, if it still is. */
        @Override
        void close();
    }

    /**
     * A table of an application.
     *
     * @param column has a text
     * @param create a script that makes it
     * @param drop a script that removes it
     */
    record LimitedTable(String name, String column, String create, String drop) {}

    /**
     * Scripts in the dialect of the backend; each ends so that another one may follow it in the same text.
     *
     * @param createTable makes a table
     * @param useTable succeeds where that table is there, as often as it is run, and fails where it is not
     * @param failing fails for any reason, anywhere
     */
    record Scripts(String createTable, String useTable, String failing) {}
}
