// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

/**
 * The caller of a method, in one database.
 *
 * @param <V> the view of that database: a control plane, or the inside of a tenant database
 * @param uid the id of the user
 * @param view the view with the rights of the user
 * @param system the view with all rights, which reads the names of referenced records and distinguishes hidden
 *     records from missing ones
 * @param readOnly whether it acts with an API key that changes nothing
 */
public record OdooCaller<V>(long uid, V view, V system, ModelRegistry<V> models, boolean readOnly) {
    public ModelTable<V, ?> table(String model) {
        return models.table(model);
    }
}
