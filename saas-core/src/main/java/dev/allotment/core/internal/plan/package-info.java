// SPDX-License-Identifier: Apache-2.0
/** Plans and their versions, and how many databases of one a customer may have; used by the packages about tenants. */
@NullMarked
package dev.allotment.core.internal.plan;

import org.jspecify.annotations.NullMarked;
