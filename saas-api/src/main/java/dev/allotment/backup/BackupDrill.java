// SPDX-License-Identifier: Apache-2.0
package dev.allotment.backup;

import java.time.Duration;

/**
 * A backup that was restored as a drill: into a database that no application could connect to, and that was deleted
 * afterwards.
 *
 * @param backup what was restored
 * @param members how many members the database had
 * @param duration from its start to the end of the deletion
 */
public record BackupDrill(Backup backup, int members, Duration duration) {}
