// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;

/**
 * Copies databases to and from other servers of the same dialect and backups, replaces and exchanges them, and exports
 * them. An ability of {@link Databases}; in a {@linkplain Databases#fencedBy view}, with its token. Safe for use by
 * several threads.
 */
public interface Transfer {
    /**
     * Reads a whole database in its state at one moment, so that {@link #receive} can create a copy on another server.
     * The database stays open or closed, and its application continues, except for sessions that must be closed at the
     * start. Content that cannot be created on another server is refused, never left out.
     *
     * @param receiver called once, by this thread, with content that {@link #receive} of the same dialect understands.
     *     It must read during the call, in pieces, never as a whole in memory. Reading throws an IOException if the
     *     source fails. What the receiver throws is thrown unchanged
     * @throws dev.allotment.SaasException {@code database.not-transferable} with the reason
     */
    void send(DatabaseRef database, Consumer<? super InputStream> receiver);

    /** Returns the format of what {@link #send} provides and {@link #receive} understands. Does no I/O. */
    TransferFormat transferFormat();

    /**
     * Creates a database as a complete copy of one on another server, closed. If it exists, as {@link
     * Databases#create}, without reading anything. Nothing counts as created before the content was read to its end.
     * Row quotas need not be enforced before a configuration {@linkplain DatabaseTransaction#enforce enforces} them.
     *
     * @param content what {@link #send} provides; this does not close it
     * @throws dev.allotment.SaasException {@code database.not-transferable} if part of it cannot be created here;
     *     {@code backend.unavailable} if it ends too early or cannot be read; {@code backend.unsupported} if it has
     *     another dialect or a newer version of the base schema; content with an older version of the base schema,
     *     which a backup may have, is received
     */
    void receive(DatabaseRef database, InputStream content);

    /**
     * Creates a database as {@link #receive(DatabaseRef, InputStream)} does, but continues where this server refuses a
     * part of the content that no row depends on, such as a setting, an extension, an index or a comment. A backend
     * that creates everything or nothing refuses all of it.
     *
     * @param refused called by this thread with a description of each part that is left out, before the database counts
     *     as created. What it throws is thrown unchanged
     * @throws dev.allotment.SaasException as that method
     */
    void receive(DatabaseRef database, InputStream content, Consumer<? super String> refused);

    /**
     * Looks whether {@link #send} would refuse a database, and returns descriptions of what is in it that another
     * server may refuse: it would be missing in a copy. The database stays open or closed, and nothing is locked. None
     * for a backend that creates everything or nothing.
     *
     * @throws dev.allotment.SaasException {@code database.not-transferable} with the reason
     */
    List<String> transferDoubts(DatabaseRef database);

    /**
     * Returns whether {@link #receive} may get content that anyone may have made, since nothing in it can ever run with
     * more rights than the application of the database. Does no I/O.
     */
    boolean confinesContent();

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
     *     replaced
     */
    void replace(DatabaseRef database, DatabaseRef by);

    /**
     * Exchanges the identities of two databases on this server, all or nothing, even if the process dies. Each keeps
     * its name, its content and its row quotas, is closed, and belongs to the identity of the other one from then on.
     * What their logins accept is undefined until {@link Databases#login} is called for each.
     *
     * <p>If each of the two names belongs to the other identity already, nothing is exchanged: an earlier call has done
     * it. So the caller gives the databases names that they have for one exchange only.
     *
     * @param database one of them, with its identity before the exchange
     * @param other the other one, with its identity before the exchange
     * @throws dev.allotment.SaasException {@code database.foreign}, {@code database.unknown} for either of them
     */
    void exchange(DatabaseRef database, DatabaseRef other);

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
     * @throws dev.allotment.SaasException {@code database.not-transferable} with the reason
     */
    void export(DatabaseRef database, DatabaseExport export);

    /**
     * Passes on a database in transit as {@link #export(DatabaseRef, DatabaseExport)} does, without creating it. Its
     * application never connects to it.
     *
     * @param database names it in messages; there need not be one of this name or identity
     * @param content what {@link #send} has provided; read as {@link #receive} does
     * @param export as for a database
     * @throws dev.allotment.SaasException as {@link #receive} and {@link #export(DatabaseRef, DatabaseExport)}
     */
    void export(DatabaseRef database, InputStream content, DatabaseExport export);
}
