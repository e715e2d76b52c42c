// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import dev.allotment.Tenant;
import dev.allotment.spi.protocol.FailureReference;
import dev.allotment.tenant.pool.LookingTenants;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The tenant that a thread works for. {@link TenantFilter} sets it for each request of a tenant, and {@link #runAs} for
 * other work. {@link TenantDataSources#current} connects to its database. Meanwhile the log's context (MDC) has the
 * tenant's name under the key {@value #MDC_KEY}.
 *
 * <p>It belongs to one thread. Threads that this one starts have none. Safe for use by several threads.
 */
public final class CurrentTenant {
    /** The key of the tenant's name in the MDC. */
    public static final String MDC_KEY = FailureReference.TENANT_KEY;

    // One for each control plane of the process, so it is no constant.
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<Tenant> current = new ThreadLocal<>();

    private volatile Function<? super Tenant, ? extends Runnable> switching;

    CurrentTenant(Function<? super Tenant, ? extends Runnable> switching) {
        this.switching = switching;
    }

    /** Returns the tenant that the calling thread works for. It may be a few seconds old. */
    public Optional<Tenant> find() {
        return Optional.ofNullable(current.get());
    }

    /**
     * Returns the tenant that the calling thread works for. It may be a few seconds old.
     *
     * @throws IllegalStateException if the thread works for none
     */
    public Tenant get() {
        return find().orElseThrow(() -> new IllegalStateException(noTenant()));
    }

    static String noTenant() {
        return "This thread works for no tenant. A request does if TenantFilter has found its tenant; for other work, call"
                + " CurrentTenant.runAs.";
    }

    /**
     * Does work for a tenant on the calling thread. Then the thread works for the tenant before, or for none, again. A
     * thread that works for a request of support that looks does not stop to look: at that tenant, it only reads.
     *
     * @throws IllegalStateException if {@link TenantDataSources.Builder#onSwitch} refuses
     */
    public void runAs(Tenant tenant, Runnable work) {
        var unused = callAs(tenant, () -> {
            work.run();
            return tenant;
        });
    }

    /**
     * Does work for a tenant on the calling thread. Then the thread works for the tenant before, or for none, again.
     *
     * @return what the work returned
     * @throws IllegalStateException if {@link TenantDataSources.Builder#onSwitch} refuses
     */
    public <T extends @Nullable Object> T callAs(Tenant tenant, Supplier<? extends T> work) {
        Runnable back = switchTo(tenant);
        try {
            return work.get();
        } finally {
            back.run();
        }
    }

    /**
     * Makes a tenant current until the result is run, on the same thread. It is for frameworks that are called before
     * and after the work, such as those of tests. Other callers use {@link #runAs}, which cannot forget the way back.
     *
     * @return makes the tenant before, or none, current again
     * @throws IllegalStateException if {@link TenantDataSources.Builder#onSwitch} refuses
     */
    public Runnable switchTo(Tenant tenant) {
        Tenant before = current.get();
        Runnable back = before != null && before.uuid().equals(tenant.uuid()) ? () -> {} : switching.apply(tenant);
        Runnable leave = enter(tenant);
        return () -> {
            leave.run();
            back.run();
        };
    }

    /**
     * Calls this, too, after what {@link TenantDataSources.Builder#onSwitch} describes: a framework guards data sources
     * that the application has built. It is for the start of the application, before threads work for tenants.
     */
    public synchronized void onSwitch(Function<? super Tenant, ? extends Runnable> value) {
        Function<? super Tenant, ? extends Runnable> first = switching;
        switching = tenant -> both(first.apply(tenant), () -> value.apply(tenant));
    }

    /** Undoes the first part also if the second one refuses. */
    private static Runnable both(Runnable backFirst, Supplier<? extends Runnable> second) {
        Runnable backSecond;
        try {
            backSecond = second.get();
        } catch (RuntimeException | Error e) {
            backFirst.run();
            throw e;
        }
        return () -> {
            try {
                backSecond.run();
            } finally {
                backFirst.run();
            }
        };
    }

    /**
     * Makes a tenant current on the calling thread until the next call. Unlike {@link #runAs}, it does not undo itself,
     * and does not call {@link TenantDataSources.Builder#onSwitch}. It is for frameworks that carry what belongs to one
     * thread to another one.
     *
     * @param tenant null: none
     */
    public void set(@Nullable Tenant tenant) {
        LookingTenants.set(tenant);
        if (tenant == null) {
            leave(null, null);
        } else {
            var unused = replace(tenant);
        }
    }

    /** Makes a tenant current. What it returns makes the tenant before current again, on the same thread. */
    Runnable enter(Tenant tenant) {
        Tenant entered = LookingTenants.entering(tenant);
        Runnable stopLooking = LookingTenants.enter(entered);
        Runnable leave = replace(entered);
        return () -> {
            leave.run();
            stopLooking.run();
        };
    }

    private Runnable replace(Tenant tenant) {
        Tenant before = current.get();
        String logged = MDC.get(MDC_KEY);
        current.set(tenant);
        MDC.put(MDC_KEY, tenant.name());
        return () -> leave(before, logged);
    }

    private void leave(@Nullable Tenant before, @Nullable String logged) {
        if (before == null) {
            current.remove();
        } else {
            current.set(before);
        }
        if (logged == null) {
            MDC.remove(MDC_KEY);
        } else {
            MDC.put(MDC_KEY, logged);
        }
    }
}
