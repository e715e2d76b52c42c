// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.account;

import dev.allotment.User;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.authentication.SignIn;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.parameter.MainParameters;

/** Accounts with their API keys, and customers. */
public record AccountFeature(CoreContext context, OperationEngine operations, TenantContent content, SignIn signIn) {
    public AccountUseCases accounts(UnitOfWork work, Actor actor) {
        return new AccountUseCases(context, content, signIn, new MainParameters(context.catalog()), work, actor);
    }

    public CustomerUseCases customers(UnitOfWork work, Actor actor) {
        return new CustomerUseCases(context, operations, work, actor);
    }

    public ApiKeyUseCases<User> apiKeys(Actor actor) {
        User user = actor.user();
        return new ApiKeyUseCases<>(
                context,
                context.work(),
                signIn.accountKeys(),
                new AccountKeys(context, accounts(context.work(), actor), actor),
                new ApiKeyUseCases.KeyActor(
                        user == null ? null : user.id().value(),
                        actor.administrator(),
                        actor.scope(),
                        actor.clientAddress()));
    }
}
