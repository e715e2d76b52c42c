// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Health;
import java.io.InputStream;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The databases on a server that is a copy from the past, and that nothing may change: neither what is in a database,
 * nor its state, rights, token or mark, nor what was left unfinished. Safe for use by several threads.
 */
public interface DatabaseSource extends AutoCloseable {
    /** Checks whether databases can be read, which takes at most a few seconds. Does not throw if they cannot. */
    Health health();

    /** Returns the format of what {@link #send} provides, as {@link Transfer#transferFormat} does. Does no I/O. */
    TransferFormat transferFormat();

    /** Returns the database of an identity under the name that it has here; null if there is none. */
    @Nullable
    DatabaseRef find(UUID uuid);

    /**
     * Reads a whole database, as {@link Transfer#send} does. It may have an older version of the base schema, and may
     * be closed.
     *
     * @throws dev.allotment.SaasException {@code database.unknown}, {@code database.not-transferable}; {@code
     *     backend.unsupported} if it has a newer version of the base schema; {@code backend.unavailable}
     */
    void send(DatabaseRef database, Consumer<? super InputStream> receiver);

    /** Looks at a database as {@link Transfer#transferDoubts} does. Default: none. */
    default List<String> transferDoubts(DatabaseRef database) {
        return List.of();
    }

    @Override
    void close();
}
