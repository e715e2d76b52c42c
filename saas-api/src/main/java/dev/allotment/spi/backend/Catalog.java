// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The records of the control plane itself: {@link RecordTypes#catalog}. Safe for use by several threads. */
public interface Catalog {
    /**
     * Creates the schema, or migrates it to this build as far as all {@link RecordTypes#NODES} can read the result.
     * Called before the first use, and later until {@link #isMigrated}; any number of processes may call it at the same
     * time, while others of older builds use the catalog.
     *
     * @throws dev.allotment.SaasException {@code backend.schema} if a newer build has changed the schema so that this
     *     one cannot use it, or if it differs from what the migrations create
     */
    void migrate();

    /**
     * Returns whether {@link #migrate} would change nothing. Default: true, for backends without migrations.
     *
     * @throws dev.allotment.SaasException as {@link #migrate}
     */
    default boolean isMigrated() {
        return true;
    }

    /** Returns the version of the schema that this build knows; 0 without versions, which is the default. */
    default int schemaVersion() {
        return 0;
    }

    /**
     * Identifies where this catalog is stored, so that a copy of it elsewhere has another place: at most 200
     * characters, the same on every node, also after a failover. Default: null, if that is unknown or cannot matter.
     */
    default @Nullable String place() {
        return null;
    }

    /**
     * Identifies the line of changes that this catalog continues, as its newest connection has found it: at most 200
     * characters. It changes if another server takes over, or if the server was restored to an earlier time. Then the
     * last transactions may be missing. In a transaction, it is at least as new as the connection of the transaction.
     * Does no I/O. Default: null, if that is unknown or cannot happen while the backend is open.
     */
    default @Nullable String timeline() {
        return null;
    }

    /**
     * Gives this catalog, a copy, another identity: databases on shared servers that belong to the original do not
     * belong to it any more. Takes effect when the backend is opened again. Default: does nothing, for backends
     * whose databases are copied with the catalog.
     */
    default void separate() {}

    /**
     * Returns this catalog for the maintenance of a node: its leases, its reports, and the work of dead nodes. These
     * must not wait for callers, however many there are: other nodes would take over what this one is working on. So a
     * backend whose callers share a number of connections has some more for the maintenance. Does no I/O. Default: this
     * catalog, for backends in which callers do not wait for connections.
     */
    default Catalog forMaintenance() {
        return this;
    }

    /**
     * Runs work in one transaction. Everything is stored durably when this returns. If the work throws, nothing is
     * stored and the exception is thrown unchanged. The isolation is at least read committed; {@link Records#lock}
     * orders writers.
     *
     * <p>The work may run again from the start after a deadlock, a serialization failure or a lost connection, so it
     * must only use its transaction. Not reentrant: the work must not start another transaction of the catalog. One of
     * a tenant database may run inside it, and is stored on its own.
     *
     * <p>An interrupt of the thread does not end a transaction, and the thread stays interrupted. If the backend is
     * closed meanwhile, the transaction is either stored before {@link Backend#close} returns, or fails.
     */
    <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work);
}
