// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.EventType;
import dev.allotment.Member;
import dev.allotment.MemberId;
import dev.allotment.Operation;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a database that others have made the database of a tenant whose name and place are reserved. */
final class AdoptTenantSaga implements Saga {
    private final ControlPlane plane;
    private final @Nullable String token;
    private @Nullable Tenant tenant;
    private @Nullable MemberId owner;

    /** @param token as for {@link CreateSaga} */
    AdoptTenantSaga(ControlPlane plane, @Nullable String token) {
        this.plane = plane;
        this.token = token;
    }

    @Override
    public List<Step> steps() {
        return List.of(
                new Step("adopted", operation -> {
                    Tenant target = tenant(operation);
                    plane.databases(target).adopt(ControlPlane.ref(target));
                }),
                new Step("configured", this::configure),
                new Step("opened", operation -> {
                    Tenant target = tenant(operation);
                    plane.databases(target).open(ControlPlane.ref(target));
                }));
    }

    private void configure(Operation operation) {
        Tenant target = tenant(operation);
        UserId ownerId = target.ownerId();
        User account = ownerId == null
                ? null
                : plane.catalog.transact(tx ->
                        tx.records(RecordTypes.USERS).find(ownerId.value()).orElse(null));
        Adoption.fill(plane, operation, plane.databases(target), ControlPlane.ref(target), tx -> {
            if (!Marks.has(tx, operation)) {
                fill(tx, target, account);
                Marks.put(tx, operation);
            }
            owner = MemberRows.owner(tx).map(Member::id).orElse(null);
        });
    }

    private void fill(DatabaseTransaction tx, Tenant target, @Nullable User account) {
        DatabaseSetup.addMembers(plane, tx, target.lang(), target.tz(), account);
        DatabaseSetup.tell(tx, target, false);
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        Tenant adopted = TenantRules.lock(tx, tenant(operation).id().value());
        Tenant open = adopted.toBuilder().state(TenantState.OPEN).build();
        tx.records(RecordTypes.TENANTS).update(Schedule.scheduled(tx, open, plane.now()));
        plane.events.add(
                tx,
                operation,
                EventType.TENANT_ADOPTED,
                adopted.id(),
                Map.of("name", adopted.name(), "plan", String.valueOf(adopted.planId())));
        if (token != null && owner != null) {
            AccessTokens.insert(plane, tx, token, adopted.id(), owner);
        }
    }

    @Override
    public boolean undoable(Operation operation) {
        return true;
    }

    @Override
    public void undo(Operation operation) {
        Tenant target = tenant(operation);
        Adoption.giveBack(plane, target.serverId(), ControlPlane.ref(target));
    }

    @Override
    public void undone(Transaction tx, Operation operation) {
        Tenant given = tenant(operation);
        TenantRules.release(tx, given.name(), given.uuid(), null);
        plane.placement.changed(given.serverId());
        tx.records(RecordTypes.TENANTS).delete(given.id().value());
    }

    @Override
    public void withdraw(Operation operation) {
        if (tenant != null) {
            Alignment.alignAdopted(plane, tenant.serverId(), ControlPlane.ref(tenant));
        }
    }

    private Tenant tenant(Operation operation) {
        if (tenant == null) {
            tenant = Sagas.tenant(plane, operation);
        }
        return tenant;
    }
}
