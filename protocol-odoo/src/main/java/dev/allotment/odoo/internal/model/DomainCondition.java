// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.Filter;
import dev.allotment.odoo.fault.OdooFault;

/** What a leaf on a field means. */
@FunctionalInterface
public interface DomainCondition<V> {
    /**
     * The same as a filter on the record.
     *
     * @throws OdooFault USER_ERROR where the field cannot be compared so
     */
    Filter<Object> filter(OdooCaller<V> caller, Leaf leaf);
}
