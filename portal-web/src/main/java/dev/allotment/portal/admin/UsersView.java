// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.web.ListControls;
import java.util.List;

/**
 * The content of the list of accounts.
 *
 * @param regularOnly whether portal users are left out
 * @param toggle the address of the same list with this filter switched
 */
public record UsersView(List<Row> rows, boolean regularOnly, String toggle, ListControls list) {
    public UsersView {
        rows = List.copyOf(rows);
    }

    /**
     * An account in the list.
     *
     * @param system whether it is the account in whose name the system acts
     * @param erasure the day on which the account requested an erasure; empty if no request is open
     */
    public record Row(
            long id,
            String name,
            String login,
            Badge role,
            boolean active,
            boolean system,
            String erasure,
            String created,
            String lastSignIn) {}
}
