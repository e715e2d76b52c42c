// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Operation;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.Transaction;
import java.util.List;

/** Throws away a spare that no plan wants any more. Once begun it can only go on. */
final class DeleteSpareSaga extends ForwardSaga {
    private final ControlPlane plane;

    DeleteSpareSaga(ControlPlane plane) {
        this.plane = plane;
    }

    @Override
    public List<Step> steps() {
        return List.of(new Step("dropped", operation -> {
            Spare spare = plane.catalog.transact(tx -> SpareStock.spare(tx, operation));
            Alignment.drop(plane.databases(spare.serverId()), SpareStock.ref(spare));
        }));
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        Spare gone = SpareStock.spare(tx, operation);
        SpareStock.forget(tx, gone);
        plane.placement.changed(gone.serverId());
    }
}
