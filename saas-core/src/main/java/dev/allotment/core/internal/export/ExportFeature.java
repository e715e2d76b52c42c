// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import dev.allotment.OperationKind;
import dev.allotment.Saas;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.server.ServerRegistry;
import java.util.Map;

/** The exports of tenants. */
public record ExportFeature(
        CoreContext context,
        OperationEngine operations,
        ServerRegistry serverRegistry,
        ExportUseCases.Places places,
        BackupArchive archive,
        TenantWriter writer,
        ExportSaga saga)
        implements Feature {
    public static ExportFeature of(
            CoreContext context,
            DatabaseServers servers,
            OperationEngine operations,
            TenantContent content,
            BackupArchive archive) {
        TenantWriter writer = new TenantWriter(context, servers.registry(), content.files(), Saas.version());
        return new ExportFeature(
                context,
                operations,
                servers.registry(),
                new ExportUseCases.Places(ExportPlaces.ofDatabases(), ExportPlaces.ofDownloads()),
                archive,
                writer,
                new ExportSaga(context, writer, ExportPlaces.ofDatabases(), archive, operations.leases()));
    }

    @Override
    public Map<OperationKind, Saga<?>> sagas() {
        return Map.of(OperationKind.EXPORT_TENANT, saga);
    }

    public ExportUseCases useCases(Actor actor) {
        return new ExportUseCases(context, operations, serverRegistry, places, archive, writer, saga, actor);
    }
}
