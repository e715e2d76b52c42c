// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The databases of tenants and templates on one server. Thread-safe.
 *
 * <p>A database holds the records of {@link RecordTypes#database()}, and what add-on scripts make of it. Every method that
 * names a database which is not there throws {@code database.unknown}, and {@code database.foreign} where a database of that
 * name is there but was not created with that identity, unless it says otherwise. The core may be killed during any call and
 * repeat it: each may be called again after it was done, or half done.
 */
public interface Databases {
    /** Names that tenants cannot have here since the server needs them, such as {@code template1}. No I/O. */
    Set<String> reservedNames();

    /**
     * Makes a database with the base schema and no records, closed. Where it is there already, it is left as it is, or
     * made anew if it was only half made.
     *
     * @throws dev.allotment.SaasException {@code database.foreign}
     */
    void create(DatabaseRef database);

    /**
     * Makes a database as a copy of another, records and all, closed; as {@link #create} where it is there already. The
     * source must be on this server. It may be closed or open; sessions of its application may be ended for it.
     */
    void copy(DatabaseRef source, DatabaseRef database);

    /**
     * Reads a whole database, as it is at one moment, for a copy of it on another server: {@link #receive} makes one of what
     * is read. It stays what it is and where it is, open or closed, and its application goes on, but for sessions that have to
     * be ended at the beginning. What is in it and could not be made on another server is refused, never left out.
     *
     * @param receiver called once, by this thread, with what {@link #receive} of the same dialect understands; to be read as
     *     long as the call lasts and no longer, in pieces, and never as a whole in memory. Reading throws an IOException where
     *     the source fails meanwhile. What it throws comes out
     * @throws dev.allotment.SaasException {@code database.not-transferable} saying why; {@code backend.unsupported} without
     *     {@link Capability#TRANSFER}
     */
    default void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "This backend cannot copy databases to another server.");
    }

    /**
     * Makes a database as a copy of one on another server, records and all, closed; as {@link #create} where it is there
     * already, without reading anything. Nothing that is made counts before the content was read to its end. Limits of rows need
     * not be held in it before a configuration has {@link DatabaseTransaction#enforce enforced} them.
     *
     * @param content what {@link #send} gives; it stays open
     * @throws dev.allotment.SaasException {@code database.not-transferable} where something of it cannot be made here; {@code
     *     backend.unavailable} where it ends too early, or cannot be read; {@code backend.unsupported} where it is of another
     *     dialect or another version of the base schema, or without {@link Capability#TRANSFER}
     */
    default void receive(DatabaseRef database, InputStream content) {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "This backend cannot copy databases from another server.");
    }

    /** Lets its application connect; limits that the server forgets on a copy or a rename are set again. */
    void open(DatabaseRef database);

    /** Keeps its application out, and ends the connections that it has. Transactions of this SPI still work. */
    void close(DatabaseRef database);

    /**
     * Gives it another name; open stays open, closed stays closed. Its application's connections are ended. Where the
     * database of this identity bears the new name already, nothing is done.
     *
     * @throws dev.allotment.SaasException {@code database.foreign} where the new name is another's
     */
    void rename(DatabaseRef database, String newName);

    /**
     * Gives a closed database that nobody is connected to the name of its tenant, and opens it, as {@link #rename} and then
     * {@link #open} do. May be repeated. It has to outlast a crash of the server no sooner than what is written into the database
     * next.
     *
     * @throws dev.allotment.SaasException as {@link #rename}
     */
    default void claim(DatabaseRef spare, String name) {
        rename(spare, name);
        open(new DatabaseRef(name, spare.uuid()));
    }

    /** Removes it and all that belongs to it. One that is not there is no error, nor one half removed. */
    void drop(DatabaseRef database);

    /**
     * Makes a database that is there, and was not made through this SPI, one of this identity: what is in it stays, the base
     * schema comes to it, and it is closed. All or nothing, also when the process is killed; where it is of this identity
     * already, nothing is done.
     *
     * @throws dev.allotment.SaasException {@code database.not-adoptable} saying why; {@code database.foreign} where it was made
     *     through this SPI for somebody else; {@code backend.unsupported} without {@link Capability#ADOPTION}
     */
    default void adopt(DatabaseRef database) {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "This backend cannot adopt databases that others have made.");
    }

    /**
     * Takes {@link #adopt} back: the database is what it was before, without the base schema, and belongs to whom it belonged.
     * One that is not there, or was not adopted, is left alone.
     *
     * @throws dev.allotment.SaasException {@code backend.unsupported} without {@link Capability#ADOPTION}
     */
    default void release(DatabaseRef database) {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "This backend cannot adopt databases that others have made.");
    }

    /** Whether a database of this name is there, whoever's it is. */
    boolean exists(String name);

    /** The databases made through this SPI, half made ones too, in order of name. */
    List<DatabaseRef> list();

    /** Bytes that it takes on the server. */
    long size(DatabaseRef database);

    /**
     * Runs work in one transaction inside the database, as {@link Catalog#transact} does, open or closed. {@link
     * DatabaseTransaction#run} is refused with {@code backend.unsupported} here.
     */
    <T extends @Nullable Object> T transact(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work);

    /**
     * As {@link #transact}, and the work may run scripts that change the schema: all or nothing holds for these too, also
     * when the process is killed in between. One at a time for a database; others wait. Sessions of its application may be ended
     * where scripts run.
     */
    <T extends @Nullable Object> T configure(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work);

    /**
     * How its application connects. It gets into this database only, while it is open, and cannot change the records of this
     * SPI. Asked again with the same password, whoever has the login already is not disturbed.
     *
     * @param password from now on the only one that it is let in with; at least 16 letters, digits, {@code -} and {@code _}
     * @throws dev.allotment.SaasException {@code backend.unsupported} without {@link Capability#LOGINS}
     */
    DatabaseLogin login(DatabaseRef database, String password);

    /**
     * For each kind of thing that this backend makes on the server for a database, such as {@code database} and {@code login},
     * whether something of this identity is there, under whatever name; asked now. After {@link #drop} nothing is.
     */
    default Map<String, Boolean> remains(DatabaseRef database) {
        return Map.of("database", find(database.uuid()) != null);
    }

    /** The database of this identity under whatever name it has now, as {@link #list} has it; null where there is none. */
    default @Nullable DatabaseRef find(UUID uuid) {
        for (DatabaseRef ref : list()) {
            if (ref.uuid().equals(uuid)) {
                return ref;
            }
        }
        return null;
    }
}
