// SPDX-License-Identifier: Apache-2.0
/** The connection pools of tenants and the limits that they share. For this module only. */
@NullMarked
package dev.allotment.tenant.pool;

import org.jspecify.annotations.NullMarked;
