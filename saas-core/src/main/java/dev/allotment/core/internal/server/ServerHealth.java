// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.Server;
import dev.allotment.ServerId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.RecordTypes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Remembers how each database server was when it was last asked. Thread-safe. */
public final class ServerHealth {
    private static final Logger LOG = System.getLogger("dev.allotment.servers");
    private static final long SECOND = 1_000_000_000L;

    /** For how long a server that was down is avoided without being asked again. */
    private static final long AVOID_FOR = 60 * SECOND;

    /** How often the maintenance asks. */
    private static final long ASK_AFTER = 15 * SECOND;

    /** How long one call of the maintenance goes on asking, of servers that may all be slow to say that they are down. */
    private static final long ASK_FOR = 2 * SECOND;

    /** What a server said of itself. */
    record Reading(Health health, Instant at, long tick) {}

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final Map<ServerId, Reading> readings = new ConcurrentHashMap<>();

    public ServerHealth(CoreContext context, ServerRegistry serverRegistry) {
        this.context = context;
        this.serverRegistry = serverRegistry;
    }

    /** Asks a server how it is, and remembers that. Takes a few seconds at most, and never throws. */
    public Reading ask(ServerId id) {
        Health health;
        try {
            health = serverRegistry.health(id);
        } catch (SaasException e) {
            health = Health.down(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, () -> "Database server " + id + " cannot be asked how it is", e);
            health = Health.down("It cannot be asked how it is; the log says why.");
        }
        return remember(id, health, context.tick());
    }

    private Reading remember(ServerId id, Health health, long tick) {
        Reading reading = new Reading(health, context.now(), tick);
        Reading before = readings.put(id, reading);
        boolean wasUp = before == null || before.health().up();
        if (wasUp && !health.up()) {
            LOG.log(Level.WARNING, () -> "Database server " + id + " is down: " + health.message());
        } else if (!wasUp && health.up()) {
            LOG.log(Level.INFO, () -> "Database server " + id + " is up again");
        }
        return reading;
    }

    /** What the last asking found; null: never asked. */
    @Nullable
    Reading reading(ServerId id) {
        return readings.get(id);
    }

    /**
     * Somebody failed to reach it, so that new databases go elsewhere for a while where they can, and the maintenance asks it
     * next.
     */
    public void suspect(ServerId id) {
        remember(id, Health.down("It could not be reached."), context.tick() - ASK_AFTER);
    }

    /**
     * Whether something failed since its server is down. One that could not be reached is asked, so that nobody else tries in
     * vain for a while.
     */
    public boolean failed(ServerId id, RuntimeException e) {
        return e instanceof SaasException known
                && known.code().equals(ErrorCodes.BACKEND_UNAVAILABLE)
                && (seemsDown(id) || !ask(id).health().up());
    }

    /** Those that were down a moment ago. */
    public List<ServerId> down() {
        return readings.keySet().stream().filter(this::seemsDown).toList();
    }

    /** Whether it was down a moment ago. */
    public boolean seemsDown(ServerId id) {
        Reading reading = readings.get(id);
        return reading != null && !reading.health().up() && context.tick() - reading.tick() < AVOID_FOR;
    }

    /**
     * Asks those that were not asked for a while, those first that were not asked for longest; part of the maintenance, for which
     * that is nothing done. What takes too long is left to the next call, since nothing else is done meanwhile.
     */
    public int checkAll() {
        long now = context.tick();
        serverRegistry.closeRetired();
        List<ServerId> due = context
                .catalog()
                .transact(tx -> tx.records(RecordTypes.SERVERS).list(Query.where(Filter.equal(Server.LOST, false))))
                .stream()
                .map(Server::id)
                .filter(id -> age(id, now) >= ASK_AFTER)
                .sorted(Comparator.<ServerId>comparingLong(id -> age(id, now)).reversed())
                .toList();
        for (ServerId id : due) {
            if (context.tick() - now >= ASK_FOR) {
                break;
            }
            ask(id);
        }
        return 0;
    }

    /** How long ago a server was asked last. */
    private long age(ServerId id, long now) {
        Reading reading = readings.get(id);
        return reading == null ? Long.MAX_VALUE : now - reading.tick();
    }

    /** Forgets how a server was, since it has changed or is gone. */
    public void forget(ServerId id) {
        readings.remove(id);
    }
}
