// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Operation;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Gives a database another name; both names are held until it has ended. */
final class RenameSaga implements Saga {
    static final String NEW_NAME = "newName";
    /** Until when the new name was held for the tenant already, which had it before. */
    private static final String QUARANTINED = "quarantined";

    private final ControlPlane plane;

    RenameSaga(ControlPlane plane) {
        this.plane = plane;
    }

    /** Takes the new name; gives what the operation has to know. */
    static Map<String, String> begin(ControlPlane plane, Transaction tx, Tenant tenant, String name) {
        Instant quarantined =
                TenantRules.held(tx, name).map(ReservedName::until).orElse(null);
        TenantRules.hold(tx, name, tenant.uuid(), plane.now());
        return quarantined != null && quarantined.isAfter(plane.now())
                ? Map.of(NEW_NAME, name, QUARANTINED, quarantined.toString())
                : Map.of(NEW_NAME, name);
    }

    @Override
    public List<Step> steps() {
        return List.of(new Step("renamed", this::rename));
    }

    private void rename(Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        try {
            plane.databases(tenant).rename(ControlPlane.ref(tenant), newName(operation));
        } catch (SaasException e) {
            throw e.code().equals(ErrorCodes.DATABASE_FOREIGN) ? TenantRules.nameTaken(newName(operation)) : e;
        }
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        Tenant tenant = TenantRules.lock(tx, Sagas.tenantId(operation));
        TenantRules.release(tx, tenant.name(), tenant.uuid(), TenantRules.quarantine(plane, tenant));
        tx.records(RecordTypes.TENANTS)
                .update(tenant.toBuilder().name(newName(operation)).build());
        plane.events.add(
                tx,
                operation,
                EventType.TENANT_RENAMED,
                tenant.id(),
                Map.of("from", tenant.name(), "to", newName(operation)));
    }

    @Override
    public boolean undoable(Operation operation) {
        return true;
    }

    @Override
    public void undo(Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        DatabaseRef renamed = new DatabaseRef(newName(operation), tenant.uuid());
        try {
            plane.databases(tenant).rename(renamed, tenant.name());
        } catch (SaasException e) {
            boolean neverRenamed =
                    e.code().equals(ErrorCodes.DATABASE_FOREIGN) || e.code().equals(ErrorCodes.DATABASE_UNKNOWN);
            if (!neverRenamed) {
                throw e;
            }
        }
    }

    @Override
    public void undone(Transaction tx, Operation operation) {
        Tenant tenant = TenantRules.lock(tx, Sagas.tenantId(operation));
        String quarantined = operation.input().get(QUARANTINED);
        Instant until = quarantined == null ? null : Instant.parse(quarantined);
        TenantRules.release(tx, newName(operation), tenant.uuid(), until);
    }

    /** A late rename is taken back, unless that is where the tenant has got to meanwhile, or somebody renames it now. */
    @Override
    public void withdraw(Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        if (!tenant.state().hasDatabase()) {
            DatabaseRef renamed = new DatabaseRef(newName(operation), tenant.uuid());
            Alignment.drop(plane.databases(tenant), renamed);
        } else if (!tenant.name().equals(newName(operation))
                && plane.catalog.transact(tx -> Sagas.idle(tx, tenant.id()))) {
            undo(operation);
        }
    }

    private static String newName(Operation operation) {
        return operation.input().getOrDefault(NEW_NAME, "");
    }
}
