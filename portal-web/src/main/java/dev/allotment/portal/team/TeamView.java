// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.team;

import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import java.util.List;

/**
 * The content of the page of a team.
 *
 * @param customer the name of the customer
 * @param invitations those that are pending or have expired; empty if the visitor does not manage the team
 * @param manages whether the visitor manages the team
 * @param mails whether invitations can be sent
 * @param leavable whether the visitor can leave
 * @param roles the names of the roles
 * @param form the problem of what was done last
 */
public record TeamView(
        String customer,
        List<Member> members,
        List<Invited> invitations,
        boolean manages,
        boolean mails,
        boolean leavable,
        Factor factor,
        List<String> roles,
        List<Row> permissions,
        Form form) {
    public TeamView {
        members = List.copyOf(members);
        invitations = List.copyOf(invitations);
        roles = List.copyOf(roles);
        permissions = List.copyOf(permissions);
    }

    /**
     * A member.
     *
     * @param self whether it is the visitor
     * @param actions what the visitor can do with it
     */
    public record Member(
            long account,
            String name,
            String login,
            String role,
            String databases,
            Moment since,
            boolean active,
            boolean self,
            Actions actions) {}

    /**
     * Whether everyone in the team needs a second factor.
     *
     * @param changeable whether the visitor can decide that
     */
    public record Factor(boolean required, boolean changeable) {}

    /** What the visitor can do with a member. */
    public record Actions(boolean change, boolean remove, boolean handOver) {}

    /**
     * An invitation.
     *
     * @param expired whether it can only be sent again
     * @param changeable whether the visitor can send it again and revoke it
     */
    public record Invited(
            long id, String email, String role, String databases, Moment until, boolean expired, boolean changeable) {}

    /**
     * What roles may do.
     *
     * @param roles whether each of the roles may do it
     */
    public record Row(String what, List<Boolean> roles) {
        public Row {
            roles = List.copyOf(roles);
        }
    }
}
