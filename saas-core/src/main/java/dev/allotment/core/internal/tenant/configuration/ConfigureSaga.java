// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.configuration;

import dev.allotment.ConfigurationResult;
import dev.allotment.EventType;
import dev.allotment.Parameter;
import dev.allotment.TenantState;
import dev.allotment.core.internal.addon.AddonInstaller;
import dev.allotment.core.internal.addon.AddonVersions;
import dev.allotment.core.internal.backup.SafetyBackups;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.EventLog;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.database.TenantParameters;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.InputCodec.Secret;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.core.internal.usage.UsageRows;
import dev.allotment.hook.Fix;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Applies one configuration change inside a tenant database, then updates the catalog's copy of its limits. */
public final class ConfigureSaga extends ContentSaga<ConfigureSaga.Applied> {
    /**
     * What a run knows.
     *
     * @param configurator made from the request; null: it must be made from the stored request
     * @param outcome what was done, if this run has done it
     * @param settings the database's own parameters after it
     * @param addons the versions of its add-ons after it; null: not read yet
     */
    record Applied(
            @Nullable Configurator configurator,
            Configurator.@Nullable Outcome outcome,
            Map<String, String> settings,
            @Nullable String addons) {
        private static final Applied NONE = new Applied(null, null, Map.of(), null);

        static Applied of(Configurator configurator) {
            return new Applied(configurator, null, Map.of(), null);
        }

        ConfigurationResult result(Actor actor, StoredTenant tenant) {
            return outcome == null
                    ? new ConfigurationResult(
                            PublicViews.tenant(actor, tenant), List.of(), List.of(), List.of(), List.of(), List.of())
                    : new ConfigurationResult(
                            PublicViews.tenant(actor, tenant),
                            outcome.installed(),
                            outcome.updated(),
                            outcome.uninstalled(),
                            outcome.unknownGroupsToGrant(),
                            outcome.unknownGroupsToRevoke());
        }
    }

    /**
     * @param install what the change installs, separated by commas, for the audit log; so are the next two
     * @param request the whole change, which may have secrets among its parameters
     * @param suspended whether the tenant is to be suspended; null: the change does not say so
     * @param trial whether the tenant becomes a trial; null: the change does not say so
     * @param placeTaken whether the tenant was already moved between trial and paid in the catalog
     * @param safety whether a backup is made before
     */
    record Input(
            String install,
            String update,
            String uninstall,
            @Secret @Nullable String request,
            @Nullable Boolean suspended,
            @Nullable Boolean trial,
            boolean placeTaken,
            boolean safety) {}

    static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    private final ServerRegistry serverRegistry;
    private final TenantContent content;
    private final Map<String, Fix> fixes;
    private final SafetyBackups safetyBackups;

    public ConfigureSaga(
            CoreContext context,
            ServerRegistry serverRegistry,
            TenantContent content,
            Map<String, Fix> fixes,
            SafetyBackups safetyBackups) {
        super(context, content);
        this.serverRegistry = serverRegistry;
        this.content = content;
        this.fixes = fixes;
        this.safetyBackups = safetyBackups;
    }

    @Override
    public Set<String> secretInputs() {
        return INPUT.secrets();
    }

    @Override
    public Map<String, String> result(Applied found) {
        return found.outcome() == null ? Map.of() : found.outcome().summary();
    }

    @Override
    public Applied resume() {
        return Applied.NONE;
    }

    @Override
    public List<Step<Applied>> steps() {
        return List.of(
                safetyBackups.<Applied>step().undoneBy(safetyBackups::undo),
                new Step<Applied>("applied", this::apply).lastingLong(),
                new Step<>("read", this::read));
    }

    private Applied apply(StoredOperation operation, Applied found) {
        Configurator configurator = found.configurator();
        StoredTenant tenant = tenant(operation);
        if (configurator == null
                && tenantDatabases.<Boolean>transact(tenant, tx -> OperationMarkers.has(tx, operation))) {
            return found;
        }
        Configurator wanted = configurator == null ? stored(operation) : configurator;
        boolean stays = context.catalog().transact(tx -> staysSuspended(tx, operation, tenant, wanted));
        AddonInstaller installer = content.addons().on(tenant.serverId());
        Configurator.Outcome outcome = tenantDatabases.configure(tenant, tx -> {
            if (OperationMarkers.has(tx, operation)) {
                return null;
            }
            // The catalog leads: what differs afterwards is what this change, or a script of it, has set.
            DatabaseSetup.writeParameters(tx, tenant, tenant.state() == TenantState.SUSPENDED);
            Configurator.Outcome done = wanted.apply(tx, installer);
            if (stays) {
                ParameterRows.set(tx, Parameter.SUSPENDED, "1", true);
            }
            OperationMarkers.put(tx, operation);
            return done;
        });
        return new Applied(configurator, outcome, found.settings(), found.addons());
    }

    private Configurator stored(StoredOperation operation) {
        return new Configurator(
                content.addons().registry(),
                fixes,
                ConfigurationText.read(
                        Objects.requireNonNullElse(INPUT.read(operation).request(), "")));
    }

