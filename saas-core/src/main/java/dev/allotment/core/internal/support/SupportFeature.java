// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.support;

import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.SupportLogins;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.feature.DueWork;
import dev.allotment.core.internal.feature.DueWork.Stage;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.host.TenantHosts;
import dev.allotment.core.internal.server.DatabaseServers;
import java.util.List;

/** The support access of operators to tenants. */
public final class SupportFeature implements Feature {
    private final CoreContext context;
    private final DatabaseServers servers;
    private final TenantHosts tenantHosts;
    private final SupportMembers members;
    private final SupportLogins logins;
    private final SupportExpiry expiry;

    public SupportFeature(
            CoreContext context, DatabaseServers servers, TenantContent content, TenantHosts tenantHosts) {
        this.context = context;
        this.servers = servers;
        this.tenantHosts = tenantHosts;
        this.members = new SupportMembers(content.databases());
        this.logins = new SupportLogins(context, content.databases());
        this.expiry = new SupportExpiry(context, logins);
    }

    @Override
    public List<DueWork> dueWork() {
        return List.of(DueWork.of(Stage.EXPIRY, "support", "Ending support access", expiry::endDue));
    }

    public SupportUseCases useCases(Actor actor) {
        SupportSessions sessions = new SupportSessions(context, members, logins, actor);
        return new SupportUseCases(context, servers.registry(), tenantHosts, members, logins, sessions, actor);
    }
}
