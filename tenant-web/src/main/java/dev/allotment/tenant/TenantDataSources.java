// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.allotment.DatabaseLogin;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.tenant.pool.AcquiredConnection;
import dev.allotment.tenant.pool.ConnectionAllocator;
import dev.allotment.tenant.pool.ConnectionAllocator.Allocation;
import dev.allotment.tenant.pool.ConnectionAllocator.Eviction;
import dev.allotment.tenant.pool.LoginDataSource;
import dev.allotment.tenant.pool.Looking;
import dev.allotment.tenant.pool.LookingTenants;
import dev.allotment.tenant.pool.PoolUser;
import dev.allotment.tenant.pool.ReaderDataSource;
import dev.allotment.tenant.pool.SuppliedDataSource;
import dev.allotment.tenant.pool.TenantPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections to the databases of many tenants, within limits. Each tenant in use has a pool. If another tenant
 * needs its connections, the least recently used pool is closed. Thread-safe.
 *
 * <p>One thread serves all pools, and each pool uses another one while it opens or closes connections.
 */
public final class TenantDataSources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TenantDataSources.class);
    /** The shortest idle timeout that Hikari accepts. */
    private static final long MIN_IDLE_MILLIS = 10_000;

    private static final long MAX_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Function<Tenant, DatabaseLogin> logins;
    private final Function<Tenant, ServerId> servers;
    private final Function<String, DatabaseLogin> readers;
    private final BooleanSupplier controlPlaneOpen;
    private final LongSupplier ticker;
    private final int max;
    private final int maxPerServer;
    private final int maxPerTenant;
    private final Duration acquireTimeout;
    private final Duration idleTimeout;
    private final ScheduledExecutorService housekeeper;
    private final CurrentTenant currentTenant;
    private final DataSource current = SuppliedDataSource.of(this::connectCurrent);

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    /** Guarded by the lock. */
    private final ConnectionAllocator<TenantPool> allocator;

    private boolean closed;
    private volatile boolean loginsSupported;

    private TenantDataSources(Builder builder) {
        logins = builder.logins;
        servers = builder.servers;
        readers = builder.readers;
        controlPlaneOpen = builder.open;
        ticker = builder.ticker;
        max = builder.max;
        maxPerServer = builder.maxPerServer == null ? builder.max : builder.maxPerServer;
        maxPerTenant = Math.min(builder.maxPerTenant, Math.min(max, maxPerServer));
        acquireTimeout = builder.acquireTimeout;
        idleTimeout = builder.idleTimeout;
        currentTenant = new CurrentTenant(builder.switching);
        allocator = new ConnectionAllocator<>(
                max, maxPerServer, maxPerTenant, ticker, user -> new TenantPool(size -> open(user, size)));
        housekeeper = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "tenant-pools");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Creates data sources with the defaults that the methods of {@link Builder} name.
     *
     * @param saas the control plane with all rights, as its builder returned it
     */
    public static TenantDataSources of(Saas saas) {
        return builder(saas).build();
    }

    /**
     * Returns a builder with the defaults that its methods name.
     *
     * @param saas the control plane with all rights, as its builder returned it
     */
    public static Builder builder(Saas saas) {
        return builder(saas, tenant -> saas.database(tenant.name()).login());
    }

    static Builder builder(Saas saas, Function<Tenant, DatabaseLogin> logins) {
        return new Builder(
                        logins,
                        tenant ->
                                saas.tenants().find(tenant.id()).orElse(tenant).serverId(),
                        saas::isOpen)
                .readers(secret -> saas.supportAccesses().readingLogin(secret));
    }

    static Builder builder(Function<Tenant, DatabaseLogin> logins, Function<Tenant, ServerId> servers) {
        return new Builder(logins, servers, () -> true);
    }

    /**
     * Returns a data source for the database of a tenant under its current name. Does no I/O after the first call for
     * any tenant. If a limit is reached, {@link DataSource#getConnection()} waits; after the timeout it throws {@link
     * SQLTransientConnectionException}. A connection that is never closed stays acquired. After the control plane was
     * closed, it throws {@link SQLNonTransientConnectionException} at once.
     *
     * <p>Its connections only read if a request of support that looks was given this tenant object, or the calling
     * thread works for such a request at this tenant.
     *
     * @throws SaasException {@code backend.unsupported} if the backend has no logins for applications, {@code
     *     backend.unavailable}, {@code database.unknown}
     */
    public DataSource of(Tenant tenant) {
        if (!loginsSupported) {
            var unused = logins.apply(tenant);
            loginsSupported = true;
        }
        return SuppliedDataSource.of(() -> connect(tenant));
    }

    /**
     * Returns a data source for the database of the tenant that the calling thread works for at the time of {@link
     * DataSource#getConnection()}, which throws {@link SQLException} if there is none. The rest is as for {@link #of}.
     */
    public DataSource current() {
        return current;
    }

    private static PoolUser user(Tenant tenant) {
        return new PoolUser(tenant, LookingTenants.find(LookingTenants.entering(tenant)));
    }

    private Connection connectCurrent() throws SQLException {
        Tenant tenant = currentTenant
                .find()
                .orElseThrow(() -> new SQLNonTransientConnectionException(CurrentTenant.noTenant()));
        try {
            return of(tenant).getConnection();
        } catch (SaasException e) {
            throw new SQLTransientConnectionException(e.getMessage(), e);
        }
    }

    /** Returns the tenant that each thread works for. */
    public CurrentTenant currentTenant() {
        return currentTenant;
    }

    /**
     * Returns how many connections the open pools may have, all together. It never exceeds {@link
     * Builder#maxConnections}.
     */
    public int reservedConnections() {
        return read(allocator::reserved);
    }

    /** Returns how many connections are acquired and not yet closed. */
    public int acquiredConnections() {
        return read(allocator::acquired);
    }

    /** Returns how many tenants have an open pool. */
    public int openPools() {
        return read(allocator::pools);
    }

    /** How many threads wait for a connection. */
    int waitingThreads() {
        return read(() -> lock.getWaitQueueLength(changed));
    }

    private int read(IntSupplier number) {
        lock.lock();
        try {
            return number.getAsInt();
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Closes all connections, also those that are in use. A second call does nothing. */
    @Override
    public void close() {
        List<TenantPool> open;
        lock.lock();
        try {
            closed = true;
            open = allocator.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        open.forEach(TenantPool::close);
        housekeeper.shutdownNow();
    }

    private Connection connect(Tenant tenant) throws SQLException {
        closeIdle();
        Allocation<TenantPool> allocation;
        try {
            allocation = acquire(user(tenant));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException(
                    "The thread was interrupted while it waited for a connection to the database of tenant "
                            + tenant.name() + ".",
                    e);
        }
        boolean connected = false;
        try {
            Connection connection = allocation.pool().connect(() -> read(allocation::reserved));
            connected = true;
            return AcquiredConnection.of(connection, () -> release(allocation));
        } catch (RuntimeException e) {
            throw unreachable(tenant, e);
        } finally {
            if (!connected) {
                release(allocation);
            }
        }
    }

    private void release(Allocation<TenantPool> allocation) {
        change(() -> allocator.release(allocation));
    }

    private static SQLException unreachable(Tenant tenant, RuntimeException e) {
        if (e instanceof SaasException failure) {
            throw failure;
        }
        Throwable cause = e.getCause();
        return cause instanceof SQLException known
                ? known
                : new SQLTransientConnectionException(
                        "The database of tenant " + tenant.name() + " cannot be connected to.", e);
    }

    /** Acquires a connection; closes others or waits if a limit is reached. */
    private Allocation<TenantPool> acquire(PoolUser user) throws SQLException, InterruptedException {
        long end = ticker.getAsLong() + acquireTimeout.toNanos();
        while (true) {
            Eviction<TenantPool> eviction;
            lock.lock();
            try {
                if (closed) {
                    throw new SQLNonTransientConnectionException("These TenantDataSources are closed.");
                }
                if (!controlPlaneOpen.getAsBoolean()) {
                    throw new SQLNonTransientConnectionException(
                            "The control plane has been closed, so there are no connections to tenants. Close the"
                                    + " TenantDataSources before it.");
                }
                Allocation<TenantPool> allocation = allocator.acquire(user);
                if (allocation != null) {
                    return allocation;
                }
                eviction = allocator.evictionCandidate(user);
                if (eviction == null) {
                    var unused = changed.awaitNanos(timeLeft(user.tenant(), end));
                    continue;
                }
            } finally {
                lock.unlock();
            }
            evict(eviction);
        }
    }

    /** Runs outside of the lock, because closing a connection talks to the database. */
    private void evict(Eviction<TenantPool> eviction) {
        Allocation<TenantPool> allocation = eviction.allocation();
        try {
            if (eviction.wholePool()) {
                allocation.pool().close();
            } else {
                allocation.pool().shrink(() -> read(allocation::reserved));
            }
        } catch (SQLException e) {
            LOG.debug("A connection could not be closed cleanly: tenant={}", allocation.tenantName(), e);
        } finally {
            change(() -> allocator.evicted(eviction));
        }
    }

    /** How long to wait at once. It is bounded because a test's ticker does not wake up a condition. */
    private long timeLeft(Tenant tenant, long end) throws SQLException {
        long left = end - ticker.getAsLong();
        if (left <= 0) {
            throw new SQLTransientConnectionException("No connection to the database of tenant " + tenant.name()
                    + " became free within " + acquireTimeout.toMillis() + " ms: " + allocator.reserved()
                    + " of at most " + max + " are in use, " + allocator.reservedOn(tenant.serverId())
                    + " of at most " + maxPerServer + " on its server, at most " + maxPerTenant
                    + " by one tenant. Try again, close connections sooner, or raise the limits.");
        }
        return Math.min(left, MAX_WAIT_NANOS);
    }

    /** Closes idle pools. It has no thread: callers that need a connection do this first. */
    private void closeIdle() {
        List<Eviction<TenantPool>> idle;
        lock.lock();
        try {
            idle = allocator.idleSince(ticker.getAsLong() - idleTimeout.toNanos());
        } finally {
            lock.unlock();
        }
        idle.forEach(this::evict);
    }

    private HikariDataSource open(PoolUser user, int size) {
        Tenant tenant = user.tenant();
        Looking looking = user.looking();
        HikariConfig config = new HikariConfig();
        config.setPoolName("tenant " + tenant.name());
        config.setDataSource(
                looking == null
                        ? new LoginDataSource(
                                () -> logins.apply(tenant), tenant.serverId(), () -> servers.apply(tenant))
                        : new ReaderDataSource(() -> readers.apply(looking.secret()), ticker));
        config.setReadOnly(looking != null);
        config.setMaximumPoolSize(size);
        // Keeps the first connection, and opens no others in advance.
        config.setMinimumIdle(1);
        config.setInitializationFailTimeout(1);
        config.setConnectionTimeout(Math.max(250, acquireTimeout.toMillis()));
        config.setScheduledExecutor(housekeeper);
        HikariDataSource pool = new HikariDataSource(config);
        pool.setMinimumIdle(0);
        // Hikari warns of an idle timeout in a pool that starts with as many connections as it may have.
        pool.setIdleTimeout(Math.max(MIN_IDLE_MILLIS, idleTimeout.toMillis()));
        return pool;
    }

    /** Collects the settings. Not thread-safe. */
    public static final class Builder {
        private final Function<Tenant, DatabaseLogin> logins;
        private final Function<Tenant, ServerId> servers;
        private final BooleanSupplier open;
        private Function<String, DatabaseLogin> readers = secret -> {
            throw new IllegalStateException("These data sources were built without a control plane.");
        };
        private LongSupplier ticker = System::nanoTime;
        private int max = 50;
        private @Nullable Integer maxPerServer;
        private int maxPerTenant = 4;
        private Duration acquireTimeout = Duration.ofSeconds(5);
        private Duration idleTimeout = Duration.ofMinutes(1);
        private Function<? super Tenant, ? extends Runnable> switching = tenant -> () -> {};

        private Builder(
                Function<Tenant, DatabaseLogin> logins, Function<Tenant, ServerId> servers, BooleanSupplier open) {
            this.logins = logins;
            this.servers = servers;
            this.open = open;
        }

        Builder readers(Function<String, DatabaseLogin> value) {
            readers = value;
            return this;
        }

        /**
         * Limits the connections to all tenants together; 1 at least. Default: 50.
         */
        public Builder maxConnections(int value) {
            max = value;
            return this;
        }

        /**
         * Limits the connections to the tenants of one database server; 1 at least. Default: {@link
         * #maxConnections}.
         */
        public Builder maxConnectionsPerServer(int value) {
            maxPerServer = value;
            return this;
        }

        /**
         * Limits the connections to one tenant, and those of each session of support that looks at it; 1 at least.
         * Default: 4.
         */
        public Builder maxConnectionsPerTenant(int value) {
            maxPerTenant = value;
            return this;
        }

        /**
         * Sets how long a caller waits for a connection while a limit is reached. Not negative. Default: 5 seconds.
         */
        public Builder acquireTimeout(Duration value) {
            acquireTimeout = value;
            return this;
        }

        /**
         * Sets how long a tenant pool stays open without use; at least 10 seconds. Not negative. Default: one minute.
         */
        public Builder idleTimeout(Duration value) {
            idleTimeout = value;
            return this;
        }

        /**
         * Calls this on each thread that {@link CurrentTenant#runAs} makes work for another tenant than before, for
         * transactions and sessions that are bound to the thread. What it returns is called after the work. It throws
         * IllegalStateException to refuse. Default: nothing is called.
         */
        public Builder onSwitch(Function<? super Tenant, ? extends Runnable> value) {
            switching = value;
            return this;
        }

        Builder ticker(LongSupplier value) {
            ticker = value;
            return this;
        }

        /**
         * Builds the data sources. It opens no connections.
         *
         * @throws IllegalArgumentException naming every setting that is wrong
         */
        public TenantDataSources build() {
            Mistakes mistakes = new Mistakes();
            mistakes.require(max >= 1, "maxConnections must be at least 1, found " + max + ".");
            mistakes.require(
                    maxPerServer == null || maxPerServer >= 1,
                    "maxConnectionsPerServer must be at least 1, found " + maxPerServer + ".");
            mistakes.require(
                    maxPerTenant >= 1, "maxConnectionsPerTenant must be at least 1, found " + maxPerTenant + ".");
            mistakes.require(
                    !acquireTimeout.isNegative(), "acquireTimeout must not be negative, found " + acquireTimeout + ".");
            mistakes.require(!idleTimeout.isNegative(), "idleTimeout must not be negative, found " + idleTimeout + ".");
            mistakes.refuse();
            return new TenantDataSources(this);
        }
    }
}
