// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.spi.Settings;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Opens backends. Registered with ServiceLoader; the embedder chooses it by name. It needs a public constructor
 * without arguments.
 */
public interface BackendProvider {
    /**
     * The version of the interfaces of this package. It increases with each change after which a backend must be
     * changed. docs/writing-a-backend.md lists what changed.
     */
    int SPI_VERSION = 1;

    /**
     * Returns {@link #SPI_VERSION}, and so the version that the backend was compiled for. A control plane with another
     * version refuses to open the backend. Does no I/O.
     */
    int spiVersion();

    /** Returns the name, in lower case, such as {@code postgres}. It is also the dialect of add-on scripts. */
    String name();

    /**
     * Opens a backend. Does no network I/O: {@link Backend#health} and the first use show whether the database can be
     * reached.
     *
     * @throws dev.allotment.SaasException {@code setting.invalid} with every wrong, missing and unknown setting;
     *     {@code backend.in-use} if the storage is open elsewhere and cannot be shared
     */
    Backend open(Settings settings);

    /**
     * Opens a backend for one more database server, as {@link #open} does. Its catalog is never used nor migrated.
     * Only the databases of {@link dev.allotment.fleet.Server#DEFAULT_NAME}, its health and its capabilities are.
     *
     * @param installation the identity of the control plane, the same on every node and for every server; databases
     *     of another one on the same server do not belong to it. A backend whose storage is not shared can ignore it
     * @throws dev.allotment.SaasException as {@link #open}
     */
    default Backend openServer(Settings settings, UUID installation) {
        return open(settings);
    }

    /**
     * Opens a server that is only read, with the settings of {@link #openServer}. Does no network I/O. Default: null,
     * for backends that cannot.
     *
     * @param installation as for {@link #openServer}
     * @throws dev.allotment.SaasException as {@link #open}
     */
    default @Nullable DatabaseSource openSource(Settings settings, UUID installation) {
        return null;
    }
}
