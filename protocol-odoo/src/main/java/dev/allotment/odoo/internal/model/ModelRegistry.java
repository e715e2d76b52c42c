// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import java.util.List;
import java.util.Map;

/**
 * The models of a database, as methods of one model reach those of another.
 *
 * @param <V> the view of the database
 */
public interface ModelRegistry<V> {
    /** Returns the records of a model. */
    ModelTable<V, ?> table(String model);

    /** Returns whether there is such a model and it has such a method. */
    boolean has(String model, String method);

    /** Returns whether the caller may read a model. False for a model without records. */
    boolean isReadable(OdooCaller<V> caller, String model);

    /**
     * Refuses an actor who may not change all records of a model.
     *
     * @throws dev.allotment.SaasException {@code access.not-allowed}
     */
    void requireChange(V view);

    /**
     * Calls a method of a model.
     *
     * @throws dev.allotment.odoo.fault.OdooFault USER_ERROR for an unknown model or method, ACCESS_ERROR for a private
     *     method, or the fault of the method itself
     */
    Object call(OdooCaller<V> caller, String model, String method, List<?> args, Map<String, ?> kwargs);
}
