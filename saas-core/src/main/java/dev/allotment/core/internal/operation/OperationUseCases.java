// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.Operations;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.util.List;

/** Long actions, and the recovery of those that lost their node. */
public final class OperationUseCases extends RecordLookup<OperationId, Operation> implements Operations {
    private final CoreContext context;
    private final OperationRecovery operationRecovery;
    private final OperationAwaiter operationAwaiter;
    private final SagaRegistry sagaRegistry;
    private final Actor actor;

    public OperationUseCases(
            CoreContext context,
            OperationRecovery operationRecovery,
            OperationAwaiter operationAwaiter,
            SagaRegistry sagaRegistry,
            Actor actor) {
        super(context.work(), RecordTypes.OPERATIONS, "Operation");
        this.context = context;
        this.operationRecovery = operationRecovery;
        this.operationAwaiter = operationAwaiter;
        this.sagaRegistry = sagaRegistry;
        this.actor = actor;
    }

    @Override
    protected long number(OperationId id) {
        return id.value();
    }

    @Override
    protected Filter<Operation> visible(Transaction tx) {
        User user = actor.user();
        if (user == null || actor.administrator()) {
            return Filter.all();
        }
        List<TenantId> own = tx
                .records(RecordTypes.TENANTS)
                .list(Query.where(Filter.equal(Tenant.CUSTOMER_ID, user.customerId())))
                .stream()
                .map(Tenant::id)
                .toList();
        return Filter.or(Filter.in(Operation.TENANT_ID, own), startedBy(user));
    }

    @Override
    protected Operation shown(Operation operation) {
        return sagaRegistry.withoutSecrets(operation);
    }

    /** Whoever had the same login before is somebody else. */
    public static Filter<Operation> startedBy(User user) {
        return Filter.and(
                Filter.equal(Operation.STARTED_BY, user.login()),
                Filter.compare(Operation.CREATED_AT, Filter.Operator.GREATER_OR_EQUAL, user.createdAt()));
    }

    @Override
    public int recover() {
        actor.requireAdministrator("recover operations");
        return operationRecovery.recoverAll();
    }

    @Override
    public Operation await(OperationId id, Duration timeout) {
        get(id);
        return shown(operationAwaiter.await(id, timeout));
    }

    @Override
    public Operation cancel(OperationId id) {
        Operation operation = get(id);
        User user = actor.user();
        if (!actor.administrator() && user != null && !RecordTypes.OPERATIONS.matches(operation, startedBy(user))) {
            throw actor.refused("cancel operations that somebody else began");
        }
        return shown(operationAwaiter.cancel(id));
    }
}
