// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.Server;
import dev.allotment.ServerId;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ServerSecret;
import dev.allotment.spi.backend.Transaction;
import java.lang.System.Logger.Level;
import java.lang.System.Logger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The ways to the database servers: opened when first needed, once for each; opened again when their settings have changed;
 * closed with the control plane. Also remembers how each server was when last asked. Thread-safe.
 */
final class Fleet {
    private static final Logger LOG = System.getLogger("dev.allotment.servers");
    private static final String PASSWORD = "password";
    /** What a backend of its own calls the server that it was opened on. */
    private static final Server DEFAULT = Server.builder(Server.DEFAULT_NAME).build();

    private static final long SECOND = 1_000_000_000L;

    /** How soon another node's change of settings is seen. */
    private static final long CHECK_AFTER = 5 * SECOND;
    /** How long whoever is at work on an old way may go on. */
    private static final long CLOSE_AFTER = 60 * SECOND;
    /** For how long a server that was down is avoided without being asked again. */
    private static final long AVOID_FOR = 60 * SECOND;
    /** How often the maintenance asks. */
    private static final long ASK_AFTER = 15 * SECOND;
    /** How long one call of the maintenance goes on asking, of servers that may all be slow to say that they are down. */
    private static final long ASK_FOR = 2 * SECOND;

    /** An open way. */
    private record Way(Server server, @Nullable String sealed, Backend backend, Databases databases, boolean owned) {
        boolean fits(Server present, @Nullable String presentSealed) {
            return !owned
                    || (server.lost() == present.lost()
                            && server.settings().equals(present.settings())
                            && Objects.equals(server.backend(), present.backend())
                            && Objects.equals(sealed, presentSealed));
        }
    }

    private record Retired(Backend backend, long since) {}

    /** What a server said of itself. */
    record Reading(Health health, Instant at, long tick) {}

    private final ControlPlane plane;
    private final Providers providers;
    private final Vault vault;
    private final Map<ServerId, Way> ways = new ConcurrentHashMap<>();
    private final Map<ServerId, Long> checked = new ConcurrentHashMap<>();
    private final Map<ServerId, Reading> readings = new ConcurrentHashMap<>();
    private final List<Retired> retired = new ArrayList<>();
    private boolean closed;

    Fleet(ControlPlane plane, Providers providers, Vault vault) {
        this.plane = plane;
        this.providers = providers;
        this.vault = vault;
    }

    Databases databases(ServerId id) {
        return way(id).databases();
    }

    /** As {@link #databases(ServerId)}, inside a transaction. */
    Databases databases(Transaction tx, ServerId id) {
        Way known = recent(id);
        return (known == null ? look(tx, id) : known).databases();
    }

    /** Whose scripts of an add-on its databases run. */
    String dialect(ServerId id) {
        return way(id).backend().dialect();
    }

    /** Whether its databases hold limits of rows; those of the catalog's backend may be others. */
    boolean holdsRowLimits(ServerId id) {
        return way(id).backend().capabilities().contains(Capability.ROW_QUOTAS);
    }

    /**
     * Refuses to copy a database from one server to another where the second does not understand what the first one sends. Inside
     * a transaction.
     *
     * @throws SaasException {@code backend.unsupported}
     */
    void requireTransfer(Transaction tx, ServerId from, ServerId to) {
        if (from.equals(to)) {
            return;
        }
        Way source = look(tx, from);
        Way target = look(tx, to);
        for (Way way : List.of(source, target)) {
            if (!way.backend().capabilities().contains(Capability.TRANSFER)) {
                throw notBetween(
                        source, target, "the databases of " + way.server().name() + " stay where they are");
            }
        }
        String dialect = source.backend().dialect();
        if (!dialect.equals(target.backend().dialect())) {
            throw notBetween(
                    source,
                    target,
                    "one has databases of " + dialect + ", the other of "
                            + target.backend().dialect());
        }
    }

