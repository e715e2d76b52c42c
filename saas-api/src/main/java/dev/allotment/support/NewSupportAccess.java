// SPDX-License-Identifier: Apache-2.0
package dev.allotment.support;

import dev.allotment.TenantId;
import org.jspecify.annotations.Nullable;

/**
 * A request for access to one tenant: {@code NewSupportAccess.look(tenant, "Ticket 4711: totals differ")}. Immutable.
 *
 * @param tenant the tenant
 * @param right what the operator wants to do there
 * @param member the login of the member whose view or rights the operator gets. Needed for {@link SupportRight#MEMBER}.
 *     Null for {@link SupportRight#LOOK}: the owner of the database. Always null for {@link
 *     SupportRight#ADMINISTRATOR}
 * @param reason why, for the customer: a line of at most {@link #MAX_REASON} characters
 */
public record NewSupportAccess(
        TenantId tenant, SupportRight right, @Nullable String member, String reason) {
    /** How long a reason can be, in characters. */
    public static final int MAX_REASON = 500;

    /** Returns a request to look at a tenant as its owner sees it. */
    public static NewSupportAccess look(TenantId tenant, String reason) {
        return new NewSupportAccess(tenant, SupportRight.LOOK, null, reason);
    }

    /** Returns a request to look at a tenant as a member sees it. */
    public static NewSupportAccess lookAs(TenantId tenant, String member, String reason) {
        return new NewSupportAccess(tenant, SupportRight.LOOK, member, reason);
    }

    /** Returns a request to act as a member. */
    public static NewSupportAccess asMember(TenantId tenant, String member, String reason) {
        return new NewSupportAccess(tenant, SupportRight.MEMBER, member, reason);
    }

    /** Returns a request to act as the administrator of the database. */
    public static NewSupportAccess asAdministrator(TenantId tenant, String reason) {
        return new NewSupportAccess(tenant, SupportRight.ADMINISTRATOR, null, reason);
    }
}
