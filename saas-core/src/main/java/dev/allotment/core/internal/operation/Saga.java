// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The steps of one kind of operation. A saga has no state: what its steps find is passed from one to the next as a
 * value.
 *
 * @param <F> what the steps find; {@link Nothing} if there is nothing
 */
public interface Saga<F> {
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
     */
    record Step<F>(
            String name, Action<F> action, Predicate<StoredOperation> recorded, Predicate<StoredOperation> lasting) {
        public Step(String name, Action<F> action) {
            this(name, action, operation -> true);
        }

        public Step(String name, Action<F> action, Predicate<StoredOperation> recorded) {
            this(name, action, recorded, operation -> false);
        }

        /** The same step, which may take long. */
        public Step<F> lastingLong() {
            return new Step<>(name, action, recorded, operation -> true);
        }

        /** A step that finds nothing. */
        public static <F> Step<F> of(String name, Consumer<StoredOperation> action) {
            return new Step<>(name, (operation, found) -> {
                action.accept(operation);
                return found;
            });
        }
    }

    /**
     * Whether this node has what an operation needs that lost its node. If not, it leaves the operation to other nodes,
     * unless it is to be undone.
     */
    default boolean canContinue(StoredOperation operation) {
        return true;
    }

    /** What is known before the first step of a run that has only the stored operation. Must not fail. */
    F resume();

    List<Step<F>> steps();

    /** The inputs that are secret: they are shown to no caller, and removed when the operation has finished. */
    default Set<String> secretInputs() {
        return Set.of();
    }

    /** The part of the findings that is stored as the operation's result. */
    default Map<String, String> result(F found) {
        return Map.of();
    }

    /** Makes the changes of the transaction that finishes the operation; returns what is known after it. */
    F finish(Transaction tx, StoredOperation operation, F found);

    /**
     * Whether a failure is undone. If not, the operation waits for recovery. May look outside of the catalog. Is not
     * called before the first step.
     */
    boolean undoable(StoredOperation operation);

    /** What became of an operation that was cancelled and undone, in a sentence for its caller. */
    default String cancelled(StoredOperation operation) {
        return "Operation " + operation.id() + " was cancelled and undone.";
    }

    /** Undoes what the steps did; repeatable. */
    void undo(StoredOperation operation, F found);

    /** Makes the changes of the transaction that closes a failed operation. */
    void undone(Transaction tx, StoredOperation operation);

    /** Repairs what this run did after another node had taken the operation over without knowing of it. */
    void retractLateEffects(StoredOperation operation, F found);

    /**
     * Makes the changes of the transaction in which another operation of the tenant supersedes this one.
     *
     * @return {@code DONE} if the catalog has the result, which the other operation writes to the database; {@code
     *     FAILED} if this is undone in the catalog; empty if the other one must wait for this one
     */
    default Optional<OperationState> supersede(Transaction tx, StoredOperation operation, OperationKind by) {
        return Optional.empty();
    }

    /**
     * Describes what an operation that is abandoned may leave behind: its databases with their servers, and the state
     * that they may be in, in sentences for an operator.
     */
    String describeLeftovers(Transaction tx, StoredOperation operation);

    /**
     * Makes the changes of the transaction that ends the operation although nothing is undone outside of the catalog.
     */
    default void abandoned(Transaction tx, StoredOperation operation) {
        undone(tx, operation);
    }

    /** Whether a cancellation ends a resumed operation that cannot be undone: what it left undone is repaired later. */
    default boolean canBeGivenUp() {
        return false;
    }

    /** The operation without its secret inputs. */
    default StoredOperation.Builder withoutSecrets(StoredOperation operation) {
        Map<String, String> input = new HashMap<>(operation.input());
        secretInputs().forEach(input::remove);
        return operation.toBuilder().input(input);
    }
}
