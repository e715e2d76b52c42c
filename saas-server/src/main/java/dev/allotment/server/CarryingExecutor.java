// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One thread for tasks that requests leave behind. Their log lines have the id of the request. */
final class CarryingExecutor extends ScheduledThreadPoolExecutor {
    CarryingExecutor(String name) {
        super(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        setRemoveOnCancelPolicy(true);
    }

    /** Also called for tasks without a delay. */
    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return super.schedule(RequestIds.carried(task), delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        return super.scheduleWithFixedDelay(RequestIds.carried(task), initialDelay, delay, unit);
    }
}
