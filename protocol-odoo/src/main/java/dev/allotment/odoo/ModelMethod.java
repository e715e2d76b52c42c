// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

/** A method of a model. */
record ModelMethod<V>(Signature signature, Body<V> body) {
    @FunctionalInterface
    interface Body<V> {
        Object call(Caller<V> caller, Arguments arguments);
    }
}
