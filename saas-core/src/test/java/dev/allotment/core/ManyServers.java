// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.DatabaseLoad;
import dev.allotment.ErrorCodes;
import dev.allotment.Health;
import dev.allotment.SaasException;
import dev.allotment.fleet.Server;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseSource;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.LoadMeter;
import dev.allotment.spi.backend.PoolUse;
import dev.allotment.spi.backend.RowQuota;
import dev.allotment.spi.backend.Transfer;
import dev.allotment.spi.backend.TransferFormat;
import dev.allotment.testing.DelegatingTransaction;
import dev.allotment.testing.MemoryBackend;
import java.io.InputStream;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A provider of servers in memory. Their {@code url} identifies them, and they keep their content when they are closed.
 */
public final class ManyServers implements BackendProvider {
    public static final String NAME = "many";

    private final Map<String, MemoryBackend> storages = new ConcurrentHashMap<>();
    private final Map<UUID, Optional<Duration>> active = new ConcurrentHashMap<>();
    private final Map<String, Health> health = new ConcurrentHashMap<>();
    private final Map<String, Consumer<String>> watchers = new ConcurrentHashMap<>();
    private final Map<String, Runnable> askers = new ConcurrentHashMap<>();
    private final Map<String, String> passwords = new ConcurrentHashMap<>();
    private final Map<String, UUID> installations = new ConcurrentHashMap<>();
    private final Map<String, List<List<RowQuota>>> limits = new ConcurrentHashMap<>();
    private final Map<String, Integer> opened = new HashMap<>();
    private final Set<String> halfMade = ConcurrentHashMap.newKeySet();
    private final Set<String> unfit = ConcurrentHashMap.newKeySet();
    private final Map<String, List<PoolUse>> pools = new ConcurrentHashMap<>();
    private volatile boolean lacksTransfer;
    private volatile int spiVersion = SPI_VERSION;
    private final List<String> open = new CopyOnWriteArrayList<>();

    @Override
    public int spiVersion() {
        return spiVersion;
    }

    @Override
    public String name() {
        return NAME;
    }

    /** From now on, it seems to be built for another version of the SPI. */
    public void pretendSpiVersion(int version) {
        spiVersion = version;
    }

    /** From now on, a server has these pools of connections. */
    public void usePools(String url, List<PoolUse> use) {
        pools.put(url, use);
    }

    @Override
    public Backend open(Settings settings) {
        throw new AssertionError("This provider can only be opened as a server");
    }

    @Override
    public Backend openServer(Settings settings, UUID installation) {
        String url = settings.required("url", "any text");
        String password = settings.secret("password");
        settings.check("the many servers");
        passwords.put(url, String.valueOf(password));
        installations.put(url, installation);
        opened.merge(url, 1, Integer::sum);
        open.add(url);
        return new One(url);
    }

