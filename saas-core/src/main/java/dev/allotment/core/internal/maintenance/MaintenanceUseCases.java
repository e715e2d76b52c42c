// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.maintenance;

import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CatalogGuard;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.event.EventOutbox;
import dev.allotment.core.internal.feature.DueWork.Stage;
import dev.allotment.core.internal.feature.OperationFeature;
import dev.allotment.fleet.ListenerBacklog;
import dev.allotment.fleet.Maintenance;
import dev.allotment.fleet.Node;
import dev.allotment.fleet.NodeStatistics;
import java.util.List;
import java.util.function.Supplier;

/** The maintenance of a node: its due work, and what its operations and deliveries need. */
public final class MaintenanceUseCases implements Maintenance {
    private final CoreContext context;
    private final CatalogGuard catalogGuard;
    private final DueRounds rounds;
    private final OperationFeature operations;
    private final EventOutbox eventOutbox;
    private final NodeReports nodeReports;
    private final Supplier<NodeStatistics> statistics;
    private final Actor actor;

    MaintenanceUseCases(
            CoreContext context,
            CatalogGuard catalogGuard,
            DueRounds rounds,
            OperationFeature operations,
            EventOutbox eventOutbox,
            NodeReports nodeReports,
            Supplier<NodeStatistics> statistics,
            Actor actor) {
        this.context = context;
        this.catalogGuard = catalogGuard;
        this.rounds = rounds;
        this.operations = operations;
        this.eventOutbox = eventOutbox;
        this.nodeReports = nodeReports;
        this.statistics = statistics;
        this.actor = actor;
    }

    @Override
    public int run() {
        return run(Stage.FIRST, Stage.BACKUPS);
    }

    @Override
    public int runDue() {
        return run(Stage.FIRST, Stage.BACKUP_REMAINS);
    }

    @Override
    public int makeBackups() {
        return run(Stage.BACKUPS, Stage.BACKUPS);
    }

    private int run(Stage first, Stage last) {
        requireRights();
        return rounds.run(actor, first, last);
    }

    @Override
    public int recover() {
        requireRights();
        return catalogGuard.isCopy() ? 0 : operations.recovery().recoverDue();
    }

    @Override
    public List<String> listeners() {
        requireRights();
        return eventOutbox.listeners();
    }

    @Override
    public int deliver(String listener) {
        requireRights();
        return catalogGuard.isCopy() ? 0 : eventOutbox.deliver(listener);
    }

    @Override
    public List<Node> nodes() {
        requireRights();
        return nodeReports.nodes();
    }

    @Override
    public NodeStatistics statistics() {
        requireRights();
        return statistics.get();
    }

    @Override
    public List<ListenerBacklog> backlogs() {
        requireRights();
        return eventOutbox.backlogs();
    }

    @Override
    public void renewLeases() {
        requireRights();
        if (catalogGuard.isCopy()) {
            return;
        }
        context.maintenance().call(() -> {
            nodeReports.reportIfDue();
            operations.engine().leases().renew();
            eventOutbox.renew();
            return null;
        });
        rounds.succeeded("leases");
    }

    private void requireRights() {
        actor.requireAdministrator("run the maintenance");
    }
}
