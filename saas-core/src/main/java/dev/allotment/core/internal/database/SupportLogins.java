// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCategory;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredSupportUse;
import dev.allotment.spi.backend.StoredTenant;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The logins that read for sessions of support that look.
 *
 * <p>A login ends at the database server by itself when its time has passed. Its name is stored with the session, so
 * that it ends with the session on each node. If a node dies before it has stored the name, the time ends it.
 */
public final class SupportLogins {
    private static final int PAGE = 100;

    private final CoreContext context;
    private final TenantDatabases tenantDatabases;

    public SupportLogins(CoreContext context, TenantDatabases tenantDatabases) {
        this.context = context;
        this.tenantDatabases = tenantDatabases;
    }

    /** Empty if the session has ended meanwhile. */
    public Optional<DatabaseLogin> create(StoredTenant tenant, StoredSupportUse use, Duration validity) {
        DatabaseLogin login = tenantDatabases.readOnlyLogin(tenant, validity);
        boolean stored = context.catalog().transact(tx -> {
            Optional<StoredSupportUse> open =
                    tx.records(RecordTypes.SUPPORT_USES).lock(use.id()).filter(each -> each.endedAt() == null);
            open.ifPresent(each -> tx.records(RecordTypes.SUPPORT_USES).update(each.withLogin(login.user())));
            return open.isPresent();
        });
        if (!stored) {
            tenantDatabases.revokeReadOnlyLogin(tenant, login.user());
            return Optional.empty();
        }
        return Optional.of(login);
    }

    /**
     * Ends the logins of sessions that have ended, and returns how many sessions had some. The maintenance tries those
     * again that cannot be reached. It runs after the catalog knows the ends, so that no new logins are created.
     */
    public int end(Filter<StoredSupportUse> which) {
        Filter<StoredSupportUse> ended = Filter.and(
                which, Filter.notEqual(StoredSupportUse.ENDED_AT, null), Filter.notEqual(StoredSupportUse.LOGINS, ""));
        // Each call costs as long as it takes to give up, so one failure stands for its server.
        Set<ServerId> unreachable = new HashSet<>();
        int done = 0;
        long last = 0;
        while (true) {
            Filter<StoredSupportUse> rest =
                    Filter.and(ended, Filter.compare(StoredSupportUse.ID, Filter.Operator.GREATER, last));
            List<StoredSupportUse> page = context.catalog()
                    .transact(tx -> tx.records(RecordTypes.SUPPORT_USES)
                            .list(Query.where(rest).orderBy(StoredSupportUse.ID).page(0, PAGE)));
            for (StoredSupportUse each : page) {
                last = each.id();
                done += end(each, unreachable) ? 1 : 0;
            }
            if (page.size() < PAGE) {
                return done;
            }
        }
    }

    private boolean end(StoredSupportUse use, Set<ServerId> unreachable) {
        StoredTenant tenant = context.catalog()
                .transact(tx ->
                        tx.records(RecordTypes.TENANTS).find(use.tenantId().value()))
                .filter(each -> each.state().hasDatabase())
                .orElse(null);
        if (tenant != null) {
            if (unreachable.contains(tenant.serverId())) {
                return false;
            }
            try {
                List.of(use.logins().split(" ")).forEach(user -> tenantDatabases.revokeReadOnlyLogin(tenant, user));
            } catch (SaasException e) {
                if (e.category() == ErrorCategory.UNAVAILABLE) {
                    unreachable.add(tenant.serverId());
                }
                new FailureLog("dev.allotment.support", context.node())
                        .warn("A login that reads for support could not be ended yet", use.tenantId(), e);
                return false;
            }
        }
        context.catalog().transact(tx -> {
            // Its session has ended, so no login is added.
            tx.records(RecordTypes.SUPPORT_USES)
                    .lock(use.id())
                    .ifPresent(each -> tx.records(RecordTypes.SUPPORT_USES).update(each.withoutLogins()));
            return null;
        });
        return true;
    }
}
