// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Moment;
import java.util.List;

/**
 * The content of the page about the backups of all databases.
 *
 * @param store whether there is a store for backups
 * @param overdue the scheduled backups that were not made in time
 * @param failed the backups that failed since yesterday, the latest first
 * @param drills the drills of the last 30 days, the latest first
 * @param total how much space all backups take
 * @param largest the databases whose backups take most space
 */
public record FleetBackupsView(
        boolean store,
        List<Late> overdue,
        List<OperationsView.Row> failed,
        List<Drill> drills,
        String total,
        List<Large> largest) {
    public FleetBackupsView {
        overdue = List.copyOf(overdue);
        failed = List.copyOf(failed);
        drills = List.copyOf(drills);
        largest = List.copyOf(largest);
    }

    /** A backup that was not made in time. */
    public record Late(long tenant, String name, Moment since) {}

    /**
     * A drill.
     *
     * @param good whether the backup could be restored
     */
    public record Drill(long tenant, String name, Moment at, String result, boolean good) {}

    /**
     * A database with large backups.
     *
     * @param customer the name of its customer; empty for none
     */
    public record Large(long tenant, String name, String customer, String size) {}
}
