// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.OperationId;
import dev.allotment.OperationState;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Ends operations that can be neither finished nor undone, in the catalog only. A node that still runs one finds its
 * fencing token used up, and stops.
 */
public final class AbandonedOperations {
    private static final String REMAINS = "remains";
    private static final String REPAIR =
            "Compare the catalog with the database servers (check), and repair what is left.";

    private final CoreContext context;
    private final SagaRegistry sagas;
    private final OperationAwaiter awaiter;

    public AbandonedOperations(CoreContext context, SagaRegistry sagas, OperationAwaiter awaiter) {
        this.context = context;
        this.sagas = sagas;
        this.awaiter = awaiter;
    }

    StoredOperation abandon(Actor actor, OperationId id, String reason) {
        String why = TextRules.name(reason, ErrorCodes.CONFIGURATION_INVALID, "The reason of an abandonment");
        StoredOperation abandoned = context.catalog().transact(tx -> {
            StoredOperation found = tx.records(RecordTypes.OPERATIONS)
                    .lock(id.value())
                    .orElseThrow(() -> RecordLookup.missing(RecordTypes.OPERATIONS, "Operation", id.value()));
            return found.state() == OperationState.RUNNING || found.state() == OperationState.PAUSED
                    ? end(tx, actor, found, why)
                    : found;
        });
        awaiter.signal();
        return abandoned;
    }

    /** Cancels an operation that is paused, for which no node works. */
    void cancelPaused(OperationId id) {
        context.catalog().transact(tx -> {
            tx.records(RecordTypes.OPERATIONS)
                    .lock(id.value())
                    .filter(each -> each.state() == OperationState.PAUSED)
                    .ifPresent(each -> {
                        StoredOperation cancelled = each.toBuilder()
                                .errorCode(ErrorCodes.OPERATION_CANCELLED)
                                .errorMessage("Operation " + id + " was cancelled while it was paused.")
                                .build();
                        sagas.get(each).ending().undone().in(tx, cancelled);
                        tx.records(RecordTypes.OPERATIONS)
                                .update(cancelled.toBuilder()
                                        .state(OperationState.FAILED)
                                        .cancelRequested(true)
                                        .fencingToken(each.fencingToken() + 1)
                                        .updatedAt(context.now())
                                        .idempotencyKey(null)
                                        .build());
                    });
            return null;
        });
        awaiter.signal();
    }

    /** Changes the catalog; returns what may remain elsewhere, which it names before it forgets the names. */
    private static String forget(Transaction tx, Saga<?> saga, StoredOperation found) {
        try {
            String remains = saga.describeLeftovers(tx, found);
            saga.ending().abandoned().in(tx, found);
            return remains;
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.RECORD_MISSING)) {
                throw e;
            }
            return "Nothing that the catalog knows: what it worked on is gone.";
        }
    }

    private StoredOperation end(Transaction tx, Actor actor, StoredOperation found, String reason) {
        Saga<?> saga = sagas.get(found);
        String remains = forget(tx, saga, found);
        Map<String, String> result = new HashMap<>(found.result());
        result.put(REMAINS, remains);
        StoredOperation ended = SagaRegistry.withoutSecrets(saga, found)
                .state(OperationState.FAILED)
                .fencingToken(found.fencingToken() + 1)
                .leaseUntil(Instant.EPOCH)
                .updatedAt(context.now())
                .idempotencyKey(null)
                .result(result)
                .errorCode(ErrorCodes.OPERATION_ABANDONED)
                .errorMessage("Operation " + found.id() + " was abandoned by " + actor.login() + ": " + reason
                        + ". What may be left: " + remains + " " + REPAIR)
                .build();
        tx.records(RecordTypes.OPERATIONS).update(ended);
        context.events()
                .add(
                        tx,
                        actor,
                        EventType.OPERATION_ABANDONED,
                        found.tenantId(),
                        null,
                        Map.of(
                                "operation",
                                found.id().toString(),
                                "kind",
                                found.kind().name(),
                                "step",
                                found.step(),
                                "node",
                                found.node(),
                                "reason",
                                reason,
                                REMAINS,
                                remains));
        return ended;
    }
}
