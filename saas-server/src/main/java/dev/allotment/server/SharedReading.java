// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Reads a value on its own thread, for any number of callers: all callers that asked before a reading started share its
 * result. Thread-safe.
 */
final class SharedReading<T> implements AutoCloseable {
    private final Supplier<T> source;
    private final ExecutorService thread;
    private List<CompletableFuture<T>> asking = new ArrayList<>();

    SharedReading(String threadName, Supplier<T> source) {
        this.source = source;
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread created = new Thread(task, threadName);
            created.setDaemon(true);
            return created;
        });
    }

    /** Returns a value that is read after this call; fails if it cannot be read, or after {@link #close}. */
    CompletableFuture<T> read() {
        CompletableFuture<T> value = new CompletableFuture<>();
        boolean first;
        synchronized (this) {
            first = asking.isEmpty();
            asking.add(value);
        }
        if (first) {
            try {
                thread.execute(this::readNow);
            } catch (RejectedExecutionException e) {
                taken().forEach(each -> each.completeExceptionally(e));
            }
        }
        return value;
    }

    private synchronized List<CompletableFuture<T>> taken() {
        List<CompletableFuture<T>> taken = asking;
        asking = new ArrayList<>();
        return taken;
    }

    private void readNow() {
        List<CompletableFuture<T>> waiting = taken();
        try {
            T value = source.get();
            waiting.forEach(each -> each.complete(value));
        } catch (RuntimeException | Error e) {
            waiting.forEach(each -> each.completeExceptionally(e));
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
