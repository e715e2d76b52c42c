// SPDX-License-Identifier: Apache-2.0
/** What tenants use, day by day; used by the packages about tenants, which write it, and from outside. */
@NullMarked
package dev.allotment.core.internal.usage;

import org.jspecify.annotations.NullMarked;
