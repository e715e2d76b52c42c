// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Operation;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The steps of one kind of operation. One instance serves one run: the first run, which knows the request, or the run of
 * whoever recovers the operation, which knows only what was stored.
 */
interface Saga {
    /**
     * A step that leads outside of the catalog. Whoever repeats it after a crash must come to the same end.
     *
     * @param recorded whether it is worth a record of its own: a short one is repeated as fast as a record is made
     */
    record Step(String name, Consumer<Operation> action, Predicate<Operation> recorded) {
        Step(String name, Consumer<Operation> action) {
            this(name, action, operation -> true);
        }
    }

    List<Step> steps();

    /** What the steps of this run have found so far, for whoever asks for the operation. */
    default Map<String, String> result() {
        return Map.of();
    }

    /** What belongs into the transaction that ends the operation. */
    void finish(Transaction tx, Operation operation);

    /** Whether a failure is undone; else the operation waits for somebody to finish it. May look. Not asked before the first step. */
    boolean undoable(Operation operation);

    /** Takes back what the steps did; repeatable. */
    void undo(Operation operation);

    /** What belongs into the transaction that ends a failed operation. */
    void undone(Transaction tx, Operation operation);

    /** Makes good what this run did after another had taken the operation over, which knows nothing of it. */
    void withdraw(Operation operation);
}
