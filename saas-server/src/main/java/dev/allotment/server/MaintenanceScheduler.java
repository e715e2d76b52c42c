// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Saas;
import dev.allotment.fleet.MaintenanceThreads;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the maintenance, and async operations when they are submitted. Owns the threads for both. */
final class MaintenanceScheduler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MaintenanceScheduler.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final ExecutorService workers;
    private final Tracing tracing;
    private @Nullable MaintenanceThreads maintenance;

    /** @param threads for async operations */
    MaintenanceScheduler(int threads, Tracing tracing) {
        this.tracing = tracing;
        workers = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "worker");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Returns the executor of async operations. Operations that still wait when this is closed are left to another node
     * or the next start.
     */
    Executor executor() {
        return task -> workers.execute(RequestIds.carried(tracing.carried(task)));
    }

    void start(Saas saas) {
        maintenance = MaintenanceThreads.start(saas);
    }

    /** Waits up to ten seconds for each kind of running tasks. */
    @Override
    public void close() {
        workers.shutdown();
        if (maintenance != null) {
            maintenance.close();
        }
        try {
            if (!workers.awaitTermination(STOP_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("Some work is unfinished. Another node or the next start will finish it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
