// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.spi.Settings;
import java.util.UUID;

/**
 * Finds a backend: registered with ServiceLoader, chosen by name by the host. Needs a public constructor without arguments.
 */
public interface BackendProvider {
    /** In lower case, such as {@code postgres}; also the dialect whose scripts of an add-on it runs. */
    String name();

    /**
     * Makes a backend. Does no network I/O: an unreachable database shows in {@link Backend#health} and at first use.
     *
     * @throws dev.allotment.SaasException {@code setting.invalid} naming every wrong, missing and unknown setting at once;
     *     {@code backend.in-use} where the storage is open elsewhere and cannot be shared
     */
    Backend open(Settings settings);

    /**
     * Makes a backend for the databases of one more server; as {@link #open}, but its catalog is never used, nor migrated. It
     * is asked for the databases of {@link dev.allotment.Server#DEFAULT_NAME}, for its health and its capabilities.
     *
     * @param installation the identity of the control plane, the same on every node and for every server: another one's
     *     databases on the same server are not its own. A backend whose storage nobody else uses has no need of it
     * @throws dev.allotment.SaasException as {@link #open}
     */
    default Backend openServer(Settings settings, UUID installation) {
        return open(settings);
    }
}
