// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Recognises repeated requests by their idempotency key. */
public final class Idempotency {
    private static final int MAX_KEY = 255;

    private Idempotency() {}

    /** Returns the stored form of a key: the keys of different users are kept apart. */
    public static String scoped(Actor actor, String key) {
        if (key.isBlank() || key.length() > MAX_KEY || TextRules.hasControl(key)) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "An idempotency key has 1 to " + MAX_KEY + " printable characters, found " + TextRules.describe(key)
                            + ".");
        }
        return actor.idempotencyScope() + ":" + key;
    }

    /**
     * Returns the operation of the same request, if it has succeeded; empty if there was none.
     *
     * @param draft the operation that the request would start, with its fingerprint
     * @param key as {@link #scoped} returns it; null: none
     * @throws SaasException {@code idempotency.mismatch}, {@code operation.in-progress}
     */
    public static Optional<StoredOperation> earlier(
            Transaction tx, StoredOperation.Builder draft, @Nullable String key) {
        Optional<StoredOperation> same = same(tx, draft, key);
        same.ifPresent(Idempotency::requireEnded);
        return same;
    }

    /**
     * Returns the operation of the same request, which may be running; empty if there was none. The caller finds out
     * whether the actor may know of it before it calls {@link #requireEnded}.
     *
     * @throws SaasException {@code idempotency.mismatch}
     */
    public static Optional<StoredOperation> same(Transaction tx, StoredOperation.Builder draft, @Nullable String key) {
        Optional<StoredOperation> known = key == null ? Optional.empty() : byKey(tx, key);
        if (known.isEmpty()) {
            return known;
        }
        StoredOperation operation = known.get();
        if (!String.valueOf(operation.fingerprint())
                .equals(String.valueOf(draft.build().fingerprint()))) {
            throw SaasException.conflict(
                    ErrorCodes.IDEMPOTENCY_MISMATCH,
                    "This idempotency key was used for another request; a new request needs a new key.");
        }
        return known;
    }

    /**
     * Refuses an operation whose result is not known yet.
     *
     * @throws SaasException {@code operation.in-progress}
     */
    public static void requireEnded(StoredOperation operation) {
        if (operation.state() == OperationState.RUNNING) {
            throw new SaasException(
                    ErrorCategory.UNAVAILABLE,
                    ErrorCodes.OPERATION_IN_PROGRESS,
                    "The request with this idempotency key is being worked on; repeat it to get its result.",
                    Map.of("operation", operation.id().toString()),
                    true,
                    null);
        }
    }

    /**
     * Whether a request had this key, which may still be running or be another one.
     *
     * @param key as {@link #scoped} returns it
     */
    public static boolean isKnown(Transaction tx, String key) {
        return byKey(tx, key).isPresent();
    }

    private static Optional<StoredOperation> byKey(Transaction tx, String key) {
        return tx
                .records(RecordTypes.OPERATIONS)
                .list(Query.where(Filter.equal(StoredOperation.IDEMPOTENCY_KEY, key)))
                .stream()
                .findFirst();
    }
}
