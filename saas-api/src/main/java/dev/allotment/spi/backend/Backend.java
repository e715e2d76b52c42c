// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Health;
import dev.allotment.fleet.Server;
import java.util.List;
import java.util.Set;

/**
 * The storage of a control plane: one catalog, and tenant databases on one or more servers. Safe for use by several
 * threads.
 *
 * <p>Errors are {@link dev.allotment.SaasException}s: {@code backend.unavailable} (retryable) if the database cannot
 * be reached, {@code backend.closed} after {@link #close}, {@code backend.unsupported} without a {@link Capability},
 * and {@code backend.failed}, with the cause, for everything unexpected.
 */
public interface Backend extends AutoCloseable {
    /** Returns the dialect of add-on scripts that it runs: the name of its provider. */
    String dialect();

    /** Returns the catalog. */
    Catalog catalog();

    /**
     * Returns the databases on a server. The server {@link Server#DEFAULT_NAME} is the one that this backend was
     * opened on.
     *
     * @throws dev.allotment.SaasException {@code backend.unsupported} if it cannot connect to the server
     */
    Databases databases(Server server);

    /**
     * Checks the catalog and the default server. Returns within a few seconds, and never throws. Waits for no callers,
     * like {@link Catalog#forMaintenance}.
     */
    Health health();

    /** Returns what this backend can do. */
    Set<Capability> capabilities();

    /** Returns how much of each of its pools of connections is in use. Does no I/O. Default: it has no pools. */
    default List<PoolUse> pools() {
        return List.of();
    }

    /**
     * Closes what the backend opened, and nothing else. Nothing is stored after this returns, because another process
     * may use the storage then. Does nothing if it is already closed.
     */
    @Override
    void close();
}
