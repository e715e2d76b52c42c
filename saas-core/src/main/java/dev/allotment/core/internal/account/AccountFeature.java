// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.account;

import dev.allotment.User;
import dev.allotment.access.Passkeys;
import dev.allotment.core.internal.authentication.AccountFactors;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.authentication.PasskeyCeremonies;
import dev.allotment.core.internal.authentication.SignIn;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.feature.DueWork;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.parameter.MainParameters;
import java.util.List;

/** Accounts with their API keys, second factors and passkeys, and customers. */
public record AccountFeature(
        CoreContext context,
        OperationEngine operations,
        TenantContent content,
        SignIn signIn,
        AccountFactors factors,
        PasskeyCeremonies passkeys)
        implements Feature {
    @Override
    public List<DueWork> dueWork() {
        return List.of(DueWork.of(
                DueWork.Stage.EXPIRY,
                "second-factors",
                "Encrypting second factors with the new key",
                factors::renewDue));
    }

    public SecondFactorUseCases secondFactors(Actor actor) {
        return new SecondFactorUseCases(context, content, signIn, factors, accounts(context.work(), actor), actor);
    }

    public Passkeys passkeys(Actor actor) {
        return new PasskeyUseCases(context, passkeys, signIn, accounts(context.work(), actor), actor);
    }

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
