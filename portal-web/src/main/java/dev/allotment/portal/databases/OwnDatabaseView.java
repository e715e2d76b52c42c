// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.databases.TenantWords.Badge;
import java.util.List;

/**
 * The content of the page of a database, for its owner.
 *
 * @param url the address of the database
 * @param movable whether the owner can move it to another plan
 * @param copyable whether the owner can duplicate it
 * @param backups whether there can be backups
 * @param exportable whether the owner can download its data
 * @param running whether an operation on it has not finished
 * @param activity its latest operations
 */
public record OwnDatabaseView(
        DatabaseCard card,
        String url,
        String created,
        boolean movable,
        boolean copyable,
        boolean backups,
        boolean exportable,
        boolean running,
        List<Activity> activity) {
    public OwnDatabaseView {
        activity = List.copyOf(activity);
    }

    /**
     * An operation on the database.
     *
     * @param error why it failed; empty if it did not, or if the reason is for the provider
     */
    public record Activity(String what, Badge state, int percent, String at, String by, String error) {}
}
