// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A user of one database who calls methods with named arguments. For the duration of one request. */
public interface NamedCaller {
    /** Returns the id of the user. */
    long user();

    /**
     * Calls a method of a model. The arguments {@code ids} (the records) and {@code context} are always accepted.
     *
     * @param idempotencyKey given to a method that takes one; null for none
     * @return as {@link OdooServices} describes it, but {@code create} always returns a list of ids
     * @throws dev.allotment.odoo.fault.OdooFault NOT_FOUND if there is no such model or method, ACCESS_ERROR if the
     *     method is private, REQUEST if the arguments do not fit, or the fault of the method itself
     */
    Object call(String model, String method, Map<String, ?> arguments, @Nullable String idempotencyKey);

    /** Returns the models that the user may read: their names, fields and methods. */
    List<Object> models();

    /**
     * Returns fields and methods of a model.
     *
     * @throws dev.allotment.odoo.fault.OdooFault NOT_FOUND if there is no such model, or the user may not read it
     */
    Map<String, Object> model(String name);
}
