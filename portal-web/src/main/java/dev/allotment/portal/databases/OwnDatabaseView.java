// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of the page of a database, for its owner.
 *
 * @param url the address of the database
 * @param entitlements what its plan includes for its application; empty for nothing
 * @param billing where the owner manages its payment; empty for none
 * @param movable whether the owner can move it to another plan
 * @param copyable whether the owner can duplicate it
 * @param backups whether there can be backups
 * @param exportable whether the owner can download its data
 * @param export the problems with a download
 * @param prepared the download that is ready; null: none
 * @param key prepares one download if the form is sent twice
 * @param running whether an operation on it has not finished
 * @param activity its latest operations
 */
public record OwnDatabaseView(
        DatabaseCard card,
        String url,
        Moment created,
        String entitlements,
        String billing,
        boolean movable,
        boolean copyable,
        boolean backups,
        boolean exportable,
        Form export,
        @Nullable Prepared prepared,
        String key,
        boolean running,
        List<Activity> activity) {
    public OwnDatabaseView {
        activity = List.copyOf(activity);
    }

    /** A prepared export, when it was made, its size, and when it expires. */
    public record Prepared(String id, Moment at, String size, Moment until) {}

    /**
     * An operation on the database.
     *
     * @param error why it failed; empty if it did not, or if the reason is for the provider
     */
    public record Activity(String what, Badge state, int percent, Moment at, String by, Message error) {}
}
