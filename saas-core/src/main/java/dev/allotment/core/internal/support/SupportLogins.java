// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.support;

import dev.allotment.DatabaseLogin;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.database.TenantDatabaseViews;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredSupportUse;
import dev.allotment.spi.backend.StoredTenant;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The logins that read for sessions that look.
 *
 * <p>A login ends at the database server by itself when its time has passed. Its name is stored with the session, so
 * that it ends with the session on each node. If a node dies before it has stored the name, the time ends it.
 */
final class SupportLogins {
    private static final int BATCH = 100;

    private final CoreContext context;
    private final TenantDatabaseViews views;

    SupportLogins(CoreContext context, TenantDatabaseViews views) {
        this.context = context;
        this.views = views;
    }

    /** Empty if the session has ended meanwhile. */
    Optional<DatabaseLogin> create(StoredTenant tenant, StoredSupportUse use, Duration validity) {
        DatabaseLogin login = views.readOnlyLogin(tenant, validity);
        boolean stored = context.catalog().transact(tx -> {
            Optional<StoredSupportUse> open =
                    tx.records(RecordTypes.SUPPORT_USES).lock(use.id()).filter(each -> each.endedAt() == null);
            open.ifPresent(each -> tx.records(RecordTypes.SUPPORT_USES).update(each.withLogin(login.user())));
            return open.isPresent();
        });
        if (!stored) {
            views.revokeReadOnlyLogin(tenant, login.user());
            return Optional.empty();
        }
        return Optional.of(login);
    }

    /** Ends the logins of sessions that have ended; those that cannot be reached are tried again by the maintenance. */
    int end(Filter<StoredSupportUse> which) {
        Filter<StoredSupportUse> ended = Filter.and(
                which, Filter.notEqual(StoredSupportUse.ENDED_AT, null), Filter.notEqual(StoredSupportUse.LOGINS, ""));
        List<StoredSupportUse> uses = context.catalog()
                .transact(tx -> tx.records(RecordTypes.SUPPORT_USES)
                        .list(Query.where(ended).orderBy(StoredSupportUse.ID).page(0, BATCH)));
        return (int) uses.stream().filter(this::end).count();
    }

    private boolean end(StoredSupportUse use) {
        Optional<StoredTenant> tenant = context.catalog()
                .transact(tx ->
                        tx.records(RecordTypes.TENANTS).find(use.tenantId().value()))
                .filter(each -> each.state().hasDatabase());
        try {
            tenant.ifPresent(
                    known -> List.of(use.logins().split(" ")).forEach(user -> views.revokeReadOnlyLogin(known, user)));
        } catch (SaasException e) {
            new FailureLog("dev.allotment.support", context.node())
                    .warn("A login that reads for support could not be ended yet", use.tenantId(), e);
            return false;
        }
        context.catalog().transact(tx -> {
            tx.records(RecordTypes.SUPPORT_USES)
                    .lock(use.id())
                    .ifPresent(each -> tx.records(RecordTypes.SUPPORT_USES).update(each.withoutLogins()));
            return null;
        });
        return true;
    }
}
