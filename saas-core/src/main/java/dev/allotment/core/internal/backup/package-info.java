// SPDX-License-Identifier: Apache-2.0
/** Backups of tenants: how they are encrypted and stored, and the operations that make and delete them. */
@NullMarked
package dev.allotment.core.internal.backup;

import org.jspecify.annotations.NullMarked;
