// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** The time of day, and some seconds more. Thread-safe. */
final class ShiftedClock implements InstantSource {
    private final AtomicLong ahead = new AtomicLong();

    void advance(long seconds) {
        ahead.addAndGet(seconds);
    }

    @Override
    public Instant instant() {
        return Instant.now().plusSeconds(ahead.get());
    }
}
