// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.Operations;
import dev.allotment.spi.RecordTypes;
import dev.allotment.spi.Transaction;
import java.time.Duration;

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
    Filter visible(Transaction tx) {
        actor.requireAdministrator("see operations");
        return Filter.all();
    }

    @Override
    public int recover() {
        actor.requireAdministrator("recover operations");
        return plane.sagas.recover(false);
    }

    @Override
    public Operation await(OperationId id, Duration timeout) {
        get(id);
        return plane.sagas.await(id, timeout);
    }

    @Override
    public Operation cancel(OperationId id) {
        actor.requireAdministrator("cancel operations");
        return plane.sagas.cancel(id);
    }
}
