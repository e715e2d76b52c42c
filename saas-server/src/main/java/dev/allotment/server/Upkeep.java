// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Maintenance;
import dev.allotment.SaasException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what is due, every few seconds: what a killed process left behind, and what time asks for. Owns the thread for it. */
final class Upkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
    private static final long SECONDS = 10;

    private final ScheduledExecutorService scheduler;
    private final Future<?> task;

    private Upkeep(ScheduledExecutorService scheduler, Future<?> task) {
        this.scheduler = scheduler;
        this.task = task;
    }

    static Upkeep start(Maintenance maintenance) {
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "maintenance");
            thread.setDaemon(true);
            return thread;
        });
        return new Upkeep(
                scheduler,
                scheduler.scheduleWithFixedDelay(() -> run(maintenance), SECONDS, SECONDS, TimeUnit.SECONDS));
    }

    /** A task that throws would never be run again. */
    private static void run(Maintenance maintenance) {
        try {
            int done = maintenance.run();
            if (done > 0) {
                LOG.debug("Did {} things that were due", done);
            }
        } catch (SaasException e) {
            LOG.warn("What is due could not be done: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("What is due could not be done", e);
        }
    }

    /** Waits for a run that is going on. */
    @Override
    public void close() {
        task.cancel(false);
        scheduler.shutdown();
        try {
            if (!scheduler.awaitTermination(SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("The maintenance is still at work; another process will go on with it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
