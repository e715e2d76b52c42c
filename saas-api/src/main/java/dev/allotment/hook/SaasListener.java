// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import dev.allotment.Event;

/**
 * Is told what happened, after it was committed; registered with ServiceLoader, or handed to the builder. Each event comes at
 * least once: again, after a while that grows, as long as it throws, and again where the process was killed meanwhile. Events
 * may come out of order. Called by whoever runs the maintenance, on one node or another; by one thread of a process at a time,
 * and by several processes at once with different events. It may take its time where the host calls {@link
 * dev.allotment.Maintenance#deliver} and {@link dev.allotment.Maintenance#renewLeases} on threads of their own. An event is kept for the
 * listeners of the process that it happened in: so all processes that share a catalog have to have the same ones, also one that
 * does not run the maintenance.
 */
public interface SaasListener {
    /** Stable: what is still to be told is kept under it. */
    String name();

    void on(Event event);
}
