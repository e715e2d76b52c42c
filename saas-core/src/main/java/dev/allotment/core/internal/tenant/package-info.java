// SPDX-License-Identifier: Apache-2.0
/** The use cases of tenants and backups, for administrators and for owners. */
@NullMarked
package dev.allotment.core.internal.tenant;

import org.jspecify.annotations.NullMarked;
