// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.account;

import dev.allotment.CustomerId;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.UserId;
import dev.allotment.access.Member;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.database.SupportLogins;
import dev.allotment.core.internal.database.TenantDatabases;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.record.SupportRows;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.AccessToken;
import dev.allotment.spi.backend.AuthorizationCode;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredSession;
import dev.allotment.spi.backend.StoredSupportUse;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Revokes everything that signs an account in: its sessions at the main database, and the owner's sessions, access
 * tokens and codes at its tenants, and its sessions for support. A session at a tenant whose user is unknown is treated
 * as the owner's.
 */
public final class AccountSessions {
    private final CoreContext context;
    private final TenantDatabases tenantDatabases;
    private final UserId user;
    /** Null: of all customers. */
    private final @Nullable CustomerId customer;

    private final Map<UUID, Long> owners = new HashMap<>();
    /** Whether sessions for support have ended that have logins at database servers. */
    private boolean supportLogins;

    /** Treats every session at one of the account's tenants as the owner's, without looking inside. */
    AccountSessions(CoreContext context, TenantDatabases tenantDatabases, UserId user) {
        this(context, tenantDatabases, user, null);
    }

    private AccountSessions(
            CoreContext context, TenantDatabases tenantDatabases, UserId user, @Nullable CustomerId customer) {
        this.context = context;
        this.tenantDatabases = tenantDatabases;
        this.user = user;
        this.customer = customer;
    }

    /**
     * Looks up the owner inside each tenant of the account that has sessions. It reads tenant databases, so it must not
     * run within a transaction of the catalog.
     */
    public static AccountSessions of(CoreContext context, TenantDatabases tenantDatabases, UserId user) {
        return of(context, tenantDatabases, user, null);
    }

    /** Like {@link #of(CoreContext, TenantDatabases, UserId)}, but only what acts for one customer. */
    public static AccountSessions of(
            CoreContext context, TenantDatabases tenantDatabases, UserId user, @Nullable CustomerId customer) {
        AccountSessions sessions = new AccountSessions(context, tenantDatabases, user, customer);
        List<StoredTenant> entered = context.catalog().transact(tx -> {
            List<StoredTenant> tenants = sessions.tenants(tx);
            Map<String, Long> open = tx.records(RecordTypes.SESSIONS)
                    .counts(StoredSession.DATABASE, Filter.in(StoredSession.DATABASE, databases(tenants)));
            return tenants.stream()
                    .filter(tenant -> open.containsKey(tenant.uuid().toString()))
                    .toList();
        });
        for (StoredTenant tenant : entered) {
            try {
                Member owner =
                        tenantDatabases.transact(tenant, MemberRows::owner).orElse(null);
                sessions.owners.put(
                        tenant.uuid(), owner == null ? 0 : owner.id().value());
            } catch (SaasException e) {
                new FailureLog("dev.allotment.access", context.node())
                        .warn("All sessions at a tenant are closed, since its owner cannot be read", tenant.id(), e);
            }
        }
        return sessions;
    }

    /** Revokes all of them. */
    public void end(Transaction tx) {
        endBut(tx, 0);
    }

    /** Revokes all but one session at the main database. */
    public void endBut(Transaction tx, long kept) {
        if (customer == null) {
            SessionRows.closeOthers(tx, user, kept);
            supportLogins |= SupportRows.endUsesOf(tx, user, context.now());
        } else {
            closeActingFor(tx, customer);
        }
        List<StoredTenant> tenants = tenants(tx);
        if (tenants.isEmpty()) {
            return;
        }
        List<TenantId> ids = tenants.stream().map(StoredTenant::id).toList();
        tx.records(RecordTypes.ACCESS_TOKENS).deleteAll(Filter.in(AccessToken.TENANT_ID, ids));
        tx.records(RecordTypes.AUTHORIZATION_CODES).deleteAll(Filter.in(AuthorizationCode.TENANT_ID, ids));
        Records<StoredSession> sessions = tx.records(RecordTypes.SESSIONS);
        for (StoredSession session :
                sessions.list(Query.where(Filter.in(StoredSession.DATABASE, databases(tenants))))) {
            Long owner = owners.get(UUID.fromString(session.database()));
            if (owner == null || owner == session.userId()) {
                sessions.delete(session.id());
            }
        }
    }

    /** Withdraws what the account has requested or was granted for support, since it loses its rights. */
    void withdrawSupport(Transaction tx, Actor by) {
        supportLogins |= SupportRows.withdrawAllOf(context, tx, by, user);
    }

    /**
     * Ends the logins at database servers that sessions for support have left, after the commit. If a node dies before,
     * the maintenance does.
     */
    public void endLogins() {
        if (supportLogins) {
            new SupportLogins(context, tenantDatabases).end(Filter.equal(StoredSupportUse.OPERATOR_ID, user));
        }
    }

    /** A session without a customer acts for that of the account. */
    private void closeActingFor(Transaction tx, CustomerId left) {
        boolean home = tx.records(RecordTypes.USERS)
                .find(user.value())
                .filter(each -> each.customerId().equals(left))
                .isPresent();
        Filter<StoredSession> acting = Filter.equal(StoredSession.CUSTOMER_ID, left);
        tx.records(RecordTypes.SESSIONS)
                .deleteAll(Filter.and(
                        Filter.equal(StoredSession.DATABASE, SessionRows.MAIN),
                        Filter.equal(StoredSession.USER_ID, user.value()),
                        home ? Filter.or(acting, Filter.equal(StoredSession.CUSTOMER_ID, null)) : acting));
    }

    private static List<String> databases(List<StoredTenant> tenants) {
        return tenants.stream().map(tenant -> tenant.uuid().toString()).toList();
    }

    private List<StoredTenant> tenants(Transaction tx) {
        return tx.records(RecordTypes.TENANTS)
                .list(Query.where(Filter.and(
                        Filter.equal(StoredTenant.OWNER_ID, user),
                        customer == null ? Filter.all() : Filter.equal(StoredTenant.CUSTOMER_ID, customer),
                        TenantRows.LIVE)));
    }
}
