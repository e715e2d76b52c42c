// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Health;
import dev.allotment.Server;
import java.util.Set;

/**
 * Storage: one catalog, and databases for tenants on one or more servers. Thread-safe.
 *
 * <p>Errors are {@link dev.allotment.SaasException}s: {@code backend.unavailable} (retryable) when out of reach, {@code
 * backend.closed} after {@link #close}, {@code backend.unsupported} for an ability that {@link #capabilities} does not name,
 * {@code backend.failed} for what nobody foresaw, with the cause.
 */
public interface Backend extends AutoCloseable {
    /** The dialect of add-on scripts that it runs: the name of its provider. */
    String dialect();

    Catalog catalog();

    /**
     * The databases on a server. The server called {@link Server#DEFAULT_NAME} is the one that this backend was opened on.
     *
     * @throws dev.allotment.SaasException {@code backend.unsupported} for a server that it knows no way to
     */
    Databases databases(Server server);

    /** Asks catalog and default server; returns within a few seconds, never throws. */
    Health health();

    Set<Capability> capabilities();

    /** Closes what it opened, and only that. A second call does nothing. */
    @Override
    void close();
}
