// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.event;

import java.time.Duration;
import java.time.Instant;

/**
 * Decides when an event is delivered again to a listener that failed: after half a minute, then twice as long each
 * time.
 */
public final class ListenerRetries {
    static final Duration FIRST_WAIT = Duration.ofSeconds(30);
    private static final int MAX_DOUBLINGS = 10;

    /** Later than any delivery can be due: a later time was stored by a clock that was wrong. */
    static final Duration AHEAD = FIRST_WAIT.multipliedBy(2L << MAX_DOUBLINGS);

    private ListenerRetries() {}

    /** When the next attempt is due, if the attempt with this number, counted from 1, fails. */
    static Instant next(Instant now, int attempts) {
        return now.plus(FIRST_WAIT.multipliedBy(1L << Math.min(attempts - 1, MAX_DOUBLINGS)));
    }
}
