// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.move;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.Parameter;
import dev.allotment.PlanSwitch;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.SwapTenants;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Idempotency;
import dev.allotment.core.internal.base.RequestFingerprint;
import dev.allotment.core.internal.database.TenantDatabases;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.core.internal.tenant.configuration.TenantUse;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Exchanges the databases of a tenant and of a copy of it. */
public final class TenantSwapping {
    /** How many tenants of one customer are looked at. */
    private static final int MOST_CANDIDATES = 100;

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final TenantDatabases tenantDatabases;
    private final OperationEngine operations;
    private final SwapSaga swapSaga;

    public TenantSwapping(
            CoreContext context,
            ServerRegistry serverRegistry,
            TenantDatabases tenantDatabases,
            OperationEngine operations,
            SwapSaga swapSaga) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.tenantDatabases = tenantDatabases;
        this.operations = operations;
        this.swapSaga = swapSaga;
    }

    /** The newest tenants that a swap accepts, unless they are neutralised or do not fit into the limits. */
    public List<StoredTenant> candidates(Actor actor, TenantId id) {
        TenantLookup tenants = new TenantLookup(context.work(), actor);
        return context.catalog().transact(tx -> {
            StoredTenant tenant = tenants.get(tx, id);
            List<StoredTenant> others = tx.records(RecordTypes.TENANTS)
                    .list(Query.where(Filter.and(
                                    Filter.equal(StoredTenant.CUSTOMER_ID, tenant.customerId()),
                                    Filter.equal(StoredTenant.SERVER_ID, tenant.serverId()),
                                    Filter.in(StoredTenant.STATE, List.of(TenantState.OPEN, TenantState.SUSPENDED)),
                                    Filter.notEqual(StoredTenant.ID, id)))
                            .orderByDescending(StoredTenant.ID)
                            .page(0, MOST_CANDIDATES));
            Set<TenantId> copies = copies(tx, tenant, others);
            return others.stream()
                    .filter(each -> copies.contains(each.id()) && isSwappable(tx, actor, tenants, tenant, each))
                    .toList();
        });
    }

    private boolean isSwappable(
            Transaction tx, Actor actor, TenantLookup tenants, StoredTenant tenant, StoredTenant with) {
        try {
            requireSwappable(tx, actor, tenants, tenant, with);
            return true;
        } catch (SaasException e) {
            // The catalog has been read already: it is a refusal.
            return false;
        }
    }

    public OperationRequest<?> swapping(Actor actor, SwapTenants command) {
        StoredOperation.Builder draft = draft(actor, command);
        return OperationRequest.prepared(draft, () -> {
            String neutralisers = check(actor, command);
            return tx -> start(actor, tx, command, draft, neutralisers);
        });
    }

    private StoredOperation.Builder draft(Actor actor, SwapTenants command) {
        int hours = command.keptHours();
        if (hours < SwapTenants.MIN_KEPT_HOURS || hours > SwapTenants.MAX_KEPT_HOURS) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "The previous state of a tenant is kept for " + SwapTenants.MIN_KEPT_HOURS + " to "
                            + SwapTenants.MAX_KEPT_HOURS + " hours; found " + hours + ".");
        }
        String key = command.idempotencyKey();
        return operations
                .draft(OperationKind.SWAP_TENANTS, actor)
                .tenantId(command.tenant())
                .otherTenantId(command.with())
                .idempotencyKey(key == null ? null : Idempotency.scoped(actor, key))
                .fingerprint(RequestFingerprint.of(
                        "swap", command.toBuilder().idempotencyKey(null).build()));
    }

    /** Returns what neutralised the state that the tenant gets; empty if it was not neutralised. */
    private String check(Actor actor, SwapTenants command) {
        TenantLookup tenants = new TenantLookup(context.work(), actor);
        context.catalog().transact(tx -> {
            requireSwappable(tx, actor, tenants, tenants.get(tx, command.tenant()), tenants.get(tx, command.with()));
            return null;
        });
        Abilities.transfer(
                serverRegistry.databases(tenants.get(command.tenant()).serverId()));
        if (!actor.administrator()) {
            requireRoom(tenants.get(command.tenant()), tenants.get(command.with()));
        }
        return requireWanted(command, tenants.get(command.tenant()), tenants.get(command.with()));
    }

    private Optional<StartedOperation<SwapSaga.Found>> start(
            Actor actor, Transaction tx, SwapTenants command, StoredOperation.Builder draft, String neutralisers) {
        TenantLookup tenants = new TenantLookup(context.work(), actor);
        Map<TenantId, StoredTenant> locked = lock(tx, tenants, command);
        requireSwappable(
                tx,
                actor,
                tenants,
                Objects.requireNonNull(locked.get(command.tenant())),
                Objects.requireNonNull(locked.get(command.with())));
        OperationLeases.requireIdle(tx, command.with());
        Instant until =
                context.now().plus(Duration.ofHours(command.keptHours())).truncatedTo(ChronoUnit.MICROS);
        draft.input(swapSaga.input(until, neutralisers));
        return Optional.of(StartedOperation.store(tx, draft, swapSaga));
    }

    /** Locks both in the order of their ids: two swaps of the same tenants would otherwise wait for each other. */
    private static Map<TenantId, StoredTenant> lock(Transaction tx, TenantLookup tenants, SwapTenants command) {
        boolean first = command.tenant().value() < command.with().value();
        Map<TenantId, StoredTenant> locked = new HashMap<>();
        for (TenantId each :
                first ? List.of(command.tenant(), command.with()) : List.of(command.with(), command.tenant())) {
            locked.put(each, tenants.lock(tx, each));
        }
        return locked;
    }

    private void requireSwappable(
            Transaction tx, Actor actor, TenantLookup tenants, StoredTenant tenant, StoredTenant with) {
        for (StoredTenant each : List.of(tenant, with)) {
            if (!tenants.contains(each)) {
                throw tenants.missing(each.id());
            }
            TenantRows.requireState(each, "swapped", TenantState.OPEN, TenantState.SUSPENDED);
            requireOpenToOwner(actor, each);
            if (each.previewOf() != null) {
                throw refused(
                        tenant,
                        with,
                        "\"" + each.name() + "\" is a preview copy, which is deleted for good when it expires. Make it"
                                + " an ordinary tenant first");
            }
        }
        if (!isCopy(tx, tenant, with)) {
            throw refused(
                    tenant,
                    with,
                    "\"" + with.name() + "\" was neither restored from a backup of \"" + tenant.name()
                            + "\" nor copied from it");
        }
        if (!Objects.equals(tenant.customerId(), with.customerId())) {
            throw refused(tenant, with, "they belong to different customers");
        }
        if (!tenant.serverId().equals(with.serverId())) {
            throw refused(
                    tenant,
                    with,
                    "they are on database servers " + tenant.serverId() + " and " + with.serverId() + ". Move \""
                            + with.name() + "\" to database server " + tenant.serverId() + " first");
        }
        if (!Objects.equals(tenant.schemaVersion(), with.schemaVersion())) {
            throw refused(
                    tenant,
                    with,
                    "the tenant schema has version " + tenant.schemaVersion() + " in one of them and "
                            + with.schemaVersion() + " in the other one. Migrate both first");
        }
    }

    /** An owner must not reopen what an administrator has closed. */
    private static void requireOpenToOwner(Actor actor, StoredTenant tenant) {
        if (!actor.administrator()
                && tenant.suspendedFor().stream().anyMatch(each -> !each.equals(SuspensionSchedule.SWAPPED))) {
            throw actor.refused("swap \"" + tenant.name() + "\", which is suspended. Ask an administrator");
        }
    }

    /** The other tenant may be on a larger plan. Its database must not get around the limits of this one. */
    private void requireRoom(StoredTenant tenant, StoredTenant with) {
        List<PlanSwitch.Excess> exceeded =
                TenantUse.of(tenantDatabases, with).exceeded(tenant.maxUsers(), tenant.storageLimitMb());
        if (!exceeded.isEmpty()) {
            throw refused(
                    tenant,
                    with,
                    exceeded.stream()
                                    .map(each -> each.field() + " of \"" + tenant.name() + "\" is " + each.limit()
                                            + ", and \"" + with.name() + "\" has " + each.found())
                                    .collect(Collectors.joining("; "))
                            + ". Make room first, or ask an administrator");
        }
    }

    /** Whether the audit log says that a tenant was made from another one. Its identity never changes. */
    private static boolean isCopy(Transaction tx, StoredTenant tenant, StoredTenant with) {
        return copies(tx, tenant, List.of(with)).contains(with.id());
    }

    private static Set<TenantId> copies(Transaction tx, StoredTenant tenant, List<StoredTenant> others) {
        Filter<Event> made = Filter.and(
                Filter.in(Event.TENANT_ID, others.stream().map(StoredTenant::id).toList()),
                Filter.in(Event.TYPE, List.of(EventType.TENANT_DUPLICATED, EventType.BACKUP_RESTORED)));
        return tx.records(RecordTypes.EVENTS).list(Query.where(made)).stream()
                .filter(each -> tenant.uuid().toString().equals(each.details().get("source")))
                .map(Event::tenantId)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    private static SaasException refused(StoredTenant tenant, StoredTenant with, String reason) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.TENANT_NOT_SWAPPABLE,
                "\"" + tenant.name() + "\" and \"" + with.name() + "\" cannot exchange their databases: " + reason
                        + ".",
                Map.of("name", tenant.name(), "with", with.name()),
                false,
                null);
    }

    /** Returns what neutralised the state that the tenant gets; empty if it was not neutralised. */
    private String requireWanted(SwapTenants command, StoredTenant tenant, StoredTenant with) {
        String neutralisers = tenantDatabases.transact(
                with,
                tx -> ParameterRows.find(tx, Parameter.NEUTRALISED)
                        .map(Parameter::value)
                        .orElse(""));
        if (!neutralisers.isEmpty() && !command.neutralised()) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.TENANT_NEUTRALISED,
                    "\"" + tenant.name() + "\" would get the database of \"" + with.name()
                            + "\", which is neutralised: it sends no email and runs no jobs. Restore the backup without"
                            + " neutralising it, or confirm that the database stays neutralised.",
                    Map.of("name", with.name(), "neutralised", neutralisers),
                    false,
                    null);
        }
        return neutralisers;
    }
}
