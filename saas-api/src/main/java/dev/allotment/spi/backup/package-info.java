// SPDX-License-Identifier: Apache-2.0
/** What the author of a store for backups implements. */
@NullMarked
package dev.allotment.spi.backup;

import org.jspecify.annotations.NullMarked;
