// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.web.Choice;
import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page on which a backup is restored as a new database.
 *
 * @param backups the path of the page about the database's backups
 * @param name the name of the database
 * @param suffix the fixed part of the new name, after the label; empty for administrators
 * @param restorable whether the visitor can restore the backup now
 * @param replaceable whether the visitor can bring the database itself back to the backup now
 * @param servers the servers to choose from; empty for owners
 * @param key the idempotency key of the form
 */
public record RestoreBackupView(
        String backups,
        BackupsView.Row backup,
        String name,
        String suffix,
        boolean restorable,
        boolean replaceable,
        List<Choice> servers,
        String key,
        Form form) {
    public RestoreBackupView {
        servers = List.copyOf(servers);
    }

    /** Returns the path of the pages about this backup. */
    public String path() {
        return backups + "/" + backup.id();
    }
}
