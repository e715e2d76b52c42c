// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ConfigurationResult;
import dev.allotment.EventType;
import dev.allotment.Operation;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Applies one configuration inside a client database, then brings the catalog's copy of its limits up to date. */
final class ConfigureSaga implements Saga {
    /** The request, until the operation has ended. */
    static final String REQUEST = "request";

    /** There where the tenant counts as a trial, or as none, already, as is asked for. */
    static final String PLACE_TAKEN = "placeTaken";

    private final ControlPlane plane;
    private final @Nullable Configurator configurator;
    private Configurator.@Nullable Outcome outcome;
    private Map<String, String> settings = Map.of();

    /** @param configurator null: made of the request that is stored */
    ConfigureSaga(ControlPlane plane, @Nullable Configurator configurator) {
        this.plane = plane;
        this.configurator = configurator;
    }

    /** What was done, as far as this run has done it. */
    ConfigurationResult upgraded(Tenant tenant) {
        Configurator.Outcome done = outcome;
        return done == null
                ? new ConfigurationResult(tenant, List.of(), List.of(), List.of(), List.of(), List.of())
                : new ConfigurationResult(
                        tenant,
                        done.installed(),
                        done.updated(),
                        done.uninstalled(),
                        done.unknownGroupsToGrant(),
                        done.unknownGroupsToRevoke());
    }

    @Override
    public Map<String, String> result() {
        return outcome == null ? Map.of() : outcome.told();
    }

    @Override
    public List<Step> steps() {
        return List.of(new Step("applied", this::apply), new Step("read", this::read));
    }

    private void apply(Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        if (configurator == null && plane.<Boolean>inside(tenant, tx -> Marks.has(tx, operation))) {
            return;
        }
        Configurator wanted = configurator == null ? stored(operation) : configurator;
        boolean stays = plane.catalog.transact(tx -> staysSuspended(tx, operation, tenant, wanted));
        Installer installer = plane.installer(tenant.serverId());
        outcome = plane.configure(tenant, tx -> {
            if (Marks.has(tx, operation)) {
                return null;
            }
            Configurator.Outcome done = wanted.apply(tx, installer);
            if (stays) {
                MemberRows.setParameter(tx, Parameter.SUSPENDED, "1", true);
            }
            Marks.put(tx, operation);
            return done;
        });
    }

    private Configurator stored(Operation operation) {
        return new Configurator(plane, UpgradeText.read(operation.input().getOrDefault(REQUEST, "")));
    }

    /** A configuration ends a manual suspension, and no other as long as its cause holds. */
    private boolean staysSuspended(Transaction tx, Operation operation, Tenant tenant, Configurator asked) {
        Tenant changed = TenantFacts.limits(tenant, asked.parameters()).build();
        return suspends(operation).equals(Optional.of(false))
                && Schedule.causes(tx, changed, plane.now()).stream().anyMatch(tenant.suspendedFor()::contains);
    }

    /** Empty where the request does not say so. */
    private static Optional<Boolean> suspends(Operation operation) {
        return Optional.ofNullable(operation.input().get(Configurator.SUSPENDED))
                .map(Boolean::parseBoolean);
    }

    private void read(Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        settings = plane.inside(tenant, TenantFacts::settings);
        List<String> causes = causes(operation, tenant);
        if (!causes.isEmpty() && tenant.state() == TenantState.OPEN) {
            plane.databases(tenant).close(ControlPlane.ref(tenant));
        } else if (causes.isEmpty() && tenant.state() == TenantState.SUSPENDED) {
            plane.databases(tenant).open(ControlPlane.ref(tenant));
        }
    }

    /** Why it is suspended from now on; what the database says was committed with what was asked for. */
    private List<String> causes(Operation operation, Tenant tenant) {
        if (!settings.getOrDefault(Parameter.SUSPENDED, "0").equals("1")) {
            return List.of();
        }
        List<String> now = new ArrayList<>(tenant.suspendedFor());
        Optional<Boolean> asked = suspends(operation);
        if (asked.isPresent()) {
            now.remove(Schedule.MANUAL);
        }
        if (now.isEmpty() || asked.equals(Optional.of(true))) {
            now.add(Schedule.MANUAL);
        }
        return now;
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        Tenant tenant = TenantRules.lock(tx, Sagas.tenantId(operation));
        // Not as they were when it was read: the maintenance may have added one, or taken one away, meanwhile.
        List<String> causes = causes(operation, tenant);
        Tenant.Builder changed = TenantFacts.limits(tenant, settings)
                .suspendedFor(causes)
                .state(causes.isEmpty() ? TenantState.OPEN : TenantState.SUSPENDED);
        String trial = operation.input().get(Configurator.TRIAL);
        if (trial != null) {
            changed.trial(Boolean.parseBoolean(trial));
        }
        Tenant decided = changed.build();
        tx.records(RecordTypes.TENANTS).update(Schedule.scheduled(tx, decided, plane.now()));
        Sessions.closeWhereSuspended(tx, decided);
        Map<String, String> details = new HashMap<>(operation.input());
        details.remove(REQUEST);
        details.remove(PLACE_TAKEN);
        plane.events.add(tx, operation, EventType.TENANT_CONFIGURED, tenant.id(), details);
        tell(tx, operation, tenant, decided);
    }

    /** What the same change would tell if it had been asked for in any other way. */
    private void tell(Transaction tx, Operation operation, Tenant before, Tenant after) {
        if (!Objects.equals(before.expiresAt(), after.expiresAt())) {
            plane.events.add(
                    tx,
                    operation,
                    EventType.TENANT_EXTENDED,
                    before.id(),
                    EventLog.extension(before, after, "set by a configuration"));
        }
        tellCauses(tx, operation, EventType.TENANT_SUSPENDED, after, before);
        tellCauses(tx, operation, EventType.TENANT_RESUMED, before, after);
        UsageRows.tellExceeded(plane, tx, operation, before, after);
    }

    /** One event for each cause that one has and the other has not. */
    private void tellCauses(Transaction tx, Operation operation, EventType type, Tenant with, Tenant without) {
        for (String cause : with.suspendedFor()) {
            if (!without.suspendedFor().contains(cause)) {
                plane.events.add(tx, operation, type, with.id(), Map.of("name", with.name(), "cause", cause));
            }
        }
    }

    /** Not where the transaction in the database was committed though its answer was lost. */
    @Override
    public boolean undoable(Operation operation) {
        return !applied(operation);
    }

    /** Asked in the way in which it is applied, of which there is one at a time: so it is not being applied now. */
    private boolean applied(Operation operation) {
        try {
            return plane.configure(Sagas.tenant(plane, operation), tx -> Marks.settle(tx, operation));
        } catch (SaasException e) {
            if (Alignment.isNotThere(e)) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void undo(Operation operation) {
        // Nothing was changed: the transaction in the database saw to that.
    }

    /** Its old place may be another's by now; then the customer has one more than it may, but no less than it had. */
    @Override
    public void undone(Transaction tx, Operation operation) {
        if (operation.input().containsKey(PLACE_TAKEN)) {
            Tenant tenant = TenantRules.lock(tx, Sagas.tenantId(operation));
            Tenant asBefore = tenant.toBuilder().trial(!tenant.trial()).build();
            tx.records(RecordTypes.TENANTS).update(Schedule.scheduled(tx, asBefore, plane.now()));
        }
    }

    @Override
    public void withdraw(Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        Alignment.align(plane, tenant.serverId(), ControlPlane.ref(tenant));
    }
}
