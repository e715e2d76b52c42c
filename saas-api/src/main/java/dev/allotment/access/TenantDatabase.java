// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import dev.allotment.Addons;
import dev.allotment.DatabaseLogin;
import dev.allotment.Lookup;
import dev.allotment.RecordQuota;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The inside of one tenant database, with the rights of the acting account or member. */
public interface TenantDatabase extends DatabaseRecords {
    /** Returns the tenant as it was when this view was created. */
    Tenant tenant();

    /** Returns the add-ons. */
    Addons addons();

    /** Returns the API keys of the members. */
    ApiKeys apiKeys();

    /** Returns the record quotas. Requires a system administrator of the tenant. */
    Lookup<Long, RecordQuota> recordQuotas();

    /**
     * Runs several use cases in one transaction of this database, as {@link Saas#inTransaction} does for the main
     * database.
     *
     * @param work may be called more than once; it must use only its argument, and only until it returns
     */
    <T extends @Nullable Object> T inTransaction(Function<? super DatabaseRecords, ? extends T> work);

    /**
     * Returns how the tenant's application connects to this database, and to no other. The login is the same on every
     * node, as long as the tenant has this name. Each call executes a statement on the server, so store the result
     * while it works. Requires all rights.
     *
     * @throws SaasException {@code backend.unsupported} if the backend has no logins, {@code access.not-allowed}
     */
    DatabaseLogin login();

    /**
     * Creates a login that reads the tables of the application in this database, changes nothing, and reaches no other
     * database. It ends, with its sessions, when its time has passed, when the database is closed, and when it is
     * {@linkplain #revokeReadOnlyLogin revoked}. Each call creates another login, on the server. Requires all rights.
     *
     * <p>Row policies of the application apply to it. It may also do what the application allows every user of the
     * database: what it has granted to all, and its functions with the rights of their owner.
     *
     * @param validity 168 hours at most
     * @throws SaasException {@code backend.unsupported} if the backend has no such logins, {@code tenant.state} if the
     *     database is closed, {@code tenant.busy} while it is moved, {@code configuration.invalid} for another
     *     validity, {@code access.not-allowed}
     */
    DatabaseLogin readOnlyLogin(Duration validity);

    /**
     * Ends a login that {@link #readOnlyLogin} has created, and its sessions. Does nothing if it has ended. Requires
     * all rights.
     *
     * @param user of the login
     * @throws SaasException {@code backend.unsupported}, {@code access.not-allowed}
     */
    void revokeReadOnlyLogin(String user);

    /**
     * Returns a view with the rights of the member that has this number at present. No password is checked. For a
     * member that was authenticated, use {@link #actingAs(MemberIdentity, String)}.
     *
     * <p>The view is good for this member only: when the number means a member with another login, because the database
     * was replaced by a swap or a restore in place or the login was changed, its calls fail with {@code access.denied}.
     *
     * @throws SaasException {@code access.denied} if the member does not exist or is not active
     */
    TenantDatabase actingAs(MemberId member);

    /**
     * Returns a view as {@link #actingAs(MemberId)}, and counts failures for the client address, which the audit log
     * also gets.
     *
     * @param clientAddress null: not known
     * @throws SaasException as {@link #actingAs(MemberId)}
     */
    TenantDatabase actingAs(MemberId member, @Nullable String clientAddress);

    /**
     * Returns a view with the rights of a member that was authenticated, as {@link #actingAs(MemberId)}.
     *
     * @param member as a check of its password or its session returned it
     * @param clientAddress null: not known
     * @throws SaasException {@code access.denied} if the member does not exist, has another login or is not active
     */
    TenantDatabase actingAs(MemberIdentity member, @Nullable String clientAddress);

    /**
     * Returns a view with the rights of the member that an API key belongs to, within the scope of the key.
     *
     * @param holder as {@link ApiKeys#authenticate} of this database returned it just now
     * @param clientAddress null: not known
     * @throws SaasException {@code access.denied} if the member does not exist, has another login or is not active,
     *     {@code access.not-allowed} unless this view has all rights
     */
    TenantDatabase actingAs(ApiKeyHolder holder, @Nullable String clientAddress);
}
