// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.Template;
import dev.allotment.spi.Databases;
import dev.allotment.spi.RecordTypes;
import dev.allotment.spi.Spare;
import dev.allotment.spi.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Copies a template for the stock. */
final class BuildSpareSaga implements Saga {
    private final ControlPlane plane;
    private @Nullable Spare built;

    BuildSpareSaga(ControlPlane plane) {
        this.plane = plane;
    }

    @Override
    public List<Step> steps() {
        return List.of(new Step("copied", operation -> {
            Spare spare = spare(operation);
            Template template = Sagas.template(plane, operation);
            Databases databases = plane.databases(spare.serverId());
            databases.copy(ControlPlane.ref(template), SpareStock.ref(spare));
            // The first connection to a database costs most, since there is nothing yet that later ones find; so it is
            // made
            // here, and ended by giving it the name that it has.
            databases.transact(
                    SpareStock.ref(spare),
                    tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all()));
            databases.rename(SpareStock.ref(spare), spare.name());
        }));
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        tx.records(RecordTypes.SPARES).update(SpareStock.withReady(SpareStock.spare(tx, operation), true));
    }

    @Override
    public boolean undoable(Operation operation) {
        return true;
    }

    @Override
    public void undo(Operation operation) {
        Spare spare = spare(operation);
        Alignment.drop(plane.databases(spare.serverId()), SpareStock.ref(spare));
    }

    @Override
    public void undone(Transaction tx, Operation operation) {
        Spare gone = SpareStock.spare(tx, operation);
        SpareStock.forget(tx, gone);
        plane.placement.changed(gone.serverId());
    }

    @Override
    public void withdraw(Operation operation) {
        if (built != null) {
            Alignment.align(plane, built.serverId(), SpareStock.ref(built));
        }
    }

    private Spare spare(Operation operation) {
        if (built == null) {
            built = plane.catalog.transact(tx -> SpareStock.spare(tx, operation));
        }
        return built;
    }
}
