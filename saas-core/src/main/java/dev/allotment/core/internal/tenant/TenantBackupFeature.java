// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant;

import dev.allotment.OperationKind;
import dev.allotment.core.internal.backup.BackupFeature;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.core.internal.tenant.creation.NewTenants;
import dev.allotment.core.internal.tenant.restore.RestoreInPlaceSaga;
import java.util.Map;

/** What operators and owners do with the backups of their tenants. */
public record TenantBackupFeature(
        CoreContext context,
        ServerRegistry serverRegistry,
        OperationEngine operations,
        BackupFeature backups,
        RestoreInPlaceSaga restoring,
        NewTenants newTenants)
        implements Feature {
    public static TenantBackupFeature of(
            CoreContext context,
            DatabaseServers servers,
            OperationEngine operations,
            TenantContent content,
            BackupFeature backups,
            NewTenants newTenants) {
        RestoreInPlaceSaga restoring = new RestoreInPlaceSaga(context, servers.registry(), content, backups);
        return new TenantBackupFeature(context, servers.registry(), operations, backups, restoring, newTenants);
    }

    @Override
    public Map<OperationKind, Saga<?>> sagas() {
        return Map.of(OperationKind.RESTORE_IN_PLACE, restoring);
    }

    public BackupUseCases useCases(Actor actor) {
        return new BackupUseCases(context, serverRegistry, operations, backups, restoring, newTenants, actor);
    }
}
