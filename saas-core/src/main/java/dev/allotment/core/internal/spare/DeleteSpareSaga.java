// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.spare;

import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.List;

/** Deletes a spare that no plan wants any more. Once started, it only goes forward. */
public final class DeleteSpareSaga implements Saga.Stateless {
    private final CoreContext context;
    private final DatabaseServers servers;

    public DeleteSpareSaga(CoreContext context, DatabaseServers servers) {
        this.context = context;
        this.servers = servers;
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(Step.of("dropped", operation -> {
            Spare spare = context.catalog().transact(tx -> SpareRows.lock(tx, operation));
            DatabaseRemoval.dropUnderItsName(
                    servers.registry().databases(spare.serverId(), operation), DatabaseRefs.of(spare));
        }));
    }

    /** The spare can be neither claimed nor deleted again, so the catalog forgets it even if this is abandoned. */
    @Override
    public Ending ending() {
        return Ending.FINISHED.abandoned(this::finish);
    }

    @Override
    public void finish(Transaction tx, StoredOperation operation) {
        Spare gone = SpareRows.lock(tx, operation);
        SpareRows.forget(tx, gone);
        servers.placement().changed(gone.serverId());
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The spare has been forgotten. It may still exist, and belongs to no tenant: "
                + SpareRows.describe(tx, operation) + ".";
    }
}
