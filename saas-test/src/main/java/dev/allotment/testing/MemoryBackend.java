// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.Health;
import dev.allotment.fleet.Server;
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
 * The reference backend: it stores everything in memory. For tests and demonstrations. Embedders open it by name:
 * {@code Saas.builder().backend("memory", Map.of())}.
 *
 * <p>It fulfils the SPI except for the {@linkplain Capability capabilities} DURABLE, SHARED, LOGINS and ROW_QUOTAS.
 * Transactions on the catalog run one at a time, in the order of their start, and so do those on one database. A
 * transaction inside another one on the same database is refused with {@code backend.failed}, and so is using one
 * after {@code record.duplicate} or {@code addon.failed}. Scripts are not interpreted but recorded: see {@link
 * #scripts}. A script whose first word is {@code fail} fails with {@code addon.failed}. Safe for use by several
 * threads. Does no I/O and starts no threads.
 */
public final class MemoryBackend implements Backend {
    static final String DIALECT = "memory";

    private final Catalog catalog;
    private final MemoryPlace catalogContent;
    private final Map<String, MemoryDatabases> servers = new LinkedHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    MemoryBackend(Set<String> moreServers, Supplier<ReentrantLock> locks) {
        catalogContent = new MemoryPlace(RecordTypes.catalog(), RecordTypes.sequences(), locks.get());
        catalog = new MemoryCatalog(catalogContent, this::checkOpen);
        Set<String> names = new LinkedHashSet<>(List.of(Server.DEFAULT_NAME));
        names.addAll(moreServers);
        names.forEach(name -> servers.put(name, new MemoryDatabases(locks, this::checkOpen)));
    }

    /** Returns a new, empty backend with the server {@link Server#DEFAULT_NAME} only. */
    public static MemoryBackend create() {
        return withServers();
    }

    /** Returns a new, empty backend that also knows servers of these names. */
    public static MemoryBackend withServers(String... names) {
        return new MemoryBackend(Set.of(names), () -> new ReentrantLock(true));
    }

    /** Returns {@code memory}. */
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

    /** Returns that it works, until it is closed. */
    @Override
    public Health health() {
        return closed.get() ? Health.down("The memory backend has been closed.") : Health.healthy();
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.SCRIPTS);
    }

    /** Closes the backend. Every later use is refused with {@code backend.closed}. */
    @Override
    public void close() {
        closed.set(true);
    }

    /**
     * Returns the scripts that configurations ran in a database of the default server, in order. A copy of a database
     * starts with those of its source.
     *
     * @throws dev.allotment.SaasException {@code database.unknown}
     */
    public List<String> scripts(String databaseName) {
        return named(Server.DEFAULT_NAME).scripts(databaseName);
    }

    /**
     * Returns whether the application of a database of the default server can connect.
     *
     * @throws dev.allotment.SaasException {@code database.unknown}
     */
    public boolean isOpen(String databaseName) {
        return named(Server.DEFAULT_NAME).isOpen(databaseName);
    }

    /**
     * Sets the size of a database of the default server. Until then its size grows with its records.
     *
     * @throws dev.allotment.SaasException {@code database.unknown}
     */
    public void setSize(String databaseName, long bytes) {
        named(Server.DEFAULT_NAME).setSize(databaseName, bytes);
    }

    /** Sets what other servers may refuse of each database on the default server, as descriptions. */
    public void setTransferDoubts(List<String> parts) {
        named(Server.DEFAULT_NAME).setDoubts(parts);
    }

    /** Sets what the default server refuses of each database that it receives, as descriptions. */
    public void setRefused(List<String> parts) {
        named(Server.DEFAULT_NAME).setRefused(parts);
    }

    /**
     * Returns an action that brings the catalog back to its present content, as an operator does who restores a backup
     * of the catalog alone. The databases of tenants stay unchanged.
     */
    public Runnable backUpCatalog() {
        MemoryState now = catalogContent.committed();
        return () -> catalogContent.restore(now);
    }

    /** Creates a database on the default server without the SPI, as an operator could. */
    public void putForeign(String databaseName) {
        named(Server.DEFAULT_NAME).putForeign(databaseName);
    }

    private MemoryDatabases named(String server) {
        MemoryDatabases databases = servers.get(server);
        if (databases == null) {
            throw MemoryProblems.unsupported("This backend knows no server " + server + "; it knows "
                    + String.join(", ", servers.keySet()) + ".");
        }
        return databases;
    }

    private void checkOpen() {
        if (closed.get()) {
            throw MemoryProblems.closed();
        }
    }
}
