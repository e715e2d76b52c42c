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
 * The threads of async operations, of the progress that pages and programs follow, and of the portal's emails. They are
 * no beans, because Spring Boot leaves out its own executors if there are others. They work again after the application
 * context was stopped and started. Thread-safe.
 */
final class BackgroundThreads implements SmartLifecycle, DisposableBean {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundThreads.class);
    private static final long STOP_SECONDS = 10;

    private final int workerCount;
    private final ScheduledThreadPoolExecutor pages = new ScheduledThreadPoolExecutor(1, threads("allotment-portal"));
    // They exist before the start, since the control plane opens earlier.
    private volatile Pools pools;

    /** What a stop ends. An email server that answers slowly must hold up neither operations nor open pages. */
    private record Pools(ExecutorService workers, ExecutorService emails) {
        static Pools create(int workers) {
            return new Pools(
                    Executors.newFixedThreadPool(workers, threads("allotment-worker")),
                    Executors.newSingleThreadExecutor(threads("allotment-mail")));
        }
    }

    /** @param workers how many threads work on operations */
    BackgroundThreads(int workers) {
        workerCount = workers;
        pools = Pools.create(workers);
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
        return task -> pools.workers().execute(task);
    }

    Executor emails() {
        return task -> pools.emails().execute(task);
    }

    ScheduledExecutorService pages() {
        return pages;
    }

    @Override
    public synchronized void start() {
        if (!isRunning()) {
            pools = Pools.create(workerCount);
        }
    }

    @Override
    public boolean isRunning() {
        return !pools.workers().isShutdown();
    }

    @Override
    public int getPhase() {
        return MaintenanceLifecycle.PHASE;
    }

    /** Also if the application context failed before it was started. */
    @Override
    public void destroy() {
        stop();
        pages.shutdownNow();
    }

    /**
     * Waits up to ten seconds for running operations, before the control plane is closed, and then as long for emails,
     * which operations may have caused. Another node or the next start finishes operations that are left.
     */
    @Override
    public synchronized void stop() {
        if (!ends(pools.workers())) {
            LOG.warn("Some operations are unfinished. Another node or the next start will finish them");
        }
        if (!ends(pools.emails())) {
            LOG.warn("Some emails were not sent before the stop");
        }
    }

    private static boolean ends(ExecutorService pool) {
        pool.shutdown();
        try {
            return pool.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
