// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.Filter;
import dev.allotment.odoo.fault.OdooFault;

/** Translates leaves on one field into filters. */
@FunctionalInterface
public interface DomainCondition<V> {
    /**
     * Translates a leaf into a filter on the record.
     *
     * @throws OdooFault USER_ERROR if the field cannot be compared like this
     */
    Filter<Object> filter(OdooCaller<V> caller, Leaf leaf);
}
