// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Door;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.util.List;

/** Who started an operation, for steps that call use cases. */
public final class OperationActors {
    private OperationActors() {}

    /**
     * The account that started it, with the rights that it has now: none after it was demoted or deleted. A portal
     * account has those of its role for the customer of the tenant.
     */
    public static Actor of(CoreContext context, StoredOperation operation) {
        String login = operation.startedBy();
        if (login.equals(Actor.HOST_LOGIN)) {
            return new Actor(null, operation.clientAddress());
        }
        List<User> users = context.catalog()
                .transact(tx -> tx.records(RecordTypes.USERS).list(Query.where(Filter.equal(User.LOGIN, login))));
        return users.stream()
                .filter(User::active)
                .map(user -> present(context, operation, new Actor(user, operation.clientAddress())))
                .findFirst()
                .orElseThrow(() -> SaasException.notAllowed(ErrorCodes.ACCESS_DENIED, "Access Denied"));
    }

    private static Actor present(CoreContext context, StoredOperation operation, Actor actor) {
        TenantId tenant = operation.tenantId();
        if (tenant == null) {
            return actor;
        }
        return context.catalog().transact(tx -> {
            CustomerId customer = tx.records(RecordTypes.TENANTS)
                    .find(tenant.value())
                    .map(StoredTenant::customerId)
                    .orElse(null);
            return customer == null ? actor : Door.present(tx, actor.actingFor(customer));
        });
    }
}
