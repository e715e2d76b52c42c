// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationState;
import dev.allotment.Operations;
import dev.allotment.Query;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads, awaits, cancels, retries and abandons operations. */
public final class OperationUseCases implements Operations {
    private final OperationRecovery operationRecovery;
    private final OperationAwaiter operationAwaiter;
    private final AbandonedOperations abandonedOperations;
    private final Actor actor;
    private final OperationLookup lookup;

    public OperationUseCases(
            CoreContext context,
            OperationRecovery operationRecovery,
            OperationAwaiter operationAwaiter,
            AbandonedOperations abandonedOperations,
            Actor actor) {
        this.operationRecovery = operationRecovery;
        this.operationAwaiter = operationAwaiter;
        this.abandonedOperations = abandonedOperations;
        this.actor = actor;
        this.lookup = new OperationLookup(context.work(), actor);
    }

    @Override
    public Optional<Operation> find(OperationId id) {
        return lookup.find(id).map(each -> PublicViews.operation(actor, each));
    }

    @Override
    public Operation get(OperationId id) {
        return PublicViews.operation(actor, lookup.get(id));
    }

    @Override
    public List<Operation> list(Query<? super Operation> query) {
        return lookup.list(PublicViews.operations(query)).stream()
                .map(each -> PublicViews.operation(actor, each))
                .toList();
    }

    @Override
    public long count(Filter<? super Operation> filter) {
        return lookup.count(PublicViews.operations(Query.where(filter)).filter());
    }

    /** An earlier account with the same login belonged to another user. */
    public static Filter<StoredOperation> startedBy(User user) {
        return Filter.and(
                Filter.equal(StoredOperation.STARTED_BY, user.login()),
                Filter.compare(StoredOperation.CREATED_AT, Filter.Operator.GREATER_OR_EQUAL, user.createdAt()));
    }

    @Override
    public int recover() {
        actor.requireAdministrator("recover operations");
        return operationRecovery.recoverAll();
    }

    @Override
    public Operation await(OperationId id, Duration timeout) {
        lookup.get(id);
        return PublicViews.operation(actor, operationAwaiter.await(id, timeout));
    }

    @Override
    public Operation cancel(OperationId id) {
        StoredOperation operation = lookup.get(id);
        User user = actor.user();
        if (!actor.administrator() && user != null && !RecordTypes.OPERATIONS.matches(operation, startedBy(user))) {
            throw actor.refused("cancel operations that another user started");
        }
        StoredOperation cancelled;
        do {
            // One that is paused between the two is not lost.
            abandonedOperations.cancelPaused(id);
            cancelled = operationAwaiter.cancel(id);
        } while (cancelled.state() == OperationState.PAUSED);
        return PublicViews.operation(actor, cancelled);
    }

    @Override
    public Operation retry(OperationId id) {
        actor.requireAdministrator("retry operations");
        lookup.get(id);
        return PublicViews.operation(actor, operationAwaiter.retry(id));
    }

    @Override
    public Operation abandon(OperationId id, String reason) {
        actor.requireAdministrator("abandon operations");
        return PublicViews.operation(actor, abandonedOperations.abandon(actor, id, reason));
    }

    /** Finds the operations that an actor may see: an administrator all, a user those of its customer and its own. */
    private static final class OperationLookup extends RecordLookup<OperationId, StoredOperation> {
        private final Actor actor;

        OperationLookup(UnitOfWork work, Actor actor) {
            super(work, RecordTypes.OPERATIONS, "Operation");
            this.actor = actor;
        }

        @Override
        protected long number(OperationId id) {
            return id.value();
        }

        /** What the account started, unless the tenant exists: then it is among the others if it may be seen. */
        private static Filter<StoredOperation> startedAlone(Transaction tx, User user) {
            List<TenantId> concerned =
                    tx.records(RecordTypes.OPERATIONS).values(StoredOperation.TENANT_ID, Query.where(startedBy(user)));
            List<TenantId> existing = tx.records(RecordTypes.TENANTS)
                    .values(StoredTenant.ID, Query.where(Filter.in(StoredTenant.ID, concerned)));
            return Filter.and(startedBy(user), Filter.not(Filter.in(StoredOperation.TENANT_ID, existing)));
        }

        @Override
        protected Filter<StoredOperation> visible(Transaction tx) {
            User user = actor.user();
            if (user == null || actor.seesAll()) {
                return Filter.all();
            }
            Filter<StoredOperation> own = Filter.in(StoredOperation.TENANT_ID, TenantLookup.visibleIds(actor, tx));
            return actor.limitedToTenants() ? own : Filter.or(own, startedAlone(tx, user));
        }
    }
}
