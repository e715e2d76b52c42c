// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.template;

import dev.allotment.OperationKind;
import dev.allotment.WarmPoolStatistics;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.feature.DueWork;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.server.DatabaseServers;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The templates of plans. */
public record TemplateFeature(
        CoreContext context,
        DatabaseServers servers,
        OperationEngine operations,
        TenantContent content,
        DatabaseNames names,
        TemplateSagas templateSagas,
        TemplateCopies copies,
        TemplateVersions versions)
        implements Feature {
    public static TemplateFeature of(
            CoreContext context,
            DatabaseServers servers,
            OperationEngine operations,
            TenantContent content,
            DatabaseNames names) {
        TemplateSagas sagas = new TemplateSagas(
                new BuildTemplateSaga(context, servers, content),
                new AdoptTemplateSaga(context, servers, content),
                new DeleteTemplateSaga(context, servers));
        return new TemplateFeature(
                context,
                servers,
                operations,
                content,
                names,
                sagas,
                new TemplateCopies(context, operations, sagas.build()),
                new TemplateVersions(context, servers, operations, content, sagas));
    }

    @Override
    public Map<OperationKind, Saga<?>> sagas() {
        return templateSagas.byKind();
    }

    @Override
    public List<DueWork> dueWork() {
        return List.of(
                DueWork.of(DueWork.Stage.STOCK, "templates", "Keeping templates up to date", versions::keepUpToDate));
    }

    /**
     * The use cases of an actor.
     *
     * @param statistics those of the spares
     */
    public TemplateUseCases useCases(Supplier<WarmPoolStatistics> statistics, Actor actor) {
        return new TemplateUseCases(
                context, servers.placement(), operations, content, names, templateSagas, statistics, actor);
    }
}
