// SPDX-License-Identifier: Apache-2.0
/** Moves tenants to other database servers, exchanges the databases of two tenants, and evens servers out. */
@NullMarked
package dev.allotment.core.internal.tenant.move;

import org.jspecify.annotations.NullMarked;
