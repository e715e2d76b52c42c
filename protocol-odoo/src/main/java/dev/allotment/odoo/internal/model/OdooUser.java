// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.odoo.fault.OdooFault;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An authenticated user of one database, who calls methods with named arguments. */
public interface OdooUser {
    /** Returns the id of the user. */
    long uid();

    /**
     * Calls a method with the rights of the user.
     *
     * @param idempotencyKey given to a method that takes one; null for none
     * @throws OdooFault NOT_FOUND for an unknown model or method, ACCESS_ERROR for a private method, REQUEST if the
     *     arguments do not fit, or the fault of the method itself
     */
    Object call(String model, String method, Map<String, ?> arguments, @Nullable String idempotencyKey);

    /** Returns the models that the user may read: their names, fields and methods. */
    List<Object> describeAll();

    /**
     * Returns fields and methods of a model.
     *
     * @throws OdooFault NOT_FOUND if there is no such model, or the user may not read it
     */
    Map<String, Object> describe(String model);
}
