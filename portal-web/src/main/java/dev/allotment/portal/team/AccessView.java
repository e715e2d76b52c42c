// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.team;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page that gives a role for databases, to a member or by an invitation.
 *
 * @param action the path that the form is sent to
 * @param member how the member is named; empty for an invitation
 * @param days for how long an invitation can be accepted
 * @param all whether the role can apply to all databases
 */
public record AccessView(
        String action,
        String member,
        Form form,
        List<Option> roles,
        List<Option> days,
        boolean all,
        List<Option> databases) {
    public AccessView {
        roles = List.copyOf(roles);
        days = List.copyOf(days);
        databases = List.copyOf(databases);
    }
}
