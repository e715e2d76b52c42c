// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.DatabaseLoad;
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
 * The databases of tenants and templates on one server. Safe for use by several threads.
 *
 * <p>A database has the records of {@link RecordTypes#database} and what add-on scripts create. If a database does
 * not exist, methods that name it throw {@code database.unknown}. If a database of that name exists but was not
 * created with that identity, they throw {@code database.foreign}. Exceptions to this are documented.
 *
 * <p>The core may be killed during any call and repeat it. So each method must allow to be called again after it was
 * done, or half done.
 */
public interface Databases {
    /**
     * Returns a view of the same databases for one operation. In the view, the methods {@link #create}, {@link #copy},
     * {@link #receive}, {@link #replace}, {@link #exchange}, {@link #open}, {@link #close}, {@link #rename}, {@link
     * #claim}, {@link #drop}, {@link #discard}, {@link #adopt} and {@link #release} first compare the operation's token
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

    /**
     * Reads a whole database in its state at one moment, so that {@link #receive} can create a copy on another server.
     * The database stays open or closed, and its application continues, except for sessions that must be closed at the
     * start. Content that cannot be created on another server is refused, never left out.
     *
     * @param receiver called once, by this thread, with content that {@link #receive} of the same dialect
     *     understands. It must read during the call, in pieces, never as a whole in memory. Reading throws an
     *     IOException if the source fails. What the receiver throws is thrown unchanged
     * @throws dev.allotment.SaasException {@code database.not-transferable} with the reason; {@code
     *     backend.unsupported} without {@link Capability#TRANSFER}
     */
    default void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "This backend cannot copy databases to another server.");
    }

    /**
     * Returns the format of what {@link #send} provides and {@link #receive} understands. Does no I/O.
     *
     * @throws dev.allotment.SaasException {@code backend.unsupported} without {@link Capability#TRANSFER}
     */
    default TransferFormat transferFormat() {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED,
                "This backend cannot copy databases to another server, or to a backup.");
    }

    /**
     * Creates a database as a complete copy of one on another server, closed. If it exists, as {@link #create},
     * without reading anything. Nothing counts as created before the content was read to its end. Row quotas need not
     * be enforced before a configuration {@linkplain DatabaseTransaction#enforce enforces} them.
     *
     * @param content what {@link #send} provides; this does not close it
     * @throws dev.allotment.SaasException {@code database.not-transferable} if part of it cannot be created here;
     *     {@code backend.unavailable} if it ends too early or cannot be read; {@code backend.unsupported} if it has
     *     another dialect or a newer version of the base schema, or without {@link Capability#TRANSFER}. Content with
     *     an older version of the base schema, which a backup may have, is received
     */
    default void receive(DatabaseRef database, InputStream content) {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "This backend cannot copy databases from another server.");
    }

    /**
     * Creates a database as {@link #receive(DatabaseRef, InputStream)} does, but continues where this server refuses a
     * part
     * of the content that no row depends on, such as a setting, an extension, an index or a comment. Default: refuses
     * all of it, for backends that create everything or nothing.
     *
     * @param refused called by this thread with a description of each part that is left out, before the database counts
     *     as created. What it throws is thrown unchanged
     * @throws dev.allotment.SaasException as that method
     */
    default void receive(DatabaseRef database, InputStream content, Consumer<? super String> refused) {
        receive(database, content);
    }

    /**
     * Looks whether {@link #send} would refuse a database, and returns descriptions of what is in it that another
     * server
     * may refuse: it would be missing in a copy. The database stays open or closed, and nothing is locked. Default:
     * none,
     * for backends that create everything or nothing.
     *
     * @throws dev.allotment.SaasException {@code database.not-transferable} with the reason
     */
    default List<String> transferDoubts(DatabaseRef database) {
        return List.of();
    }

    /**
     * Returns whether {@link #receive} may get content that anyone may have made, since nothing in it can ever run with
     * more rights than the application of the database. Does no I/O. Default: false.
     */
    default boolean confinesContent() {
        return false;
    }

    /**
     * Returns what copies databases to other servers while they are changed; in a {@linkplain #fencedBy view}, with its
     * token. Does no I/O. Default: null, for backends that cannot.
     */
    default @Nullable Replication replication() {
        return null;
    }

    /**
     * Replaces a database by another one on this server, all or nothing, even if the process dies. The database that
     * has this name and identity is the other one then, with its own content and row quotas, closed; what had them
     * before is gone, with all sessions in it. The login has one of the passwords that were set for the two. The other
     * name and identity have no database any more.
     *
     * <p>If there is no database with the other name and identity, nothing is replaced: only what an interrupted call
     * may have left of it is removed. So the caller finds out by the content whether an earlier call has done this.
     *
     * @throws dev.allotment.SaasException {@code database.foreign}, {@code database.unknown} for the database that is
     *     replaced; {@code backend.unsupported} without {@link Capability#TRANSFER}
     */
    default void replace(DatabaseRef database, DatabaseRef by) {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "This backend cannot replace a database by another one.");
    }

    /**
     * Exchanges the identities of two databases on this server, all or nothing, even if the process dies. Each keeps
     * its name, its content and its row quotas, is closed, and belongs to the identity of the other one from then on.
     * What their logins accept is undefined until {@link #login} is called for each.
     *
     * <p>If each of the two names belongs to the other identity already, nothing is exchanged: an earlier call has done
     * it. So the caller gives the databases names that they have for one exchange only.
     *
     * @param database one of them, with its identity before the exchange
     * @param other the other one, with its identity before the exchange
     * @throws dev.allotment.SaasException {@code database.foreign}, {@code database.unknown} for either of them; {@code
     *     backend.unsupported} without {@link Capability#TRANSFER}
     */
    default void exchange(DatabaseRef database, DatabaseRef other) {
        throw SaasException.unsupported(ErrorCodes.BACKEND_UNSUPPORTED, "This backend cannot exchange two databases.");
    }

    /**
     * Reads a whole database in its state at one moment, as files that the tools of its database system load without
     * this SPI, and a description. They have everything but the records of {@link RecordTypes#database}, users and
     * passwords. Nothing that the application created runs with more rights than the application has. Sessions and
     * changes are treated as by {@link #send}.
     *
     * <p>The application chose the names and texts in the files, and the person who loads them may have more rights. So
     * each of them must be quoted for the tool that reads it.
     *
     * @param export called by this thread. What it throws is thrown unchanged
     * @throws dev.allotment.SaasException {@code database.not-transferable} with the reason; {@code
     *     backend.unsupported} without {@link Capability#TRANSFER}
     */
    default void export(DatabaseRef database, DatabaseExport export) {
        throw SaasException.unsupported(ErrorCodes.BACKEND_UNSUPPORTED, "This backend cannot export databases.");
    }

    /**
     * Passes on a database in transit as {@link #export(DatabaseRef, DatabaseExport)} does, without creating it. Its
     * application never connects to it.
     *
     * @param database names it in messages; there need not be one of this name or identity
     * @param content what {@link #send} has provided; read as {@link #receive} does
     * @param export as for a database
     * @throws dev.allotment.SaasException as {@link #receive} and {@link #export(DatabaseRef, DatabaseExport)}
     */
    default void export(DatabaseRef database, InputStream content, DatabaseExport export) {
        throw SaasException.unsupported(ErrorCodes.BACKEND_UNSUPPORTED, "This backend cannot export databases.");
    }

    /** Lets the application connect. Also restores limits that the server forgets on a copy or a rename. */
    void open(DatabaseRef database);

    /** Refuses connections of the application, and closes those that it has. Transactions of this SPI still work. */
    void close(DatabaseRef database);

    /**
     * Restores the rights on a database that a {@linkplain #inventory flaw} is about. It stays open or closed. Default:
     * does nothing, for backends without rights.
     */
    default void restoreRights(DatabaseRef database) {}

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
     * Claims a spare as {@link #claim(DatabaseRef, String)} does, and runs work in one transaction inside it, as {@link
     * #transact} does. If the spare was {@linkplain #prepared prepared}, the work may run before the spare has its new
     * name, which is faster. So the work must be repeatable: it may have run before, also without a claim.
     *
     * <p>In a {@linkplain #fencedBy view}, if the {@linkplain #sharesLogWithCatalog catalog is on the same server}, the
     * claim needs the operation in the catalog, running and with this token. Otherwise, it throws {@code
     * operation.taken-over}: the server has crashed, and has lost the {@linkplain Transaction#deferDurability
     * transaction} that stored the operation.
     *
     * <p>Default: claims the spare, then runs the work, for backends that have no such order and no such server.
     *
     * @throws dev.allotment.SaasException as {@link #claim(DatabaseRef, String)} and {@link #transact}
     */
    default <T extends @Nullable Object> T claim(
            DatabaseRef spare, String name, Function<? super DatabaseTransaction, ? extends T> work) {
        claim(spare, name);
        return this.<T>transact(new DatabaseRef(name, spare.uuid()), work);
    }

    /**
     * Announces which spares are likely to be claimed next by this process, so that the backend can prepare some of
     * them, such as by opening sessions. Replaces what was announced before. Returns at once, and never fails. Does
     * nothing by default.
     *
     * @param spares the most likely first
     * @param most how many of them to have prepared at any time
     */
    default void prepare(List<DatabaseRef> spares, int most) {}

    /** Returns the identities of the spares that are prepared now. Does no I/O. Default: none. */
    default Set<UUID> prepared() {
        return Set.of();
    }

    /**
     * Returns whether the server writes its databases and the catalog to one log: a commit that is durable makes all
     * earlier ones durable, in either of them. Does no I/O. Default: false.
     */
    default boolean sharesLogWithCatalog() {
        return false;
    }

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

    /**
     * Gives an existing database, which was not created through this SPI, an identity. Its content stays, the base
     * schema is added, and it is closed. All or nothing, even if the process dies. Does nothing if it already has
     * this identity.
     *
     * @throws dev.allotment.SaasException {@code database.not-adoptable} with the reason; {@code database.foreign} if
     *     it was created through this SPI with another identity; {@code backend.unsupported} without {@link
     *     Capability#ADOPTION}
     */
    default void adopt(DatabaseRef database) {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "This backend cannot adopt databases that others have made.");
    }

    /**
     * Takes {@link #adopt} back: the database is as it was, without the base schema, and has its previous owner. Does
     * nothing if the database does not exist or was not adopted.
     *
     * @throws dev.allotment.SaasException {@code backend.unsupported} without {@link Capability#ADOPTION}
     */
    default void release(DatabaseRef database) {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "This backend cannot adopt databases that others have made.");
    }

    /**
     * Returns the mark that {@link #setMark} set for this control plane; null if there is none. Default: null, for
     * servers that only one catalog can reach.
     */
    default @Nullable String mark() {
        return null;
    }

    /**
     * Stores with the server which catalog changes the databases of this control plane. It survives a restart of the
     * server. Default: does nothing, and a copy of the catalog is not noticed.
     *
     * @param mark at most 200 printable ASCII characters
     */
    default void setMark(String mark) {}

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

    /**
     * Ends sessions of applications that should not exist, or that take so much of what the databases on the server
     * share that others suffer. The maintenance of each node calls this every few seconds.
     *
     * @return the sessions that were ended
     */
    default List<EndedSession> endExcessiveSessions() {
        return List.of();
    }

    /**
     * Takes from the logins of tenants what none of them may have: rights of an administrator, and membership in a role
     * of the control plane, of another tenant or of the server. The maintenance of each node calls this every few
     * seconds. Default: none, for backends whose logins have no such rights.
     *
     * @return the identities of the databases whose logins had some
     */
    default Set<UUID> revokeExcessiveRights() {
        return Set.of();
    }

    /**
     * Returns what each database takes of the server now, in any order. Takes no lock, and one query however many
     * databases there are. What is not measured is null. Default: empty, for backends that do not know.
     */
    default List<DatabaseLoad> load() {
        return List.of();
    }

    /**
     * Removes what other versions of the backend left on the server, if no node of any control plane has used it for
     * weeks. The maintenance of each node calls this about once a day. Does nothing by default.
     */
    default void tidy() {}
}
