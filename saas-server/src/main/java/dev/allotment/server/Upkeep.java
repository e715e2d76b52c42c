// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Maintenance;
import dev.allotment.SaasException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what time asks for, every few seconds, and what a caller did not want to wait for; owns the threads that it does
 * this on.
 */
final class Upkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final long SECONDS = 5;

    /** One for the maintenance, one so that nobody waits for it. */
    private static final int THREADS = 2;

    private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(THREADS, task -> {
        Thread thread = new Thread(task, "maintenance");
        thread.setDaemon(true);
        return thread;
    });

    Upkeep() {
        threads.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    }

    /** Runs what it is given soon; what is still waiting when it is closed is left to another process or the next start. */
    Executor executor() {
        return threads;
    }

    void start(Maintenance maintenance) {
        var unused = threads.scheduleWithFixedDelay(() -> maintain(maintenance), SECONDS, SECONDS, TimeUnit.SECONDS);
    }

    /** A task that throws would never be run again. */
    private static void maintain(Maintenance maintenance) {
        try {
            int done = maintenance.run();
            LOG.debug("Maintenance did {} things", done);
        } catch (SaasException e) {
            LOG.warn("Maintenance has to wait: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("Maintenance failed", e);
        }
    }

    /** Waits a while for what is being done. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(2 * SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("Something is still being done; another process, or the next start, will go on with it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
