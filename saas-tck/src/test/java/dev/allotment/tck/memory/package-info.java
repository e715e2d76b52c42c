// SPDX-License-Identifier: Apache-2.0
/** The memory backend passes the kit, and its broken variants do not. */
@NullMarked
package dev.allotment.tck.memory;

import org.jspecify.annotations.NullMarked;
