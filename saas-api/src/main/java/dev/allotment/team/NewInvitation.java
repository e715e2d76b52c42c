// SPDX-License-Identifier: Apache-2.0
package dev.allotment.team;

import dev.allotment.TeamRole;
import dev.allotment.TenantId;
import java.util.Collection;

/**
 * A command to invite a person to a team: {@code NewInvitation.of("ann@example.com", TeamRole.MEMBER)}. Immutable.
 *
 * @param email the address that the invitation is bound to
 * @param role the role that accepting it gives
 * @param tenants the tenants to which the role will apply
 * @param days how long it can be accepted, 1 to {@link #MAX_DAYS}
 */
public record NewInvitation(String email, TeamRole role, TenantLimit tenants, int days) {
    /** How many days an invitation can be accepted at most. */
    public static final int MAX_DAYS = 30;

    private static final int DAYS = 7;

    /** Returns an invitation for 7 days, for all tenants of the customer. */
    public static NewInvitation of(String email, TeamRole role) {
        return new NewInvitation(email, role, TenantLimit.ALL, DAYS);
    }

    /** Returns the same for some tenants only. Without any, the role applies to tenants that the account owns. */
    public NewInvitation limitedTo(Collection<TenantId> some) {
        return new NewInvitation(email, role, TenantLimit.of(some), days);
    }

    /** Returns the same for another number of days. */
    public NewInvitation days(int number) {
        return new NewInvitation(email, role, tenants, number);
    }
}
