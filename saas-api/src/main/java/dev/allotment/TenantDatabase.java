// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The inside of one client database, seen with the rights of whoever acts. */
public interface TenantDatabase extends DatabaseRecords {
    /** As of the moment when this view was made. */
    Tenant tenant();

    Addons addons();

    /** The limits on numbers of records; for its system administrators. */
    Lookup<Long, RecordQuota> recordQuotas();

    /** As {@link Saas#inTransaction}, in a transaction of this database. */
    <T extends @Nullable Object> T inTransaction(Function<? super DatabaseRecords, ? extends T> work);

    /**
     * How the tenant's own application connects to this database, and to no other: the same on every node, for as long as the
     * database has this name. Costs a statement on its server each time, so keep it while it works. With all rights only.
     *
     * @throws SaasException {@code backend.unsupported} where the backend has no logins, {@code access.not-allowed}
     */
    DatabaseLogin login();

    /**
     * A view with the rights of one of its users.
     *
     * @throws SaasException {@code access.denied} if not active
     */
    TenantDatabase actingAs(MemberId member);
}
