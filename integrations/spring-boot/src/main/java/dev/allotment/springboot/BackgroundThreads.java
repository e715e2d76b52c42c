// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

/**
 * The threads of async operations, of the portal's progress and of its emails. They are no beans, because Spring Boot
 * leaves out its own executors if there are others. Thread-safe.
 */
final class BackgroundThreads implements SmartLifecycle, DisposableBean {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundThreads.class);
    private static final int WORKERS = 2;
    private static final long STOP_SECONDS = 10;

    private final ExecutorService workers = Executors.newFixedThreadPool(WORKERS, threads("allotment-worker"));
    private final ScheduledThreadPoolExecutor pages = new ScheduledThreadPoolExecutor(1, threads("allotment-portal"));

    BackgroundThreads() {
        pages.setRemoveOnCancelPolicy(true);
    }

    private static ThreadFactory threads(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    Executor workers() {
        return workers;
    }

    ScheduledExecutorService pages() {
        return pages;
    }

    @Override
    public void start() {
        // The threads start with the first task.
    }

    @Override
    public boolean isRunning() {
        return !workers.isShutdown();
    }

    @Override
    public int getPhase() {
        return UpkeepLifecycle.PHASE;
    }

    /** Also if the application context failed before it was started. */
    @Override
    public void destroy() {
        stop();
    }

    /**
     * Waits up to ten seconds for running operations, before the control plane is closed. Another node or the next
     * start finishes what is left.
     */
    @Override
    public void stop() {
        pages.shutdownNow();
        workers.shutdown();
        try {
            if (!workers.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("Some operations are unfinished. Another node or the next start will finish them");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
