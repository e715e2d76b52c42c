// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.configuration;

import dev.allotment.AddonStatus;
import dev.allotment.CustomerId;
import dev.allotment.Entitlement;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.PlanSwitch;
import dev.allotment.PlanVersion;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.SwitchPlan;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.plan.CustomerDatabaseLimit;
import dev.allotment.core.internal.plan.PlanVersions;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.hook.Addon;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Switches tenants to other plans and versions, and previews what a switch would do. */
public final class PlanSwitching {

    private final CoreContext context;
    private final TenantContent content;
    private final OperationEngine operations;
    private final SwitchPlanSaga switchPlanSaga;

    public PlanSwitching(
            CoreContext context, TenantContent content, OperationEngine operations, SwitchPlanSaga switchPlanSaga) {
        this.context = context;
        this.content = content;
        this.operations = operations;
        this.switchPlanSaga = switchPlanSaga;
    }

    /** The records of the catalog that a switch concerns. */
    private record Terms(StoredTenant tenant, @Nullable PlanVersion from, Plan plan, PlanVersion to, long others) {}

    /** What the database contains now. */
    private record Found(TenantUse use, Set<String> installed) {}

    public PlanSwitch preview(Actor actor, SwitchPlan command) {
        actor.requireAdministrator("switch plans of tenants");
        requireInScope(actor, command);
        Terms terms = context.catalog().transact(tx -> terms(tx, tenants(actor).get(tx, command.tenant()), command));
        PlanSwitch preview = preview(terms, look(terms.tenant()));
        requireAddons(preview);
        return preview;
    }

    private static void requireInScope(Actor actor, SwitchPlan command) {
        actor.requireInScope(actor.scope().customer(), command.plan());
    }

    public OperationRequest<Saga.Nothing> switching(Actor actor, SwitchPlan command) {
        return switching(actor, command, (tx, tenant) -> {}, (tenant, preview) -> {
            if (preview.needsForce() && !command.force()) {
                throw refused(tenant, preview);
            }
        });
    }

    /**
     * Switches if that exceeds no limit, and if the sold version and the add-ons to remove are still as seen.
     *
     * @param check returns normally if the locked tenant may be switched
     */
    public OperationRequest<Saga.Nothing> switchingOwn(
            Actor actor,
            TenantId id,
            PlanId plan,
            int version,
            List<String> addonsToRemove,
            BiConsumer<? super Transaction, ? super StoredTenant> check) {
        SwitchPlan command = SwitchPlan.builder(id, plan).force(true).build();
        return switching(actor, command, check, (tenant, preview) -> {
            if (preview.version() != version
                    || !Set.copyOf(preview.addonsToRemove()).equals(Set.copyOf(addonsToRemove))) {
                throw SaasException.conflict(
                        ErrorCodes.RECORD_CHANGED,
                        "What moving tenant \"" + tenant.name() + "\" to plan " + plan
                                + " would do has changed since it was previewed. Preview it again.");
            }
            if (!preview.exceeded().isEmpty()) {
                throw refused(tenant, preview);
            }
        });
    }

    private OperationRequest<Saga.Nothing> switching(
            Actor actor,
            SwitchPlan command,
            BiConsumer<? super Transaction, ? super StoredTenant> first,
            BiConsumer<? super StoredTenant, ? super PlanSwitch> check) {
        actor.requireAdministrator("switch plans of tenants");
        requireInScope(actor, command);
        Found found = look(tenants(actor).get(command.tenant()));
        StoredOperation.Builder draft =
                operations.draft(OperationKind.SWITCH_PLAN, actor).tenantId(command.tenant());
        return new OperationRequest<>(draft, tx -> {
            first.accept(tx, tenants(actor).lock(tx, command.tenant()));
            return start(actor, tx, command, found, check, draft);
        });
    }

