// SPDX-License-Identifier: Apache-2.0
/**
 * Support access: how operators enter a tenant after its customer has agreed, and what customers see of it.
 *
 * <p>What {@link dev.allotment} says about values, use cases, errors and compatibility applies here, too.
 */
@NullMarked
package dev.allotment.support;

import org.jspecify.annotations.NullMarked;
