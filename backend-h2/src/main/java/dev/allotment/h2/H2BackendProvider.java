// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;

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
 *   <li>{@code login.connections}: connections that the application of one client database may have, 20 by default; they
 *       keep it open too.
 *   <li>{@code sync}: {@code true} forces each commit of the control plane to the disk before it counts; {@code false} by
 *       default.
 * </ul>
 *
 * <p>What was committed survives the end of the process, however sudden. Without {@code sync} it is not forced to the disk with
 * each commit, so that a failure of the power or of the operating system may cost the last commits (never their order, nor a part of one).
 *
 * <p>The application of a client database, and scripts of add-ons, own the schema {@code application} of that database and
 * have no other right; as long as limits of rows are held there, the application may use the rows of that schema only, at READ
 * COMMITTED. An application connects in this process only, with the login that {@code Databases.login} gives and
 * {@link H2LoginDriver}; running scripts, changing limits, copying, renaming, closing and dropping the database end its connections.
 *
 * <p>The administrator's password of the databases lies beside them, in the file {@code key}, so whoever can read the folder can
 * read them.
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
