// SPDX-License-Identifier: Apache-2.0
/** The parts that models of the main database and of tenant databases share; for these two packages only. */
@NullMarked
package dev.allotment.odoo.internal.shared;

import org.jspecify.annotations.NullMarked;
