// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.maintenance;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.ListenerBacklog;
import dev.allotment.Maintenance;
import dev.allotment.Node;
import dev.allotment.NodeStatistics;
import dev.allotment.SaasException;
import dev.allotment.core.internal.authentication.SignInThrottle;
import dev.allotment.core.internal.backup.BackupTidying;
import dev.allotment.core.internal.backup.DueBackups;
import dev.allotment.core.internal.backup.DueDrills;
import dev.allotment.core.internal.backup.DueKeys;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CatalogGuard;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.event.EventOutbox;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationRecovery;
import dev.allotment.core.internal.reconciliation.RestoredCatalog;
import dev.allotment.core.internal.server.LeftReplications;
import dev.allotment.core.internal.server.Placement;
import dev.allotment.core.internal.server.ServerHealth;
import dev.allotment.core.internal.server.ServerTidying;
import dev.allotment.core.internal.server.SessionBounds;
import dev.allotment.core.internal.spare.WarmPool;
import dev.allotment.core.internal.template.TemplateVersions;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs due work, one part after the other; a part that fails does not keep the others from running. */
public final class MaintenanceUseCases implements Maintenance {
    private static final Logger LOG = System.getLogger("dev.allotment.maintenance");

    private final CoreContext context;
    private final CatalogGuard catalogGuard;
    private final RestoredCatalog restoredCatalog;
    private final NodeReports nodeReports;
    private final ServerHealth serverHealth;
    private final SessionBounds sessionBounds;
    private final ServerTidying serverTidying;
    private final LeftReplications leftReplications;
    private final BackupTidying backupTidying;
    private final DueBackups dueBackups;
    private final DueKeys dueKeys;
    private final DueDrills dueDrills;
    private final OperationLeases operationLeases;
    private final OperationRecovery operationRecovery;
    private final EventOutbox eventOutbox;
    private final TemplateVersions templateVersions;
    private final WarmPool warmPool;
    private final TenantChecks tenantChecks;
    private final DueReadings dueReadings;
    private final ExpiredSecrets expiredSecrets;
    private final OldRecords oldRecords;
    private final Placement placement;
    private final PartStatistics partStatistics;
    private final SignInThrottle signInThrottle;
    private final LongSupplier wrongKeys;
    private final Supplier<List<NodeStatistics.Pool>> pools;
    private final Actor actor;

    public MaintenanceUseCases(
            CoreContext context,
            CatalogGuard catalogGuard,
            RestoredCatalog restoredCatalog,
            NodeReports nodeReports,
            ServerHealth serverHealth,
            SessionBounds sessionBounds,
            ServerTidying serverTidying,
            LeftReplications leftReplications,
            BackupTidying backupTidying,
            DueBackups dueBackups,
            DueKeys dueKeys,
            DueDrills dueDrills,
            OperationLeases operationLeases,
            OperationRecovery operationRecovery,
            EventOutbox eventOutbox,
            TemplateVersions templateVersions,
            WarmPool warmPool,
            TenantChecks tenantChecks,
            DueReadings dueReadings,
            ExpiredSecrets expiredSecrets,
            OldRecords oldRecords,
            Placement placement,
            PartStatistics partStatistics,
            SignInThrottle signInThrottle,
            LongSupplier wrongKeys,
            Supplier<List<NodeStatistics.Pool>> pools,
            Actor actor) {
        this.context = context;
        this.catalogGuard = catalogGuard;
        this.restoredCatalog = restoredCatalog;
        this.nodeReports = nodeReports;
        this.serverHealth = serverHealth;
        this.sessionBounds = sessionBounds;
        this.serverTidying = serverTidying;
        this.leftReplications = leftReplications;
        this.backupTidying = backupTidying;
        this.dueBackups = dueBackups;
        this.dueKeys = dueKeys;
        this.dueDrills = dueDrills;
        this.operationLeases = operationLeases;
        this.operationRecovery = operationRecovery;
        this.eventOutbox = eventOutbox;
        this.templateVersions = templateVersions;
        this.warmPool = warmPool;
        this.tenantChecks = tenantChecks;
        this.dueReadings = dueReadings;
        this.expiredSecrets = expiredSecrets;
        this.oldRecords = oldRecords;
        this.placement = placement;
        this.partStatistics = partStatistics;
        this.signInThrottle = signInThrottle;
        this.wrongKeys = wrongKeys;
        this.pools = pools;
        this.actor = actor;
    }

    @Override
    public int run() {
        Round round = due();
        for (String listener : eventOutbox.listeners()) {
            if (catalogGuard.isCopy()) {
                break;
            }
            round.part(
                    "listener-" + listener, "Delivering to listener " + listener, () -> eventOutbox.deliver(listener));
        }
        if (!catalogGuard.isCopy()) {
            finishOperations(round, operationRecovery::recoverLong);
        }
        makeBackups(round);
        return round.end();
    }

