// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import java.util.UUID;

/**
 * Finds the PostgreSQL backend, which needs PostgreSQL 17 or newer and a role that may create databases and roles; it need not
 * be a superuser.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><td>{@code url}</td><td>the catalog's database, as jdbc:postgresql://host:port/database; required</td></tr>
 * <tr><td>{@code user}</td><td>the role; required</td></tr>
 * <tr><td>{@code password}</td><td>its password, never shown; none: whatever else the server accepts</td></tr>
 * <tr><td>{@code pool.size}</td><td>connections to the catalog; 10</td></tr>
 * <tr><td>{@code client.connections}</td><td>connections to client databases, all together; 20</td></tr>
 * <tr><td>{@code login.connections}</td><td>connections that the application of one client database may have; 20</td></tr>
 * <tr><td>{@code connect.seconds}</td><td>how long an attempt to connect may take; 5</td></tr>
 * </table>
 */
public final class PostgresBackendProvider implements BackendProvider {
    /** For ServiceLoader. */
    public PostgresBackendProvider() {}

    @Override
    public String name() {
        return PostgresBackend.DIALECT;
    }

    @Override
    public Backend open(Settings settings) {
        return new PostgresBackend(PostgresSettings.read(settings));
    }

    /** The database that {@code url} names is only what the server is reached by, such as {@code postgres}; nothing is kept in it. */
    @Override
    public Backend openServer(Settings settings, UUID installation) {
        return PostgresBackend.server(PostgresSettings.read(settings), installation);
    }
}
