// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.maintenance;

import dev.allotment.Saas;
import dev.allotment.core.internal.authentication.SignIn;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CatalogGuard;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.event.EventOutbox;
import dev.allotment.core.internal.feature.DueWork;
import dev.allotment.core.internal.feature.DueWork.Stage;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.feature.OperationFeature;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.fleet.NodeStatistics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/** The maintenance, which runs the due work of all features. */
public final class MaintenanceFeature {
    private final CoreContext context;
    private final CatalogGuard guard;
    private final OperationFeature operations;
    private final EventOutbox outbox;
    private final NodeReports nodes;
    private final PartStatistics parts = new PartStatistics();
    private final Supplier<NodeStatistics> statistics;
    private final List<DueWork> work = new ArrayList<>();

    public MaintenanceFeature(
            CoreContext context,
            CatalogGuard guard,
            DatabaseServers servers,
            OperationFeature operations,
            EventOutbox outbox,
            SignIn signIn,
            List<Feature> features) {
        this.context = context;
        this.guard = guard;
        this.operations = operations;
        this.outbox = outbox;
        this.nodes = new NodeReports(context, context.catalog(), Saas.version());
        OperationLeases leases = operations.engine().leases();
        this.statistics = () -> new NodeStatistics(
                parts.all(),
                leases.takenOver(),
                leases.lost(),
                signIn.throttle().wrong(),
                signIn.throttle().refused(),
                signIn.wrongKeys(),
                servers.registry().pools());
        features.forEach(each -> work.addAll(each.dueWork()));
        work.addAll(ownWork());
        work.sort(Comparator.comparing(DueWork::stage));
    }

    private List<DueWork> ownWork() {
        List<DueWork> own = new ArrayList<>(List.of(
                DueWork.of(Stage.FIRST, "nodes", "Forgetting dead nodes", nodes::tidy),
                DueWork.of(
                        Stage.EXPIRY, "expired", "Removing what has expired", new ExpiredSecrets(context)::removeAll),
                DueWork.of(
                        Stage.EXPIRY,
                        "retention",
                        "Deleting old records",
                        new OldRecords(context, outbox.listeners())::deleteDue)));
        outbox.listeners()
                .forEach(each -> own.add(DueWork.of(
                        Stage.DELIVERY,
                        "listener-" + each,
                        "Delivering to listener " + each,
                        () -> outbox.deliver(each))));
        return own;
    }

    public NodeReports nodes() {
        return nodes;
    }

    public MaintenanceUseCases useCases(Actor actor) {
        return new MaintenanceUseCases(
                context,
                guard,
                new DueRounds(context, guard, work, parts),
                operations,
                outbox,
                nodes,
                statistics,
                actor);
    }
}
