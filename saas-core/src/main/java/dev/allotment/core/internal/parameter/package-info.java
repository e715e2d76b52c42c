// SPDX-License-Identifier: Apache-2.0
/**
 * The parameters of the main database, with their rules, and what is derived from them; every package above may use it.
 */
@NullMarked
package dev.allotment.core.internal.parameter;

import org.jspecify.annotations.NullMarked;
