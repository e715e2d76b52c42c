// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Work in other threads. Each of them is a daemon, so that a backend that hangs does not keep the tests from ending.
 */
final class Race {
    private static final long PATIENCE_SECONDS = 60;

    /** How one runner ended; exactly one of the two is there unless it returned null. */
    record Outcome<T>(@Nullable T value, @Nullable Throwable failure) {}

    private Race() {}

    /** Starts something in another thread. */
    static <T extends @Nullable Object> CompletableFuture<T> start(Supplier<T> work) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        future.complete(work.get());
                    } catch (Throwable e) {
                        future.completeExceptionally(e);
                    }
                },
                "kit");
        thread.setDaemon(true);
        thread.start();
        return future;
    }

    /** Lets it run for a moment, in which it finishes or starts to wait for another thread. */
    static void letRun(CompletableFuture<?> future) {
        try {
            future.get(150, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** How it ends. */
    static <T extends @Nullable Object> Outcome<T> end(CompletableFuture<T> future) {
        try {
            return new Outcome<>(future.get(PATIENCE_SECONDS, TimeUnit.SECONDS), null);
        } catch (ExecutionException e) {
            return new Outcome<>(null, e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("A thread hangs", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Runs the same in several threads at once. */
    static <T extends @Nullable Object> List<Outcome<T>> run(int threads, IntFunction<T> work) {
        CountDownLatch ready = new CountDownLatch(threads);
        List<CompletableFuture<T>> futures = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int number = i;
            futures.add(start(() -> {
                ready.countDown();
                await(ready);
                return work.apply(number);
            }));
        }
        return futures.stream().map(Race::end).toList();
    }

    /** Runs like {@link #run}; no thread may fail. */
    static <T extends @Nullable Object> List<T> runAll(int threads, IntFunction<T> work) {
        List<T> values = new ArrayList<>();
        for (Outcome<T> outcome : run(threads, work)) {
            if (outcome.failure() != null) {
                throw new AssertionError("One of " + threads + " threads failed", outcome.failure());
            }
            values.add(outcome.value());
        }
        return values;
    }

    /** Waits, but not for ever: no thread may ever reach the latch. */
    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("The other thread did not arrive in time");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits for a moment at most. */
    static void awaitBriefly(CountDownLatch latch) {
        try {
            latch.await(150, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static AssertionError interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new AssertionError("interrupted while waiting for another thread", e);
    }
}
