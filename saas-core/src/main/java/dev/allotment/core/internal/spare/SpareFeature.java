// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.spare;

import dev.allotment.OperationKind;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.feature.DueWork;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.template.TemplateCopies;
import java.util.List;
import java.util.Map;

/** The spares: databases that are ready before a tenant is created. */
public record SpareFeature(SourceChoice sources, WarmPool pool, Map<OperationKind, Saga<?>> sagas) implements Feature {
    public static SpareFeature of(
            CoreContext context,
            DatabaseServers servers,
            OperationEngine operations,
            TenantContent content,
            TemplateCopies copies) {
        SourceChoice sources = new SourceChoice(servers, copies);
        BuildSpareSaga build = new BuildSpareSaga(context, servers, content);
        DeleteSpareSaga delete = new DeleteSpareSaga(context, servers);
        return new SpareFeature(
                sources,
                new WarmPool(context, servers, operations, sources, build, delete),
                Map.of(OperationKind.BUILD_SPARE, build, OperationKind.DELETE_SPARE, delete));
    }

    @Override
    public List<DueWork> dueWork() {
        return List.of(DueWork.of(DueWork.Stage.STOCK, "spares", "Filling the warm pool", pool::fill));
    }
}
