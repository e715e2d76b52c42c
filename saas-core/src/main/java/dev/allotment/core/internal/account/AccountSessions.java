// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.account;

import dev.allotment.Filter;
import dev.allotment.Member;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.UserId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Failures;
import dev.allotment.core.internal.database.TenantDatabases;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.AccessToken;
import dev.allotment.spi.backend.AuthorizationCode;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredSession;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Everything by which an account is in: its sessions at the main database, and at its client databases those of the owner, with
 * the access tokens and codes that would make more. What is not known of the latter's users is taken for the owner's.
 */
public final class AccountSessions {
    private final UserId user;
    private final Map<UUID, Long> owners = new HashMap<>();

    /** Without a look: whoever is signed in at one of its client databases is taken for the owner. */
    AccountSessions(UserId user) {
        this.user = user;
    }

    /**
     * Looks who the owner is in each client database of an account where somebody is signed in. Reads inside of these, so never
     * within a transaction of the catalog.
     */
    public static AccountSessions of(CoreContext context, TenantDatabases tenantDatabases, UserId user) {
        AccountSessions ways = new AccountSessions(user);
        List<StoredTenant> entered = context.catalog()
                .transact(tx -> ways.tenants(tx).stream()
                        .filter(tenant -> tx.records(RecordTypes.SESSIONS)
                                        .count(Filter.equal(
                                                StoredSession.DATABASE,
                                                tenant.uuid().toString()))
                                > 0)
                        .toList());
        for (StoredTenant tenant : entered) {
            try {
                Member owner =
                        tenantDatabases.transact(tenant, MemberRows::owner).orElse(null);
                ways.owners.put(tenant.uuid(), owner == null ? 0 : owner.id().value());
            } catch (SaasException e) {
                new Failures("dev.allotment.access", context.node())
                        .warn("All sessions at a client database end, since its owner cannot be read", tenant.id(), e);
            }
        }
        return ways;
    }

    /** Ends them all. */
    public void end(Transaction tx) {
        SessionRows.closeAll(tx, SessionRows.MAIN, user.value());
        List<StoredTenant> tenants = tenants(tx);
        if (tenants.isEmpty()) {
            return;
        }
        List<TenantId> ids = tenants.stream().map(StoredTenant::id).toList();
        SessionRows.remove(tx, RecordTypes.ACCESS_TOKENS, Filter.in(AccessToken.TENANT_ID, ids));
        SessionRows.remove(tx, RecordTypes.AUTHORIZATION_CODES, Filter.in(AuthorizationCode.TENANT_ID, ids));
        List<String> databases =
                tenants.stream().map(tenant -> tenant.uuid().toString()).toList();
        Records<StoredSession> sessions = tx.records(RecordTypes.SESSIONS);
        for (StoredSession session : sessions.list(Query.where(Filter.in(StoredSession.DATABASE, databases)))) {
            Long owner = owners.get(UUID.fromString(session.database()));
            if (owner == null || owner == session.userId()) {
                sessions.delete(session.id());
            }
        }
    }

    private List<StoredTenant> tenants(Transaction tx) {
        return tx.records(RecordTypes.TENANTS)
                .list(Query.where(Filter.equal(StoredTenant.OWNER_ID, user)).and(TenantRows.LIVE));
    }
}
