// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.spi.Settings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the H2 backend: where everything is stored, and how much of it is open at once.
 *
 * @param folder absolute; null: in memory
 * @param poolSize connections to the catalog
 * @param clientConnections connections to tenant databases, in total
 * @param loginConnections connections that the application of one tenant database may have
 * @param sync whether each commit is forced to the disk
 * @param autoCommit whether connections are in autocommit mode between transactions; embedders have no reason to choose
 */
record H2Settings(
        @Nullable Path folder,
        int poolSize,
        int clientConnections,
        int loginConnections,
        boolean sync,
        boolean autoCommit) {
    private static final String FOLDER = "a folder, without a semicolon in its name, for everything that is stored";

    /** Reads all settings; see {@link H2BackendProvider}. */
    static H2Settings read(Settings settings) {
        boolean memory = settings.flag("memory", false);
        String path = memory ? settings.optional("path") : settings.required("path", FOLDER + ", or memory=true");
        Path folder = null;
        if (memory && path != null) {
            settings.problem("path", path, "nothing, since memory=true", null);
        } else if (path != null && !path.isEmpty()) {
            folder = folder(settings, path);
        }
        H2Settings read = new H2Settings(
                folder,
                settings.number("pool.size", 10, 2, 1000),
                settings.number("client.connections", 20, 1, 10_000),
                settings.number("login.connections", 20, 1, 10_000),
                settings.flag("sync", false),
                true);
        settings.check("the H2 backend");
        return read;
    }

    /** The same settings with another autocommit mode. */
    H2Settings withAutoCommit(boolean value) {
        return new H2Settings(folder, poolSize, clientConnections, loginConnections, sync, value);
    }

    private static @Nullable Path folder(Settings settings, String path) {
        try {
            Path folder = Path.of(path).toAbsolutePath().normalize();
            if (folder.toString().indexOf(';') < 0 && !folder.toFile().isFile()) {
                return folder;
            }
        } catch (InvalidPathException e) {
            // Reported below, like every other unusable path.
        }
        settings.problem("path", path, FOLDER, null);
        return null;
    }
}
