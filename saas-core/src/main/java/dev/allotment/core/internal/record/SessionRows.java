// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantState;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.identity.IdentityProviderId;
import dev.allotment.spi.backend.AccessToken;
import dev.allotment.spi.backend.AuthorizationCode;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredSession;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** Stores the sessions in the catalog. */
public final class SessionRows {
    public static final Duration IDLE = Duration.ofDays(7);
    public static final Duration LIFE = Duration.ofDays(90);
    /** How precisely the last use is recorded: saves a write per call. */
    public static final Duration USE_STEP = Duration.ofMinutes(5);

    /** What sessions at the main database record instead of a tenant's UUID. */
    public static final String MAIN = "";

    private SessionRows() {}

    /** Closes all sessions of a tenant, and voids its unused access tokens and codes. */
    public static void endAll(Transaction tx, StoredTenant tenant) {
        tx.records(RecordTypes.SESSIONS).deleteAll(at(tenant));
        tx.records(RecordTypes.ACCESS_TOKENS).deleteAll(Filter.equal(AccessToken.TENANT_ID, tenant.id()));
        tx.records(RecordTypes.AUTHORIZATION_CODES).deleteAll(Filter.equal(AuthorizationCode.TENANT_ID, tenant.id()));
    }

    /**
     * Closes all sessions of a tenant whose database is about to be replaced by another one, and makes worthless what
     * nodes remember about its members. No one must be able to find the database meanwhile.
     */
    public static void endBeforeReplacement(Transaction tx, StoredTenant locked) {
        endAll(tx, locked);
        tx.records(RecordTypes.TENANTS)
                .update(locked.toBuilder()
                        .replacements(locked.replacements() + 1)
                        .build());
    }

    private static Filter<StoredSession> at(StoredTenant tenant) {
        return Filter.equal(StoredSession.DATABASE, tenant.uuid().toString());
    }

    /** Closes the sessions of members when a tenant is suspended, so that they are gone when it is resumed. */
    public static void closeWhereSuspended(Transaction tx, StoredTenant tenant) {
        if (tenant.state() == TenantState.SUSPENDED) {
            tx.records(RecordTypes.SESSIONS).deleteAll(at(tenant));
        }
    }

    /** The session of an account at the main database that has this hash. */
    public static Optional<StoredSession> ofAccount(Transaction tx, String hash, UserId user) {
        return tx.records(RecordTypes.SESSIONS).list(Query.where(Filter.equal(StoredSession.HASH, hash))).stream()
                .filter(each -> each.database().equals(MAIN) && each.userId() == user.value())
                .findFirst();
    }

    /**
     * What a session of an account at the main database contains: one customer, if the identity provider of that has
     * opened the session.
     *
     * @throws SaasException {@code access.denied} if the account has no such session
     */
    public static ApiKeyScope scope(Transaction tx, String hash, UserId user) {
        return ofAccount(tx, hash, user)
                .map(session -> session.providerId() == null
                        ? ApiKeyScope.EVERYTHING
                        : ApiKeyScope.ofCustomer(Objects.requireNonNull(session.customerId())))
                .orElseThrow(() -> SaasException.notAllowed(ErrorCodes.ACCESS_DENIED, "Access Denied"));
    }

    /** Closes the sessions that the provider of a customer has opened. */
    public static void closeProvided(Transaction tx, IdentityProviderId provider) {
        tx.records(RecordTypes.SESSIONS).deleteAll(Filter.equal(StoredSession.PROVIDER_ID, provider));
    }

    /** Closes the sessions that the provider of a customer has opened for an account. */
    public static void closeProvided(Transaction tx, IdentityProviderId provider, UserId user) {
        tx.records(RecordTypes.SESSIONS)
                .deleteAll(Filter.and(
                        Filter.equal(StoredSession.DATABASE, MAIN),
                        Filter.equal(StoredSession.USER_ID, user.value()),
                        Filter.equal(StoredSession.PROVIDER_ID, provider)));
    }

    /** Closes all sessions of an account at the main database but one. */
    public static void closeOthers(Transaction tx, UserId user, long kept) {
        tx.records(RecordTypes.SESSIONS)
                .deleteAll(Filter.and(
                        Filter.equal(StoredSession.DATABASE, MAIN),
                        Filter.equal(StoredSession.USER_ID, user.value()),
                        Filter.notEqual(StoredSession.ID, kept)));
    }

    /**
     * Closes all sessions of a user at a database.
     *
     * @param database empty for the main database, else the UUID of the tenant
     */
    public static void closeAll(Transaction tx, String database, long user) {
        tx.records(RecordTypes.SESSIONS)
                .deleteAll(Filter.and(
                        Filter.equal(StoredSession.DATABASE, database), Filter.equal(StoredSession.USER_ID, user)));
    }
}
