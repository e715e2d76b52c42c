// SPDX-License-Identifier: Apache-2.0
/** Templates: their versions, and their copies on each database server; used by the warm pool and by new tenants. */
@NullMarked
package dev.allotment.core.internal.template;

import org.jspecify.annotations.NullMarked;
