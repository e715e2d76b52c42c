// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How an operation ends that does not succeed: it fails, or is cancelled, superseded by a suspension or a deletion, or
 * abandoned by an administrator. An ending is composed: each method returns one that differs in one respect.
 *
 * @param undoable whether a failure is undone. If not, the operation waits for recovery. May look outside of the
 *     catalog. Is not called before the first step
 * @param undone the changes of the transaction that closes an operation whose steps were undone
 * @param supersession the changes of the transaction in which another operation of the tenant supersedes this one
 * @param abandoned the changes of the transaction that ends the operation although nothing is undone outside of the
 *     catalog
 * @param canBeGivenUp whether a cancellation ends a resumed operation that cannot be undone: what it left undone is
 *     repaired later
 * @param cancelled what became of an operation that was cancelled and undone, in a sentence for its caller
 */
public record Ending(
        Predicate<StoredOperation> undoable,
        CatalogChange undone,
        Supersession supersession,
        CatalogChange abandoned,
        boolean canBeGivenUp,
        Function<StoredOperation, String> cancelled) {
    /**
     * A failure is undone as the steps say; what a step does not undo stays. An operation that would supersede this one
     * waits for it.
     */
    public static final Ending UNDONE = new Ending(
            operation -> true,
            (tx, operation) -> {},
            (tx, operation, by) -> Optional.empty(),
            (tx, operation) -> {},
            false,
            operation -> "Operation " + operation.id() + " was cancelled and undone.");

    /** Once started, the operation is only ever finished: what fails is tried again until it succeeds. */
    public static final Ending FINISHED = UNDONE.undoneIf(operation -> false);

    /**
     * The operation may end after any of its steps: what was done stays, and a later operation does the rest. So a
     * suspension or a deletion supersedes it at any time, unless {@link SupersededOperations} counts its kind as short:
     * then the suspension or deletion is refused with {@code tenant.busy} until it has ended, or is stuck.
     */
    public static final Ending AT_ANY_TIME = UNDONE.superseded();

    /** What an operation changes in the catalog when it ends. */
    @FunctionalInterface
    public interface CatalogChange {
        void in(Transaction tx, StoredOperation operation);
    }

    /** What becomes of an operation that another one supersedes. */
    @FunctionalInterface
    public interface Supersession {
        /**
         * Makes the changes in the catalog.
         *
         * @return {@code DONE} if the catalog has the result, which the other operation writes to the database; {@code
         *     FAILED} if this is undone in the catalog; empty if the other one must wait for this one
         */
        Optional<OperationState> in(Transaction tx, StoredOperation operation, OperationKind by);
    }

    /** Undoes a failure only on this condition. */
    public Ending undoneIf(Predicate<StoredOperation> condition) {
        return new Ending(condition, undone, supersession, abandoned, canBeGivenUp, cancelled);
    }

    /** Makes a change in the catalog when the steps were undone, and when the operation is abandoned. */
    public Ending undoneWith(CatalogChange change) {
        return new Ending(undoable, change, supersession, change, canBeGivenUp, cancelled);
    }

    /** Lets another operation supersede this one at any time, which is undone in the catalog. */
    public Ending superseded() {
        return superseded(undone);
    }

    /** Lets another operation supersede this one at any time, with a change in the catalog. */
    public Ending superseded(CatalogChange change) {
        return supersededBy(at(OperationState.FAILED, change));
    }

    /** Lets another operation supersede this one at any time, whose result is in the catalog after a change. */
    public Ending supersededAsDone(CatalogChange change) {
        return supersededBy(at(OperationState.DONE, change));
    }

    /** Lets only a deletion for good supersede this one. */
    public Ending supersededByDeletion() {
        return supersededBy((tx, operation, by) ->
                by == OperationKind.DELETE_TENANT ? Optional.of(OperationState.FAILED) : Optional.empty());
    }

    public Ending supersededBy(Supersession other) {
        return new Ending(undoable, undone, other, abandoned, canBeGivenUp, cancelled);
    }

    public Ending abandoned(CatalogChange change) {
        return new Ending(undoable, undone, supersession, change, canBeGivenUp, cancelled);
    }

    /** Lets a cancellation end what cannot be undone. */
    public Ending orGivenUp() {
        return new Ending(undoable, undone, supersession, abandoned, true, cancelled);
    }

    public Ending cancelled(Function<StoredOperation, String> sentence) {
        return new Ending(undoable, undone, supersession, abandoned, canBeGivenUp, sentence);
    }

    private static Supersession at(OperationState state, CatalogChange change) {
        return (tx, operation, by) -> {
            change.in(tx, operation);
            return Optional.of(state);
        };
    }
}
