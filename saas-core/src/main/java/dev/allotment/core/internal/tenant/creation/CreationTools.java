// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.core.internal.backup.BackupFeature;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.server.Placement;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.core.internal.spare.SourceChoice;

/** What tenants are made with. */
record CreationTools(
        CoreContext context,
        DatabaseServers servers,
        TenantContent content,
        DatabaseNames names,
        SourceChoice sources,
        BackupFeature backups,
        OperationLeases leases,
        FailureLog failures) {
    ServerRegistry registry() {
        return servers.registry();
    }

    Placement placement() {
        return servers.placement();
    }

    BackupArchive archive() {
        return backups.archive();
    }
}
