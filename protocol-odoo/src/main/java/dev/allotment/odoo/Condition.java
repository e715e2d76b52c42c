// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.Filter;

/** What a leaf on a field means. */
@FunctionalInterface
interface Condition<V> {
    /**
     * The same as a filter on the record.
     *
     * @throws OdooFault USER_ERROR where the field cannot be compared so
     */
    Filter<Object> filter(Caller<V> caller, Leaf leaf);
}