    /**
     * Takes the place on the new plan at once, so that no other request takes it meanwhile; the limits follow when the
     * database has them. Empty if the tenant is on that version already.
     */
    private Optional<StartedOperation<Saga.Nothing>> start(
            Actor actor,
            Transaction tx,
            SwitchPlan command,
            Found found,
            BiConsumer<? super StoredTenant, ? super PlanSwitch> check,
            StoredOperation.Builder draft) {
        StoredTenant tenant = tenants(actor).lock(tx, command.tenant());
        CustomerDatabaseLimit.lockCustomer(tx, customer(tenant));
        // Locked, so that it is not deleted before the tenant is on it, which then keeps it from being deleted.
        tx.records(RecordTypes.PLANS).lock(command.plan().value());
        Terms terms = terms(tx, tenant, command);
        PlanSwitch preview = preview(terms, found);
        check.accept(tenant, preview);
        requireAddons(preview);
        if (preview.empty()) {
            return Optional.empty();
        }
        draft.input(SwitchPlanSaga.input(tenant, terms.to(), preview, command.force()));
        StartedOperation<Saga.Nothing> started = StartedOperation.store(tx, draft, switchPlanSaga);
        tx.records(RecordTypes.TENANTS)
                .update(tenant.toBuilder()
                        .planId(terms.plan().id())
                        .planVersion(terms.to().number())
                        .build());
        return Optional.of(started);
    }

    /**
     * The number of a version of a plan.
     *
     * @param version 0: the one that is sold now
     * @throws SaasException {@code record.missing} if there is no such plan or version
     */
    public int version(PlanId id, int version) {
        return context.catalog().transact(tx -> {
            Plan plan = PlanVersions.plan(tx, id);
            return PlanVersions.get(tx, id, version == 0 ? plan.version() : version)
                    .number();
        });
    }

    /** Finishes a switch of this tenant that has lost its node, for which the tenant would stay busy. */
    public void finishOrphaned(TenantId id) {
        operations.takeOverDue(id, OperationKind.SWITCH_PLAN, switchPlanSaga);
    }

    /** @throws SaasException {@code addon.unknown} */
    private void requireAddons(PlanSwitch preview) {
        content.addons().registry().withDependencies(preview.addonsToInstall());
    }

