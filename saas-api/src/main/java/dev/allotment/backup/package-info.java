// SPDX-License-Identifier: Apache-2.0
/**
 * Backups of tenants, drills that restore them, exports and dumps.
 *
 * <p>What {@link dev.allotment} says about values, use cases, errors and compatibility applies here, too.
 */
@NullMarked
package dev.allotment.backup;

import org.jspecify.annotations.NullMarked;
