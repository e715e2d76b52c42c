// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.EventType;
import dev.allotment.Operation;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Lets people into a deleted client database again, which the catalog counts as in use from the beginning. */
final class RestoreSaga implements Saga {
    private static final String DELETED_AT = "deletedAt";

    private final ControlPlane plane;

    RestoreSaga(ControlPlane plane) {
        this.plane = plane;
    }

    static Map<String, String> input(Tenant tenant) {
        return Map.of(
                DELETED_AT,
                String.valueOf(tenant.deletedAt()),
                RetainSaga.UNTIL,
                String.valueOf(tenant.retainedUntil()));
    }

    @Override
    public List<Step> steps() {
        return List.of(new Step("told", operation -> UpdateSaga.tell(plane, operation)));
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        Tenant tenant = TenantRules.lock(tx, Sagas.tenantId(operation));
        plane.events.add(tx, operation, EventType.TENANT_RESTORED, tenant.id(), Map.of("name", tenant.name()));
    }

    /** Only where nothing is left to be restored. */
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
        // There is no database.
    }

    @Override
    public void undone(Transaction tx, Operation operation) {
        Tenant tenant = TenantRules.lock(tx, Sagas.tenantId(operation));
        Instant until = Instant.parse(operation.input().getOrDefault(RetainSaga.UNTIL, ""));
        tx.records(RecordTypes.TENANTS)
                .update(tenant.toBuilder()
                        .state(TenantState.RETAINED)
                        .deletedAt(Instant.parse(operation.input().getOrDefault(DELETED_AT, "")))
                        .retainedUntil(until)
                        .nextCheckAt(until)
                        .nextSyncAt(null)
                        .build());
    }

    @Override
    public void withdraw(Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        Alignment.align(plane, tenant.serverId(), ControlPlane.ref(tenant));
    }
}
