// SPDX-License-Identifier: Apache-2.0
package dev.allotment.backup;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The results of restore drills.
 *
 * @param succeededAt when the last one succeeded; null: none has
 * @param failed how many have failed since then
 * @param last the last one; null: there was none
 * @param nextAt when the next one by the maintenance is due, now at the earliest; null: the maintenance of this process
 *     does none
 * @param overdue how many tenants have waited for a drill by the maintenance for a day longer than they should; 0 if it
 *     does none
 */
public record BackupDrills(
        @Nullable Instant succeededAt,
        int failed,
        @Nullable LastDrill last,
        @Nullable Instant nextAt,
        long overdue) {}
