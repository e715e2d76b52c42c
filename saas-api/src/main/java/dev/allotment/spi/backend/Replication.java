// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies a database to another server while its application changes it. The source sends its content at one moment, and
 * keeps all later changes, which a copy on the other server follows. At the end, the source is settled: nothing can
 * change it any more, and the copy has everything. All methods may be called again. Safe for use by several threads.
 *
 * <p>A replication has a name, under which its source keeps what it needs. It starts with the UUID of an operation as
 * 32 hexadecimal digits, followed by an underscore and a number that is greater each time the operation starts again.
 * So a copy never follows another replication than the one that it was made in.
 *
 * <p>A replication that is not ended keeps the log of the whole source server. So each one is {@linkplain #end ended},
 * and the core ends those whose operation has ended.
 */
public interface Replication {
    /**
     * Returns how another server reaches this database, and why it cannot be replicated, and changes nothing. A
     * database that is so small that closing it while it is copied disturbs less cannot be replicated either.
     *
     * @throws dev.allotment.SaasException {@code database.unknown}, {@code database.foreign}
     */
    ReplicationSource source(DatabaseRef database);

    /**
     * Returns why this server cannot follow a database, for an operator, as parts of a sentence; empty if it can, as
     * far as this is known before there is a copy. Changes nothing.
     */
    List<String> obstacles(ReplicationSource source);

    /**
     * Starts to keep the changes of a database that may be open, and reads its content of that moment, as {@link
     * Transfer#send} does. If the receiver throws, or the database cannot be read, this replication is ended, and no
     * other one.
     *
     * @throws dev.allotment.SaasException as {@link Transfer#send}; {@code database.not-transferable} also for what
     *     cannot be replicated
     */
    void send(DatabaseRef database, String name, Consumer<? super InputStream> receiver);

    /**
     * Makes a copy follow the changes of its source since the replication was started.
     *
     * @param copy what {@link Transfer#receive} created, closed. In a {@linkplain Databases#fencedBy view}, its token
     *     is compared
     * @throws dev.allotment.SaasException {@code database.not-transferable} if the server cannot reach the source, or
     *     may not follow it
     */
    void follow(DatabaseRef copy, String name, ReplicationSource source);

    /**
     * Returns the name of the replication that a finished copy follows; null if there is none.
     *
     * @throws dev.allotment.SaasException {@code database.not-transferable} if the copy can never have all changes: its
     *     server cannot apply one, or has failed over to a standby, which may lack what it has confirmed
     */
    @Nullable
    String followed(DatabaseRef copy);

    /**
     * Waits until the copy has almost all changes.
     *
     * @param most how long to wait
     * @return how many bytes of the log the copy lacks; 0: so few that the source can be {@linkplain #settle settled}
     * @throws dev.allotment.SaasException {@code database.not-transferable} if the copy can never have all changes:
     *     what the source has kept is lost, or its application has changed the structure of the database
     */
    long behind(DatabaseRef database, String name, Duration most);

    /**
     * Makes a copy confirm each change as soon as that is durable, so that {@link #settle} waits as short as possible.
     * It may apply changes more slowly from now on.
     */
    void hasten(DatabaseRef copy);

    /**
     * Closes a database, renames it as {@link Databases#rename} does, and makes sure that the copy has all changes that
     * were ever committed in it, durably. Takes about as long as a rename. In a {@linkplain Databases#fencedBy view},
     * the token is compared and stored.
     *
     * @return false if the copy did not get all changes within a second or two. The database is closed then, and still
     *     has its name
     * @throws dev.allotment.SaasException as {@link Databases#rename}
     */
    boolean settle(DatabaseRef database, String name, String newName);

    /**
     * Returns the numbers that were given to rows last, by the name of the counter, which a copy does not follow. The
     * database is settled.
     *
     * @throws dev.allotment.SaasException {@code database.not-transferable} if the copy lacks anything else, because
     *     the application has changed the structure of the database
     */
    Map<String, String> counters(DatabaseRef database, String name);

    /**
     * Makes a copy independent of its source, which need not be reachable. Does nothing if it follows none.
     *
     * @param counters what {@link #counters} returned; empty if the copy is of no use any more
     * @throws dev.allotment.SaasException {@code database.not-transferable} if the server of the copy has failed over,
     *     unless the copy is of no use
     */
    void unfollow(DatabaseRef copy, Map<String, String> counters);

    /** Returns the operations whose replications are kept on this server, from it or to it. */
    Set<UUID> operations();

    /**
     * Ends replications of an operation from this server, and to it. A run of the operation that has lost its lease
     * must not end those of the run that has taken over, which have larger numbers.
     *
     * @param before ends the replications whose numbers are smaller
     * @param database the source, if it is known. Without it, what costs the server nothing may stay in it
     */
    void end(UUID operation, long before, @Nullable DatabaseRef database);

    /** Ends all replications of an operation from this server, and to it, as {@link #end(UUID, long, DatabaseRef)}. */
    default void end(UUID operation, @Nullable DatabaseRef database) {
        end(operation, Long.MAX_VALUE, database);
    }
}
