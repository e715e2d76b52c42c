// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant;

import dev.allotment.AdoptTenant;
import dev.allotment.BatchResult;
import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.DatabaseActivity;
import dev.allotment.DatabaseLoad;
import dev.allotment.DeletionProof;
import dev.allotment.DuplicateTenant;
import dev.allotment.Filter;
import dev.allotment.PlanId;
import dev.allotment.PlanSwitch;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.ServerId;
import dev.allotment.SuspendTenant;
import dev.allotment.SwapTenants;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.Tenants;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.host.TenantHosts;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.HostTemplates;
import dev.allotment.core.internal.tenant.change.TenantBatch;
import dev.allotment.core.internal.tenant.configuration.ConfigurationFeature;
import dev.allotment.core.internal.tenant.creation.NewTenants;
import dev.allotment.core.internal.tenant.life.DeletionProofs;
import dev.allotment.core.internal.tenant.life.LifeFeature;
import dev.allotment.core.internal.tenant.move.MoveFeature;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import java.net.URI;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The use cases for tenants, for one actor. */
public final class TenantUseCases implements Tenants {
    private static final Filter<StoredTenant> LISTED =
            Filter.in(StoredTenant.STATE, List.of(TenantState.OPEN, TenantState.SUSPENDED));

    private final CoreContext context;
    private final OperationEngine operations;
    private final TenantHosts tenantHosts;
    private final NewTenants newTenants;
    private final LifeFeature life;
    private final ConfigurationFeature configuration;
    private final MoveFeature move;
    private final Actor actor;
    private final TenantLookup tenants;

    public TenantUseCases(
            CoreContext context,
            OperationEngine operations,
            TenantHosts tenantHosts,
            NewTenants newTenants,
            LifeFeature life,
            ConfigurationFeature configuration,
            MoveFeature move,
            Actor actor) {
        this.context = context;
        this.operations = operations;
        this.tenantHosts = tenantHosts;
        this.newTenants = newTenants;
        this.life = life;
        this.configuration = configuration;
        this.move = move;
        this.actor = actor;
        this.tenants = new TenantLookup(context.work(), actor);
    }

    @Override
    public Optional<Tenant> find(TenantId id) {
        return tenants.find(id).map(each -> PublicViews.tenant(actor, each));
    }

    @Override
    public Tenant get(TenantId id) {
        return PublicViews.tenant(actor, tenants.get(id));
    }

    @Override
    public List<Tenant> list(Query<? super Tenant> query) {
        return tenants.list(PublicViews.tenants(actor, query)).stream()
                .map(each -> PublicViews.tenant(actor, each))
                .toList();
    }

    @Override
    public long count(Filter<? super Tenant> filter) {
        return tenants.count(PublicViews.tenants(actor, Query.where(filter)).filter());
    }

    @Override
    public <V> Map<V, Long> counts(
            RecordField<Tenant, V> field, Collection<? extends V> values, Filter<? super Tenant> filter) {
        Filter<Object> rows =
                PublicViews.tenants(actor, Query.where(filter).orderBy(field)).filter();
        return tenants.counts(RecordField.of(field.name()), values, rows);
    }

    @Override
    public CreatedTenant create(CreateTenant command) {
        return newTenants.make(actor, newTenants.creating(actor, command));
    }

    @Override
    public CreatedTenant duplicate(DuplicateTenant command) {
        return newTenants.make(actor, newTenants.copying(actor, command));
    }

    @Override
    public CreatedTenant adopt(AdoptTenant command) {
        return newTenants.make(actor, newTenants.adopting(actor, command));
    }

    @Override
    public Optional<Tenant> findByName(String name) {
        return context.catalog()
                .transact(tx -> TenantRows.byName(tx, name)
                        .filter(tenant -> RecordTypes.TENANTS.matches(tenant, TenantLookup.visibleTo(actor))))
                .map(each -> PublicViews.tenant(actor, each));
    }

    /** Runs the operation until it finishes, and returns the tenant after it. */
    private Tenant run(TenantId id, OperationRequest<?> pending) {
        operations.run(pending);
        return get(id);
    }

    @Override
    public Tenant migrate(TenantId id) {
        configuration.migration().migrate(actor, id);
        return get(id);
    }

    @Override
    public Tenant rename(TenantId id, String name) {
        return run(id, life.renaming().renaming(actor, id, name));
    }

