// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.Tenant;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.Transaction;
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
            // Whatever can be known of its tenant is written here, so that whoever takes it writes little. The first
            // connection costs most, too, since there is nothing yet that later ones find.
            Tenant tenant = likely(spare, template);
            databases.transact(SpareStock.ref(spare), tx -> {
                Marks.remove(tx, Marks.all(tx));
                DatabaseSetup.keepOwnersPlace(plane, tx, template.lang(), template.tz());
                DatabaseSetup.tell(tx, tenant, false);
                return null;
            });
            // Ends the connection, so that nobody is in it who has to be waited for when it is taken.
            databases.rename(SpareStock.ref(spare), spare.name());
        }));
    }

    /** The tenant that a spare will have, as far as plans tell. */
    private Tenant likely(Spare spare, Template template) {
        return plane.catalog.transact(tx -> {
            List<TemplateId> same =
                    Sites.siblings(tx, template).stream().map(Template::id).toList();
            Tenant.Builder tenant = Tenant.builder(spare.uuid(), spare.name(), spare.serverId());
            tx
                    .records(RecordTypes.PLANS)
                    .list(Query.where(Filter.in(Plan.TEMPLATE_ID, same)).page(0, 1))
                    .stream()
                    .findFirst()
                    .ifPresent(plan -> tenant.maxUsers(plan.maxUsers()).storageLimitMb(plan.storageLimitMb()));
            return tenant.build();
        });
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
