// SPDX-License-Identifier: Apache-2.0
/** Groups records and computes numbers of each group, for {@code read_group}. For this module only. */
@NullMarked
package dev.allotment.odoo.internal.grouping;

import org.jspecify.annotations.NullMarked;
