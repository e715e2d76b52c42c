// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.web.Pager;
import java.util.List;

/**
 * The list of accounts.
 *
 * @param regularOnly whether those that signed up are left out
 * @param toggle the address of the same list with that filter turned round
 */
public record UsersView(List<Row> rows, String search, boolean regularOnly, String toggle, Pager pager) {
    public UsersView {
        rows = List.copyOf(rows);
    }

    /**
     * One account.
     *
     * @param system whether nobody can sign in with it: what the portal does by itself is done in its name
     */
    public record Row(
            long id,
            String name,
            String login,
            Badge role,
            boolean active,
            boolean system,
            String created,
            String lastLogin) {}
}
