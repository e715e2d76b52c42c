// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.EventType;
import dev.allotment.Operation;
import dev.allotment.PlanId;
import dev.allotment.PlanSwitch;
import dev.allotment.PlanVersion;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives a client database the limits and add-ons of the version that the catalog has it on already, in one transaction inside
 * it. What is to be done is stored, so whoever recovers it goes on.
 */
final class SwitchPlanSaga implements Saga {
    private static final String FROM_PLAN = "fromPlan";
    private static final String FROM_VERSION = "fromVersion";
    private static final String INSTALL = "install";
    private static final String REMOVE = "remove";
    private static final String FORCED = "forced";

    private final ControlPlane plane;

    SwitchPlanSaga(ControlPlane plane) {
        this.plane = plane;
    }

    static Map<String, String> input(Tenant tenant, PlanSwitch preview, boolean forced) {
        PlanId from = tenant.planId();
        return Map.of(
                FROM_PLAN, from == null ? "" : from.toString(),
                FROM_VERSION, Integer.toString(tenant.planVersion()),
                INSTALL, String.join(",", preview.addonsToInstall()),
                REMOVE, String.join(",", preview.addonsToRemove()),
                FORCED, Boolean.toString(forced && preview.needsForce()));
    }

    @Override
    public List<Step> steps() {
        return List.of(new Step("applied", this::apply));
    }

    private void apply(Operation operation) {
        Tenant wanted = plane.catalog.transact(tx -> {
            Tenant tenant = TenantRules.lock(tx, Sagas.tenantId(operation));
            return onTerms(tenant, PlanVersions.of(tx, tenant).orElseThrow());
        });
        Installer installer = plane.installer(wanted.serverId());
        plane.configure(wanted, tx -> {
            if (!Marks.has(tx, operation)) {
                installer.install(tx, names(operation, INSTALL));
                installer.uninstall(tx, names(operation, REMOVE));
                DatabaseSetup.tell(tx, wanted, wanted.state() == TenantState.SUSPENDED);
                Marks.put(tx, operation);
            }
            return null;
        });
    }

    private static List<String> names(Operation operation, String key) {
        String names = operation.input().getOrDefault(key, "");
        return names.isEmpty() ? List.of() : Arrays.asList(names.split(","));
    }

    private static Tenant onTerms(Tenant tenant, PlanVersion version) {
        Tenant.Builder changed = tenant.toBuilder();
        PlanVersions.apply(changed, version);
        return changed.build();
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        Tenant tenant = TenantRules.lock(tx, Sagas.tenantId(operation));
        PlanVersion version = PlanVersions.of(tx, tenant).orElseThrow();
        Tenant moved = onTerms(tenant, version);
        tx.records(RecordTypes.TENANTS).update(Schedule.scheduled(tx, moved, plane.now()));
        Map<String, String> input = operation.input();
        plane.events.add(
                tx,
                operation,
                EventType.TENANT_PLAN_SWITCHED,
                tenant.id(),
                Map.of(
                        "from", PlanVersions.describe(from(operation), fromVersion(operation)),
                        "to", PlanVersions.describe(tenant.planId(), tenant.planVersion()),
                        "installed", input.getOrDefault(INSTALL, ""),
                        "removed", input.getOrDefault(REMOVE, ""),
                        "forced", input.getOrDefault(FORCED, "false")));
        UsageRows.tellExceeded(plane, tx, operation, tenant, moved);
    }

    private static @Nullable PlanId from(Operation operation) {
        String plan = operation.input().getOrDefault(FROM_PLAN, "");
        return plan.isEmpty() ? null : new PlanId(Long.parseLong(plan));
    }

    private static int fromVersion(Operation operation) {
        return Integer.parseInt(operation.input().getOrDefault(FROM_VERSION, "0"));
    }

    /** Not where the transaction in the database was committed though its answer was lost. */
    @Override
    public boolean undoable(Operation operation) {
        try {
            return !plane.configure(Sagas.tenant(plane, operation), tx -> Marks.settle(tx, operation));
        } catch (SaasException e) {
            if (Alignment.isNotThere(e)) {
                return true;
            }
            throw e;
        }
    }

    @Override
    public void undo(Operation operation) {
        // Nothing was changed: the transaction in the database saw to that.
    }

    /** Its place on the old plan may be another's by now; then the customer has one more than it may, but no less than it had. */
    @Override
    public void undone(Transaction tx, Operation operation) {
        Tenant tenant = TenantRules.lock(tx, Sagas.tenantId(operation));
        Tenant asBefore = tenant.toBuilder()
                .planId(from(operation))
                .planVersion(fromVersion(operation))
                .build();
        // It may have been looked at meanwhile, by the days of grace of the other plan.
        tx.records(RecordTypes.TENANTS).update(Schedule.scheduled(tx, asBefore, plane.now()));
    }

    @Override
    public void withdraw(Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        Alignment.align(plane, tenant.serverId(), ControlPlane.ref(tenant));
    }
}
