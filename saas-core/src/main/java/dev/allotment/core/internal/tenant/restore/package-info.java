// SPDX-License-Identifier: Apache-2.0
/** Brings a tenant back to a backup, and exchanges the databases of two tenants. */
@NullMarked
package dev.allotment.core.internal.tenant.restore;

import org.jspecify.annotations.NullMarked;
