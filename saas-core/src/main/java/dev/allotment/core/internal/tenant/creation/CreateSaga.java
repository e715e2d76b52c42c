// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.ErrorCodes;
import dev.allotment.Plan;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.addon.AddonInstaller;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.plan.PlanVersions;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.core.internal.usage.UsageRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Creates the database of a tenant that has been reserved. What it is made from, and all that depends on it, is in its
 * {@link Origin}.
 */
public final class CreateSaga extends TenantSaga<NewTenant> {
    private final CreationTools tools;

    CreateSaga(CreationTools tools) {
        super(tools.context(), tools.content());
        this.tools = tools;
    }

    @Override
    public boolean canContinue(StoredOperation operation) {
        return Origins.find(operation)
                .filter(origin -> origin.canContinue(tools, operation))
                .isPresent();
    }

    @Override
    public NewTenant resume() {
        return NewTenant.UNKNOWN;
    }

    @Override
    public Set<String> secretInputs() {
        return Created.WANTED.secrets();
    }

    @Override
    public List<Step<NewTenant>> steps() {
        return List.of(
                new Step<>(
                                "database",
                                this::makeDatabase,
                                operation -> Origins.of(operation).isRecorded(),
                                CreateSaga::takesLong)
                        .undoneBy(this::undo),
                new Step<>("configured", inside(this::configure), CreateSaga::takesLong, CreateSaga::takesLong),
                new Step<>("migrated", inside(this::migrate), operation -> false, operation -> true),
                new Step<>("opened", inside(this::open)));
    }

    /**
     * A step in the database that an earlier step has made. The database may not exist: a server that stops loses what
     * was not on disk. The caller can repeat the creation.
     */
    private Action<NewTenant> inside(Action<NewTenant> step) {
        return (operation, found) -> {
            try {
                return step.run(operation, found);
            } catch (SaasException e) {
                if (!e.code().equals(ErrorCodes.DATABASE_UNKNOWN)) {
                    throw e;
                }
                throw SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        "Database " + creation(operation, found).target().name()
                                + " is gone while it is being created. Its server may have stopped before the database was on"
                                + " disk. Try again.",
                        e);
            }
        };
    }

    private static boolean takesLong(StoredOperation operation) {
        return Origins.of(operation).takesLong();
    }

    private Creation creation(StoredOperation operation, NewTenant found) {
        return new Creation(tools, operation, found.isKnown() ? found : found.withTenant(tenant(operation)));
    }

    /**
     * If a generated name turns out to be that of a foreign database, the next one is taken, as for a reserved name.
     */
    private NewTenant makeDatabase(StoredOperation operation, NewTenant found) {
        Origin origin = Origins.of(operation);
        Creation creation = creation(operation, found);
        for (int attempt = 1; ; attempt++) {
            try {
                return origin.make(creation);
            } catch (SaasException e) {
                if (e.code().equals(ErrorCodes.BACKEND_UNAVAILABLE)) {
                    suspect(origin, creation.tenant());
                }
                if (!e.code().equals(ErrorCodes.DATABASE_FOREIGN)) {
                    throw e;
                }
                if (!Reservation.INPUT.read(operation).generatedName() || attempt == UnitOfWork.MAX_RACES) {
                    throw ReservedNames.nameTaken(creation.tenant().name());
                }
                creation = creation.changed(this::takeNextName);
            }
        }
    }

    private StoredTenant takeNextName(Transaction tx, StoredTenant draft) {
        Plan plan = PlanVersions.plan(tx, Objects.requireNonNull(draft.planId()));
        Set<String> reserved = tools.names().refusedOn(tx, draft.serverId());
        String name = DatabaseNames.reserveNext(tx, plan, reserved, draft.name(), draft.uuid(), context.now());
        return draft.toBuilder().name(name).build();
    }

    /** The server that is down, of two. */
    private void suspect(Origin origin, StoredTenant tenant) {
        ServerId target = tenant.serverId();
        ServerId source = origin.source(tenant);
        if (source.equals(target)) {
            tools.servers().health().suspect(target);
        } else {
            tools.servers().health().ask(source);
            tools.servers().health().ask(target);
        }
    }

    private NewTenant configure(StoredOperation operation, NewTenant found) {
        return Origins.of(operation).configure(creation(operation, found));
    }

    /** Brings what an older template or spare had up to date, before the application is admitted. */
    private NewTenant migrate(StoredOperation operation, NewTenant found) {
        Creation creation = creation(operation, found);
        List<String> addons = Origins.of(operation).outdatedAddons();
        if (!addons.isEmpty()) {
            updateAddons(creation, addons);
        }
        return creation.migrated();
    }

    /** If a new version of an add-on has a faulty script, the tenant is opened with the version of its template. */
    private void updateAddons(Creation creation, List<String> addons) {
        AddonInstaller installer = tools.content().addons().on(creation.tenant().serverId());
        try {
            tenantDatabases.configure(creation.tenant(), tx -> installer.update(tx, addons, new ArrayList<>()));
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.ADDON_FAILED)) {
                throw e;
            }
            tools.failures()
                    .warn(
                            "The add-ons of a new tenant could not be updated from those of its template",
                            creation.operation(),
                            e);
        }
    }

    private NewTenant open(StoredOperation operation, NewTenant found) {
        Creation creation = creation(operation, found);
        if (!creation.known().open()) {
            creation.databases().open(creation.target());
        }
        return Origins.of(operation).opened(creation);
    }

    @Override
    public NewTenant finish(Transaction tx, StoredOperation operation, NewTenant found) {
        StoredTenant made = lockTenant(tx, operation);
        int users = made.ownerId() == null ? 0 : 1;
        StoredTenant open = SuspensionSchedule.scheduled(
                tx,
                made.toBuilder()
                        .state(TenantState.OPEN)
                        .schemaVersion(found.tenant().schemaVersion())
                        .usersCount(Math.max(users, made.usersCount()))
                        .build(),
                context.now());
        tx.records(RecordTypes.TENANTS).update(open);
        UsageRows.first(tx, open, context.now());
        NewTenant opened = found.withTenant(open);
        Origin origin = Origins.of(operation);
        context.events()
                .add(tx, operation, origin.event(), made.id(), origin.eventDetails(creation(operation, opened)));
        opened.storeToken(tx, context.now());
        return opened;
    }

    @Override
    public Ending ending() {
        return Ending.UNDONE.undoneWith((tx, operation) -> discardDraft(tx, operation, tools.placement()));
    }

    private void undo(StoredOperation operation) {
        Origin origin = Origins.of(operation);
        Creation creation = creation(operation, NewTenant.UNKNOWN);
        origin.discard(creation);
        origin.discardRest(creation);
    }

    @Override
    public void retractLateEffects(StoredOperation operation, NewTenant found) {
        if (found.isKnown()) {
            Creation creation = creation(operation, found);
            reconciliation.reconcile(operation, creation.tenant().serverId(), creation.target());
            if (isUndone(creation.tenant())) {
                Origins.of(operation).discardRest(creation);
            }
        }
    }

    private boolean isUndone(StoredTenant draft) {
        return context.catalog()
                .transact(tx -> TenantRows.byUuid(tx, draft.uuid()))
                .isEmpty();
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The tenant was not created. This database may exist without a tenant: " + describe(tx, operation)
                + Origins.find(operation)
                        .map(origin -> origin.leftovers(operation))
                        .orElse(".");
    }
}
