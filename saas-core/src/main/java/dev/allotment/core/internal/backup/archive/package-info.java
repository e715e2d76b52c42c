// SPDX-License-Identifier: Apache-2.0
/**
 * How backups, dumps and exports are stored: their names, their keys, their format, and the folder that holds them.
 */
@NullMarked
package dev.allotment.core.internal.backup.archive;

import org.jspecify.annotations.NullMarked;
