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

/** Deletes a client database that is kept for a while: nobody gets in, and it waits to be removed, or restored. */
final class RetainSaga extends ForwardSaga {
    static final String UNTIL = "until";

    private final ControlPlane plane;

    RetainSaga(ControlPlane plane) {
        this.plane = plane;
    }

    @Override
    public List<Step> steps() {
        return List.of(new Step("closed", operation -> close(plane, operation)));
    }

    /** One that somebody has removed by hand is closed enough. */
    static void close(ControlPlane plane, Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        try {
            plane.databases(tenant).close(ControlPlane.ref(tenant));
        } catch (SaasException e) {
            if (!Alignment.isNotThere(e)) {
                throw e;
            }
        }
    }

    /** Whoever took over has closed it, and somebody may have restored it since: then this run has closed it too late. */
    @Override
    public void withdraw(Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        Alignment.align(plane, tenant.serverId(), ControlPlane.ref(tenant));
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        Tenant tenant = TenantRules.lock(tx, Sagas.tenantId(operation));
        Instant until =
                Instant.parse(operation.input().getOrDefault(UNTIL, plane.now().toString()));
        tx.records(RecordTypes.TENANTS)
                .update(tenant.toBuilder()
                        .state(TenantState.RETAINED)
                        .deletedAt(plane.now())
                        .retainedUntil(until)
                        .nextCheckAt(until)
                        .nextSyncAt(null)
                        .build());
        Sessions.endAll(tx, tenant);
        plane.events.add(
                tx,
                operation,
                EventType.TENANT_RETAINED,
                tenant.id(),
                Map.of("name", tenant.name(), UNTIL, until.toString()));
    }
}
