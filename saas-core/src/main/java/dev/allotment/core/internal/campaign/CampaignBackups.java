// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.backup.BackupFeature;
import dev.allotment.core.internal.backup.MakeBackupSaga;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.time.Duration;
import java.util.Optional;

/** Makes a backup of a tenant before a campaign changes it. */
public final class CampaignBackups {
    /** How old a backup may be that an earlier attempt made, so that the tenant has changed little since. */
    private static final Duration FRESH = Duration.ofMinutes(10);

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final OperationEngine operations;
    private final BackupArchive archive;
    private final MakeBackupSaga makeBackupSaga;

    public CampaignBackups(
            CoreContext context, ServerRegistry serverRegistry, OperationEngine operations, BackupFeature backups) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.operations = operations;
        this.archive = backups.archive();
        this.makeBackupSaga = backups.making();
    }

    /** Finishes a backup of this tenant that has lost its node, for which the tenant would stay busy. */
    void finishOrphaned(TenantId id) {
        operations.takeOverDue(id, OperationKind.BACK_UP_TENANT, makeBackupSaga);
    }

    /**
     * The backup of a tenant; empty if the campaign has just made one.
     *
     * @param after the number of an operation: a backup from before does not count
     */
    Optional<OperationRequest<?>> making(Actor actor, OperationId campaign, TenantId id, long after) {
        finishOrphaned(id);
        CampaignResults made = new CampaignResults(campaign, OperationKind.BACK_UP_TENANT);
        if (context.catalog()
                .transact(tx -> made.isDoneSince(tx, id, after, context.now().minus(FRESH)))) {
            return Optional.empty();
        }
        StoredTenant tenant = new TenantLookup(context.work(), actor).get(id);
        archive.requireReady(tenant.uuid());
        Abilities.transfer(serverRegistry.databases(tenant.serverId()));
        StoredOperation.Builder draft = operations
                .draft(OperationKind.BACK_UP_TENANT, actor)
                .tenantId(id)
                .campaign(campaign);
        return Optional.of(new OperationRequest<>(draft, tx -> {
            StoredTenant locked = new TenantLookup(context.work(), actor).lock(tx, id);
            TenantRows.requireState(locked, "backed up", TenantState.OPEN, TenantState.SUSPENDED);
            return Optional.of(StartedOperation.store(tx, draft, makeBackupSaga));
        }));
    }
}
