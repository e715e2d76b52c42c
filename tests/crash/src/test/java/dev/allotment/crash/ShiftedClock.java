// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/** The time of day, and some seconds more. */
final class ShiftedClock extends Clock {
    private final AtomicLong ahead = new AtomicLong();

    void advance(long seconds) {
        ahead.addAndGet(seconds);
    }

    @Override
    public Instant instant() {
        return Instant.now().plusSeconds(ahead.get());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("Another time zone is not needed");
    }
}
