// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A request that becomes an operation when {@link OperationEngine} runs or starts it.
 *
 * @param draft the operation that will be stored, with its actor, its idempotency key and its fingerprint
 * @param admission decides whether the caller may learn of the operation that has used the same key
 * @param prepared whether the preparation looks outside of the catalog, so that a repeated request does without it
 * @param preparation checks what cannot be checked in a transaction, and returns what is done in one
 * @param <F> what the steps find
 */
public record OperationRequest<F>(
        StoredOperation.Builder draft,
        Admission admission,
        boolean prepared,
        Supplier<? extends Reservation<F>> preparation) {
    private static final Admission EVERY_CALLER = (tx, earlier) -> {};

    /**
     * Checks the request in the catalog, reserves what it needs, and stores the operation, in one transaction. After a
     * race for a unique key, it is called again in another transaction.
     */
    @FunctionalInterface
    public interface Reservation<F> {
        /** Empty if there is nothing to do. */
        Optional<? extends StartedOperation<? extends F>> in(Transaction tx);
    }

    /** Refuses by an exception a caller that must not learn of an earlier operation with the same key. */
    @FunctionalInterface
    public interface Admission {
        void check(Transaction tx, StoredOperation earlier);
    }

    public OperationRequest(StoredOperation.Builder draft, Reservation<F> reservation) {
        this(draft, EVERY_CALLER, false, () -> reservation);
    }

    /** A request with a preparation that looks outside of the catalog, such as into a database or a backup store. */
    public static <F> OperationRequest<F> prepared(
            StoredOperation.Builder draft, Supplier<? extends Reservation<F>> preparation) {
        return new OperationRequest<>(draft, EVERY_CALLER, true, preparation);
    }

    public OperationRequest<F> admittedBy(Admission of) {
        return new OperationRequest<>(draft, of, prepared, preparation);
    }

    /** Whether the caller does not wait for the operation. */
    public static boolean isInBackground(StoredOperation.Builder draft) {
        return draft.build().step().equals(OperationLeases.QUEUED);
    }
}
