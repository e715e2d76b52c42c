// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;

/**
 * Lets a suspension or a deletion supersede the operation that works on the tenant, so that nothing keeps a tenant from
 * being closed.
 *
 * <p>The superseded operation ends in the transaction that starts the new one. A node that still runs it finds its
 * fencing token used up, and stops; the new operation makes sure that it commits nothing more in the database.
 */
public final class SupersededOperations {
    /** How long an operation may take before the maintenance supersedes it. */
    private static final Duration STUCK_AFTER = Duration.ofMinutes(1);

    private static final String APPLIED = "applied";

    private final CoreContext context;
    private final SagaRegistry sagas;

    public SupersededOperations(CoreContext context, SagaRegistry sagas) {
        this.context = context;
        this.sagas = sagas;
    }

    /**
     * Ends what works on a tenant, if the new operation may supersede it; otherwise, starting the new one is refused.
     * Call this before the tenant is locked, since operations lock themselves first and then their tenant.
     *
     * @param draft the new operation; gets the input that its steps need
     */
    public void supersede(Transaction tx, TenantId tenant, StoredOperation.Builder draft) {
        supersede(tx, tenant, draft, false);
    }

    /** Supersedes like {@link #supersede}, but only what has failed, has lost its node, or takes too long. */
    public void supersedeStuck(Transaction tx, TenantId tenant, StoredOperation.Builder draft) {
        supersede(tx, tenant, draft, true);
    }

    private void supersede(Transaction tx, TenantId tenant, StoredOperation.Builder draft, boolean onlyStuck) {
        StoredOperation wanted = draft.build();
        List<UUID> superseded = new ArrayList<>();
        for (StoredOperation pending : pending(tx, tenant)) {
            tx.records(RecordTypes.OPERATIONS)
                    .lock(pending.id().value())
                    .filter(each ->
                            each.state() == OperationState.RUNNING && (isStuck(each) || !(onlyStuck || isShort(each))))
                    .ifPresent(each -> {
                        if (end(tx, each, wanted)) {
                            superseded.addAll(unsettled(each));
                            superseded.add(each.uuid());
                        }
                    });
        }
        if (!superseded.isEmpty()) {
            SharedInput.addSuperseded(draft, superseded);
        }
    }

    private static List<StoredOperation> pending(Transaction tx, TenantId tenant) {
        Filter<StoredOperation> running = Filter.and(
                OperationTargets.workOn(tenant), Filter.equal(StoredOperation.STATE, OperationState.RUNNING));
        return tx.records(RecordTypes.OPERATIONS).list(Query.where(running).orderBy(StoredOperation.ID));
    }

    /**
     * A rename takes a moment, and the database has one of two names meanwhile. A key of backups that is being
     * encrypted again must not be written after a deletion for good has deleted it.
     */
    private static boolean isShort(StoredOperation operation) {
        return operation.kind() == OperationKind.RENAME_TENANT || operation.kind() == OperationKind.ENCRYPT_BACKUP_KEY;
    }

    private boolean isStuck(StoredOperation operation) {
        Instant now = context.now();
        return operation.attempts() > 0
                || !operation.leaseUntil().isAfter(now)
                || !operation.createdAt().plus(STUCK_AFTER).isAfter(now);
    }

    private boolean end(Transaction tx, StoredOperation pending, StoredOperation by) {
        Saga<?> saga = sagas.get(pending);
        Optional<OperationState> end = saga.ending().supersession().in(tx, pending, by.kind());
        end.ifPresent(state -> {
            StoredOperation.Builder ended = SagaRegistry.withoutSecrets(saga, pending)
                    .state(state)
                    .fencingToken(pending.fencingToken() + 1)
                    .leaseUntil(Instant.EPOCH)
                    .updatedAt(context.now());
            if (state == OperationState.DONE) {
                ended.percent(100);
            } else {
                ended.idempotencyKey(null)
                        .errorCode(ErrorCodes.OPERATION_SUPERSEDED)
                        .errorMessage("Operation " + pending.id() + " was superseded by " + by.kind() + ", which "
                                + by.startedBy() + " requested. Request it again if it is still needed.");
            }
            tx.records(RecordTypes.OPERATIONS).update(ended.build());
        });
        return end.isPresent();
    }

    /** The operations whose transactions in the database an operation that supersedes them has to settle. */
    public static List<UUID> unsettled(StoredOperation operation) {
        return SharedInput.of(operation).superseded().stream()
                .map(UUID::fromString)
                .toList();
    }

    /**
     * Records whether a superseded operation had committed its change of the database. May be repeated.
     *
     * @param kept makes the catalog follow the database, if it had. Called once
     */
    public static void settled(
            CoreContext context, UUID superseded, boolean applied, BiConsumer<Transaction, StoredOperation> kept) {
        context.catalog().transact(tx -> {
            Filter<StoredOperation> named = Filter.equal(StoredOperation.UUID, superseded);
            tx.records(RecordTypes.OPERATIONS).list(Query.where(named)).stream()
                    .filter(found -> !Boolean.parseBoolean(found.result().getOrDefault(APPLIED, "")))
                    .forEach(found -> {
                        Map<String, String> result = new HashMap<>(found.result());
                        result.put(APPLIED, Boolean.toString(applied));
                        tx.records(RecordTypes.OPERATIONS)
                                .update(found.toBuilder().result(result).build());
                        if (applied) {
                            kept.accept(tx, found);
                        }
                    });
            return null;
        });
    }
}
