// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The results of restore drills.
 *
 * @param succeededAt when the last one succeeded; null: none has
 * @param failed how many have failed since then
 * @param last the last one; null: there was none
 * @param nextAt the earliest time at which the maintenance does the next one, which may have passed; null: the
 *     maintenance of this process does none
 */
public record BackupDrills(
        @Nullable Instant succeededAt,
        int failed,
        @Nullable LastDrill last,
        @Nullable Instant nextAt) {}
