// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.host.TenantHosts;
import dev.allotment.core.internal.name.NameCoolDown;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
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
import org.jspecify.annotations.Nullable;

/** Renames a tenant; both names stay reserved until it has finished. */
public final class RenameSaga extends TenantSaga<Saga.Nothing> implements Saga.Stateless {
    /** @param coolingUntil the end of the cool-down of the new name, restored if the operation is undone; null: none */
    private record Input(String newName, @Nullable Instant coolingUntil) {}

    private static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

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
        Instant until = ReservedNames.find(tx, name).map(ReservedName::until).orElse(null);
        ReservedNames.reserve(tx, name, tenant.uuid(), context.now());
        TenantHosts.requireApart(tx, tenant.toBuilder().name(name).build());
        boolean cooling = until != null && until.isAfter(context.now());
        return INPUT.write(new Input(name, cooling ? until : null));
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(Step.<Nothing>of("renamed", this::rename).undoneBy(this::renameBack));
    }

    private void rename(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        try {
            serverRegistry.databases(tenant.serverId(), operation).rename(DatabaseRefs.of(tenant), newName(operation));
        } catch (SaasException e) {
            throw ReservedNames.asTaken(e, newName(operation));
        }
    }

    @Override
    public void finish(Transaction tx, StoredOperation operation) {
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
    }

    private void renameBack(StoredOperation operation) {
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
    public Ending ending() {
        return Ending.UNDONE.undoneWith(RenameSaga::releaseNewName).superseded();
    }

    private static void releaseNewName(Transaction tx, StoredOperation operation) {
        Input input = INPUT.read(operation);
        ReservedNames.release(tx, input.newName(), lockTenant(tx, operation).uuid(), input.coolingUntil());
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
            renameBack(operation);
        }
    }

    private static String newName(StoredOperation operation) {
        return INPUT.read(operation).newName();
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The tenant keeps its name, but may have its new name \"" + newName(operation) + "\" on the server: "
                + describe(tx, operation) + ".";
    }
}
