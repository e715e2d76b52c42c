// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ServerWatch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Tidies each database server about once a day, on each node. Thread-safe. */
public final class ServerTidying {
    private static final Logger LOG = System.getLogger("dev.allotment.servers");

    private static final long TIDY_AFTER = TimeUnit.DAYS.toNanos(1);

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final ServerHealth serverHealth;
    private final Map<ServerId, Long> tidied = new ConcurrentHashMap<>();

    public ServerTidying(CoreContext context, ServerRegistry serverRegistry, ServerHealth serverHealth) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.serverHealth = serverHealth;
    }

    /** Tidies the servers whose turn it is; part of the maintenance, but not counted as work done. */
    public int tidyDue() {
        context
                .catalog()
                .transact(tx -> tx.records(RecordTypes.SERVERS).list(Query.where(Filter.equal(Server.LOST, false))))
                .stream()
                .map(Server::id)
                .filter(id -> !serverHealth.seemsDown(id) && isDue(id))
                .forEach(this::tidy);
        return 0;
    }

    private boolean isDue(ServerId id) {
        Long last = tidied.get(id);
        return last == null || context.tick() - last >= TIDY_AFTER;
    }

    private void tidy(ServerId id) {
        tidied.put(id, context.tick());
        try {
            ServerWatch watch = serverRegistry.databases(id).watch();
            if (watch != null) {
                watch.tidy();
            }
        } catch (SaasException e) {
            LOG.log(Level.DEBUG, () -> "Database server " + id + " cannot be tidied; a node tries again in a day", e);
        }
    }
}
