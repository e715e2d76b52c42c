// SPDX-License-Identifier: Apache-2.0
/**
 * What is inside a tenant database: its members, groups, add-ons, parameters and quotas, and how it is filled and
 * repaired; used by the packages about tenants and templates.
 */
@NullMarked
package dev.allotment.core.internal.database;

import org.jspecify.annotations.NullMarked;
