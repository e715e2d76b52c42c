// SPDX-License-Identifier: Apache-2.0
/** Opens, creates and migrates H2 databases, and knows H2's SQL dialect. Used by the rest of this backend only. */
@NullMarked
package dev.allotment.h2.engine;

import org.jspecify.annotations.NullMarked;
