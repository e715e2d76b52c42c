// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.Health;
import dev.allotment.Server;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The reference backend: it keeps everything in memory and forgets it when it is garbage. For tests and demonstrations.
 *
 * <p>It keeps every promise of the SPI but the {@linkplain Capability capabilities} DURABLE, SHARED, LOGINS and ROW_QUOTAS.
 * Transactions
 * on the catalog run one at a time, in the order in which they came, and so do those on one database; one that is begun
 * inside another on the same place is refused with {@code backend.failed}, as is going on after {@code record.duplicate} or
 * {@code addon.failed}. Scripts are not interpreted but recorded, to be seen with {@link #scripts}; one whose first word is
 * {@code fail} fails with {@code addon.failed}. Thread-safe, without I/O and threads of its own.
 */
public final class MemoryBackend implements Backend {
    static final String DIALECT = "memory";

    private final Catalog catalog;
    private final Map<String, MemoryDatabases> servers = new LinkedHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    MemoryBackend(Set<String> moreServers, Supplier<ReentrantLock> locks) {
        catalog = new MemoryCatalog(
                new Place(RecordTypes.catalog(), RecordTypes.sequences(), locks.get()), this::checkOpen);
        Set<String> names = new LinkedHashSet<>(List.of(Server.DEFAULT_NAME));
        names.addAll(moreServers);
        names.forEach(name -> servers.put(name, new MemoryDatabases(locks, this::checkOpen)));
    }

    /** A new backend, empty, with the server {@link Server#DEFAULT_NAME} only. */
    public static MemoryBackend create() {
        return withServers();
    }

    /** A new backend, empty, that knows servers of these names too. */
    public static MemoryBackend withServers(String... names) {
        return new MemoryBackend(Set.of(names), () -> new ReentrantLock(true));
    }

    /** {@code memory}. */
    @Override
    public String dialect() {
        return DIALECT;
    }

    @Override
    public Catalog catalog() {
        return catalog;
    }

    @Override
    public Databases databases(Server server) {
        return named(server.name());
    }

    /** Up until it is closed. */
    @Override
    public Health health() {
        return closed.get() ? Health.down("The memory backend has been closed.") : Health.healthy();
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.SCRIPTS, Capability.ADOPTION, Capability.TRANSFER);
    }

    /** From now on every use is refused with {@code backend.closed}. */
    @Override
    public void close() {
        closed.set(true);
    }

    /**
     * The scripts that configurations ran in a database of the default server, in order; a copy of a database begins with
     * those of its source.
     *
     * @throws dev.allotment.SaasException {@code database.unknown}
     */
    public List<String> scripts(String databaseName) {
        return named(Server.DEFAULT_NAME).scripts(databaseName);
    }

    /**
     * Whether the application of a database of the default server gets in.
     *
     * @throws dev.allotment.SaasException {@code database.unknown}
     */
    public boolean isOpen(String databaseName) {
        return named(Server.DEFAULT_NAME).isOpen(databaseName);
    }

    /**
     * Says how large a database of the default server is, from now on; until then its size grows with its records.
     *
     * @throws dev.allotment.SaasException {@code database.unknown}
     */
    public void setSize(String databaseName, long bytes) {
        named(Server.DEFAULT_NAME).setSize(databaseName, bytes);
    }

    /** Puts a database on the default server that was not made through the SPI, as an operator could by hand. */
    public void putForeign(String databaseName) {
        named(Server.DEFAULT_NAME).putForeign(databaseName);
    }

    private MemoryDatabases named(String server) {
        MemoryDatabases databases = servers.get(server);
        if (databases == null) {
            throw Problems.unsupported("This backend knows no server " + server + "; it knows "
                    + String.join(", ", servers.keySet()) + ".");
        }
        return databases;
    }

    private void checkOpen() {
        if (closed.get()) {
            throw Problems.closed();
        }
    }
}
