// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.OperationKind;
import dev.allotment.core.internal.access.AccessFeature;
import dev.allotment.core.internal.backup.BackupFeature;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.export.ExportPlaces;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.spare.SourceChoice;
import java.util.Map;

/** The creation of tenants: from a template, a spare, a copy, a backup or a dump, or by adopting a database. */
public record CreationFeature(CreationTools tools, NewTenants newTenants) implements Feature {
    public static CreationFeature of(
            CoreContext context,
            DatabaseServers servers,
            OperationEngine operations,
            TenantContent content,
            DatabaseNames names,
            SourceChoice sources,
            BackupFeature backups,
            AccessFeature access) {
        FailureLog failures = new FailureLog("dev.allotment.tenants", context.node());
        CreationTools tools =
                new CreationTools(context, servers, content, names, sources, backups, operations.leases(), failures);
        return new CreationFeature(tools, new NewTenants(tools, operations, access));
    }

    @Override
    public Map<OperationKind, Saga<?>> sagas() {
        return newTenants.sagas();
    }

    /**
     * The dumps of an actor.
     *
     * @param places those of this node, which exports take, too
     */
    public DumpUseCases dumps(ExportPlaces places, Actor actor) {
        return new DumpUseCases(tools, places, newTenants, actor);
    }
}
