// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.OperationKind;
import dev.allotment.core.internal.backup.BackupFeature;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.feature.OperationFeature;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.template.TemplateVersions;
import java.util.Map;

/** Campaigns, which change many tenants, and the actions of the embedder that they run. */
public record CampaignFeature(
        CoreContext context,
        OperationEngine operations,
        CampaignSaga saga,
        VersionReport versions,
        BackupArchive archive,
        Map<OperationKind, Saga<?>> sagas)
        implements Feature {
    public static CampaignFeature of(
            CoreContext context,
            OperationFeature operations,
            DatabaseServers servers,
            TemplateVersions templates,
            BackupFeature backups,
            TenantWorks works) {
        OperationEngine engine = operations.engine();
        CampaignSaga saga = new CampaignSaga(
                context,
                engine,
                operations.offered(),
                templates,
                works,
                new CampaignBackups(context, servers.registry(), engine, backups));
        return new CampaignFeature(
                context,
                engine,
                saga,
                works.versions(),
                backups.archive(),
                Map.of(OperationKind.CAMPAIGN, saga, OperationKind.RUN_TENANT_ACTION, works.actionSaga()));
    }

    public CampaignUseCases useCases(Actor actor) {
        return new CampaignUseCases(context, operations, saga, versions, archive, actor);
    }
}
