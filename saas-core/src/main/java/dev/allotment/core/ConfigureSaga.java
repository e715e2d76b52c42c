// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Operation;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.spi.RecordTypes;
import dev.allotment.spi.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Applies one configuration inside a client database, then brings the catalog's copy of its limits up to date. */
final class ConfigureSaga implements Saga {
    private final ControlPlane plane;
    private final @Nullable Configurator configurator;
    private Configurator.@Nullable Outcome outcome;
    private Map<String, String> settings = Map.of();

    /** @param configurator null: whoever recovers does not know the request, only whether it was applied */
    ConfigureSaga(ControlPlane plane, @Nullable Configurator configurator) {
        this.plane = plane;
        this.configurator = configurator;
    }

    Optional<Configurator.Outcome> outcome() {
        return Optional.ofNullable(outcome);
    }

    @Override
    public List<Step> steps() {
        return List.of(new Step("applied", this::apply), new Step("read", this::read));
    }

    private void apply(Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        if (configurator != null) {
            Installer installer = plane.installer(tenant.serverId());
            outcome = plane.configure(tenant, tx -> {
                Configurator.Outcome done = configurator.apply(tx, installer);
                Marks.put(tx, operation);
                return done;
            });
        } else if (!applied(operation)) {
            throw SaasException.conflict(
                    ErrorCodes.OPERATION_FAILED,
                    "The configuration of database \"" + tenant.name()
                            + "\" was interrupted before it was applied; nothing was changed.");
        }
    }

    private void read(Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        settings = plane.inside(tenant, TenantFacts::settings);
        if (suspended() && tenant.state() == TenantState.OPEN) {
            plane.databases(tenant).close(ControlPlane.ref(tenant));
        } else if (!suspended() && tenant.state() == TenantState.PENDING) {
            plane.databases(tenant).open(ControlPlane.ref(tenant));
        }
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        Tenant tenant = TenantRules.lock(tx, Sagas.tenantId(operation));
        Tenant.Builder changed = TenantFacts.limits(tenant, settings);
        List<String> causes = new ArrayList<>(tenant.suspendedFor());
        if (suspended() && causes.isEmpty()) {
            causes.add(Schedule.MANUAL);
        } else if (!suspended()) {
            causes.clear();
        }
        String trial = operation.input().get(Configurator.TRIAL);
        if (trial != null) {
            changed.trial(Boolean.parseBoolean(trial));
        }
        changed.suspendedFor(causes).state(causes.isEmpty() ? TenantState.OPEN : TenantState.PENDING);
        Tenant decided = changed.build();
        tx.records(RecordTypes.TENANTS).update(Schedule.scheduled(tx, decided, plane.now()));
        Sessions.closeWhereSuspended(tx, decided);
        plane.events.add(tx, operation, EventType.TENANT_CONFIGURED, tenant.id(), operation.input());
    }

    private boolean suspended() {
        return settings.getOrDefault(Parameter.SUSPENDED, "0").equals("1");
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

    @Override
    public void undone(Transaction tx, Operation operation) {
        // Nothing was changed.
    }

    @Override
    public void withdraw(Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        Alignment.align(plane, tenant.serverId(), ControlPlane.ref(tenant));
    }
}
