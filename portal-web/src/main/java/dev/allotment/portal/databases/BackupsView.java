// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.databases.OwnDatabaseView.Activity;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Choice;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import java.util.List;

/**
 * The content of the page about the backups of a database.
 *
 * @param back the path of the database's page
 * @param name the name of the database
 * @param more whether there are older ones that are not listed
 * @param usage how much space the backups take; empty if that cannot be said
 * @param failure why the backups cannot be read; empty if they can
 * @param work what is done, or was done in vain
 * @param makeable whether a backup can be made now
 * @param sources the servers from the past that the visitor can read the database from
 * @param restorable whether the visitor can restore one now
 * @param deletable whether the visitor can delete one
 * @param key the idempotency key of the form
 */
public record BackupsView(
        String back,
        String name,
        List<Row> rows,
        boolean more,
        String usage,
        Message failure,
        Work work,
        boolean makeable,
        List<Choice> sources,
        boolean restorable,
        boolean deletable,
        String key,
        Form form) {
    public BackupsView {
        rows = List.copyOf(rows);
        sources = List.copyOf(sources);
    }

    /** Returns the path of this page. */
    public String path() {
        return back + "/backups";
    }

    /**
     * What is done with the database, or was done in vain.
     *
     * @param running the operation on the database that has not finished; empty for none
     * @param unmade the latest backup, if it is being made or has failed; empty otherwise
     */
    public record Work(List<String> running, List<Activity> unmade) {
        public Work {
            running = List.copyOf(running);
            unmade = List.copyOf(unmade);
        }
    }

    /**
     * A backup.
     *
     * @param by who made it
     * @param name the name that the database had
     * @param doubts what a restored database may lack
     */
    public record Row(String id, Moment at, String size, String by, String name, List<String> doubts) {
        public Row {
            doubts = List.copyOf(doubts);
        }
    }
}
