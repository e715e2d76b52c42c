// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.EventType;
import dev.allotment.OperationId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.backup.Dumps;
import dev.allotment.core.internal.backup.FileChanges;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.export.ExportPlaces;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.Transfer;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Makes and restores dumps for administrators. */
public final class DumpUseCases implements Dumps {
    private final CreationTools tools;
    private final ExportPlaces places;
    private final NewTenants newTenants;
    private final Actor actor;
    private final TenantLookup tenants;

    /** @param places those of this node, which exports take, too */
    DumpUseCases(CreationTools tools, ExportPlaces places, NewTenants newTenants, Actor actor) {
        this.tools = tools;
        this.places = places;
        this.newTenants = newTenants;
        this.actor = actor;
        this.tenants = new TenantLookup(tools.context().work(), actor);
    }

    /** A tenant whose dump was recorded, and its last operation at that time. */
    private record Recorded(StoredTenant tenant, OperationId last) {}

    @Override
    public byte[] create(TenantId id, int mostBytes) {
        actor.requireAdministrator("make dumps");
        User user = actor.user();
        ExportPlaces.Place place = places.take(Set.of(id), user == null ? null : user.id());
        try {
            return dump(tools.context().catalog().transact(tx -> record(tx, id)), mostBytes);
        } finally {
            places.leave(place);
        }
    }

    /** Recorded before anything is read, also if the rest fails. */
    private Recorded record(Transaction tx, TenantId id) {
        StoredTenant tenant = tenants.lock(tx, id);
        TenantRows.requireState(tenant, "dumped", TenantState.OPEN, TenantState.SUSPENDED);
        OperationLeases.requireIdle(tx, id);
        tools.context()
                .events()
                .add(
                        tx,
                        actor,
                        EventType.TENANT_EXPORTED,
                        id,
                        tenant.ownerId(),
                        Map.of("name", tenant.name(), "dump", "true"));
        return new Recorded(tenant, FileChanges.last(tx, id));
    }

    private byte[] dump(Recorded recorded, int mostBytes) {
        StoredTenant tenant = recorded.tenant();
        Transfer transfer = Abilities.transfer(tools.registry().databases(tenant.serverId()));
        AtomicReference<byte @Nullable []> made = new AtomicReference<>();
        transfer.send(
                DatabaseRefs.of(tenant),
                content ->
                        made.set(tools.backups().dumps().write(tenant, transfer.transferFormat(), mostBytes, content)));
        if (tools.content().files().exist()) {
            tools.context().catalog().transact(tx -> {
                FileChanges.requireNone(tx, tenant.uuid(), recorded.last());
                return null;
            });
        }
        return Objects.requireNonNull(made.get());
    }

    @Override
    public Tenant restore(String name, byte[] dump, boolean neutralise) {
        actor.requireAdministrator("restore dumps");
        return newTenants
                .make(
                        actor,
                        newTenants.restoringDump(
                                actor, name, tools.backups().dumps().read(dump), neutralise))
                .tenant();
    }
}
