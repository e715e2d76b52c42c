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
 * Runs work in other threads. They are daemons, so a backend that hangs does not keep the process of the tests alive.
 */
final class Race {
    private static final long TIMEOUT_SECONDS = 60;

    /** The result of one thread: a value, which may be null, or a failure. */
    record Outcome<T>(@Nullable T value, @Nullable Throwable failure) {}

    private Race() {}

    /** Starts work in another thread. */
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

    /** Waits a moment, in which the work finishes or starts to wait for another thread. */
    static void letRun(CompletableFuture<?> future) {
        try {
            future.get(150, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits for the result of the work. */
    static <T extends @Nullable Object> Outcome<T> end(CompletableFuture<T> future) {
        try {
            return new Outcome<>(future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS), null);
        } catch (ExecutionException e) {
            return new Outcome<>(null, e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("A thread did not finish in time", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Returns the value of work that must finish within some seconds. */
    static <T> T endWithin(long seconds, CompletableFuture<T> future) {
        try {
            return future.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("The work failed", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("The work took longer than " + seconds + " seconds", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Runs the same work in several threads at once. */
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

    /** Runs the same work in several threads at once, and fails if one of them fails. */
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

    /** Waits with a timeout, because it is possible that no thread counts the latch down. */
    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("The other thread did not arrive in time");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits for a moment at most, with or without success. */
    static void awaitBriefly(CountDownLatch latch) {
        try {
            latch.await(150, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static AssertionError interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new AssertionError("Interrupted while waiting for another thread", e);
    }
}
