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
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.plan.PlanVersions;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.core.internal.usage.UsageRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives a tenant database the limits and add-ons of the version that the catalog has put the tenant on, in one
 * transaction inside it. The plan of action is stored, so another node can continue.
 */
public final class SwitchPlanSaga extends ContentSaga<Saga.Nothing> implements Saga.Stateless {
    /**
     * @param fromPlan the plan where the tenant was before; null: none
     * @param fromVersion the version of that plan; 0: none
     */
    private record Input(
            @Nullable PlanId fromPlan,
            int fromVersion,
            PlanId toPlan,
            int toVersion,
            List<String> install,
            List<String> remove,
            boolean forced) {}

    private static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    private final AddonInstallers addonInstallers;

    public SwitchPlanSaga(CoreContext context, TenantContent content) {
        super(context, content);
        this.addonInstallers = content.addons();
    }

    static Map<String, String> input(StoredTenant tenant, PlanVersion to, PlanSwitch preview, boolean forced) {
        return INPUT.write(new Input(
                tenant.planId(),
                tenant.planVersion(),
                to.planId(),
                to.number(),
                preview.addonsToInstall(),
                preview.addonsToRemove(),
                forced && preview.needsForce()));
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
        Input input = INPUT.read(operation);
        AddonInstaller installer = addonInstallers.on(wanted.serverId());
        tenantDatabases.configure(wanted, tx -> {
            if (!OperationMarkers.has(tx, operation)) {
                installer.install(tx, input.install());
                installer.uninstall(tx, input.remove());
                DatabaseSetup.writeParameters(tx, wanted, wanted.state() == TenantState.SUSPENDED);
                OperationMarkers.put(tx, operation);
            }
            return null;
        });
    }

    private static StoredTenant onTerms(StoredTenant tenant, PlanVersion version) {
        StoredTenant.Builder changed = tenant.toBuilder();
        PlanVersions.apply(changed, version);
        return changed.build();
    }

    @Override
    public void finish(Transaction tx, StoredOperation operation) {
        Input input = INPUT.read(operation);
        StoredTenant tenant = lockTenant(tx, operation);
        StoredTenant moved = onTerms(tenant, PlanVersions.of(tx, tenant).orElseThrow());
        if (!input.install().isEmpty() || !input.remove().isEmpty()) {
            moved = moved.toBuilder().addonVersions(null).build();
        }
        tx.records(RecordTypes.TENANTS).update(SuspensionSchedule.scheduled(tx, moved, context.now()));
        record(context, tx, operation, tenant, moved);
    }

    private static void record(
            CoreContext context, Transaction tx, StoredOperation operation, StoredTenant before, StoredTenant moved) {
        Input input = INPUT.read(operation);
        context.events()
                .add(
                        tx,
                        operation,
                        EventType.TENANT_PLAN_SWITCHED,
                        moved.id(),
                        Map.of(
                                "from", PlanVersions.describe(input.fromPlan(), input.fromVersion()),
                                "to", PlanVersions.describe(moved.planId(), moved.planVersion()),
                                "installed", String.join(",", input.install()),
                                "removed", String.join(",", input.remove()),
                                "forced", Boolean.toString(input.forced())));
        UsageRows.addExceededEvent(context, tx, operation, before, moved);
    }

    /**
     * Puts a tenant on the version whose add-ons its database has, because a superseded operation had committed them
     * before it was undone in the catalog. The customer may have one database more than allowed afterwards.
     */
    public static void keep(CoreContext context, Transaction tx, StoredOperation operation) {
        Input input = INPUT.read(operation);
        StoredTenant tenant = lockTenant(tx, operation);
        if (!Objects.equals(tenant.planId(), input.fromPlan()) || tenant.planVersion() != input.fromVersion()) {
            return;
        }
        PlanId to = input.toPlan();
        StoredTenant on =
                tenant.toBuilder().planId(to).planVersion(input.toVersion()).build();
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

    /** The plan and the version where the tenant was before; empty: on none, or an erasure has removed it. */
    public static Optional<PlanAt> from(StoredOperation operation) {
        return INPUT.find(operation)
                .flatMap(input -> input.fromPlan() == null
                        ? Optional.empty()
                        : Optional.of(new PlanAt(input.fromPlan(), input.fromVersion())));
    }

    /** A version of a plan. */
    public record PlanAt(PlanId plan, int version) {}

    /** Whether a tenant is on the version that the operation has switched it to. */
    public static boolean isOn(StoredTenant tenant, StoredOperation operation) {
        Input input = INPUT.read(operation);
        return input.toPlan().equals(tenant.planId()) && input.toVersion() == tenant.planVersion();
    }

    @Override
    public Ending ending() {
        return unlessApplied(this::takeBack);
    }

    /**
     * Another tenant may have taken the old place by now; then the customer has one more than allowed, but loses none.
     */
    private void takeBack(Transaction tx, StoredOperation operation) {
        Input input = INPUT.read(operation);
        StoredTenant tenant = lockTenant(tx, operation);
        StoredTenant asBefore = tenant.toBuilder()
                .planId(input.fromPlan())
                .planVersion(input.fromVersion())
                .build();
        // It may have been checked meanwhile, with the grace days of the other plan.
        tx.records(RecordTypes.TENANTS).update(SuspensionSchedule.scheduled(tx, asBefore, context.now()));
    }
}
