// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Operation;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.spi.backend.Transaction;
import java.util.List;

/** Makes a client database follow what the catalog already says of it: limits, expiry, and whether it is suspended. */
final class UpdateSaga implements Saga {
    private final ControlPlane plane;

    UpdateSaga(ControlPlane plane) {
        this.plane = plane;
    }

    @Override
    public List<Step> steps() {
        return List.of(new Step("told", operation -> tell(plane, operation)));
    }

    static void tell(ControlPlane plane, Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        boolean suspended = tenant.state() == TenantState.SUSPENDED;
        if (suspended) {
            // First of all: whoever is to be kept out could keep the control plane from telling its database.
            plane.databases(tenant).close(ControlPlane.ref(tenant));
        }
        plane.inside(tenant, tx -> {
            if (!Marks.has(tx, operation)) {
                DatabaseSetup.tell(tx, tenant, suspended);
                Marks.put(tx, operation);
            }
            return null;
        });
        if (tenant.state() == TenantState.OPEN) {
            plane.databases(tenant).open(ControlPlane.ref(tenant));
        }
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        // The catalog was changed in the transaction that began the operation.
    }

    /** Only where nothing is left that could follow; for ever waiting for it would keep its tenant from being deleted. */
    @Override
    public boolean undoable(Operation operation) {
        try {
            return plane.inside(Sagas.tenant(plane, operation), tx -> false);
        } catch (SaasException e) {
            if (Alignment.isNotThere(e)) {
                return true;
            }
            throw e;
        }
    }

    @Override
    public void undo(Operation operation) {
        // The catalog leads.
    }

    @Override
    public void undone(Transaction tx, Operation operation) {
        // The catalog leads.
    }

    @Override
    public void withdraw(Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        Alignment.align(plane, tenant.serverId(), ControlPlane.ref(tenant));
    }
}
