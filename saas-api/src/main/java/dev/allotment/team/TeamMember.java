// SPDX-License-Identifier: Apache-2.0
package dev.allotment.team;

import dev.allotment.CustomerId;
import dev.allotment.Internal;
import dev.allotment.Permission;
import dev.allotment.RecordField;
import dev.allotment.TeamRole;
import dev.allotment.UserId;
import java.time.Instant;

/**
 * An account that acts for a customer. An account can be in the teams of several customers, with a role in each.
 *
 * <p>Immutable.
 *
 * @param id 0 before it is stored
 * @param customerId the customer
 * @param userId the account
 * @param role what the account may do for the customer
 * @param tenants to which tenants of the customer the role applies
 * @param since since when the account has been in the team
 */
public record TeamMember(
        long id, CustomerId customerId, UserId userId, TeamRole role, TenantLimit tenants, Instant since) {
    public static final RecordField<TeamMember, Long> ID = RecordField.of("id");
    public static final RecordField<TeamMember, CustomerId> CUSTOMER_ID = RecordField.of("customerId");
    public static final RecordField<TeamMember, UserId> USER_ID = RecordField.of("userId");
    public static final RecordField<TeamMember, TeamRole> ROLE = RecordField.of("role");
    public static final RecordField<TeamMember, TenantLimit> TENANTS = RecordField.of("tenants");
    public static final RecordField<TeamMember, Instant> SINCE = RecordField.of("since");

    /** Creates a record from all its components. Only the core does. */
    @Internal
    public TeamMember {}

    /** Returns the same member with another role and limit. */
    @Internal
    public TeamMember with(TeamRole newRole, TenantLimit newTenants) {
        return new TeamMember(id, customerId, userId, newRole, newTenants, since);
    }

    /** Returns whether its role has a permission. */
    public boolean may(Permission permission) {
        return role.permissions().contains(permission);
    }

    /** Returns whether it is an owner of the customer. */
    public boolean owner() {
        return role == TeamRole.OWNER;
    }
}
