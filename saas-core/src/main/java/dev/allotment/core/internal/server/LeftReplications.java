// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.Filter;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Replication;
import dev.allotment.spi.backend.StoredOperation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Ends replications whose operation has ended without doing so: it was abandoned, or one of its runs stalled. A server
 * keeps its whole log for them, until its disk is full, and that of the copy keeps the password of the other one. Looks
 * at each server about once a minute, on each node. Thread-safe.
 */
public final class LeftReplications {
    private static final Logger LOG = System.getLogger("dev.allotment.servers");

    private static final long LOOK_AFTER = TimeUnit.MINUTES.toNanos(1);

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final ServerHealth serverHealth;
    private final Map<ServerId, Long> seen = new ConcurrentHashMap<>();

    public LeftReplications(CoreContext context, ServerRegistry serverRegistry, ServerHealth serverHealth) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.serverHealth = serverHealth;
    }

    /** Looks at the servers whose turn it is; part of the maintenance. Returns how many operations left something. */
    public int endDue() {
        return context
                .catalog()
                .transact(tx -> tx.records(RecordTypes.SERVERS).list(Query.where(Filter.equal(Server.LOST, false))))
                .stream()
                .map(Server::id)
                .filter(id -> !serverHealth.seemsDown(id) && isDue(id))
                .mapToInt(this::end)
                .sum();
    }

    private boolean isDue(ServerId id) {
        Long last = seen.get(id);
        return last == null || context.tick() - last >= LOOK_AFTER;
    }

    private int end(ServerId id) {
        seen.put(id, context.tick());
        try {
            Replication replication = serverRegistry.databases(id).replication();
            if (replication == null) {
                return 0;
            }
            // Read before the catalog: an operation is stored before it starts a replication.
            Set<UUID> left = new HashSet<>(replication.operations());
            left.removeAll(running(left));
            return left.stream().mapToInt(each -> end(id, replication, each)).sum();
        } catch (SaasException e) {
            LOG.log(Level.DEBUG, () -> "Replications on database server " + id + " cannot be ended", e);
            return 0;
        }
    }

    /** If one cannot be ended, the others are. */
    private static int end(ServerId id, Replication replication, UUID operation) {
        try {
            replication.end(operation, null);
            LOG.log(
                    Level.WARNING,
                    () -> "Operation " + operation + " has ended, and has left a replication on database server " + id
                            + ", which was ended now");
        } catch (SaasException e) {
            LOG.log(
                    Level.WARNING,
                    () -> "Operation " + operation + " has ended, and has left a replication on database server " + id
                            + ", which cannot be ended",
                    e);
        }
        return 1;
    }

    private List<UUID> running(Set<UUID> operations) {
        return operations.isEmpty()
                ? List.of()
                : context
                        .catalog()
                        .transact(tx -> tx.records(RecordTypes.OPERATIONS)
                                .list(Query.where(Filter.and(
                                        Filter.in(StoredOperation.UUID, List.copyOf(operations)),
                                        Filter.equal(StoredOperation.STATE, OperationState.RUNNING)))))
                        .stream()
                        .map(StoredOperation::uuid)
                        .toList();
    }
}
