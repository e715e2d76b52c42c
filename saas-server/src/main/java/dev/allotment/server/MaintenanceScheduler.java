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
 * Does what time asks for, every few seconds, and what a caller did not want to wait for; owns the threads that it does
 * this on.
 */
final class MaintenanceScheduler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MaintenanceScheduler.class);
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** For what callers did not want to wait for. */
    private static final int WORKERS = 2;

    private final Duration every;
    /** As many as there are things to do again and again, so that none waits for another. */
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

    /** Runs what it is given soon; what is still waiting when it is closed is left to another process or the next start. */
    Executor executor() {
        return workers;
    }

    void start(Maintenance maintenance) {
        repeat("Renewing leases", () -> {
            maintenance.renewLeases();
            return 0;
        });
        repeat("Taking over operations", maintenance::recover);
        repeat("Maintenance", maintenance::runDue);
        for (String listener : maintenance.listeners()) {
            repeat("Telling listener " + listener, () -> maintenance.deliver(listener));
        }
    }

    private void repeat(String what, IntSupplier task) {
        timers.setCorePoolSize(timers.getCorePoolSize() + 1);
        var unused = timers.scheduleWithFixedDelay(
                () -> attempt(what, task), every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** A task that throws anything, an error of a listener or a hook included, would never be run again. */
    private static void attempt(String what, IntSupplier task) {
        try {
            int done = task.getAsInt();
            LOG.debug("{}: {} things done", what, done);
        } catch (SaasException e) {
            LOG.warn("{} has to wait: {}", what, e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.error("{} failed, and is tried again", what, e);
        }
    }

    /** Waits a while for what is being done. */
    @Override
    public void close() {
        timers.shutdown();
        workers.shutdown();
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            boolean timersEnded = timers.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            boolean workersEnded = workers.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (!timersEnded || !workersEnded) {
                LOG.warn("Something is still being done; another process, or the next start, will go on with it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
