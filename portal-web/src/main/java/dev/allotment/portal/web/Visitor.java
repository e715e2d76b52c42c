// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.User;

/**
 * A signed-in user, and the control plane with this user's rights. The secret is never printed.
 *
 * @param secret of the session
 */
public record Visitor(String secret, User user, Saas saas) {
    /** Whether the user is an administrator. */
    public boolean isAdministrator() {
        return user.role() == Role.ADMINISTRATOR;
    }

    @Override
    public String toString() {
        return "Visitor[user=" + user.id() + "]";
    }
}
