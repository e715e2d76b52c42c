// SPDX-License-Identifier: Apache-2.0
/** Backups of tenants: when they are made, deleted and drilled, and the operations that do it. */
@NullMarked
package dev.allotment.core.internal.backup;

import org.jspecify.annotations.NullMarked;
