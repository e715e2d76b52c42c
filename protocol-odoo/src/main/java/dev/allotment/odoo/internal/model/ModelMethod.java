// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;

/** A method of a model, with its parameters. */
record ModelMethod<V>(MethodSignature signature, Body<V> body) {
    @FunctionalInterface
    public interface Body<V> {
        Object call(OdooCaller<V> caller, OdooArguments arguments);
    }
}
