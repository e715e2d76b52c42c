// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Operations;
import dev.allotment.SaasException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finishes or undoes, every few seconds, what a killed process left behind; owns the thread that it does this on. */
final class Recovery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final long SECONDS = 10;

    private final ScheduledExecutorService scheduler;
    private final Future<?> task;

    private Recovery(ScheduledExecutorService scheduler, Future<?> task) {
        this.scheduler = scheduler;
        this.task = task;
    }

    static Recovery start(Operations operations) {
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "recovery");
            thread.setDaemon(true);
            return thread;
        });
        return new Recovery(
                scheduler,
                scheduler.scheduleWithFixedDelay(() -> recover(operations), SECONDS, SECONDS, TimeUnit.SECONDS));
    }

    /** A task that throws would never be run again. */
    private static void recover(Operations operations) {
        try {
            int ended = operations.recover();
            if (ended > 0) {
                LOG.info("Ended {} operations that had lost their process", ended);
            }
        } catch (SaasException e) {
            LOG.warn("Operations without a process cannot be looked for: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("Operations without a process cannot be looked for", e);
        }
    }

    /** Waits for a run that is going on. */
    @Override
    public void close() {
        task.cancel(false);
        scheduler.shutdown();
        try {
            if (!scheduler.awaitTermination(SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("An operation is still being ended; another process will end it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
