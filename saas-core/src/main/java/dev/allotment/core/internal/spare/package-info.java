// SPDX-License-Identifier: Apache-2.0
/**
 * The warm pool: making spare databases ahead of time, and claiming one for a new tenant; used by new tenants and by
 * the maintenance.
 */
@NullMarked
package dev.allotment.core.internal.spare;

import org.jspecify.annotations.NullMarked;
