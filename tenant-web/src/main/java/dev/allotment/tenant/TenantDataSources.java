// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.allotment.DatabaseLogin;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections to the many databases of tenants, within ceilings: a pool for each tenant that is in use, and the pool that
 * was not used for longest is closed where another tenant needs the place. Thread-safe.
 *
 * <p>It has one thread for looking after the pools, and each pool one while it opens or closes connections.
 */
public final class TenantDataSources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TenantDataSources.class);
    /** The least that the pools accept. */
    private static final long LEAST_IDLE_MILLIS = 10_000;

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Function<Tenant, DatabaseLogin> logins;
    private final LongSupplier ticker;
    private final int ceiling;
    private final int serverCeiling;
    private final int tenantCeiling;
    private final Duration patience;
    private final Duration idle;
    private final ScheduledExecutorService housekeeper;

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    /** In the order of their last use. */
    private final Map<TenantPool.Key, TenantPool> slots = new LinkedHashMap<>(16, 0.75f, true);

    private final Map<ServerId, Integer> reservedOn = new HashMap<>();
    private int reserved;
    private boolean closed;
    private volatile boolean loginsWork;

    private TenantDataSources(Builder builder) {
        logins = builder.logins;
        ticker = builder.ticker;
        ceiling = builder.ceiling;
        serverCeiling = builder.serverCeiling == 0 ? builder.ceiling : builder.serverCeiling;
        tenantCeiling = Math.min(builder.tenantCeiling, Math.min(ceiling, serverCeiling));
        patience = builder.patience;
        idle = builder.idle;
        housekeeper = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "tenant-pools");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** With the defaults named at each method of the builder. */
    public static TenantDataSources of(Saas saas) {
        return builder(saas).build();
    }

    /**
     * Starts from the defaults named at each method.
     *
     * @param saas the view that the builder of the control plane opened, with all rights
     */
    public static Builder builder(Saas saas) {
        return new Builder(tenant -> saas.database(tenant.name()).login());
    }

    static Builder builder(Function<Tenant, DatabaseLogin> logins) {
        return new Builder(logins);
    }

    /**
     * The database of a tenant under its present name; no I/O after the first call for any tenant. {@link
     * DataSource#getConnection()} waits where a ceiling is reached, and throws {@link SQLTransientConnectionException} where
     * that takes too long. A connection that is not closed is never lent again.
     *
     * @throws SaasException {@code backend.unsupported} where the backend has no logins for applications, {@code
     *     backend.unavailable}, {@code database.unknown}
     */
    public DataSource of(Tenant tenant) {
        if (!loginsWork) {
            var unused = logins.apply(tenant);
            loginsWork = true;
        }
        return new SuppliedDataSource(() -> lend(tenant));
    }

    /** How many connections the open pools may have now, all together: never more than the ceiling. */
    public int reservedConnections() {
        return counted(() -> reserved);
    }

    /** How many connections are lent now. */
    public int lentConnections() {
        return counted(() -> slots.values().stream().mapToInt(slot -> slot.lent).sum());
    }

    /** How many tenants have a pool now. */
    public int openPools() {
        return counted(slots::size);
    }

    private int counted(IntSupplier count) {
        lock.lock();
        try {
            return count.getAsInt();
        } finally {
            lock.unlock();
        }
    }

    /** Closes all connections, and breaks off those that are lent. A second call does nothing. */
    @Override
    public void close() {
        List<TenantPool> open = new ArrayList<>();
        lock.lock();
        try {
            closed = true;
            open.addAll(slots.values());
            slots.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        open.forEach(TenantPool::close);
        housekeeper.shutdownNow();
    }

    private Connection lend(Tenant tenant) throws SQLException {
        closeIdle();
        TenantPool slot;
        try {
            slot = occupy(tenant);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException(
                    "Waiting for a connection to the database of tenant " + tenant.name() + " was interrupted.", e);
        }
        boolean connected = false;
        try {
            Connection connection = slot.connect(() -> size(slot));
            connected = true;
            return AcquiredConnection.of(connection, () -> giveBack(slot));
        } catch (RuntimeException e) {
            throw unreachable(tenant, e);
        } finally {
            if (!connected) {
                giveBack(slot);
            }
        }
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

    private int size(TenantPool slot) {
        return counted(() -> slot.reserved);
    }

    /** Takes a place for one more connection, and closes what is in the way. */
    private TenantPool occupy(Tenant tenant) throws SQLException, InterruptedException {
        long end = ticker.getAsLong() + patience.toNanos();
        while (true) {
            Victim victim;
            lock.lock();
            try {
                TenantPool slot = place(tenant);
                if (slot != null) {
                    slot.lent++;
                    slot.usedAt = ticker.getAsLong();
                    return slot;
                }
                victim = victim(tenant);
                if (victim == null) {
                    var unused = changed.awaitNanos(patience(tenant, end));
                    continue;
                }
            } finally {
                lock.unlock();
            }
            give(victim);
        }
    }

    /** Where there is room for one more connection to this tenant; null: nowhere now. */
    private @Nullable TenantPool place(Tenant tenant) throws SQLException {
        if (closed) {
            throw new SQLNonTransientConnectionException("The connections to tenants are closed.");
        }
        TenantPool slot = slots.get(TenantPool.Key.of(tenant));
        if (slot != null && slot.closing) {
            return null;
        }
        if (slot != null && slot.lent < slot.reserved) {
            return slot;
        }
        if ((slot != null && slot.reserved >= tenantCeiling) || reserved >= ceiling || full(tenant.serverId())) {
            return null;
        }
        reserved++;
        reservedOn.merge(tenant.serverId(), 1, Integer::sum);
        if (slot == null) {
            slot = new TenantPool(tenant, size -> open(tenant, size));
            slots.put(slot.key, slot);
        } else {
            slot.reserved++;
        }
        return slot;
    }

    private boolean full(ServerId server) {
        return reservedOn.getOrDefault(server, 0) >= serverCeiling;
    }

    /** What is to give way: a whole pool, or one connection of it. */
    private record Victim(TenantPool slot, boolean whole) {}

    /** The least recently used pool that lends nothing, or else one that lends less than it may; null: none. */
    private @Nullable Victim victim(Tenant tenant) {
        TenantPool own = slots.get(TenantPool.Key.of(tenant));
        if (own != null && (own.closing || own.reserved >= tenantCeiling)) {
            return null;
        }
        boolean sameServer = full(tenant.serverId());
        TenantPool partial = null;
        for (TenantPool each : slots.values()) {
            if (each == own || each.closing || (sameServer && !each.server.equals(tenant.serverId()))) {
                continue;
            }
            if (each.lent == 0) {
                each.closing = true;
                return new Victim(each, true);
            }
            if (partial == null && each.lent < each.reserved) {
                partial = each;
            }
        }
        if (partial == null) {
            return null;
        }
        // Lent to us until it is closed, so that nobody else takes it.
        partial.lent++;
        partial.reserved--;
        return new Victim(partial, false);
    }

    /** Outside of the lock: closing a connection talks to the database. */
    private void give(Victim victim) {
        TenantPool slot = victim.slot();
        if (victim.whole()) {
            slot.close();
            free(slot, slot.reserved, () -> slots.remove(slot.key, slot));
            return;
        }
        try {
            slot.shrink(() -> size(slot));
        } catch (SQLException e) {
            LOG.debug("A connection of tenant {} could not be closed in good order", slot.key.name(), e);
        } finally {
            free(slot, 1, () -> slot.lent--);
        }
    }

    private void free(TenantPool slot, int count, Runnable change) {
        lock.lock();
        try {
            change.run();
            reserved -= count;
            reservedOn.computeIfPresent(slot.server, (any, before) -> before == count ? null : before - count);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(TenantPool slot) {
        lock.lock();
        try {
            slot.lent--;
            slot.usedAt = ticker.getAsLong();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How long to wait now. What tells the time to a test does not tell it to a condition, so it is looked at now and then. */
    private long patience(Tenant tenant, long end) throws SQLException {
        long left = end - ticker.getAsLong();
        if (left <= 0) {
            throw new SQLTransientConnectionException("No connection to the database of tenant " + tenant.name()
                    + " got free within " + patience.toMillis() + " ms: " + reserved + " of at most " + ceiling
                    + " are in use, " + reservedOn.getOrDefault(tenant.serverId(), 0) + " of at most " + serverCeiling
                    + " on its server, at most " + tenantCeiling
                    + " by one tenant. Try again, close connections sooner, or raise the ceilings.");
        }
        return Math.min(left, LOOK_NANOS);
    }

    /** Without a thread of our own: whoever comes for a connection closes the pools that nobody came to. */
    private void closeIdle() {
        List<TenantPool> left = new ArrayList<>();
        lock.lock();
        try {
            long before = ticker.getAsLong() - idle.toNanos();
            for (Iterator<TenantPool> each = slots.values().iterator(); each.hasNext(); ) {
                TenantPool slot = each.next();
                if (slot.usedAt - before > 0) {
                    break;
                }
                if (slot.lent == 0 && !slot.closing) {
                    slot.closing = true;
                    left.add(slot);
                }
            }
        } finally {
            lock.unlock();
        }
        left.forEach(slot -> give(new Victim(slot, true)));
    }

    private HikariDataSource open(Tenant tenant, int size) {
        DatabaseLogin login = logins.apply(tenant);
        HikariConfig config = new HikariConfig();
        config.setPoolName("tenant " + tenant.name());
        config.setJdbcUrl(login.url());
        config.setUsername(login.user());
        config.setPassword(login.password());
        config.setMaximumPoolSize(size);
        // The first connection is kept, and none is opened before somebody wants it.
        config.setMinimumIdle(1);
        config.setInitializationFailTimeout(1);
        config.setConnectionTimeout(Math.max(250, patience.toMillis()));
        config.setIdleTimeout(Math.max(LEAST_IDLE_MILLIS, idle.toMillis()));
        config.setScheduledExecutor(housekeeper);
        HikariDataSource pool = new HikariDataSource(config);
        pool.setMinimumIdle(0);
        return pool;
    }

    /** Collects the settings; not safe for use by several threads. */
    public static final class Builder {
        private final Function<Tenant, DatabaseLogin> logins;
        private LongSupplier ticker = System::nanoTime;
        private int ceiling = 50;
        private int serverCeiling;
        private int tenantCeiling = 4;
        private Duration patience = Duration.ofSeconds(5);
        private Duration idle = Duration.ofMinutes(1);

        private Builder(Function<Tenant, DatabaseLogin> logins) {
            this.logins = logins;
        }

        /** Most connections at once, to all tenants together; by default 50. */
        public Builder maxConnections(int value) {
            ceiling = atLeastOne("maxConnections", value);
            return this;
        }

        /** Most connections at once to the tenants of one database server; by default as many as to all. */
        public Builder maxConnectionsPerServer(int value) {
            serverCeiling = atLeastOne("maxConnectionsPerServer", value);
            return this;
        }

        /** Most connections at once to one tenant; by default 4. */
        public Builder maxConnectionsPerTenant(int value) {
            tenantCeiling = atLeastOne("maxConnectionsPerTenant", value);
            return this;
        }

        /** How long somebody waits for a connection while a ceiling is reached; by default 5 seconds. */
        public Builder waitAtMost(Duration value) {
            patience = notNegative("waitAtMost", value);
            return this;
        }

        /** After how long without use a tenant's pool is closed, at least 10 seconds; by default a minute. */
        public Builder closeIdleAfter(Duration value) {
            idle = notNegative("closeIdleAfter", value);
            return this;
        }

        Builder ticker(LongSupplier value) {
            ticker = value;
            return this;
        }

        public TenantDataSources build() {
            return new TenantDataSources(this);
        }

        private static int atLeastOne(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " is at least 1, not " + value + ".");
            }
            return value;
        }

        private static Duration notNegative(String name, Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException(name + " is not negative, as " + value + " is.");
            }
            return value;
        }
    }
}
