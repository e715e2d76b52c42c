// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.AdoptTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.plan.PlanVersions;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns a foreign database into the database of a tenant that has been reserved. */
public final class AdoptTenantSaga extends TenantSaga<NewTenant> {
    private static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    private final CreationTools tools;

    AdoptTenantSaga(CreationTools tools) {
        super(tools.context(), tools.content());
        this.tools = tools;
    }

    /**
     * The input of an adoption.
     *
     * @param orphan whether the database belonged to this control plane already, and no record knew it. It has the base
     *     schema, its members and its login already, and an operator may still need it after a failure
     */
    record Input(boolean orphan) {}

    /**
     * The identity of a complete database of this control plane with the name to adopt; null: none. Such a database is
     * adopted only if no record knows it.
     */
    @Nullable
    UUID identity(AdoptTenant command) {
        boolean known = context.catalog()
                .transact(tx ->
                        tx.records(RecordTypes.SERVERS).find(command.server().value()))
                .isPresent();
        return (known ? tools.registry().databases(command.server()).inventory() : List.<DatabaseEntry>of())
                .stream()
                        .filter(each -> command.name().equals(each.name()))
                        .map(each -> {
                            if (!each.finished()) {
                                throw notAdoptable(command.name(), "its creation or its removal was interrupted");
                            }
                            return each.uuid();
                        })
                        .findFirst()
                        .orElse(null);
    }

    private static SaasException notAdoptable(String name, String why) {
        return SaasException.conflict(
                ErrorCodes.DATABASE_NOT_ADOPTABLE,
                "Database " + TextRules.describe(name) + " cannot be adopted: " + why + ".");
    }

    /** @param orphan as {@link #identity} returns it */
    Reservation.Draft reserve(Reservation reservation, AdoptTenant command, @Nullable UUID orphan) {
        Plan plan = PlanVersions.plan(reservation.tx(), command.plan());
        Reservation.Terms terms = Reservation.Terms.on(
                plan, reservation.owner(command.owner()), command.customer(), false, command.name());
        ServerId server = reservation.place(terms, command.server());
        StoredTenant.Builder tenant = orphan == null
                ? reservation.reserve(terms, server)
                : reservation.tenant(
                        terms, server, orphan, reserveOrphan(reservation.tx(), command.name(), server, orphan));
        return Reservation.draft(terms, tenant, null, INPUT.write(new Input(orphan != null)), false);
    }

    /** The name of an orphan is reserved for it already if the catalog was repaired. */
    private String reserveOrphan(Transaction tx, String wanted, ServerId server, UUID uuid) {
        if (TenantRows.byUuid(tx, uuid)
                .filter(each -> each.state() == TenantState.DELETED)
                .isPresent()) {
            throw notAdoptable(wanted, "its tenant was deleted for good");
        }
        Filter<Object> same = Filter.equal(RecordField.named("uuid"), uuid);
        if (tx.records(RecordTypes.TENANTS).count(same) > 0
                || tx.records(RecordTypes.TEMPLATES).count(same) > 0
                || tx.records(RecordTypes.SPARES).count(same) > 0) {
            throw ReservedNames.nameTaken(wanted);
        }
        String name = DatabaseNames.check(wanted, tools.names().refusedOn(tx, server));
        boolean mine = ReservedNames.find(tx, name)
                .filter(each -> each.holder().equals(uuid) && each.until() == null)
                .isPresent();
        if (!mine) {
            ReservedNames.reserve(tx, name, uuid, context.now());
        }
        return name;
    }

    @Override
    public NewTenant resume() {
        return NewTenant.UNKNOWN;
    }

    @Override
    public List<Step<NewTenant>> steps() {
        return List.of(
                new Step<>("adopted", this::adopt).undoneBy(this::undo),
                new Step<NewTenant>("configured", this::configure).lastingLong(),
                new Step<>("migrated", this::migrate, operation -> false, operation -> true),
                new Step<>("opened", this::open));
    }