    @Override
    public Tenant move(TenantId id, ServerId server) {
        return run(id, move.moving().moving(actor, id, server));
    }

    @Override
    public List<Tenant> swapCandidates(TenantId tenant) {
        return move.swapping().candidates(actor, tenant).stream()
                .map(each -> PublicViews.tenant(actor, each))
                .toList();
    }

    @Override
    public Tenant swap(SwapTenants command) {
        operations.run(move.swapping().swapping(actor, command));
        return get(command.tenant());
    }

    @Override
    public Tenant delete(TenantId id) {
        return run(id, life.deletion().deleting(actor, id));
    }

    @Override
    public Tenant purge(TenantId id) {
        return run(id, life.deletion().purging(actor, id));
    }

    @Override
    public Tenant restore(TenantId id) {
        return run(id, life.deletion().restoring(actor, id));
    }

    @Override
    public Optional<DeletionProof> proofOfDeletion(TenantId id) {
        return context.catalog().transact(tx -> DeletionProofs.of(tx, tenants.get(tx, id)));
    }

    @Override
    public Tenant update(TenantId id, UnaryOperator<Tenant> change) {
        return PublicViews.tenant(actor, life.changes().update(actor, id, change));
    }

    @Override
    public Tenant extend(TenantId id, @Nullable Instant expiresAt, String reason) {
        return PublicViews.tenant(actor, life.changes().extend(actor, id, expiresAt, reason));
    }

    @Override
    public PlanSwitch previewSwitch(TenantId tenant, PlanId plan, int version) {
        return configuration
                .planSwitching()
                .preview(
                        actor, SwitchPlan.builder(tenant, plan).version(version).build());
    }

    @Override
    public Tenant switchPlan(SwitchPlan command) {
        return run(command.tenant(), configuration.planSwitching().switching(actor, command));
    }

    @Override
    public Tenant suspend(TenantId id) {
        return suspend(SuspendTenant.builder(id).build());
    }

    @Override
    public Tenant suspend(SuspendTenant command) {
        return PublicViews.tenant(actor, life.changes().suspend(actor, command));
    }

    @Override
    public Tenant resume(TenantId id) {
        return PublicViews.tenant(actor, life.changes().resume(actor, id));
    }

    @Override
    public Tenant sendParameters(TenantId id) {
        return PublicViews.tenant(actor, life.changes().sendParameters(actor, id));
    }

    @Override
    public BatchResult batch(Filter<? super Tenant> filter, Consumer<? super Tenant> action) {
        return new TenantBatch(this, action).run(filter);
    }

    @Override
    public Tenant sync(TenantId id) {
        return PublicViews.tenant(actor, life.readings().sync(actor, id));
    }

    @Override
    public Optional<DatabaseLoad> load(TenantId id) {
        return life.readings().load(actor, id);
    }

    @Override
    public Optional<DatabaseActivity> activity(TenantId id) {
        return life.readings().activity(actor, id);
    }

    @Override
    public Tenant reportFileStorage(TenantId id, long bytes) {
        return PublicViews.tenant(actor, life.readings().reportFileStorage(actor, id, bytes));
    }

    @Override
    public List<String> databaseNames() {
        return names(Query.where(LISTED)).sorted().toList();
    }

    @Override
    public List<String> databaseNames(int limit) {
        Query<StoredTenant> first =
                Query.where(LISTED).orderBy(StoredTenant.NAME).page(0, limit);
        return names(first).sorted().limit(limit).toList();
    }

    private Stream<String> names(Query<StoredTenant> query) {
        List<String> names =
                context.catalog().transact(tx -> tx.records(RecordTypes.TENANTS).values(StoredTenant.NAME, query));
        return Stream.concat(Stream.of(context.mainDatabase()), names.stream());
    }

    @Override
    public Optional<Tenant> findByHost(String host) {
        return context.catalog()
                .transact(tx -> tenantHosts
                        .find(tx, HostTemplates.normal(host))
                        .filter(tenant -> RecordTypes.TENANTS.matches(tenant, TenantLookup.visibleTo(actor))))
                .map(each -> PublicViews.tenant(actor, each));
    }

    @Override
    public String host(Tenant tenant) {
        return HostTemplates.host(tenantHosts.address(tenant.serverId(), tenant.name()));
    }

    @Override
    public URI publicUrl(Tenant tenant) {
        return tenantHosts.publicUrl(tenant.serverId(), tenant.name());
    }
}
