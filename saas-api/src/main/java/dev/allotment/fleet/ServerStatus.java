// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import dev.allotment.Health;
import dev.allotment.Internal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The health and the load of a database server.
 *
 * <p>Immutable.
 *
 * @param server the server
 * @param health the result of the last health check; up if there was none
 * @param askedAt when this process last checked the server; null: never
 * @param databases databases of tenants (including soft-deleted ones) and templates, and spares
 * @param crowded whether it has more databases than the control plane wants on one server
 * @param full whether it takes no more databases
 * @param databaseBytes the sizes of the databases of tenants on it, as their usage was last read; at most a minute old
 * @param endedSessions how many sessions of applications this process ended because they took too much of the server
 */
public record ServerStatus(
        Server server,
        Health health,
        @Nullable Instant askedAt,
        long databases,
        boolean crowded,
        boolean full,
        long databaseBytes,
        long endedSessions) {
    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public ServerStatus {}
}
