// SPDX-License-Identifier: Apache-2.0
package dev.allotment.team;

import dev.allotment.TeamRole;
import org.jspecify.annotations.Nullable;

/**
 * A member of a team with what its other members see of the account. Immutable.
 *
 * @param member the account and its role
 * @param login the login of the account
 * @param name the name of the person
 * @param email the email address of the account; null: none
 * @param active whether the account may sign in
 */
public record Teammate(
        TeamMember member,
        String login,
        String name,
        @Nullable String email,
        boolean active) {
    /** Returns the same member with another role and limit, for {@link Teams#update}. */
    public Teammate with(TeamRole role, TenantLimit tenants) {
        return new Teammate(member.with(role, tenants), login, name, email, active);
    }
}
