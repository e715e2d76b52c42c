// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The results of restore drills.
 *
 * @param succeededAt when the last one succeeded; null: none has
 * @param failed how many have failed since then
 */
public record BackupDrills(@Nullable Instant succeededAt, int failed) {}
