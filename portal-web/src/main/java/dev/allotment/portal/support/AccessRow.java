// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.support;

import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.web.Moment;
import java.util.List;

/**
 * A request for support access.
 *
 * @param right what the operator wants to do
 * @param state what became of it
 * @param standing whether the standing answer of the customer has answered
 * @param until the end of the time to answer it, or of the access
 * @param uses when the operator has entered
 * @param actions what the visitor can do with it
 */
public record AccessRow(
        long id,
        String database,
        String operator,
        String right,
        String reason,
        Badge state,
        boolean standing,
        Moment requested,
        Moment until,
        List<Use> uses,
        Actions actions) {
    public AccessRow {
        uses = List.copyOf(uses);
    }

    /** What the customer or the operator can do with a request. */
    public record Actions(boolean answer, boolean revoke, boolean enter, boolean withdraw) {
        static final Actions NONE = new Actions(false, false, false, false);
    }

    /** A session of the operator at the database. */
    public record Use(String member, Moment from, Moment to) {}
}
