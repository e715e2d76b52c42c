// SPDX-License-Identifier: Apache-2.0
/** The archive that was just built. */
@NullMarked
package dev.allotment.distribution;

import org.jspecify.annotations.NullMarked;
