// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * That a listener has still to be told an event.
 *
 * @param attempts so far
 * @param dueAt not before; while somebody is telling it, when that one counts as dead
 * @param lastError why the last attempt failed, in a word
 */
public record Delivery(
        long id,
        long eventId,
        String listener,
        int attempts,
        Instant dueAt,
        @Nullable String lastError) {}
