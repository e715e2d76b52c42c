// SPDX-License-Identifier: Apache-2.0
/** Tests of what needs no database; the backends test the rest against theirs. */
@NullMarked
package dev.allotment.jdbc;

import org.jspecify.annotations.NullMarked;
