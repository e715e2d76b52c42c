// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import org.jspecify.annotations.Nullable;

/**
 * Is called around each operation that this process works on, and around each of its steps: for traces, and for what a
 * log adds to each line. {@code SaasObservations} of {@code saas-micrometer} is one.
 *
 * <p>Implementations must be safe for use by several threads, and return at once. What they throw is logged, and does
 * not change the work.
 */
@FunctionalInterface
public interface WorkObserver {
    /**
     * Called on the thread that does the work, before it. The steps of an operation start and end within it. An
     * operation that another process continues, or that is tried again, starts once more.
     *
     * @return called on the same thread after the work
     */
    Ending started(Work work);

    /** The end of some work. */
    @FunctionalInterface
    interface Ending {
        /**
         * Called when the work has ended.
         *
         * @param failure what it threw; null: it succeeded
         */
        void ended(@Nullable Throwable failure);
    }
}
