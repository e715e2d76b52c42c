// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.RecordTypes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Remembers the health of each database server. Thread-safe. */
public final class ServerHealth {
    private static final Logger LOG = System.getLogger("dev.allotment.servers");
    private static final long SECOND = 1_000_000_000L;

    /** How long a server that was down is avoided before it is checked again. */
    private static final long AVOID_FOR = 60 * SECOND;

    /** How often the maintenance checks. */
    private static final long ASK_AFTER = 15 * SECOND;

    /** How long one call of the maintenance may spend on checks, since servers that are down may answer slowly. */
    private static final long ASK_FOR = 2 * SECOND;

    /** Between two checks that are further apart, a server may have been up. */
    private static final long UNSEEN = 120 * SECOND;

    /**
     * The health of a server, and when it was read.
     *
     * @param down since when it was down at each check; null: it is up
     */
    record Reading(
            Health health, Instant at, long tick, @Nullable Down down) {}

    /** The first of several checks in a row that found a server down. */
    record Down(Instant since, long tick) {}

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final Map<ServerId, Reading> readings = new ConcurrentHashMap<>();

    public ServerHealth(CoreContext context, ServerRegistry serverRegistry) {
        this.context = context;
        this.serverRegistry = serverRegistry;
    }

    /** Checks a server, and remembers the result. Takes a few seconds at most, and never throws. */
    public Reading ask(ServerId id) {
        Health health;
        try {
            health = serverRegistry.health(id);
        } catch (SaasException e) {
            health = Health.down(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, () -> "The health of database server " + id + " cannot be checked", e);
            health = Health.down("Its health cannot be checked; the log says why.");
        }
        return remember(id, health, context.tick());
    }

    private Reading remember(ServerId id, Health health, long tick) {
        Reading before = readings.get(id);
        Down down = before == null || context.tick() - before.tick() > UNSEEN ? null : before.down();
        if (down == null) {
            down = new Down(context.now(), context.tick());
        }
        Reading reading = new Reading(health, context.now(), tick, health.up() ? null : down);
        readings.put(id, reading);
        boolean wasUp = before == null || before.health().up();
        if (wasUp && !health.up()) {
            LOG.log(Level.WARNING, () -> "Database server " + id + " is down: " + health.message());
        } else if (!wasUp && health.up()) {
            LOG.log(Level.INFO, () -> "Database server " + id + " is up again");
        }
        return reading;
    }

    /** The result of the last check; null: never checked. */
    @Nullable
    Reading reading(ServerId id) {
        return readings.get(id);
    }

    /**
     * Notes that a server could not be reached. New databases go elsewhere for a while, if possible, and the
     * maintenance checks the server next.
     */
    public void suspect(ServerId id) {
        remember(id, Health.down("It could not be reached."), context.tick() - ASK_AFTER);
    }

    /**
     * Whether an action failed because its server is down. An unreachable server is checked, so that other callers do
     * not try in vain for a while.
     */
    public boolean failed(ServerId id, RuntimeException e) {
        return e instanceof SaasException known
                && known.code().equals(ErrorCodes.BACKEND_UNAVAILABLE)
                && (seemsDown(id) || !ask(id).health().up());
    }

    /** The servers that were down a moment ago. */
    public List<ServerId> down() {
        return readings.keySet().stream().filter(this::seemsDown).toList();
    }

    /** Whether a server was down a moment ago. */
    public boolean seemsDown(ServerId id) {
        Reading reading = readings.get(id);
        return reading != null && !reading.health().up() && context.tick() - reading.tick() < AVOID_FOR;
    }

    /**
     * Checks the servers whose last check was longest ago; part of the maintenance, but not counted as work done. If
     * checks take too long, the rest is left to the next call.
     */
    public int checkAll() {
        long now = context.tick();
        serverRegistry.closeRetired();
        List<ServerId> due = context
                .catalog()
                .transact(tx -> tx.records(RecordTypes.SERVERS)
                        .values(
                                Server.ID,
                                Query.where(Filter.or(
                                        Filter.equal(Server.LOST, false), Filter.equal(Server.SOURCE, true)))))
                .stream()
                .filter(id -> age(id, now) >= ASK_AFTER)
                .sorted(Comparator.<ServerId>comparingLong(id -> age(id, now)).reversed())
                .toList();
        check(due);
        return 0;
    }

    /** Checks servers. If that takes too long, the rest is left to the maintenance. */
    void check(List<ServerId> ids) {
        long start = context.tick();
        for (ServerId id : ids) {
            if (context.tick() - start >= ASK_FOR) {
                break;
            }
            ask(id);
        }
    }

    /** How long ago a server was checked last. */
    private long age(ServerId id, long now) {
        Reading reading = readings.get(id);
        return reading == null ? Long.MAX_VALUE : now - reading.tick();
    }

    /** Forgets the health of a server that was changed or is gone. */
    public void forget(ServerId id) {
        readings.remove(id);
    }
}
