// SPDX-License-Identifier: Apache-2.0
/** The streams that backups and exports are read and written through. */
@NullMarked
package dev.allotment.core.internal.backup.stream;

import org.jspecify.annotations.NullMarked;
