// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.DatabaseLogin;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The databases of tenants and templates on one server. Safe for use by several threads.
 *
 * <p>A database has the records of {@link RecordTypes#database} and what add-on scripts create. If a database does
 * not exist, methods that name it throw {@code database.unknown}. If a database of that name exists but was not
 * created with that identity, they throw {@code database.foreign}. Exceptions to this are documented.
 *
 * <p>What only some backends can do is an ability: a separate interface, which an accessor such as {@link #transfer}
 * returns, or null. One class may implement several of them.
 *
 * <p>The core may be killed during any call and repeat it. So each method must allow to be called again after it was
 * done, or half done.
 */
public interface Databases {
    /**
     * Returns a view of the same databases for one operation. In the view, the methods {@link #create}, {@link #copy},
     * {@link #open}, {@link #close}, {@link #rename}, {@link #claim}, {@link #drop}, {@link #discard}, {@link
     * Transfer#receive}, {@link Transfer#replace}, {@link Transfer#exchange}, {@link WarmSpares#claim}, {@link
     * Adoption#adopt} and {@link Adoption#release} first compare the operation's token
     * with the one that is stored with the database that they change. If the operation's is {@linkplain
     * FencingToken#mayFollow older}, they change nothing and throw {@code operation.taken-over}. Otherwise, they store
     * it together with the change, atomically, even if they find nothing else to do. A rename keeps the token, a copy
     * gets a new one, and a drop removes it.
     *
     * <p>In the view, a database that another operation created does not count as created by {@code create}, {@code
     * copy} and {@code receive}: they throw {@code database.foreign}. If a database of the same identity exists under
     * another name, they throw that or {@code operation.taken-over}. {@link #claim} has its own rule.
     *
     * <p>{@link #transact} and {@link #configure} compare no token: what operations write has their marker. Without a
     * view, changes are neither compared nor stored. Does no I/O.
     */
    Databases fencedBy(FencingToken token);

    /**
     * Returns names that tenants cannot have because the server needs them, such as {@code template1}. Does no I/O.
     */
    Set<String> reservedNames();

    /**
     * Creates a database with the base schema and no records, closed. If it exists, it does not change; if it was only
     * half created, it is created again.
     *
     * @throws dev.allotment.SaasException {@code database.foreign}
     */
    void create(DatabaseRef database);

    /**
     * Creates a database as a complete copy of another one on this server, closed. If it exists, as {@link #create}.
     * The source may be open or closed; sessions of its application may be closed.
     *
     * @throws dev.allotment.SaasException {@code database.foreign}, {@code database.unknown} for the source
     */
    void copy(DatabaseRef source, DatabaseRef database);

    /** Lets the application connect. Also restores limits that the server forgets on a copy or a rename. */
    void open(DatabaseRef database);

    /** Refuses connections of the application, and closes those that it has. Transactions of this SPI still work. */
    void close(DatabaseRef database);

    /**
     * Renames a database. It stays open or closed, and the connections of its application are closed. A transaction of
     * any process that has started under the old name is committed before, or never. Does nothing if the database of
     * this identity already has the new name.
     *
     * @throws dev.allotment.SaasException {@code database.foreign} if another database has the new name
     */
    void rename(DatabaseRef database, String newName);

    /**
     * Gives a spare the name of its tenant and opens it, as {@link #rename} and then {@link #open} do. No application
     * is connected to a spare. May be repeated by the same operation. The effect need not survive a crash of the server
     * before what is written to the database next does.
     *
     * <p>In a {@linkplain #fencedBy view}, a spare that does not have its own name any more, because another operation
     * claimed it, is not touched.
     *
     * @throws dev.allotment.SaasException as {@link #rename}; {@code database.unknown} if another operation claimed it
     */
    void claim(DatabaseRef spare, String name);

    /**
     * Removes a database with everything that belongs to it. Does nothing if it does not exist, and completes what
     * was half removed.
     */
    void drop(DatabaseRef database);

    /**
     * In a {@linkplain #fencedBy view}: drops the database if the operation was the last one to change it, or if no
     * token is stored with it; otherwise does nothing. Undoes a creation, without touching a database that another
     * operation has created or changed since. Without a view: as {@link #drop}.
     */
    void discard(DatabaseRef database);

    /** Returns whether any database of this name exists. */
    boolean exists(String name);

    /** Returns the databases created through this SPI, including half created ones, in the order of their names. */
    List<DatabaseRef> list();

    /**
     * Returns everything that the server has for this control plane, in any order: the databases of {@link #list}, with
     * their states, and what is left of databases that are gone. An identity occurs more than once if it has several
     * databases. Takes no lock, and one query however many databases there are.
     */
    default List<DatabaseEntry> inventory() {
        return list().stream()
                .map(each -> DatabaseEntry.builder(each.uuid(), each.name()).build())
                .toList();
    }

    /** Returns how many bytes a database takes on the server. */
    long size(DatabaseRef database);

    /**
     * Runs work in one transaction inside a database, as {@link Catalog#transact} does. The database may be open or
     * closed. {@link DatabaseTransaction#run} is refused with {@code backend.unsupported}.
     */
    <T extends @Nullable Object> T transact(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work);

    /**
     * Runs work in one transaction inside a database, as {@link #transact} does, and the work may run scripts that
     * change the schema. All or nothing applies to these too, even if the process dies. One configuration of a
     * database at a time; others wait. Scripts may close sessions of the application.
     */
    <T extends @Nullable Object> T configure(
            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work);

    /**
     * Returns how the application connects. The login reaches this database only, while it is open, and cannot change
     * the records of this SPI. Calling this again with the same password does not disturb existing sessions.
     *
     * @param password the only one that is accepted from now on; at least 16 letters, digits, {@code -} and {@code _}
     * @throws dev.allotment.SaasException {@code backend.unsupported} without {@link Capability#LOGINS}
     */
    DatabaseLogin login(DatabaseRef database, String password);

    /**
     * Returns, for each kind of object that this backend creates on the server for a database, such as {@code
     * database} and {@code login}, whether one of this identity exists now, under any name. None does after {@link
     * #drop}.
     */
    default Map<String, Boolean> remains(DatabaseRef database) {
        return Map.of("database", find(database.uuid()) != null);
    }

    /** Returns the database of an identity under its present name, as {@link #list} does; null if there is none. */
    default @Nullable DatabaseRef find(UUID uuid) {
        for (DatabaseRef ref : list()) {
            if (ref.uuid().equals(uuid)) {
                return ref;
            }
        }
        return null;
    }

    /** Returns what copies databases to and from other servers. Does no I/O. Default: null, for backends without it. */
    default @Nullable Transfer transfer() {
        return null;
    }

    /**
     * Returns what copies databases to other servers while they are changed; in a {@linkplain #fencedBy view}, with its
     * token. Does no I/O. Default: null, for backends that cannot.
     */
    default @Nullable Replication replication() {
        return null;
    }

    /** Returns what adopts databases that others have made. Does no I/O. Default: null, for backends that cannot. */
    default @Nullable Adoption adoption() {
        return null;
    }

    /**
     * Returns what claims spares faster. Does no I/O. Default: null, for backends that prepare no spares, and have no
     * catalog on the same server.
     */
    default @Nullable WarmSpares warmSpares() {
        return null;
    }

    /**
     * Returns what keeps the server in order. Does no I/O. Default: null, for backends whose applications have no
     * sessions or rights that they could abuse.
     */
    default @Nullable ServerWatch watch() {
        return null;
    }

    /** Returns what measures the databases. Does no I/O. Default: null, for backends that measure nothing. */
    default @Nullable LoadMeter loadMeter() {
        return null;
    }

    /** Returns what reads the activity of databases. Does no I/O. Default: null, for backends that cannot. */
    default @Nullable ActivityReader activityReader() {
        return null;
    }

    /** Returns what creates logins that only read. Does no I/O. Default: null, for backends that cannot. */
    default @Nullable ReadOnlyLogins readOnlyLogins() {
        return null;
    }

    /** Returns what marks the server. Does no I/O. Default: null, for servers that only one catalog can reach. */
    default @Nullable CatalogMarks marks() {
        return null;
    }
}
