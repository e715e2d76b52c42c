// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.fleet;

import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.feature.DueWork;
import dev.allotment.core.internal.feature.DueWork.Stage;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.server.LeftReplications;
import dev.allotment.core.internal.server.ServerTidying;
import dev.allotment.core.internal.server.ServerUseCases;
import dev.allotment.core.internal.tenant.life.TenantReadings;
import dev.allotment.core.internal.tenant.move.Rebalancer;
import java.util.List;

/** The servers as operators see them: what they do with servers also measures and moves tenants. */
public record ServerFeature(
        CoreContext context, DatabaseServers servers, TenantReadings readings, Rebalancer rebalancer)
        implements Feature {
    @Override
    public List<DueWork> dueWork() {
        ServerTidying tidying = new ServerTidying(context, servers.registry(), servers.health());
        LeftReplications replications = new LeftReplications(context, servers.registry(), servers.health());
        return List.of(
                DueWork.of(Stage.FIRST, "sessions", "Ending excessive sessions", servers.sessionBounds()::enforceAll),
                DueWork.of(Stage.SERVERS, "servers", "Checking database servers", servers.health()::checkAll),
                DueWork.of(
                        Stage.PLACEMENT,
                        "placement",
                        "Counting the databases on each server",
                        servers.placement()::renewCounts),
                DueWork.of(Stage.SERVER_REMAINS, "server-remains", "Tidying database servers", tidying::tidyDue),
                DueWork.of(
                        Stage.SERVER_REMAINS,
                        "replications",
                        "Ending replications that were left",
                        replications::endDue));
    }

    public ServerUseCases useCases(Actor actor) {
        return new ServerUseCases(
                context,
                servers,
                actor,
                OperationTargets::workingOn,
                tenant -> readings.sync(actor, tenant),
                (statuses, by) -> rebalancer.find(actor, statuses, by));
    }
}
