// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.spi.AccessToken;
import dev.allotment.spi.RecordTypes;
import dev.allotment.spi.Records;
import dev.allotment.spi.SessionRecord;
import dev.allotment.spi.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Removes a client database. Once begun it can only go on. */
final class DeleteSaga extends ForwardSaga {
    private final ControlPlane plane;

    DeleteSaga(ControlPlane plane) {
        this.plane = plane;
    }

    @Override
    public List<Step> steps() {
        return List.of(new Step("dropped", operation -> {
            Tenant tenant = Sagas.tenant(plane, operation);
            Alignment.drop(plane.databases(tenant), ControlPlane.ref(tenant));
        }));
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        Tenant tenant = TenantRules.lock(tx, Sagas.tenantId(operation));
        Instant now = plane.now();
        Instant until = tenant.planId() == null ? null : now.plus(plane.nameRetention);
        TenantRules.release(tx, tenant.name(), tenant.uuid(), until);
        tx.records(RecordTypes.TENANTS)
                .update(tenant.toBuilder()
                        .state(TenantState.DELETED)
                        .deletedAt(now)
                        .nextCheckAt(null)
                        .build());
        plane.events.add(tx, operation, EventType.TENANT_DELETED, tenant.id(), Map.of("name", tenant.name()));
        Records<AccessToken> tokens = tx.records(RecordTypes.ACCESS_TOKENS);
        tokens.list(Query.where(Filter.equal("tenantId", tenant.id()))).forEach(each -> tokens.delete(each.id()));
        Records<SessionRecord> sessions = tx.records(RecordTypes.SESSIONS);
        sessions.list(Query.where(Filter.equal("database", tenant.uuid().toString())))
                .forEach(each -> sessions.delete(each.id()));
    }
}