    @Override
    public int runDue() {
        return due().end();
    }

    @Override
    public int makeBackups() {
        requireRights();
        Round round = new Round();
        makeBackups(round);
        return round.end();
    }

    private void makeBackups(Round round) {
        if (!catalogGuard.isCopy()) {
            round.part("backup-keys", "Encrypting the keys of backups again", () -> dueKeys.encryptDue(actor));
            round.part("backups", "Backing up tenants", () -> dueBackups.makeDue(actor));
            round.part("backup-drills", "Restoring a backup as a drill", () -> dueDrills.drillDue(actor));
        }
    }

    private static void finishOperations(Round round, IntSupplier recovery) {
        round.part("operations", "Finishing operations", recovery);
    }

    private Round due() {
        requireRights();
        Round round = new Round();
        if (catalogGuard.isCopy()) {
            return round;
        }
        // First, since these sessions may be what makes the rest wait.
        round.part("sessions", "Ending excessive sessions", sessionBounds::enforceAll);
        round.part("nodes", "Forgetting dead nodes", nodeReports::tidy);
        round.part("servers", "Checking database servers", serverHealth::checkAll);
        round.part("restored-catalog", "Checking whether the catalog was restored", restoredCatalog::lookIfDue);
        round.part("placement", "Counting the databases on each server", placement::renewCounts);
        finishOperations(round, operationRecovery::recoverShort);
        round.part("tenants", "Checking tenants", () -> tenantChecks.checkDue(actor));
        round.part("usage", "Reading the usage of tenants", () -> dueReadings.readDue(actor));
        round.part("templates", "Keeping templates up to date", templateVersions::keepUpToDate);
        round.part("spares", "Filling the warm pool", warmPool::fill);
        round.part("expired", "Removing what has expired", expiredSecrets::removeAll);
        round.part("retention", "Deleting old records", oldRecords::deleteDue);
        round.part("server-remains", "Tidying database servers", serverTidying::tidyDue);
        round.part("replications", "Ending replications that were left", leftReplications::endDue);
        round.part("backup-remains", "Tidying the store of the backups", backupTidying::tidyDue);
        return round;
    }

    /** The parts of one call: one that fails does not keep the others from running. */
    private final class Round {
        private int done;
        private @Nullable Error error;
        /** The parts that were postponed in this round and not in the one before, by reason. */
        private final Map<String, List<String>> newlyPostponed = new LinkedHashMap<>();

        void part(String name, String what, IntSupplier work) {
            try {
                done += work.getAsInt();
                partStatistics.succeeded(name, context.now());
            } catch (RuntimeException e) {
                if (e instanceof SaasException known && known.code().equals(ErrorCodes.BACKEND_CLOSED)) {
                    throw e;
                }
                partStatistics.failed(name);
                if (e instanceof SaasException known && known.category() == ErrorCategory.UNAVAILABLE) {
                    postpone(name, what, String.valueOf(known.getMessage()));
                } else {
                    LOG.log(Level.ERROR, what + " failed; a later call of the maintenance tries again", e);
                }
            } catch (Error e) {
                partStatistics.failed(name);
                LOG.log(Level.ERROR, what + " failed", e);
                error = error == null ? e : error;
            }
        }

        /** An outage is the same for most parts, and may last for hours. */
        private void postpone(String name, String what, String why) {
            if (partStatistics.postponed(name, why)) {
                newlyPostponed.computeIfAbsent(why, any -> new ArrayList<>()).add(what);
            }
        }

        int end() {
            newlyPostponed.forEach((why, parts) -> LOG.log(
                    Level.WARNING, "Postponed until it works again: " + why + " [" + String.join(", ", parts) + "]"));
            if (error != null) {
                throw error;
            }
            return done;
        }
    }

    @Override
    public int recover() {
        requireRights();
        return catalogGuard.isCopy() ? 0 : operationRecovery.recoverDue();
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
        return new NodeStatistics(
                partStatistics.all(),
                operationLeases.takenOver(),
                operationLeases.lost(),
                signInThrottle.wrong(),
                signInThrottle.refused(),
                wrongKeys.getAsLong(),
                pools.get());
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
        context.upkeep().call(() -> {
            nodeReports.reportIfDue();
            operationLeases.renew();
            eventOutbox.renew();
            return null;
        });
        partStatistics.succeeded("leases", context.now());
    }

    private void requireRights() {
        actor.requireAdministrator("run the maintenance");
    }
}
