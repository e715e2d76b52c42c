// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.web.Form;

/**
 * The content of the page on which a database is brought back to a backup.
 *
 * @param backups the path of the page about the database's backups
 * @param name the name of the database
 * @param replaceable whether the visitor can do so now
 * @param administrator whether the visitor is an administrator
 * @param key the idempotency key of the form
 */
public record RestoreInPlaceView(
        String backups,
        BackupsView.Row backup,
        String name,
        boolean replaceable,
        boolean administrator,
        String key,
        Form form) {}
