// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.configuration;

import dev.allotment.EventType;
import dev.allotment.PlanId;
import dev.allotment.PlanSwitch;
import dev.allotment.PlanVersion;
import dev.allotment.TenantState;
import dev.allotment.core.internal.addon.AddonInstaller;
import dev.allotment.core.internal.addon.AddonInstallers;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.plan.PlanVersions;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.core.internal.usage.UsageRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gives a tenant database the limits and add-ons of the version that the catalog has put the tenant on, in one
 * transaction inside it. The plan of action is stored, so another node can continue.
 */
public final class SwitchPlanSaga extends ContentSaga<Saga.Nothing> {
    private static final String FROM_PLAN = "fromPlan";
    private static final String FROM_VERSION = "fromVersion";
    private static final String TO_PLAN = "toPlan";
    private static final String TO_VERSION = "toVersion";
    private static final String INSTALL = "install";
    private static final String REMOVE = "remove";
    private static final String FORCED = "forced";

    private final AddonInstallers addonInstallers;

    public SwitchPlanSaga(CoreContext context, TenantContent content) {
        super(context, content);
        this.addonInstallers = content.addons();
    }

    static Map<String, String> input(StoredTenant tenant, PlanVersion to, PlanSwitch preview, boolean forced) {
        PlanId from = tenant.planId();
        return Map.of(
                FROM_PLAN, from == null ? "" : from.toString(),
                FROM_VERSION, Integer.toString(tenant.planVersion()),
                TO_PLAN, to.planId().toString(),
                TO_VERSION, Integer.toString(to.number()),
                INSTALL, String.join(",", preview.addonsToInstall()),
                REMOVE, String.join(",", preview.addonsToRemove()),
                FORCED, Boolean.toString(forced && preview.needsForce()));
    }

    @Override
    public Nothing resume() {
        return Nothing.NOTHING;
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(Step.<Nothing>of("applied", this::apply).lastingLong());
    }

    private void apply(StoredOperation operation) {
        StoredTenant wanted = context.catalog().transact(tx -> {
            StoredTenant tenant = lockTenant(tx, operation);
            return onTerms(tenant, PlanVersions.of(tx, tenant).orElseThrow());
        });
        AddonInstaller installer = addonInstallers.on(wanted.serverId());
        tenantDatabases.configure(wanted, tx -> {
            if (!OperationMarkers.has(tx, operation)) {
                installer.install(tx, names(operation, INSTALL));
                installer.uninstall(tx, names(operation, REMOVE));
                DatabaseSetup.writeParameters(tx, wanted, wanted.state() == TenantState.SUSPENDED);
                OperationMarkers.put(tx, operation);
            }
            return null;
        });
    }

    private static List<String> names(StoredOperation operation, String key) {
        String names = operation.input().getOrDefault(key, "");
        return names.isEmpty() ? List.of() : Arrays.asList(names.split(","));
    }

    private static StoredTenant onTerms(StoredTenant tenant, PlanVersion version) {
        StoredTenant.Builder changed = tenant.toBuilder();
        PlanVersions.apply(changed, version);
        return changed.build();
    }

    @Override
    public Nothing finish(Transaction tx, StoredOperation operation, Nothing found) {
        StoredTenant tenant = lockTenant(tx, operation);
        StoredTenant moved = onTerms(tenant, PlanVersions.of(tx, tenant).orElseThrow());
        if (!names(operation, INSTALL).isEmpty() || !names(operation, REMOVE).isEmpty()) {
            moved = moved.toBuilder().addonVersions(null).build();
        }
        tx.records(RecordTypes.TENANTS).update(SuspensionSchedule.scheduled(tx, moved, context.now()));
        record(context, tx, operation, tenant, moved);
        return found;
    }

    private static void record(
            CoreContext context, Transaction tx, StoredOperation operation, StoredTenant before, StoredTenant moved) {
        Map<String, String> input = operation.input();
        context.events()
                .add(
                        tx,
                        operation,
                        EventType.TENANT_PLAN_SWITCHED,
                        moved.id(),
                        Map.of(
                                "from", PlanVersions.describe(from(operation), fromVersion(operation)),
                                "to", PlanVersions.describe(moved.planId(), moved.planVersion()),
                                "installed", input.getOrDefault(INSTALL, ""),
                                "removed", input.getOrDefault(REMOVE, ""),
                                "forced", input.getOrDefault(FORCED, "false")));
        UsageRows.addExceededEvent(context, tx, operation, before, moved);
    }

    /**
     * Puts a tenant on the version whose add-ons its database has, because a superseded operation had committed them
     * before it was undone in the catalog. The customer may have one database more than allowed afterwards.
     */
    public static void keep(CoreContext context, Transaction tx, StoredOperation operation) {
        String plan = operation.input().getOrDefault(TO_PLAN, "");
        StoredTenant tenant = lockTenant(tx, operation);
        if (plan.isEmpty()
                || !Objects.equals(tenant.planId(), from(operation))
                || tenant.planVersion() != fromVersion(operation)) {
            return;
        }
        PlanId to = new PlanId(Long.parseLong(plan));
        StoredTenant on = tenant.toBuilder()
                .planId(to)
                .planVersion(Integer.parseInt(operation.input().getOrDefault(TO_VERSION, "0")))
                .build();
        // Locked, as by the switch. It may have been deleted meanwhile.
        tx.records(RecordTypes.PLANS).lock(to.value());
        PlanVersions.of(tx, on).ifPresent(version -> {
            StoredTenant moved = onTerms(on, version);
            boolean checked = moved.state() == TenantState.OPEN || moved.state() == TenantState.SUSPENDED;
            tx.records(RecordTypes.TENANTS)
                    .update(checked ? SuspensionSchedule.scheduled(tx, moved, context.now()) : moved);
            record(context, tx, operation, tenant, moved);
        });
    }

    /** The plan where the tenant was before; null: none. */
    public static @Nullable PlanId from(StoredOperation operation) {
        String plan = operation.input().getOrDefault(FROM_PLAN, "");
        return plan.isEmpty() ? null : new PlanId(Long.parseLong(plan));
    }

    /** The version of the plan where the tenant was before; 0: none. */
    public static int fromVersion(StoredOperation operation) {
        return Integer.parseInt(operation.input().getOrDefault(FROM_VERSION, "0"));
    }

    /** Whether a tenant is on the version that the operation has switched it to. */
    public static boolean isOn(StoredTenant tenant, StoredOperation operation) {
        String plan = operation.input().getOrDefault(TO_PLAN, "");
        return tenant.planId() != null
                && tenant.planId().toString().equals(plan)
                && operation.input().getOrDefault(TO_VERSION, "").equals(Integer.toString(tenant.planVersion()));
    }

    /** False if the transaction in the database was committed although its response was lost. */
    @Override
    public boolean undoable(StoredOperation operation) {
        return !isApplied(operation);
    }

    @Override
    public void undo(StoredOperation operation, Nothing found) {
        // Nothing was changed: the transaction in the database was rolled back.
    }

    /**
     * Another tenant may have taken the old place by now; then the customer has one more than allowed, but loses none.
     */
    @Override
    public void undone(Transaction tx, StoredOperation operation) {
        StoredTenant tenant = lockTenant(tx, operation);
        StoredTenant asBefore = tenant.toBuilder()
                .planId(from(operation))
                .planVersion(fromVersion(operation))
                .build();
        // It may have been checked meanwhile, with the grace days of the other plan.
        tx.records(RecordTypes.TENANTS).update(SuspensionSchedule.scheduled(tx, asBefore, context.now()));
    }
}
