// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.SaasException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Runs an action in several threads at once. */
public final class Concurrently {
    private Concurrently() {}

    /** Returns the result of each thread, by number. An error that is not a {@link SaasException} fails the test. */
    public static <T> List<Result<T>> run(int threads, IntFunction<T> action) {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier start = new CyclicBarrier(threads);
            List<Future<Result<T>>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int number = i;
                futures.add(pool.submit(() -> {
                    start.await(10, TimeUnit.SECONDS);
                    try {
                        return new Result<>(action.apply(number), null);
                    } catch (SaasException e) {
                        return new Result<>(null, e);
                    }
                }));
            }
            List<Result<T>> results = new ArrayList<>();
            for (Future<Result<T>> future : futures) {
                results.add(future.get(20, TimeUnit.SECONDS));
            }
            return results;
        } catch (ExecutionException e) {
            throw new AssertionError("A thread failed", e.getCause());
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError("The threads did not finish in time", e);
        } finally {
            pool.shutdownNow();
        }
    }
}
