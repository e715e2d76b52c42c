// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.DatabaseSource;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Opens the PostgreSQL backend. It needs PostgreSQL 16 or newer, and a role that may create databases and roles and
 * need not be a superuser.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><td>{@code url}</td><td>the database of the catalog, as jdbc:postgresql://host:port/database; required</td></tr>
 * <tr><td>{@code user}</td><td>the role; required</td></tr>
 * <tr><td>{@code password}</td><td>its password, which is never shown; optional if the server needs none</td></tr>
 * <tr><td>{@code password.file}</td><td>instead: a file with the password, read again for each new connection, so that
 * it can be changed without a restart; not for additional servers</td></tr>
 * <tr><td>{@code pool.size}</td><td>connections to the catalog; 10</td></tr>
 * <tr><td>{@code client.connections}</td><td>connections to all tenant databases together; 20</td></tr>
 * <tr><td>{@code login.connections}</td><td>connections that the application of one tenant may have; 20</td></tr>
 * <tr><td>{@code connect.seconds}</td><td>seconds that an attempt to connect may take; 5</td></tr>
 * <tr><td>{@code division}</td><td>only for additional servers that are the same PostgreSQL with different users: a
 * name that no other of them has. The names of all roles are derived from it, so it must never change; none</td></tr>
 * </table>
 */
public final class PostgresBackendProvider implements BackendProvider {
    private static final Pattern DIVISION = Pattern.compile("[a-z0-9-]{1,20}");

    /** Called by {@link java.util.ServiceLoader}. */
    public PostgresBackendProvider() {}

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public String name() {
        return PostgresBackend.DIALECT;
    }

    @Override
    public Backend open(Settings settings) {
        return new PostgresBackend(PostgresSettings.read(settings));
    }

    /**
     * Opens an additional server. The database in {@code url}, such as {@code postgres}, is only used to connect to the
     * server.
     */
    @Override
    public Backend openServer(Settings settings, UUID installation) {
        UUID scheme = divided(installation, settings);
        return PostgresBackend.server(additional(settings), scheme);
    }

    @Override
    public DatabaseSource openSource(Settings settings, UUID installation) {
        UUID scheme = divided(installation, settings);
        return new PostgresSource(additional(settings), scheme);
    }

    /** Like another control plane, a division has other roles, and takes no databases of the others for its own. */
    private static UUID divided(UUID installation, Settings settings) {
        String division = settings.optional("division");
        if (division == null) {
            return installation;
        }
        if (!DIVISION.matcher(division).matches()) {
            settings.problem("division", division, "1 to 20 lower-case letters, digits and hyphens", null);
        }
        return UUID.nameUUIDFromBytes((installation + " " + division).getBytes(StandardCharsets.UTF_8));
    }

    private static PostgresSettings additional(Settings settings) {
        // An administrator of the portal must not be able to send files of this machine to a server.
        String file = settings.optional(PostgresSettings.PASSWORD_FILE);
        if (file != null) {
            settings.problem(PostgresSettings.PASSWORD_FILE, file, "nothing; the password is stored encrypted", null);
        }
        return PostgresSettings.read(settings);
    }
}
