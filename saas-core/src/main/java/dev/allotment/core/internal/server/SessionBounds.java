// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.Server;
import dev.allotment.ServerId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.RecordTypes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

/** Keeps applications from taking more of a database server than the others can spare. Thread-safe. */
public final class SessionBounds {
    private static final Logger LOG = System.getLogger("dev.allotment.servers");

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final ServerHealth serverHealth;

    public SessionBounds(CoreContext context, ServerRegistry serverRegistry, ServerHealth serverHealth) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.serverHealth = serverHealth;
    }

    /** Ends excessive sessions on each server that is up; part of the maintenance, but not counted as work done. */
    public int enforceAll() {
        List<ServerId> servers = context
                .catalog()
                .transact(tx -> tx.records(RecordTypes.SERVERS).list(Query.where(Filter.equal(Server.LOST, false))))
                .stream()
                .map(Server::id)
                .filter(id -> !serverHealth.seemsDown(id))
                .toList();
        servers.forEach(this::enforce);
        return 0;
    }

    private void enforce(ServerId id) {
        try {
            serverRegistry.databases(id).endExcessiveSessions();
        } catch (SaasException e) {
            // The next round tries again. A server that is down is reported by its health.
            LOG.log(Level.DEBUG, () -> "Excessive sessions on database server " + id + " cannot be ended", e);
        }
    }
}
