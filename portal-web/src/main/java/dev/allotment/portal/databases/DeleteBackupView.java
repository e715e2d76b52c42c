// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

/**
 * The content of the page that asks whether to delete a backup.
 *
 * @param backups the path of the page about the database's backups
 * @param name the name of the database
 */
public record DeleteBackupView(String backups, BackupsView.Row backup, String name) {}
