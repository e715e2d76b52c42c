// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.EventType;
import dev.allotment.ServerId;
import dev.allotment.access.Member;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a new tenant is made from, and all that depends on it. It is a record, which is stored with the operation. What
 * it does can be repeated by another node, with the same result.
 */
sealed interface Origin permits Created, Copied {
    /** Whether this node has what it takes to continue. */
    default boolean canContinue(CreationTools tools, StoredOperation operation) {
        return true;
    }

    /** Whether making the database is recorded. If not, it is repeated as fast as it would be recorded. */
    default boolean isRecorded() {
        return true;
    }

    /** Whether making and filling the database may take hours. */
    boolean takesLong();

    /** The server that the database is made from. */
    default ServerId source(StoredTenant tenant) {
        return tenant.serverId();
    }

    /** Makes the database, which is closed, unless this returns that it is open. */
    NewTenant make(Creation creation);

    /** Commits the first transaction inside of the database. */
    NewTenant configure(Creation creation);

    /** Returns the members of a database that is being filled, changed if they must not keep their roles. */
    default List<Member> members(DatabaseTransaction tx, List<Member> found) {
        return found;
    }

    /** Prepares what only this origin writes in the transaction that fills the database. */
    Consumer<DatabaseTransaction> filling(Creation creation);

    /** The add-ons that are updated before the database is opened. */
    default List<String> outdatedAddons() {
        return List.of();
    }

    /** Does what is left when the database is open. */
    default NewTenant opened(Creation creation) {
        return creation.known();
    }

    /** The event of a tenant that was made. */
    EventType event();

    Map<String, String> eventDetails(Creation creation);

    /** Removes the database. */
    default void discard(Creation creation) {
        DatabaseRemoval.discard(creation.databases(), creation.target());
    }

    /** Deletes what the tenant has outside of its database. */
    default void discardRest(Creation creation) {}

    /** What may be left in addition to the database, in the words that follow its name, for an operator. */
    default String leftovers(StoredOperation operation) {
        return ".";
    }
}
