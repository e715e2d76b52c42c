// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Maintenance;
import dev.allotment.SaasException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs maintenance every few seconds, and async operations when they are submitted. Owns the threads for both.
 * Thread-safe.
 */
final class MaintenanceScheduler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MaintenanceScheduler.class);
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    /** The number of threads for async operations. */
    private static final int WORKERS = 2;

    private final Duration every;
    /** One thread for each task, so that no task waits for another. */
    private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(0, threads("maintenance"));

    private final ExecutorService workers = Executors.newFixedThreadPool(WORKERS, threads("worker"));

    MaintenanceScheduler() {
        this(EVERY);
    }

    MaintenanceScheduler(Duration every) {
        this.every = every;
        timers.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    }

    private static ThreadFactory threads(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Returns the executor of async operations. Operations that still wait when this is closed are left to another node
     * or the next start.
     */
    Executor executor() {
        return task -> workers.execute(RequestIds.carried(task));
    }

    void start(Maintenance maintenance) {
        repeat("Renewing leases", () -> {
            maintenance.renewLeases();
            return 0;
        });
        repeat("Recovering operations", maintenance::recover);
        repeat("Maintenance", maintenance::runDue);
        for (String listener : maintenance.listeners()) {
            repeat("Delivering to listener " + listener, () -> maintenance.deliver(listener));
        }
    }

    private void repeat(String what, IntSupplier task) {
        timers.setCorePoolSize(timers.getCorePoolSize() + 1);
        var unused = timers.scheduleWithFixedDelay(
                () -> attempt(what, task), every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Catches everything, also errors of listeners and hooks: the executor never runs a task again that throws. */
    private static void attempt(String what, IntSupplier task) {
        try {
            int done = task.getAsInt();
            LOG.debug("{}: {} done", what, done);
        } catch (SaasException e) {
            LOG.warn("{} is postponed: {}", what, e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.error("{} failed and will be retried", what, e);
        }
    }

    /** Waits up to ten seconds for running tasks. */
    @Override
    public void close() {
        timers.shutdown();
        workers.shutdown();
        long end = System.nanoTime() + STOP_TIMEOUT.toNanos();
        try {
            boolean timersFinished = timers.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            boolean workersFinished = workers.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (!timersFinished || !workersFinished) {
                LOG.warn("Some work is unfinished. Another node or the next start will finish it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
