// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

/**
 * Who calls a method, in one database.
 *
 * @param <V> how that database is seen: a control plane, or the inside of a client database
 * @param uid the number of the user
 * @param view with the rights of the user
 * @param system with all rights: for the names of records that are referred to, and to tell a record that may not be seen
 *     from one that does not exist
 */
public record OdooCaller<V>(long uid, V view, V system, Models<V> models) {
    public ModelTable<V, ?> table(String model) {
        return models.table(model);
    }
}
