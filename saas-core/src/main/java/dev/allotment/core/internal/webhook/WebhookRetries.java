// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Decides when a message is sent again. */
final class WebhookRetries {
    private static final List<Duration> WAITS = List.of(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(10));
    /** Each wait is longer or shorter by this part of it at most, so that messages that failed together spread out. */
    private static final double JITTER = 0.1;

    /** The longest wait that a receiver can request. */
    private static final Duration LONGEST = Duration.ofHours(12);

    /** Later than any message can be due: a later time was stored by a clock that was wrong. */
    static final Duration AHEAD = Duration.ofHours(13);

    private WebhookRetries() {}

    /**
     * When the next attempt is due; empty if there is none.
     *
     * @param attempts how many have failed
     * @param asked how long the receiver asks to wait
     */
    static Optional<Instant> next(Instant now, int attempts, Duration asked, RandomGenerator random) {
        if (attempts > WAITS.size()) {
            return Optional.empty();
        }
        double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
        Duration wait = Duration.ofMillis(Math.round(WAITS.get(attempts - 1).toMillis() * factor));
        Duration longer = asked.compareTo(wait) > 0 ? asked : wait;
        return Optional.of(now.plus(longer.compareTo(LONGEST) > 0 ? LONGEST : longer));
    }
}
