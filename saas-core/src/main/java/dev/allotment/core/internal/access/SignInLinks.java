// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.access;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.SignInLink;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantDatabases;
import dev.allotment.core.internal.host.TenantHosts;
import dev.allotment.core.internal.record.AccessTokens;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.StoredTenant;
import java.net.URI;

/** Issues the one-time links that sign the owner, or another member, in to a tenant's application. */
public final class SignInLinks {
    private static final String PATH = "/saas_client/new_database?access_token=";

    private final CoreContext context;
    private final TenantDatabases tenantDatabases;
    private final TenantHosts tenantHosts;

    public SignInLinks(CoreContext context, TenantDatabases tenantDatabases, TenantHosts tenantHosts) {
        this.context = context;
        this.tenantDatabases = tenantDatabases;
        this.tenantHosts = tenantHosts;
    }

    public SignInLink issue(Actor actor, TenantId id) {
        StoredTenant tenant = new TenantLookup(context.work(), actor).get(id);
        User user = actor.user();
        if (!actor.administrator() && user != null && !user.id().equals(tenant.ownerId())) {
            throw actor.refused("sign in to this tenant as its owner");
        }
        TenantRows.requireState(tenant, "entered", TenantState.OPEN);
        return forMember(tenant, owner(tenant));
    }

    MemberId owner(StoredTenant tenant) {
        return tenantDatabases
                .transact(tenant, MemberRows::owner)
                .map(Member::id)
                .orElseThrow(() -> SaasException.conflict(
                        ErrorCodes.TENANT_STATE,
                        "Tenant \"" + tenant.name() + "\" has no owner, so no sign-in link can be issued."));
    }

    SignInLink forMember(StoredTenant tenant, MemberId member) {
        String secret = context.secrets().next();
        context.catalog().transact(tx -> {
            AccessTokens.add(tx, context.now(), secret, tenant.id(), member);
            return null;
        });
        return of(tenant, secret);
    }

    /** Returns the link for a token that was stored earlier. */
    public SignInLink of(StoredTenant tenant, String token) {
        URI url = URI.create(tenantHosts.publicUrl(tenant) + PATH + token);
        return new SignInLink(token, url, context.now().plus(AccessTokens.LIFE));
    }
}
