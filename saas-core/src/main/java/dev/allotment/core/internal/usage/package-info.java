// SPDX-License-Identifier: Apache-2.0
/** What tenants use, day by day; the packages that change or read tenants write it. */
@NullMarked
package dev.allotment.core.internal.usage;

import org.jspecify.annotations.NullMarked;
