// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import java.util.List;

/** Who started an operation, for steps that call use cases. */
public final class OperationActors {
    private OperationActors() {}

    /** The account that started it, with the rights that it has now: none after it was demoted or deleted. */
    public static Actor of(CoreContext context, StoredOperation operation) {
        String login = operation.startedBy();
        if (login.equals(Actor.HOST_LOGIN)) {
            return new Actor(null, operation.clientAddress());
        }
        List<User> users = context.catalog()
                .transact(tx -> tx.records(RecordTypes.USERS).list(Query.where(Filter.equal(User.LOGIN, login))));
        return users.stream()
                .filter(User::active)
                .map(user -> new Actor(user, operation.clientAddress()))
                .findFirst()
                .orElseThrow(() -> SaasException.notAllowed(ErrorCodes.ACCESS_DENIED, "Access Denied"));
    }
}
