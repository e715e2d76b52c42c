// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.EventType;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.OperationInputs;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.record.AccessTokens;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns a foreign database into the database of a tenant that has been reserved. */
public final class AdoptTenantSaga extends TenantSaga<NewTenant> {
    private final DatabaseServers servers;
    private final TenantContent content;

    public AdoptTenantSaga(CoreContext context, DatabaseServers servers, TenantContent content) {
        super(context, content);
        this.servers = servers;
        this.content = content;
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

    private NewTenant adopt(StoredOperation operation, NewTenant found) {
        NewTenant known = known(operation, found);
        DatabaseRef database = DatabaseRefs.of(known.tenant());
        if (isOrphan(operation)) {
            databases(operation, known).close(database);
        } else {
            Abilities.adoption(databases(operation, known)).adopt(database);
        }
        return known;
    }

    /** It has the base schema, its members and its login already, and an operator may still need it after a failure. */
    private static boolean isOrphan(StoredOperation operation) {
        return operation.input().containsKey(OperationInputs.ORPHAN);
    }

    private NewTenant configure(StoredOperation operation, NewTenant found) {
        NewTenant known = known(operation, found);
        StoredTenant target = known.tenant();
        UserId ownerId = target.ownerId();
        User account = ownerId == null
                ? null
                : context.catalog()
                        .transact(tx -> tx.records(RecordTypes.USERS)
                                .find(ownerId.value())
                                .orElse(null));
        Databases databases = databases(operation, known);
        DatabaseRef database = DatabaseRefs.of(target);
        Function<DatabaseTransaction, Optional<MemberId>> filling = tx -> {
            if (!OperationMarkers.has(tx, operation)) {
                fill(tx, target, account);
                OperationMarkers.put(tx, operation);
            }
            return MemberRows.owner(tx).map(Member::id);
        };
        return known.ownedBy(
                isOrphan(operation)
                        ? content.setup().fillOrphan(operation, databases, database, filling)
                        : content.setup().fillAdopted(operation, databases, database, filling));
    }

    private NewTenant migrate(StoredOperation operation, NewTenant found) {
        NewTenant known = known(operation, found);
        StoredTenant target = known.tenant();
        if (!content.migrations().isOutdated(target.schemaVersion())) {
            return known;
        }
        String version = content.migrations().migrateClosed(operation, target.serverId(), DatabaseRefs.of(target));
        return known.withTenant(target.toBuilder().schemaVersion(version).build());
    }

    private NewTenant open(StoredOperation operation, NewTenant found) {
        NewTenant known = known(operation, found);
        databases(operation, known).open(DatabaseRefs.of(known.tenant()));
        return known;
    }

    private Databases databases(StoredOperation operation, NewTenant known) {
        return servers.registry().databases(known.tenant().serverId(), operation);
    }

    private NewTenant known(StoredOperation operation, NewTenant found) {
        return found.isKnown() ? found : found.withTenant(tenant(operation));
    }

    private void fill(DatabaseTransaction tx, StoredTenant target, @Nullable User account) {
        // Keys of the members from before would let their holders into the database of the new owner.
        ApiKeyUseCases.revokeAll(tx, context.now());
        content.setup().addMembers(tx, target.lang(), target.tz(), account);
        DatabaseSetup.writeParameters(tx, target, false);
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
        if (found.token() != null && found.owner() != null) {
            AccessTokens.insert(tx, context.now(), found.token(), adopted.id(), found.owner());
        }
        return found.withTenant(open);
    }

    @Override
    public Ending ending() {
        return Ending.UNDONE.undoneWith(this::forget);
    }

    private void undo(StoredOperation operation) {
        if (isOrphan(operation)) {
            return;
        }
        StoredTenant target = tenant(operation);
        DatabaseRemoval.release(servers.registry().databases(target.serverId(), operation), DatabaseRefs.of(target));
    }

    private void forget(Transaction tx, StoredOperation operation) {
        if (!isOrphan(operation)) {
            discardDraft(tx, operation, servers.placement());
            return;
        }
        StoredTenant draft = lockTenant(tx, operation);
        // Its name stays reserved, since the database stays.
        servers.placement().changed(draft.serverId());
        tx.records(RecordTypes.TENANTS).delete(draft.id().value());
    }

    @Override
    public void retractLateEffects(StoredOperation operation, NewTenant found) {
        if (found.isKnown() && !isOrphan(operation)) {
            reconciliation.reconcileAdopted(operation, found.tenant().serverId(), DatabaseRefs.of(found.tenant()));
        }
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "The tenant was not created. This database may have been adopted, and may be closed: "
                + describe(tx, operation) + ".";
    }
}