    /** A configuration change can end a manual suspension; other causes stay as long as they hold. */
    private boolean staysSuspended(Transaction tx, StoredOperation operation, StoredTenant tenant, Configurator asked) {
        StoredTenant changed =
                TenantParameters.limits(tenant, asked.parameters()).build();
        return suspends(operation).equals(Optional.of(false))
                && SuspensionSchedule.causes(tx, changed, context.now()).stream()
                        .anyMatch(tenant.suspendedFor()::contains);
    }

    /** Empty if the change does not say so. */
    private static Optional<Boolean> suspends(StoredOperation operation) {
        return Optional.ofNullable(INPUT.read(operation).suspended());
    }

    private Applied read(StoredOperation operation, Applied found) {
        StoredTenant tenant = tenant(operation);
        Applied read = tenantDatabases.insist(
                operation,
                tenant,
                tx -> new Applied(
                        found.configurator(), found.outcome(), TenantParameters.settings(tx), AddonVersions.read(tx)));
        List<String> causes = causes(operation, tenant, read.settings());
        if (!causes.isEmpty() && tenant.state() == TenantState.OPEN) {
            serverRegistry.databases(tenant.serverId(), operation).close(DatabaseRefs.of(tenant));
        } else if (causes.isEmpty() && (tenant.state() == TenantState.SUSPENDED || found.configurator() == null)) {
            // Also in a resumed run: the run before may have been killed when it had closed it, to get through to it.
            serverRegistry.databases(tenant.serverId(), operation).open(DatabaseRefs.of(tenant));
        }
        return read;
    }

    /** The causes of suspension from now on; the database's own answer was committed together with the change. */
    private static List<String> causes(StoredOperation operation, StoredTenant tenant, Map<String, String> settings) {
        if (!settings.getOrDefault(Parameter.SUSPENDED, "0").equals("1")) {
            return List.of();
        }
        List<String> now = new ArrayList<>(tenant.suspendedFor());
        Optional<Boolean> asked = suspends(operation);
        if (asked.isPresent()) {
            now.remove(SuspensionSchedule.MANUAL);
        }
        if (now.isEmpty() || asked.equals(Optional.of(true))) {
            now.add(SuspensionSchedule.MANUAL);
        }
        return now;
    }

    @Override
    public Applied finish(Transaction tx, StoredOperation operation, Applied found) {
        StoredTenant tenant = lockTenant(tx, operation);
        // Based on the current causes: the maintenance may have added or removed one since the tenant was read.
        List<String> causes = causes(operation, tenant, found.settings());
        StoredTenant.Builder changed = TenantParameters.limits(tenant, found.settings())
                .addonVersions(found.addons())
                .suspendedFor(causes)
                .state(causes.isEmpty() ? TenantState.OPEN : TenantState.SUSPENDED);
        Input input = INPUT.read(operation);
        if (input.trial() != null) {
            changed.trial(input.trial());
        }
        StoredTenant decided = changed.build();
        tx.records(RecordTypes.TENANTS).update(SuspensionSchedule.scheduled(tx, decided, context.now()));
        SessionRows.closeWhereSuspended(tx, decided);
        Map<String, String> details = new HashMap<>(INPUT.write(input));
        List.of("request", "placeTaken", "safety").forEach(details::remove);
        String before = SafetyBackups.identity(operation);
        if (before != null) {
            details.put("before", before);
        }
        context.events().add(tx, operation, EventType.TENANT_CONFIGURED, tenant.id(), details);
        addEvents(tx, operation, tenant, decided);
        return found;
    }

    /** Records the same event that the change would cause by any other way. */
    private void addEvents(Transaction tx, StoredOperation operation, StoredTenant before, StoredTenant after) {
        if (!Objects.equals(before.expiresAt(), after.expiresAt())) {
            context.events()
                    .add(
                            tx,
                            operation,
                            EventType.TENANT_EXTENDED,
                            before.id(),
                            EventLog.extension(before, after, "set by a configuration"));
        }
        addCauseEvents(tx, operation, EventType.TENANT_SUSPENDED, after, before);
        addCauseEvents(tx, operation, EventType.TENANT_RESUMED, before, after);
        UsageRows.addExceededEvent(context, tx, operation, before, after);
    }

    /** One event for each cause that was added or removed. */
    private void addCauseEvents(
            Transaction tx, StoredOperation operation, EventType type, StoredTenant with, StoredTenant without) {
        for (String cause : with.suspendedFor()) {
            if (!without.suspendedFor().contains(cause)) {
                context.events().add(tx, operation, type, with.id(), Map.of("name", with.name(), "cause", cause));
            }
        }
    }

    @Override
    public Ending ending() {
        return unlessApplied(this::givePlaceBack);
    }

    @Override
    public void retractLateEffects(StoredOperation operation, Applied found) {
        super.retractLateEffects(operation, found);
        safetyBackups.withdraw(operation);
    }

    /**
     * Another tenant may have taken the old place by now; then the customer has one more than allowed, but loses none.
     */
    private void givePlaceBack(Transaction tx, StoredOperation operation) {
        if (INPUT.read(operation).placeTaken()) {
            StoredTenant tenant = lockTenant(tx, operation);
            StoredTenant asBefore = tenant.toBuilder().trial(!tenant.trial()).build();
            tx.records(RecordTypes.TENANTS).update(SuspensionSchedule.scheduled(tx, asBefore, context.now()));
        }
    }
}
