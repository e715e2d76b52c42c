// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** The inside of one client database, seen with the rights of whoever acts. */
public interface TenantDatabase {
    /** As of the moment when this view was made. */
    Tenant tenant();

    Members members();

    Groups groups();

    Addons addons();

    Parameters parameters();

    /** The limits on numbers of records; for its system administrators. */
    Lookup<Long, RecordLimit> recordLimits();

    /**
     * A view with the rights of one of its users.
     *
     * @throws SaasException {@code access.denied} if not active
     */
    TenantDatabase actingAs(MemberId member);
}
