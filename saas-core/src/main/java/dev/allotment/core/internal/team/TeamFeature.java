// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.team;

import dev.allotment.core.internal.account.AccountFeature;
import dev.allotment.core.internal.authentication.SignIn;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;

/** The teams of customers. */
public record TeamFeature(CoreContext context, TenantContent content, SignIn signIn, AccountFeature accounts) {
    public TeamUseCases useCases(Actor actor) {
        return new TeamUseCases(
                context,
                new MemberRemoval(context, content.databases(), signIn),
                accounts.accounts(context.work(), actor),
                new EmailedSecrets(content.secrets()),
                actor);
    }
}
