// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Filter;
import dev.allotment.Saas;

/** Restricts what belongs to the main database as a whole to administrators. */
final class Administrators {
    private Administrators() {}

    /**
     * Refuses an actor who is not an administrator.
     *
     * @throws dev.allotment.SaasException {@code access.not-allowed}
     */
    static void require(Saas saas) {
        // Reading parameters requires an administrator; this matches none, so it costs little.
        saas.parameters().count(Filter.none());
    }
}
