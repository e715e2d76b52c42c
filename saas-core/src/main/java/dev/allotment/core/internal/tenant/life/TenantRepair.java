// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.EventType;
import dev.allotment.OperationKind;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.fleet.Finding;
import dev.allotment.fleet.FindingCode;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Repairs the database of a tenant by an operation, so that no other operation works on it meanwhile. */
public final class TenantRepair {
    private final CoreContext context;
    private final OperationEngine operations;
    private final RepairSaga repairSaga;

    public TenantRepair(CoreContext context, OperationEngine operations, RepairSaga repairSaga) {
        this.context = context;
        this.operations = operations;
        this.repairSaga = repairSaga;
    }

    /**
     * Repairs what was found on one tenant. Returns what was done, or null if the tenant has no database any more.
     *
     * @throws dev.allotment.SaasException {@code tenant.busy}, and as the backend does
     */
    public @Nullable String repair(Actor actor, TenantId id, List<Finding> findings) {
        StoredOperation.Builder draft = operations.draft(OperationKind.REPAIR_TENANT, actor);
        return operations
                .run(new OperationRequest<>(draft, tx -> start(tx, actor, id, findings, draft)))
                .map(done -> "Its name, rights and state are as recorded.")
                .orElse(null);
    }

    private Optional<StartedOperation<Saga.Nothing>> start(
            Transaction tx, Actor actor, TenantId id, List<Finding> findings, StoredOperation.Builder draft) {
        StoredTenant tenant = TenantRows.lock(tx, id.value());
        if (!tenant.state().hasDatabase() || tenant.state() == TenantState.DRAFT) {
            return Optional.empty();
        }
        String codes = findings.stream().map(each -> each.code().code()).collect(Collectors.joining(" "));
        draft.tenantId(id).input(RepairSaga.INPUT.write(new RepairSaga.Input(codes)));
        StartedOperation<Saga.Nothing> started = StartedOperation.store(tx, draft, repairSaga);
        if (findings.stream().anyMatch(each -> each.code() == FindingCode.FOUND_AGAIN)
                && tenant.suspendedFor().contains(SuspensionSchedule.MISSING)) {
            List<String> causes = new ArrayList<>(tenant.suspendedFor());
            causes.remove(SuspensionSchedule.MISSING);
            StoredTenant resumed = tenant.toBuilder()
                    .suspendedFor(causes)
                    .state(
                            tenant.state() == TenantState.SUSPENDED && causes.isEmpty()
                                    ? TenantState.OPEN
                                    : tenant.state())
                    .build();
            tx.records(RecordTypes.TENANTS).update(SuspensionSchedule.scheduled(tx, resumed, context.now()));
            context.events()
                    .add(
                            tx,
                            actor,
                            EventType.TENANT_RESUMED,
                            tenant.id(),
                            tenant.ownerId(),
                            Map.of("name", tenant.name(), "cause", SuspensionSchedule.MISSING));
        }
        return Optional.of(started);
    }
}
