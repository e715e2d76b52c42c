// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import dev.allotment.Health;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.webhook.Webhooks;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Runs the {@link Maintenance} of a control plane on its own threads, until it is closed: one thread for what is due,
 * one for the leases, one for the work of dead nodes, one for backups, one for each listener, and one for webhooks,
 * which are sent by up to eight more, so that none waits for another.
 *
 * <pre>{@code
 * try (Saas saas = Saas.builder().backend("h2", Map.of("path", "./data")).open();
 *         MaintenanceThreads maintenance = MaintenanceThreads.start(saas)) {
 *     …
 * }
 * }</pre>
 *
 * <p>Every node needs one. The threads are daemons. What fails is logged and tried again. Safe for use by several
 * threads.
 */
public final class MaintenanceThreads implements AutoCloseable {
    private static final Logger LOG = System.getLogger(MaintenanceThreads.class.getName());
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration WEBHOOKS_EVERY = Duration.ofSeconds(1);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    /** Other nodes take over work whose lease was not renewed for this long. */
    private static final Duration LEASE = Duration.ofSeconds(20);

    private final Duration every;
    private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(0, MaintenanceThreads::thread);
    /** Of the webhooks. The control plane says how many there are at a time. */
    private final ExecutorService senders = Executors.newCachedThreadPool(MaintenanceThreads::thread);

    private final LongSupplier ticker;
    /** Why a task cannot do its work at present, for example because the catalog cannot be reached. */
    private final Map<String, String> postponed = new ConcurrentHashMap<>();

    private volatile long renewedAt;

    private MaintenanceThreads(Duration every, LongSupplier ticker) {
        this.every = every;
        this.ticker = ticker;
        renewedAt = ticker.getAsLong();
        threads.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "allotment-maintenance");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Starts the threads. Each does its work every five seconds.
     *
     * @param saas the control plane with all rights, as its builder returned it; close it after this
     */
    public static MaintenanceThreads start(Saas saas) {
        return start(saas, EVERY);
    }

    /**
     * Starts the threads.
     *
     * @param saas the control plane with all rights, as its builder returned it; close it after this
     * @param every how long each thread waits between two runs; less than ten seconds, or leases end too soon
     * @throws IllegalArgumentException unless the duration is positive and less than ten seconds
     */
    public static MaintenanceThreads start(Saas saas, Duration every) {
        return start(saas, every, System::nanoTime);
    }

    static MaintenanceThreads start(Saas saas, Duration every, LongSupplier ticker) {
        if (every.isNegative() || every.isZero() || every.compareTo(LEASE.dividedBy(2)) >= 0) {
            throw new IllegalArgumentException(
                    "every must be positive and less than ten seconds, found " + every + ".");
        }
        Maintenance maintenance = saas.maintenance();
        MaintenanceThreads started = new MaintenanceThreads(every, ticker);
        started.repeat("Renewing leases", () -> started.renew(maintenance));
        started.repeat("Recovering operations", maintenance::recover);
        started.repeat("Maintenance", maintenance::runDue);
        started.repeat("Backups", maintenance::makeBackups);
        for (String listener : maintenance.listeners()) {
            started.repeat("Delivering to listener " + listener, () -> maintenance.deliver(listener));
        }
        Webhooks webhooks = saas.webhooks();
        started.repeat(
                "Sending webhooks",
                every.compareTo(WEBHOOKS_EVERY) < 0 ? every : WEBHOOKS_EVERY,
                () -> webhooks.sendDue(started.senders));
        return started;
    }

    private int renew(Maintenance maintenance) {
        maintenance.renewLeases();
        renewedAt = ticker.getAsLong();
        return 0;
    }

    private void repeat(String what, IntSupplier task) {
        repeat(what, every, task);
    }

    private void repeat(String what, Duration wait, IntSupplier task) {
        threads.setCorePoolSize(threads.getCorePoolSize() + 1);
        var unused = threads.scheduleWithFixedDelay(
                () -> attempt(what, task), wait.toNanos(), wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Catches everything, also errors of listeners and hooks: the executor never runs a task again that throws. */
    private void attempt(String what, IntSupplier task) {
        try {
            int done = task.getAsInt();
            postponed.remove(what);
            LOG.log(Level.DEBUG, "{0}: {1} done", what, done);
        } catch (SaasException e) {
            String why = String.valueOf(e.getMessage());
            // An outage may last for hours.
            boolean again = why.equals(postponed.put(what, why));
            LOG.log(again ? Level.DEBUG : Level.WARNING, "{0} is postponed: {1}", what, why);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, what + " failed and will be retried", e);
        }
    }

    /**
     * Checks whether the maintenance keeps up. It is down if it is closed, or if the leases were not renewed for so
     * long that other nodes may take over what this one is working on: the process does not get enough CPU, or the
     * catalog is unavailable. Never throws and does no I/O.
     */
    public Health health() {
        if (threads.isShutdown()) {
            return Health.down("The maintenance of this node is closed.");
        }
        Duration since = Duration.ofNanos(ticker.getAsLong() - renewedAt);
        if (since.compareTo(LEASE) > 0) {
            return Health.down("The leases of this node were last renewed " + since.toSeconds()
                    + " s ago. Other nodes take over its work after " + LEASE.toSeconds() + " s.");
        }
        return Health.healthy();
    }

    /**
     * Starts no further round, and waits up to ten seconds for those that run. What is unfinished then is finished by
     * another node or the next start. Does nothing if it is already closed.
     */
    @Override
    public void close() {
        threads.shutdown();
        senders.shutdown();
        long end = System.nanoTime() + STOP_TIMEOUT.toNanos();
        try {
            if (!threads.awaitTermination(STOP_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)
                    || !senders.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                LOG.log(
                        Level.WARNING,
                        "Some of the maintenance is unfinished. Another node or the next start will finish it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
