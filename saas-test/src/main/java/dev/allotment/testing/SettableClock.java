// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock for tests that does not move until a test moves it. In UTC unless another zone is set. Safe for use by
 * several threads.
 */
public final class SettableClock extends Clock {
    /** The time of a clock, shared by its views in several zones. */
    private static final class Hand {
        private Instant now;

        Hand(Instant now) {
            this.now = now;
        }

        synchronized Instant now() {
            return now;
        }

        synchronized void set(Instant instant) {
            now = instant;
        }

        synchronized void advance(Duration duration) {
            now = now.plus(duration);
        }
    }

    private final Hand hand;
    private final ZoneId zone;

    private SettableClock(Hand hand, ZoneId zone) {
        this.hand = hand;
        this.zone = zone;
    }

    /** Returns a clock that shows an instant until it is set. */
    public static SettableClock at(Instant start) {
        return new SettableClock(new Hand(start), ZoneOffset.UTC);
    }

    /**
     * Returns a clock that shows an instant until it is set.
     *
     * @param start such as {@code 2026-01-31T12:00:00Z}
     * @throws java.time.format.DateTimeParseException if it is not an instant
     */
    public static SettableClock at(String start) {
        return at(Instant.parse(start));
    }

    /** Moves the clock, backwards if the duration is negative. */
    public void advance(Duration duration) {
        hand.advance(duration);
    }

    /** Sets the clock. */
    public void set(Instant instant) {
        hand.set(instant);
    }

    @Override
    public Instant instant() {
        return hand.now();
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    /** Returns a view of this clock in another zone. Moving one moves both. */
    @Override
    public SettableClock withZone(ZoneId other) {
        return new SettableClock(hand, other);
    }
}
