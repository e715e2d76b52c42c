// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Filter;
import dev.allotment.MainRecords;
import dev.allotment.SaasException;

/** Restricts what belongs to the main database as a whole to operators. The core decides what each of them may do. */
final class Administrators {
    private Administrators() {}

    /**
     * Refuses an actor who is not an operator.
     *
     * @throws dev.allotment.SaasException {@code access.not-allowed}
     */
    static void require(MainRecords records) {
        // Reading parameters requires an operator; this matches none, so it costs little.
        records.parameters().count(Filter.none());
    }

    /** Returns whether the actor is an operator; false also if that cannot be found out now. */
    static boolean is(MainRecords records) {
        try {
            require(records);
            return true;
        } catch (SaasException e) {
            return false;
        }
    }
}
