// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import dev.allotment.Internal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@linkplain Servers#giveUp giving up} a database server would lose.
 *
 * <p>Immutable.
 *
 * @param server the server
 * @param downSince since when this process has found the server down at each check; null: it responded at the last
 *     check, or has not been checked yet
 * @param remaining how long it must stay down before it can be given up; zero: it can be given up now
 * @param tenants how many tenants have their databases on it, including soft-deleted ones
 * @param names the names of the first hundred of these tenants
 * @param templates how many templates are on it
 * @param spares how many spares are on it
 */
public record ServerLoss(
        Server server,
        @Nullable Instant downSince,
        Duration remaining,
        long tenants,
        List<String> names,
        long templates,
        long spares) {
    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public ServerLoss {
        names = List.copyOf(names);
    }
}