    private Creation creation(StoredOperation operation, NewTenant found) {
        return new Creation(tools, operation, found.isKnown() ? found : found.withTenant(tenant(operation)));
    }

    private static boolean isOrphan(StoredOperation operation) {
        return INPUT.read(operation).orphan();
    }

    private NewTenant adopt(StoredOperation operation, NewTenant found) {
        Creation creation = creation(operation, found);
        if (isOrphan(operation)) {
            creation.databases().close(creation.target());
        } else {
            Abilities.adoption(creation.databases()).adopt(creation.target());
        }
        return creation.known();
    }

    private NewTenant configure(StoredOperation operation, NewTenant found) {
        Creation creation = creation(operation, found);
        User account = creation.account();
        Function<DatabaseTransaction, Optional<MemberId>> filling = tx -> {
            if (!OperationMarkers.has(tx, operation)) {
                fill(tx, creation.tenant(), account);
                OperationMarkers.put(tx, operation);
            }
            return MemberRows.owner(tx).map(Member::id);
        };
        DatabaseSetup setup = tools.content().setup();
        return creation.known()
                .ownedBy(
                        isOrphan(operation)
                                ? setup.fillOrphan(operation, creation.databases(), creation.target(), filling)
                                : setup.fillAdopted(operation, creation.databases(), creation.target(), filling));
    }

    private void fill(DatabaseTransaction tx, StoredTenant target, @Nullable User account) {
        // Keys of the members from before would let their holders into the database of the new owner.
        ApiKeyUseCases.revokeAll(tx, context.now());
        tools.content().setup().addMembers(tx, target.lang(), target.tz(), account);
        DatabaseSetup.writeParameters(tx, target, false);
    }

    private NewTenant migrate(StoredOperation operation, NewTenant found) {
        return creation(operation, found).migrated();
    }

    private NewTenant open(StoredOperation operation, NewTenant found) {
        Creation creation = creation(operation, found);
        creation.databases().open(creation.target());
        return creation.known();
    }

    @Override
    public NewTenant finish(Transaction tx, StoredOperation operation, NewTenant found) {
        StoredTenant adopted = lockTenant(tx, operation);
        StoredTenant open = SuspensionSchedule.scheduled(
                tx,
                adopted.toBuilder()
                        .state(TenantState.OPEN)
                        .schemaVersion(found.tenant().schemaVersion())
                        .build(),
                context.now());
        tx.records(RecordTypes.TENANTS).update(open);
        context.events()
                .add(
                        tx,
                        operation,
                        EventType.TENANT_ADOPTED,
                        adopted.id(),
                        Map.of("name", adopted.name(), "plan", String.valueOf(adopted.planId())));
        NewTenant opened = found.withTenant(open);
        opened.storeToken(tx, context.now());
        return opened;
    }

    @Override
    public Ending ending() {
        return Ending.UNDONE.undoneWith(this::forget);
    }

    private void undo(StoredOperation operation) {
        if (!isOrphan(operation)) {
            Creation creation = creation(operation, NewTenant.UNKNOWN);
            DatabaseRemoval.release(creation.databases(), creation.target());
        }
    }

    private void forget(Transaction tx, StoredOperation operation) {
        if (!isOrphan(operation)) {
            discardDraft(tx, operation, tools.placement());
            return;
        }
        StoredTenant draft = lockTenant(tx, operation);
        // Its name stays reserved, since the database stays.
        tools.placement().changed(draft.serverId());
        tx.records(RecordTypes.TENANTS).delete(draft.id().value());
    }

    @Override
    public void retractLateEffects(StoredOperation operation, NewTenant found) {
        if (found.isKnown() && !isOrphan(operation)) {
            Creation creation = creation(operation, found);
            reconciliation.reconcileAdopted(operation, creation.tenant().serverId(), creation.target());
        }
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The tenant was not created. This database may have been adopted, and may be closed: "
                + describe(tx, operation) + ".";
    }
}
