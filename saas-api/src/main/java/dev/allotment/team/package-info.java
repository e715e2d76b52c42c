// SPDX-License-Identifier: Apache-2.0
/**
 * Teams: which accounts act for a customer, in which role, and the invitations to them.
 *
 * <p>What {@link dev.allotment} says about values, use cases, errors and compatibility applies here, too.
 */
@NullMarked
package dev.allotment.team;

import org.jspecify.annotations.NullMarked;
