// SPDX-License-Identifier: Apache-2.0
/** The database servers as operators see them. */
@NullMarked
package dev.allotment.core.internal.fleet;

import org.jspecify.annotations.NullMarked;
