// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.web.ListControls;
import dev.allotment.portal.web.Moment;
import java.util.List;

/**
 * The content of the list of accounts.
 *
 * @param kinds the kinds of accounts that the list can show
 * @param everyone the address of the same list with all accounts; empty if it shows all
 */
public record UsersView(List<Row> rows, List<Kind> kinds, String everyone, ListControls list) {
    public UsersView {
        rows = List.copyOf(rows);
        kinds = List.copyOf(kinds);
    }

    /** A kind of accounts, the address of the list of them, and whether the list shows them now. */
    public record Kind(String text, String address, boolean shown) {}

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
            Moment lastSignIn) {}
}
