// SPDX-License-Identifier: Apache-2.0
/** Tests what the kit does not ask of the memory backend. */
@NullMarked
package dev.allotment.testing;

import org.jspecify.annotations.NullMarked;
