// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.reconciliation;

import dev.allotment.ErrorCategory;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.parameter.CatalogEpoch;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.fleet.Finding;
import dev.allotment.fleet.FindingCode;
import dev.allotment.fleet.Reconciliation;
import dev.allotment.fleet.ReconciliationReport;
import dev.allotment.fleet.RepairRequest;
import dev.allotment.fleet.RepairResult;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.spi.backend.StoredOperation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Checks and repairs for one actor. */
public final class ReconciliationUseCases implements Reconciliation {
    private final CoreContext context;
    private final DatabaseServers servers;
    private final Repairs repairs;
    private final OperationEngine operations;
    private final RepairEverythingSaga repairEverything;
    private final Actor actor;
    private final RecordedDatabases recorded;
    private final FailureLog failures;

    public ReconciliationUseCases(
            CoreContext context,
            DatabaseServers servers,
            Repairs repairs,
            OperationEngine operations,
            RepairEverythingSaga repairEverything,
            Actor actor) {
        this.context = context;
        this.servers = servers;
        this.repairs = repairs;
        this.operations = operations;
        this.repairEverything = repairEverything;
        this.actor = actor;
        this.recorded = new RecordedDatabases(context.catalog());
        this.failures = new FailureLog("dev.allotment.reconciliation", context.node());
    }

    @Override
    public ReconciliationReport check() {
        return check(null, true);
    }

    @Override
    public ReconciliationReport check(ServerId server) {
        return check(server, false);
    }

    private ReconciliationReport check(@Nullable ServerId only, boolean all) {
        actor.requireAdministrator("compare the catalog with the database servers");
        Instant start = context.now();
        List<Server> servers = context.catalog()
                .transact(tx -> only == null
                        ? tx.records(RecordTypes.SERVERS)
                                .list(Query.where(Filter.equal(Server.SOURCE, false))
                                        .orderBy(Server.ID))
                        : List.of(tx.records(RecordTypes.SERVERS)
                                .find(only.value())
                                .orElseThrow(() -> RecordLookup.missing(RecordTypes.SERVERS, "Server", only.value()))));
        List<Finding> findings = new ArrayList<>();
        Set<UUID> identities = new HashSet<>();
        int read = 0;
        long databases = 0;
        for (Server server : servers) {
            if (server.state() != Server.State.IN_USE) {
                continue;
            }
            try {
                ServerCheck.Result result = new ServerCheck(
                                context,
                                recorded,
                                server,
                                () -> this.servers.registry().databases(server.id()))
                        .run();
                read++;
                databases += result.identities().size();
                identities.addAll(result.identities());
                findings.addAll(result.findings());
            } catch (UnreadableServer e) {
                this.servers.health().failed(server.id(), e.why());
                findings.add(unreachable(server, e.why()));
            }
        }
        // A name belongs to an orphan of a server that could not be read, for all that is known.
        if (all && read == servers.size()) {
            for (ReservedName name : recorded.reservedForNobody()) {
                if (!identities.contains(name.holder())) {
                    findings.add(unused(name));
                }
            }
        }
        if (all) {
            findings.addAll(undecided());
        }
        return new ReconciliationReport(start, read, databases, findings);
    }

    /** Operations of an epoch that has ended, and that have failed since. */
    private List<Finding> undecided() {
        return context.catalog().transact(tx -> {
            long handled = CatalogEpoch.handled(tx);
            return tx
                    .records(RecordTypes.OPERATIONS)
                    .list(Query.where(Filter.and(
                            Filter.equal(StoredOperation.STATE, OperationState.RUNNING),
                            Filter.compare(StoredOperation.ATTEMPTS, Filter.Operator.GREATER, 0))))
                    .stream()
                    .filter(each -> each.epoch() < handled)
                    .map(ReconciliationUseCases::undecided)
                    .toList();
        });
    }

    private static Finding undecided(StoredOperation operation) {
        return new Finding(
                FindingCode.UNDECIDED_OPERATION,
                null,
                "",
                null,
                null,
                operation.tenantId(),
                "Operation " + operation.id() + " (" + operation.kind()
                        + ") is from before an older catalog was restored," + " and has failed " + operation.attempts()
                        + " times since: whether it was done is not known.",
                false,
                "Look at its database, then cancel or abandon the operation. Check again afterwards.");
    }

    private Finding unreachable(Server server, SaasException e) {
        boolean expected = e.category() == ErrorCategory.UNAVAILABLE;
        failures.warnUnless(expected, "Database server " + server.name() + " could not be checked", e);
        return new Finding(
                FindingCode.UNREACHABLE,
                server.id(),
                server.name(),
                null,
                null,
                null,
                "Database server " + server.name() + " could not be read"
                        + (e.category() == ErrorCategory.INTERNAL ? "" : ": " + e.getMessage()),
                false,
                "Make it reachable, and check again. If it is lost for good, give it up.");
    }

    private static Finding unused(ReservedName name) {
        return new Finding(
                FindingCode.NAME_UNUSED,
                null,
                "",
                name.name(),
                name.holder(),
                null,
                "The name " + name.name() + " is reserved, but nothing that is known has it.",
                true,
                "The name will be free after its cool-down.");
    }

    @Override
    public List<RepairResult> repair(RepairRequest request) {
        ReconciliationReport report = check(request.server(), request.server() == null);
        Set<String> drop = Set.copyOf(request.drop());
        Repairs.checkDroppable(report.findings(), drop);
        return repairs.repair(actor, Repairs.selected(report.findings(), request.only(), drop), drop);
    }

    /** A repair that is recorded as an operation. What it would drop is checked before it is stored. */
    public OperationRequest<Map<String, String>> repairing(RepairRequest request) {
        actor.requireAdministrator("repair databases");
        StoredOperation.Builder draft =
                operations.draft(OperationKind.REPAIR, actor).input(RepairEverythingSaga.input(request));
        return OperationRequest.prepared(draft, () -> {
            if (!request.drop().isEmpty()) {
                ReconciliationReport report = check(request.server(), request.server() == null);
                Repairs.checkDroppable(report.findings(), Set.copyOf(request.drop()));
            }
            return tx -> Optional.of(StartedOperation.store(tx, draft, repairEverything));
        });
    }
}
