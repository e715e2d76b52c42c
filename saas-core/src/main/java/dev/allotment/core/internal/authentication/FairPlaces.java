// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Runs expensive work in a few places. Work that gets none waits, and requesters take turns, so a requester with much
 * work delays itself. A requester may have as much work here as there is room left: a single one gets half, and a new
 * one is always admitted. Work is given up if others are served for too long before it, but not because the machine is
 * slow: while no place becomes free, nothing else is served. Thread-safe.
 */
final class FairPlaces {
    private final int most;
    private final Duration maxWait;
    private int free;
    /** Work that runs or waits. */
    private int admitted;

    /** How often a place became free. */
    private long served;

    private final Map<String, Integer> admittedOf = new HashMap<>();
    /** In the order in which requesters are served. */
    private final Map<String, Deque<CountDownLatch>> waiting = new LinkedHashMap<>();

    /**
     * Creates free places.
     *
     * @param most how much work may run or wait
     */
    FairPlaces(int places, int most, Duration maxWait) {
        this.free = places;
        this.most = most;
        this.maxWait = maxWait;
    }

    /** Runs work; empty if too much work waits, or if others are served for too long before it. */
    <T> Optional<T> run(String requester, Supplier<T> work) {
        if (!admit(requester)) {
            return Optional.empty();
        }
        try {
            if (!takePlace(requester)) {
                return Optional.empty();
            }
            try {
                return Optional.of(work.get());
            } finally {
                leavePlace();
            }
        } finally {
            leave(requester);
        }
    }

    private synchronized boolean admit(String requester) {
        int own = admittedOf.getOrDefault(requester, 0);
        if (own + 1 > most - admitted) {
            return false;
        }
        admittedOf.put(requester, own + 1);
        admitted++;
        return true;
    }

    private synchronized void leave(String requester) {
        admitted--;
        admittedOf.computeIfPresent(requester, (key, own) -> own == 1 ? null : own - 1);
    }

    private boolean takePlace(String requester) {
        CountDownLatch turn = new CountDownLatch(1);
        long servedBefore;
        synchronized (this) {
            servedBefore = served;
            if (free > 0) {
                free--;
                return true;
            }
            waiting.computeIfAbsent(requester, key -> new ArrayDeque<>()).add(turn);
        }
        boolean interrupted = false;
        try {
            do {
                if (turn.await(maxWait.toNanos(), TimeUnit.NANOSECONDS)) {
                    return true;
                }
            } while (served() == servedBefore);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        boolean got = !forget(requester, turn);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return got;
    }

    private synchronized long served() {
        return served;
    }

    /** Returns false if the turn came in the meantime. */
    private synchronized boolean forget(String requester, CountDownLatch turn) {
        Deque<CountDownLatch> own = waiting.get(requester);
        boolean found = own != null && own.remove(turn);
        if (found && own != null && own.isEmpty()) {
            waiting.remove(requester);
        }
        return found;
    }

    /** Passes the place on to the next requester, who then goes to the end of the line. */
    private synchronized void leavePlace() {
        served++;
        Iterator<Map.Entry<String, Deque<CountDownLatch>>> line =
                waiting.entrySet().iterator();
        if (!line.hasNext()) {
            free++;
            return;
        }
        Map.Entry<String, Deque<CountDownLatch>> next = line.next();
        line.remove();
        next.getValue().remove().countDown();
        if (!next.getValue().isEmpty()) {
            waiting.put(next.getKey(), next.getValue());
        }
    }
}
