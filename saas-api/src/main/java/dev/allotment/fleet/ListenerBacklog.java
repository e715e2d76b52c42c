// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import dev.allotment.Internal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The events that are still to be delivered to a listener.
 *
 * @param listener its name
 * @param waiting events that are still to be delivered
 * @param failing those of them whose delivery has failed at least once
 * @param oldestAt when the oldest of them occurred; null: none waits
 */
public record ListenerBacklog(
        String listener,
        long waiting,
        long failing,
        @Nullable Instant oldestAt) {
    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public ListenerBacklog {}
}
