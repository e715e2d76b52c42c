// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.DatabaseSource;
import java.util.UUID;

/**
 * The embedded backend {@code h2}, which stores the catalog and the tenant databases in one folder, or in memory.
 *
 * <p>Settings, of which one of the first two is required:
 *
 * <ul>
 *   <li>{@code path}: the folder; created if it does not exist. One process at a time may have it open. Another one
 *       gets {@code backend.in-use}.
 *   <li>{@code memory}: {@code true} stores everything in memory until the backend is closed.
 *   <li>{@code pool.size}: connections to the catalog, 10 by default.
 *   <li>{@code client.connections}: connections to tenant databases, in total, 20 by default. A database stays open
 *       while it has one of them.
 *   <li>{@code login.connections}: connections that the application of one tenant database may have, 20 by default.
 *       They keep it open too.
 *   <li>{@code sync}: {@code true} forces each commit of the control plane to the disk before it counts; {@code
 *       false} by default.
 * </ul>
 *
 * <p>Committed data survives the end of the process, even if it is killed. Without {@code sync}, not every commit is
 * forced to the disk, so a power failure or a crash of the operating system can lose the last commits. It never loses
 * part of a commit, or a commit but not a later one.
 *
 * <p>The application of a tenant database, and scripts of add-ons, own the schema {@code application} of that
 * database and have no other right. While record quotas are enforced there, the application may only use the rows of
 * that schema, at isolation level READ COMMITTED. An application connects in this process only, with the login from
 * {@code Databases.login} and {@link H2LoginDriver}. Running scripts, changing record quotas, copying, renaming,
 * closing and dropping the database end its connections.
 *
 * <p>The administrator's password of the databases is stored next to them, in the file {@code key}. So everyone who
 * can read the folder can read the databases.
 */
public final class H2BackendProvider implements BackendProvider {
    /** Called by the service loader. */
    public H2BackendProvider() {}

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public String name() {
        return H2Backend.DIALECT;
    }

    @Override
    public Backend open(Settings settings) {
        return H2Backend.open(H2Settings.read(settings));
    }

    /** Opens a folder that no process has open. Databases that are identified by their UUIDs need no installation. */
    @Override
    public DatabaseSource openSource(Settings settings, UUID installation) {
        return H2Source.open(H2Settings.read(settings));
    }
}
