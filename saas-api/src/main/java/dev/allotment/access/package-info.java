// SPDX-License-Identifier: Apache-2.0
/**
 * The inside of a tenant database: members, groups, sign-ins and API keys.
 *
 * <p>What {@link dev.allotment} says about values, use cases, errors and compatibility applies here, too.
 */
@NullMarked
package dev.allotment.access;

import org.jspecify.annotations.NullMarked;