    private static SaasException notBetween(Way source, Way target, String why) {
        return SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED,
                "A client database cannot be duplicated from server "
                        + source.server().name() + " to server "
                        + target.server().name() + ": " + why + ". Choose another server, or leave the server out.");
    }

    private Way way(ServerId id) {
        Way known = recent(id);
        return known == null ? plane.catalog.transact(tx -> look(tx, id)) : known;
    }

    /** Null where it has to be looked whether its settings are still the same. */
    private @Nullable Way recent(ServerId id) {
        Way known = ways.get(id);
        if (known == null || !known.owned()) {
            return known;
        }
        Long at = checked.get(id);
        return at != null && plane.ticker.getAsLong() - at < CHECK_AFTER ? known : null;
    }

    private synchronized Way look(Transaction tx, ServerId id) {
        Server server = tx.records(RecordTypes.SERVERS)
                .find(id.value())
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.SERVERS, "Server", id.value()));
        String sealed = sealed(tx, id);
        Way known = ways.get(id);
        if (known == null || !known.fits(server, sealed)) {
            known = reopen(server, sealed, known);
            ways.put(id, known);
        }
        checked.put(id, plane.ticker.getAsLong());
        return known;
    }

    /** What cannot be open twice is closed before, though somebody may be at work on it. */
    private Way reopen(Server server, @Nullable String sealed, @Nullable Way old) {
        requireOpen();
        if (old == null) {
            return open(server, sealed);
        }
        try {
            Way opened = open(server, sealed);
            retire(old);
            return opened;
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.BACKEND_IN_USE)) {
                throw e;
            }
            ways.remove(server.id());
            old.backend().close();
            return open(server, sealed);
        }
    }

    private Way open(Server server, @Nullable String sealed) {
        if (server.backend() == null) {
            return new Way(server, null, plane.backend, plane.backend.databases(server), false);
        }
        if (server.lost()) {
            LostServer nothing = new LostServer(server.name());
            return new Way(server, null, nothing, nothing.databases(server), false);
        }
        Backend backend = openOwn(server, sealed == null ? null : vault.open(server.name(), sealed));
        return new Way(server, sealed, backend, backend.databases(DEFAULT), true);
    }

    private Backend openOwn(Server server, @Nullable String password) {
        Map<String, String> settings = new HashMap<>(server.settings());
        if (password != null) {
            settings.put(PASSWORD, password);
        }
        return providers.get(server.backend()).openServer(Settings.of(settings), installation());
    }

    /** The same on every node: the identity that the catalog got when it was made. */
    private UUID installation() {
        return plane.installation();
    }

    /**
     * Refuses a server that no way can be opened to with what is said of it; whether it is there is not asked.
     *
     * @param password null: none
     */
    void check(Server server, @Nullable String password) {
        if (server.backend() == null) {
            plane.backend.databases(server);
            return;
        }
        try {
            openOwn(server, password).close();
        } catch (SaasException e) {
            // By this very process, most likely; whoever else it is will show in the server's health.
            if (!e.code().equals(ErrorCodes.BACKEND_IN_USE)) {
                throw e;
            }
        }
    }

    String seal(String server, String password) {
        return vault.seal(server, password);
    }

    void requireKey(String server) {
        vault.requireKey(server);
    }

    /** The password of a server, to check new settings with; null: none. */
    @Nullable
    String password(Transaction tx, Server server) {
        String sealed = sealed(tx, server.id());
        return sealed == null ? null : vault.open(server.name(), sealed);
    }

    private static @Nullable String sealed(Transaction tx, ServerId id) {
        return tx.records(RecordTypes.SERVER_SECRETS).list(Query.where(Filter.equal(ServerSecret.SERVER_ID, id))).stream()
                .map(ServerSecret::sealed)
                .findFirst()
                .orElse(null);
    }

    /** Has the settings of a server looked at before it is used again. */
    void changed(ServerId id) {
        checked.remove(id);
        readings.remove(id);
    }

    /** Closes the way to a server that is gone. */
    synchronized void forget(ServerId id) {
        Way way = ways.remove(id);
        checked.remove(id);
        readings.remove(id);
        if (way != null) {
            retire(way);
        }
    }

    private void retire(Way way) {
        long now = plane.ticker.getAsLong();
        closeRetired(now - CLOSE_AFTER);
        if (way.owned()) {
            retired.add(new Retired(way.backend(), now));
        }
    }

    private void closeRetired(long before) {
        retired.removeIf(each -> {
            boolean due = each.since() - before <= 0;
            if (due) {
                each.backend().close();
            }
            return due;
        });
    }

    /** Asks a server how it is, and remembers that. Takes a few seconds at most, and never throws. */
    Reading ask(ServerId id) {
        Health health;
        try {
            health = way(id).backend().health();
        } catch (SaasException e) {
            health = Health.down(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, () -> "Database server " + id + " cannot be asked how it is", e);
            health = Health.down("It cannot be asked how it is; the log says why.");
        }
        return remember(id, health, plane.ticker.getAsLong());
    }

    private Reading remember(ServerId id, Health health, long tick) {
        Reading reading = new Reading(health, plane.now(), tick);
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
    void suspect(ServerId id) {
        remember(id, Health.down("It could not be reached."), plane.ticker.getAsLong() - ASK_AFTER);
    }

    /**
     * Whether something failed since its server is down. One that could not be reached is asked, so that nobody else tries in
     * vain for a while.
     */
    boolean failed(ServerId id, RuntimeException e) {
        return e instanceof SaasException known
                && known.code().equals(ErrorCodes.BACKEND_UNAVAILABLE)
                && (seemsDown(id) || !ask(id).health().up());
    }

    /** Those that were down a moment ago. */
    List<ServerId> down() {
        return readings.keySet().stream().filter(this::seemsDown).toList();
    }

    /** Whether it was down a moment ago. */
    boolean seemsDown(ServerId id) {
        Reading reading = readings.get(id);
        return reading != null && !reading.health().up() && plane.ticker.getAsLong() - reading.tick() < AVOID_FOR;
    }

    /**
     * Asks those that were not asked for a while, those first that were not asked for longest; part of the maintenance, for which
     * that is nothing done. What takes too long is left to the next call, since nothing else is done meanwhile.
     */
    int look() {
        long now = plane.ticker.getAsLong();
        synchronized (this) {
            closeRetired(now - CLOSE_AFTER);
        }
        List<ServerId> due = plane
                .catalog
                .transact(tx -> tx.records(RecordTypes.SERVERS).list(Query.where(Filter.equal(Server.LOST, false))))
                .stream()
                .map(Server::id)
                .filter(id -> age(id, now) >= ASK_AFTER)
                .sorted(Comparator.<ServerId>comparingLong(id -> age(id, now)).reversed())
                .toList();
        for (ServerId id : due) {
            if (plane.ticker.getAsLong() - now >= ASK_FOR) {
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

    private void requireOpen() {
        if (closed) {
            throw SaasException.unavailable(
                    ErrorCodes.BACKEND_CLOSED, "This control plane has been closed; open another one.", null);
        }
    }

    /** Closes all that this opened. */
    synchronized void close() {
        closed = true;
        for (Way way : ways.values()) {
            if (way.owned()) {
                way.backend().close();
            }
        }
        ways.values().removeIf(Way::owned);
        retired.forEach(each -> each.backend().close());
        retired.clear();
    }
}
