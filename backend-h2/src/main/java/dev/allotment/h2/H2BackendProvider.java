// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.spi.Backend;
import dev.allotment.spi.BackendProvider;
import dev.allotment.spi.Settings;

/**
 * The embedded backend {@code h2}: catalog and client databases in one folder, or in memory.
 *
 * <p>Settings, of which one of the first two is needed:
 *
 * <ul>
 *   <li>{@code path}: the folder; made where it is not there. One process at a time may have it open: another one gets {@code
 *       backend.in-use}.
 *   <li>{@code memory}: {@code true} keeps everything in memory, until the backend is closed.
 *   <li>{@code pool.size}: connections to the catalog, 10 by default.
 *   <li>{@code client.connections}: connections to client databases, all together, 20 by default; a database is open while
 *       one of them is kept for it.
 * </ul>
 *
 * <p>What was committed survives the end of the process, however sudden. It is not forced to the disk with each commit, so
 * that a failure of the power or of the operating system may cost the last commits (never their order, nor a part of one).
 *
 * <p>Scripts of add-ons run with all rights in their database: H2 cannot confine them to a part of it. The databases have no
 * password, so whoever can read the folder can read them.
 */
public final class H2BackendProvider implements BackendProvider {
    /** For ServiceLoader. */
    public H2BackendProvider() {}

    @Override
    public String name() {
        return H2Backend.DIALECT;
    }

    @Override
    public Backend open(Settings settings) {
        return H2Backend.open(H2Settings.read(settings));
    }
}
