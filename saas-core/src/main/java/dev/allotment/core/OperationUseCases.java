// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.Operations;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.util.List;

/** Long actions, and the recovery of those that lost their node. */
final class OperationUseCases extends RecordLookup<OperationId, Operation> implements Operations {
    private final ControlPlane plane;
    private final Actor actor;

    OperationUseCases(ControlPlane plane, Actor actor) {
        super(plane.place, RecordTypes.OPERATIONS, "Operation");
        this.plane = plane;
        this.actor = actor;
    }

    @Override
    long number(OperationId id) {
        return id.value();
    }

    @Override
    Filter<Operation> visible(Transaction tx) {
        User user = actor.user();
        if (user == null || actor.administrator()) {
            return Filter.all();
        }
        List<TenantId> own =
                tx
                        .records(RecordTypes.TENANTS)
                        .list(Query.where(Filter.equal(Tenant.CUSTOMER_ID, user.customerId())))
                        .stream()
                        .map(Tenant::id)
                        .toList();
        return Filter.or(Filter.in(Operation.TENANT_ID, own), begunBy(user));
    }

    @Override
    Operation told(Operation operation) {
        return Sagas.withoutSecrets(operation).build();
    }

    /** Whoever had the same login before is somebody else. */
    static Filter<Operation> begunBy(User user) {
        return Filter.and(
                Filter.equal(Operation.STARTED_BY, user.login()),
                Filter.compare(Operation.CREATED_AT, Filter.Operator.GREATER_OR_EQUAL, user.createdAt()));
    }

    @Override
    public int recover() {
        actor.requireAdministrator("recover operations");
        return plane.sagas.recover();
    }

    @Override
    public Operation await(OperationId id, Duration timeout) {
        get(id);
        return told(plane.sagas.await(id, timeout));
    }

    @Override
    public Operation cancel(OperationId id) {
        Operation operation = get(id);
        User user = actor.user();
        if (!actor.administrator() && user != null && !RecordTypes.OPERATIONS.matches(operation, begunBy(user))) {
            throw actor.refused("cancel operations that somebody else began");
        }
        return told(plane.sagas.cancel(id));
    }
}
