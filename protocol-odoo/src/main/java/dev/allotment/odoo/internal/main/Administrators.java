// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Filter;
import dev.allotment.Saas;

/** Whether whoever acts may see what belongs to the main database as a whole. */
final class Administrators {
    private Administrators() {}

    /**
     * Asks for something that administrators only get.
     *
     * @throws dev.allotment.SaasException {@code access.not-allowed}
     */
    static void require(Saas saas) {
        saas.parameters().count(Filter.none());
    }
}
