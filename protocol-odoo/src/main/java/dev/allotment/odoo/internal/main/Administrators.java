// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Filter;
import dev.allotment.MainRecords;

/** Restricts what belongs to the main database as a whole to administrators. */
final class Administrators {
    private Administrators() {}

    /**
     * Refuses an actor who is not an administrator.
     *
     * @throws dev.allotment.SaasException {@code access.not-allowed}
     */
    static void require(MainRecords records) {
        // Reading parameters requires an administrator; this matches none, so it costs little.
        records.parameters().count(Filter.none());
    }
}