    /** Its databases as they are, without what only a source of a backend can prove: that nothing is changed there. */
    @Override
    public DatabaseSource openSource(Settings settings, UUID installation) {
        String url = settings.required("url", "any text");
        settings.check("the many servers");
        One server = new One(url);
        Databases databases =
                server.databases(Server.builder(Server.DEFAULT_NAME).build());
        return new DatabaseSource() {
            @Override
            public Health health() {
                return server.health();
            }

            @Override
            public TransferFormat transferFormat() {
                return databases.transfer().transferFormat();
            }

            @Override
            public @Nullable DatabaseRef find(UUID uuid) {
                return databases.find(uuid);
            }

            @Override
            public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
                databases.transfer().send(database, receiver);
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }

    /** Returns the storage of a server. */
    public MemoryBackend at(String url) {
        return storages.computeIfAbsent(url, any -> MemoryBackend.create());
    }

    /** Makes the databases of a server accept row quotas, and returns the list in which these are recorded. */
    public List<List<RowQuota>> holdLimits(String url) {
        return limits.computeIfAbsent(url, any -> new CopyOnWriteArrayList<>());
    }

    /** Makes the tables of a server's databases such that no row quota fits them, or such that all do. */
    public void setFitting(String url, boolean fitting) {
        if (fitting) {
            unfit.remove(url);
        } else {
            unfit.add(url);
        }
    }

    /** Sets how long the sessions in a database have been active, on whichever server it is; null: not measured. */
    public void setActive(UUID database, @Nullable Duration time) {
        active.put(database, Optional.ofNullable(time));
    }

    /** Moves the content of a server to another URL. */
    public void move(String url, String newUrl) {
        storages.put(newUrl, at(url));
    }

    /** Sets the health that a server reports from now on. If it is down, it is unreachable. */
    public void fail(String url, Health said) {
        health.put(url, said);
    }

    /** Sets an action to run when the health of a server is read. */
    public void whenAsked(String url, Runnable action) {
        askers.put(url, action);
    }

    /** Sets a watcher that receives each step at a server, as in {@link WatchedBackend}. It may throw. */
    public void watch(String url, Consumer<String> watcher) {
        watchers.put(url, watcher);
    }

    /** Makes the inventory of a server say from now on that no database on it was created completely. */
    public void leaveHalfMade(String url) {
        halfMade.add(url);
    }

    /** Lets all servers copy no databases from now on. */
    public void lackTransfer() {
        lacksTransfer = true;
    }

    /** Returns the servers that are open now, in order, each once. */
    public List<String> open() {
        return open.stream().distinct().sorted().toList();
    }

    public int opened(String url) {
        return opened.getOrDefault(url, 0);
    }

    @Nullable
    public String passwordOf(String url) {
        return passwords.get(url);
    }

    @Nullable
    public UUID installationOf(String url) {
        return installations.get(url);
    }

    private final class One implements Backend {
        private final String url;
        private final AtomicBoolean closed = new AtomicBoolean();

        One(String url) {
            this.url = url;
        }

        @Override
        public String dialect() {
            return NAME;
        }

        @Override
        public Catalog catalog() {
            throw new AssertionError("The catalog of a server must not be used");
        }

        @Override
        public Databases databases(Server server) {
            if (!server.name().equals(Server.DEFAULT_NAME)) {
                throw new AssertionError("A server must be used by the name of the default server");
            }
            return new Watched(
                            step -> {
                                watchers.getOrDefault(url, any -> {}).accept(step);
                                if (closed.get()) {
                                    throw new AssertionError("The server was closed while it was in use");
                                }
                                if (!said().up()) {
                                    throw SaasException.unavailable(
                                            ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
                                }
                            },
                            transaction -> limits.containsKey(url)
                                    ? new Limiting(transaction, holdLimits(url), () -> !unfit.contains(url))
                                    : transaction)
                    .over(new Listed(at(url).databases(server), url));
        }

        @Override
        public List<PoolUse> pools() {
            return pools.getOrDefault(url, at(url).pools());
        }

        @Override
        public Health health() {
            askers.getOrDefault(url, () -> {}).run();
            return said();
        }

        private Health said() {
            return health.getOrDefault(url, Health.healthy());
        }

        @Override
        public Set<Capability> capabilities() {
            Set<Capability> capabilities = EnumSet.copyOf(at(url).capabilities());
            if (limits.containsKey(url)) {
                capabilities.add(Capability.ROW_QUOTAS);
            }
            return capabilities;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                open.remove(url);
            }
        }
    }

    /** Lists what {@link #leaveHalfMade} and {@link #setActive} say. */
    private final class Listed extends DelegatingDatabases {
        private final Databases databases;
        private final String url;

        Listed(Databases databases, String url) {
            super(databases);
            this.databases = databases;
            this.url = url;
        }

        @Override
        public Databases fencedBy(FencingToken token) {
            return new Listed(databases.fencedBy(token), url);
        }

        @Override
        public @Nullable Transfer transfer() {
            return lacksTransfer ? null : this;
        }

        @Override
        public LoadMeter loadMeter() {
            return this;
        }

        @Override
        public List<DatabaseLoad> load() {
            return databases.list().stream()
                    .filter(each -> active.containsKey(each.uuid()))
                    .map(each -> DatabaseLoad.builder(each.uuid(), each.name())
                            .activeTime(active.getOrDefault(each.uuid(), Optional.empty())
                                    .orElse(null))
                            .build())
                    .toList();
        }

        @Override
        public List<DatabaseEntry> inventory() {
            boolean finished = !halfMade.contains(url);
            return databases.inventory().stream()
                    .map(each -> each.toBuilder().finished(finished).build())
                    .toList();
        }
    }

    /** Records the quotas, and counts seven rows for each. */
    private static final class Limiting extends DelegatingTransaction {
        private final List<List<RowQuota>> held;
        private final BooleanSupplier fitting;

        Limiting(DatabaseTransaction transaction, List<List<RowQuota>> held, BooleanSupplier fitting) {
            super(transaction);
            this.held = held;
            this.fitting = fitting;
        }

        @Override
        public void enforce(List<RowQuota> limits) {
            if (!limits.isEmpty() && !fitting.getAsBoolean()) {
                throw SaasException.invalid(ErrorCodes.CONFIGURATION_INVALID, "The quotas do not fit the table.");
            }
            held.add(List.copyOf(limits));
        }

        @Override
        public OptionalLong count(RowQuota limit) {
            return OptionalLong.of(7);
        }
    }
}
