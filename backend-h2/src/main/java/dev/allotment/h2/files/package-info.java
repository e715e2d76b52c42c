// SPDX-License-Identifier: Apache-2.0
/**
 * The files of the H2 backend, on a disk or in memory, and the directory of its tenant databases. Contains no SQL.
 * Used by the rest of this backend only.
 */
@NullMarked
package dev.allotment.h2.files;

import org.jspecify.annotations.NullMarked;
