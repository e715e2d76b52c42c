// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FairPlacesTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    /** The longest wait is short. */
    private final FairPlaces places = new FairPlaces(1, 10, Duration.ofMillis(1));

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    /** Waits until a thread waits in the places, or has given up. */
    private static void awaitWaiting(AtomicReference<Thread> thread, Future<?> work) {
        while (!work.isDone() && (thread.get() == null || thread.get().getState() != Thread.State.TIMED_WAITING)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void workIsNotGivenUpWhileNothingElseIsServed() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Future<Optional<String>> first = threads.submit(() -> places.run("one", () -> {
            held.countDown();
            await(end);
            return "first";
        }));
        held.await();
        AtomicReference<Thread> waiter = new AtomicReference<>();
        Future<Optional<String>> second = threads.submit(() -> {
            waiter.set(Thread.currentThread());
            return places.run("other", () -> "second");
        });
        awaitWaiting(waiter, second);
        end.countDown();

        assertThat(first.get()).contains("first");
        assertThat(second.get()).contains("second");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
