// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.host.TenantHosts;
import dev.allotment.core.internal.name.NameCoolDown;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.OperationInputs;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Renames a tenant; both names stay reserved until it has finished. */
public final class RenameSaga extends TenantSaga<Saga.Nothing> {
    private final ServerRegistry serverRegistry;
    private final NameCoolDown nameCoolDown;

    public RenameSaga(
            CoreContext context, ServerRegistry serverRegistry, TenantContent content, NameCoolDown nameCoolDown) {
        super(context, content);
        this.serverRegistry = serverRegistry;
        this.nameCoolDown = nameCoolDown;
    }

    /** Reserves the new name; returns the operation's input. */
    Map<String, String> reserve(Transaction tx, StoredTenant tenant, String name) {
        Instant quarantined =
                ReservedNames.find(tx, name).map(ReservedName::until).orElse(null);
        ReservedNames.reserve(tx, name, tenant.uuid(), context.now());
        TenantHosts.requireApart(tx, tenant.toBuilder().name(name).build());
        return quarantined != null && quarantined.isAfter(context.now())
                ? Map.of(OperationInputs.NEW_NAME, name, OperationInputs.QUARANTINED, quarantined.toString())
                : Map.of(OperationInputs.NEW_NAME, name);
    }

    @Override
    public Nothing resume() {
        return Nothing.NOTHING;
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(Step.of("renamed", this::rename));
    }

    private void rename(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        try {
            serverRegistry.databases(tenant.serverId(), operation).rename(DatabaseRefs.of(tenant), newName(operation));
        } catch (SaasException e) {
            throw e.code().equals(ErrorCodes.DATABASE_FOREIGN) ? ReservedNames.nameTaken(newName(operation)) : e;
        }
    }

    @Override
    public Nothing finish(Transaction tx, StoredOperation operation, Nothing found) {
        StoredTenant tenant = lockTenant(tx, operation);
        ReservedNames.release(tx, tenant.name(), tenant.uuid(), nameCoolDown.until(tenant));
        tx.records(RecordTypes.TENANTS)
                .update(tenant.toBuilder().name(newName(operation)).build());
        context.events()
                .add(
                        tx,
                        operation,
                        EventType.TENANT_RENAMED,
                        tenant.id(),
                        Map.of("from", tenant.name(), "to", newName(operation)));
        return found;
    }

    @Override
    public boolean undoable(StoredOperation operation) {
        return true;
    }

    @Override
    public void undo(StoredOperation operation, Nothing found) {
        StoredTenant tenant = tenant(operation);
        DatabaseRef renamed = new DatabaseRef(newName(operation), tenant.uuid());
        try {
            serverRegistry.databases(tenant.serverId(), operation).rename(renamed, tenant.name());
        } catch (SaasException e) {
            boolean neverRenamed =
                    e.code().equals(ErrorCodes.DATABASE_FOREIGN) || e.code().equals(ErrorCodes.DATABASE_UNKNOWN);
            if (!neverRenamed) {
                throw e;
            }
        }
    }

    @Override
    public void undone(Transaction tx, StoredOperation operation) {
        StoredTenant tenant = lockTenant(tx, operation);
        String quarantined = operation.input().get(OperationInputs.QUARANTINED);
        Instant until = quarantined == null ? null : Instant.parse(quarantined);
        ReservedNames.release(tx, newName(operation), tenant.uuid(), until);
    }

    /** Reverts a rename that came too late, unless the tenant has that name by now, or is being renamed. */
    @Override
    public void retractLateEffects(StoredOperation operation, Nothing found) {
        StoredTenant tenant = tenant(operation);
        if (!tenant.state().hasDatabase()) {
            DatabaseRef renamed = new DatabaseRef(newName(operation), tenant.uuid());
            DatabaseRemoval.discard(serverRegistry.databases(tenant.serverId(), operation), renamed);
        } else if (!tenant.name().equals(newName(operation))
                && context.catalog().transact(tx -> OperationLeases.isIdle(tx, tenant.id()))) {
            undo(operation, found);
        }
    }

    private static String newName(StoredOperation operation) {
        return operation.input().getOrDefault(OperationInputs.NEW_NAME, "");
    }

    @Override
    public Optional<OperationState> supersede(Transaction tx, StoredOperation operation, OperationKind by) {
        undone(tx, operation);
        return Optional.of(OperationState.FAILED);
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The tenant keeps its name, but may have its new name \"" + newName(operation) + "\" on the server: "
                + describe(tx, operation) + ".";
    }
}
