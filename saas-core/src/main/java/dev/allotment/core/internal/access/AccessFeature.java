// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.access;

import dev.allotment.core.internal.authentication.Passwords;
import dev.allotment.core.internal.authentication.SignIn;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantDatabases;
import dev.allotment.core.internal.host.TenantHosts;

/** How users get into the databases of tenants. */
public record AccessFeature(
        CoreContext context,
        TenantDatabases tenantDatabases,
        ActiveMembers activeMembers,
        SignIn signIn,
        TenantHosts tenantHosts,
        SignInLinks links) {
    public static AccessFeature of(
            CoreContext context, TenantDatabases tenantDatabases, SignIn signIn, TenantHosts tenantHosts) {
        SignInLinks links = new SignInLinks(context, tenantDatabases, tenantHosts);
        return new AccessFeature(
                context, tenantDatabases, new ActiveMembers(context::tick), signIn, tenantHosts, links);
    }

    public Passwords passwords() {
        return signIn.passwords();
    }

    public AccessUseCases useCases(Actor actor) {
        return new AccessUseCases(context, tenantDatabases, activeMembers, signIn, tenantHosts, links, actor);
    }
}