    private static CustomerId customer(StoredTenant tenant) {
        CustomerId customer = tenant.customerId();
        if (customer == null) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "A tenant on a plan must belong to a customer; \"" + tenant.name()
                            + "\" belongs to none: set one first.");
        }
        return customer;
    }

    private static SaasException refused(StoredTenant tenant, PlanSwitch preview) {
        List<String> reasons = new ArrayList<>();
        preview.exceeded()
                .forEach(each -> reasons.add(each.field() + " would be " + each.limit() + ", found " + each.found()));
        if (!preview.addonsToRemove().isEmpty()) {
            reasons.add("these add-ons would be removed with all their data: "
                    + String.join(", ", preview.addonsToRemove()));
        }
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.PLAN_SWITCH_REFUSED,
                "Tenant \"" + tenant.name() + "\" is not switched to plan " + preview.plan() + ", version "
                        + preview.version() + ": " + String.join("; ", reasons)
                        + ". Make room first, or force it.",
                Map.of("name", tenant.name(), "plan", preview.plan().toString()),
                false,
                null);
    }

    private static Terms terms(Transaction tx, StoredTenant tenant, SwitchPlan command) {
        TenantRows.requireState(tenant, "moved to another plan", TenantState.OPEN, TenantState.SUSPENDED);
        Plan plan = PlanVersions.plan(tx, command.plan());
        PlanVersion to = PlanVersions.get(tx, plan.id(), command.version() == 0 ? plan.version() : command.version());
        long others = tx.records(RecordTypes.TENANTS)
                .count(Filter.and(
                        CustomerDatabaseLimit.counted(plan.id(), customer(tenant), tenant.trial()),
                        Filter.notEqual(StoredTenant.ID, tenant.id())));
        return new Terms(tenant, PlanVersions.of(tx, tenant).orElse(null), plan, to, others);
    }

    private Found look(StoredTenant tenant) {
        TenantRows.requireState(tenant, "moved to another plan", TenantState.OPEN, TenantState.SUSPENDED);
        TenantUse use = TenantUse.of(content.databases(), tenant);
        return content.databases().transact(tenant, tx -> {
            Set<String> installed = new HashSet<>();
            tx.records(RecordTypes.ADDONS)
                    .list(Query.where(Filter.equal(AddonStatus.INSTALLED, true)))
                    .forEach(each -> installed.add(each.name()));
            return new Found(use, Set.copyOf(installed));
        });
    }

    private PlanSwitch preview(Terms terms, Found found) {
        PlanVersion to = terms.to();
        Set<String> coming = new LinkedHashSet<>(to.addons());
        coming.removeAll(found.installed());
        return new PlanSwitch(
                terms.plan().id(),
                to.number(),
                changes(terms),
                exceeded(terms, found),
                List.copyOf(coming),
                leaving(terms, found));
    }

    private static List<PlanSwitch.Change> changes(Terms terms) {
        StoredTenant tenant = terms.tenant();
        PlanVersion from = terms.from();
        PlanVersion to = terms.to();
        List<PlanSwitch.Change> changes = new ArrayList<>();
        change(changes, "planId", tenant.planId(), to.planId());
        change(changes, "planVersion", from == null ? null : (Integer) tenant.planVersion(), to.number());
        change(changes, "maxUsers", tenant.maxUsers(), to.maxUsers());
        change(changes, "storageLimitMb", tenant.storageLimitMb(), to.storageLimitMb());
        change(changes, "blockOnExpiration", tenant.blockOnExpiration(), to.blockOnExpiration());
        change(changes, "blockOnStorageExceed", tenant.blockOnStorageExceed(), to.blockOnStorageExceed());
        change(changes, "graceDays", from == null ? null : (Integer) from.graceDays(), to.graceDays());
        change(
                changes,
                tenant.trial() ? "maxTrialDatabasesPerCustomer" : "maxDatabasesPerCustomer",
                from == null ? null : (Integer) CustomerDatabaseLimit.of(from, tenant.trial()),
                CustomerDatabaseLimit.of(to, tenant.trial()));
        Set<String> names = new TreeSet<>(tenant.entitlements().keySet());
        names.addAll(to.entitlements().keySet());
        names.forEach(name -> change(
                changes, "entitlements." + name, text(tenant.entitlements(), name), text(to.entitlements(), name)));
        return changes;
    }

    private static @Nullable String text(Map<String, Entitlement> entitlements, String name) {
        Entitlement found = entitlements.get(name);
        return found == null ? null : found.text();
    }

    private static void change(
            List<PlanSwitch.Change> changes, String field, @Nullable Object from, @Nullable Object to) {
        if (!Objects.equals(from, to)) {
            changes.add(new PlanSwitch.Change(
                    field,
                    Objects.requireNonNullElse(from, "none").toString(),
                    Objects.requireNonNullElse(to, "none").toString()));
        }
    }

    private static List<PlanSwitch.Excess> exceeded(Terms terms, Found found) {
        PlanVersion to = terms.to();
        boolean trial = terms.tenant().trial();
        List<PlanSwitch.Excess> exceeded = found.use().exceeded(to.maxUsers(), to.storageLimitMb());
        TenantUse.exceeded(
                exceeded,
                trial ? "maxTrialDatabasesPerCustomer" : "maxDatabasesPerCustomer",
                CustomerDatabaseLimit.of(to, trial),
                terms.others() + 1);
        return exceeded;
    }

    /** The add-ons of the old version that the new one lacks, except those that a remaining add-on needs. */
    private List<String> leaving(Terms terms, Found found) {
        PlanVersion from = terms.from();
        if (from == null) {
            return List.of();
        }
        Set<String> leaving = new LinkedHashSet<>(from.addons());
        terms.to().addons().forEach(leaving::remove);
        leaving.retainAll(found.installed());
        leaving.removeIf(name -> !content.addons().registry().knows(name));
        List<String> staying = found.installed().stream()
                .filter(name ->
                        !leaving.contains(name) && content.addons().registry().knows(name))
                .toList();
        content.addons().registry().withDependencies(staying).stream()
                .map(Addon::name)
                .forEach(leaving::remove);
        List<String> order = new ArrayList<>(leaving);
        Collections.reverse(order);
        return List.copyOf(order);
    }

    private TenantLookup tenants(Actor actor) {
        return new TenantLookup(context.work(), actor);
    }
}
