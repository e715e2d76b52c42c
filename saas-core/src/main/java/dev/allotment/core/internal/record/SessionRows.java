// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.TenantState;
import dev.allotment.spi.backend.AccessToken;
import dev.allotment.spi.backend.AuthorizationCode;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredSession;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;

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
        remove(
                tx,
                RecordTypes.SESSIONS,
                Filter.equal(StoredSession.DATABASE, tenant.uuid().toString()));
        remove(tx, RecordTypes.ACCESS_TOKENS, Filter.equal(AccessToken.TENANT_ID, tenant.id()));
        remove(tx, RecordTypes.AUTHORIZATION_CODES, Filter.equal(AuthorizationCode.TENANT_ID, tenant.id()));
    }

    public static <R extends Record> void remove(Transaction tx, RecordType<R> type, Filter<R> filter) {
        Records<R> records = tx.records(type);
        records.list(Query.where(filter)).forEach(each -> records.delete(type.id(each)));
    }

    /** Closes the sessions of members when a tenant is suspended, so that they are gone when it is resumed. */
    public static void closeWhereSuspended(Transaction tx, StoredTenant tenant) {
        if (tenant.state() == TenantState.SUSPENDED) {
            Records<StoredSession> sessions = tx.records(RecordTypes.SESSIONS);
            Filter<StoredSession> theirs =
                    Filter.equal(StoredSession.DATABASE, tenant.uuid().toString());
            sessions.list(Query.where(theirs)).forEach(each -> sessions.delete(each.id()));
        }
    }

    /**
     * Closes all sessions of a user at a database.
     *
     * @param database empty for the main database, else the UUID of the tenant
     */
    public static void closeAll(Transaction tx, String database, long user) {
        Records<StoredSession> sessions = tx.records(RecordTypes.SESSIONS);
        Filter<StoredSession> theirs =
                Filter.and(Filter.equal(StoredSession.DATABASE, database), Filter.equal(StoredSession.USER_ID, user));
        sessions.list(Query.where(theirs)).forEach(each -> sessions.delete(each.id()));
    }
}
