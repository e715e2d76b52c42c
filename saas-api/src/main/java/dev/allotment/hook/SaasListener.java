// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import dev.allotment.Event;
import dev.allotment.EventType;

/**
 * Receives events after they were committed, at least once each.
 *
 * <p>Listeners are registered with ServiceLoader or at the builder. All processes that share a catalog must have the
 * same listeners, because an event is stored for the listeners of the process that it happens in.
 *
 * <p>An event is delivered again if the listener throws, after a wait that grows, and if the process dies during the
 * delivery. Events may arrive out of order. The thread that runs {@link dev.allotment.fleet.Maintenance#run} or {@link
 * dev.allotment.fleet.Maintenance#deliver} calls the listener. One process calls it from one thread at a time; several
 * processes may call it at the same time, with different events. It may take long, if the embedder calls {@code
 * deliver} and {@link dev.allotment.fleet.Maintenance#renewLeases} on separate threads.
 */
public interface SaasListener {
    /** Returns a stable name. Events that are still to be delivered are stored under it. */
    String name();

    /**
     * Returns whether the listener receives events of a type. It is called in the transaction that writes the event, so
     * it is fast and does no I/O. Default: all types except {@link EventType#USAGE_CLOSED}, of which there is one for
     * each tenant and day.
     */
    default boolean receives(EventType type) {
        return type != EventType.USAGE_CLOSED;
    }

    /**
     * Handles an event.
     *
     * @throws RuntimeException to receive the event again later
     */
    void on(Event event);
}
