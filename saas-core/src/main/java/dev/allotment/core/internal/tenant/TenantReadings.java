// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.RecordQuotas;
import dev.allotment.core.internal.database.TenantDatabases;
import dev.allotment.core.internal.database.TenantParameters;
import dev.allotment.core.internal.event.EventLog;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.core.internal.usage.UsageRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what tenants use, from their databases and from the reports of their applications, and stores it. */
public final class TenantReadings {
    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final TenantDatabases tenantDatabases;
    private final EventLog eventLog;

    public TenantReadings(
            CoreContext context, ServerRegistry serverRegistry, TenantDatabases tenantDatabases, EventLog eventLog) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.tenantDatabases = tenantDatabases;
        this.eventLog = eventLog;
    }

    /** A tenant, and whether no operation works on it. */
    private record Seen(StoredTenant tenant, boolean idle) {}

    public StoredTenant sync(Actor actor, TenantId id) {
        actor.requireAdministrator("sync tenants");
        Seen before = context.catalog().transact(tx -> see(actor, tx, id));
        StoredTenant tenant = before.tenant();
        long size = serverRegistry.databases(tenant.serverId()).size(DatabaseRefs.of(tenant));
        Map<String, String> settings = tenantDatabases.transact(tenant, TenantParameters::settings);
        int users = (int) (long) tenantDatabases.transact(tenant, MemberRows::regular);
        Map<String, String> counts = serverRegistry.enforcesRecordQuotas(tenant.serverId())
                ? tenantDatabases.transact(tenant, RecordQuotas::counts)
                : Map.of();
        return context.catalog().transact(tx -> {
            Seen after = see(actor, tx, id);
            // Limits that are being changed may be newer than those that were read.
            boolean settled = before.idle() && after.idle() && TenantParameters.sameLimits(tenant, after.tenant());
            StoredTenant.Builder synced =
                    settled ? TenantParameters.limits(after.tenant(), settings) : after.tenant().toBuilder();
            StoredTenant read = synced.usersCount(users)
                    .databaseSizeBytes(size)
                    .syncedAt(context.now())
                    .build();
            return used(actor, tx, after.tenant(), read, counts);
        });
    }

    /** Stores what a tenant uses now, and its consequences. */
    private StoredTenant used(
            Actor actor, Transaction tx, StoredTenant before, StoredTenant read, @Nullable Map<String, String> counts) {
        StoredTenant stored = SuspensionSchedule.scheduled(tx, read, context.now());
        tx.records(RecordTypes.TENANTS).update(stored);
        UsageRows.note(tx, stored, counts, context.now());
        UsageRows.addExceededEvent(eventLog, tx, actor, before, stored);
        return stored;
    }

    public StoredTenant reportFileStorage(Actor actor, TenantId id, long bytes) {
        actor.requireAdministrator("report the file storage of tenants");
        if (bytes < 0) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID, "File storage must be 0 bytes or more; found " + bytes + ".");
        }
        return context.catalog().transact(tx -> {
            StoredTenant tenant = tenants(actor).lock(tx, id);
            TenantRows.requireState(tenant, "given its file storage", TenantState.OPEN, TenantState.SUSPENDED);
            return used(
                    actor, tx, tenant, tenant.toBuilder().fileSizeBytes(bytes).build(), null);
        });
    }

    /**
     * Notes that a tenant could not be read; does nothing if it was deleted meanwhile.
     *
     * @param due whether it must be read again at once; otherwise it counts as read now
     */
    public void markNotRead(Actor actor, TenantId id, boolean due) {
        context.catalog().transact(tx -> {
            StoredTenant tenant = tenants(actor).lock(tx, id);
            Instant now = context.now();
            if (tenant.nextSyncAt() == null) {
                return null;
            }
            tx.records(RecordTypes.TENANTS)
                    .update(
                            due
                                    ? tenant.toBuilder().nextSyncAt(now).build()
                                    : SuspensionSchedule.scheduled(
                                            tx, tenant.toBuilder().syncedAt(now).build(), now));
            return null;
        });
    }

    private Seen see(Actor actor, Transaction tx, TenantId id) {
        StoredTenant tenant = tenants(actor).lock(tx, id);
        TenantRows.requireState(tenant, "synced", TenantState.OPEN, TenantState.SUSPENDED);
        return new Seen(tenant, OperationLeases.isIdle(tx, id));
    }

    private TenantLookup tenants(Actor actor) {
        return new TenantLookup(context.work(), actor);
    }
}
