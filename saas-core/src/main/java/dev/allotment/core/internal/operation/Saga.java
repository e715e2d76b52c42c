// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The steps of one kind of operation. A saga has no state: what its steps find is passed from one to the next as a
 * value.
 *
 * <p>A saga says what its steps do, what finishes it in the catalog, and what it may leave behind. How it ends if it
 * does not succeed is an {@link Ending}. A saga whose steps need nothing of each other is {@link Stateless}.
 *
 * @param <F> what the steps find; {@link Nothing} if there is nothing
 */
public interface Saga<F> extends SagaRegistry.Choice {
    /** The findings of a saga whose steps need nothing of each other. */
    enum Nothing {
        NOTHING
    }

    /** Runs one step, and returns what is known after it. */
    interface Action<F> {
        F run(StoredOperation operation, F found);
    }

    /**
     * A step that changes something outside of the catalog. Another node that repeats it after a crash must reach the
     * same result.
     *
     * @param recorded whether the step is worth a separate record: a short one is repeated as fast as a record is
     *     written
     * @param lasting whether the step may take long, because it copies the database of a tenant, or runs scripts or the
     *     embedder's code
     * @param undo undoes it outside of the catalog, if it may have started; repeatable
     */
    record Step<F>(
            String name,
            Action<F> action,
            Predicate<StoredOperation> recorded,
            Predicate<StoredOperation> lasting,
            Consumer<StoredOperation> undo) {
        public Step(String name, Action<F> action) {
            this(name, action, operation -> true);
        }

        public Step(String name, Action<F> action, Predicate<StoredOperation> recorded) {
            this(name, action, recorded, operation -> false);
        }

        public Step(
                String name,
                Action<F> action,
                Predicate<StoredOperation> recorded,
                Predicate<StoredOperation> lasting) {
            this(name, action, recorded, lasting, operation -> {});
        }

        /** The same step, which may take long. */
        public Step<F> lastingLong() {
            return new Step<>(name, action, recorded, operation -> true, undo);
        }

        /** The same step, and how it is undone. The steps of an operation that fails are undone in reverse order. */
        public Step<F> undoneBy(Consumer<StoredOperation> undoing) {
            return new Step<>(name, action, recorded, lasting, undoing);
        }

        /** A step that finds nothing. */
        public static <F> Step<F> of(String name, Consumer<StoredOperation> action) {
            return new Step<>(name, (operation, found) -> {
                action.accept(operation);
                return found;
            });
        }
    }

    /** A saga whose steps need nothing of each other. */
    interface Stateless extends Saga<Nothing> {
        /** Makes the changes of the transaction that finishes the operation. */
        default void finish(Transaction tx, StoredOperation operation) {}

        @Override
        default Nothing finish(Transaction tx, StoredOperation operation, Nothing found) {
            finish(tx, operation);
            return found;
        }

        @Override
        default Nothing resume() {
            return Nothing.NOTHING;
        }
    }

    /** What is known before the first step of a run that has only the stored operation. Must not fail. */
    F resume();

    List<Step<F>> steps();

    /** Makes the changes of the transaction that finishes the operation; returns what is known after it. */
    F finish(Transaction tx, StoredOperation operation, F found);

    /**
     * Describes what an operation that is abandoned may leave behind: its databases with their servers, and the state
     * that they may be in, in sentences for an operator.
     */
    String describeLeftovers(Transaction tx, StoredOperation operation);

    /** How an operation ends that does not succeed. */
    default Ending ending() {
        return Ending.UNDONE;
    }

    /** The part of the findings that is stored as the operation's result. */
    default Map<String, String> result(F found) {
        return Map.of();
    }

    /** The inputs that are shown to no caller, and removed when the operation has finished. */
    default Set<String> secretInputs() {
        return Set.of();
    }

    /**
     * Whether this node has what an operation needs that lost its node. If not, it leaves the operation to other nodes,
     * unless it is to be undone.
     */
    default boolean canContinue(StoredOperation operation) {
        return true;
    }

    /**
     * Repairs what this run did after another node had taken the operation over without knowing of it. Nothing, if the
     * other node reaches the same result.
     */
    default void retractLateEffects(StoredOperation operation, F found) {}

    @Override
    default Saga<F> sagaOf(StoredOperation operation) {
        return this;
    }
}
