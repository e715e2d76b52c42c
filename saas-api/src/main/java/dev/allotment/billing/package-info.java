// SPDX-License-Identifier: Apache-2.0
/**
 * Billing: what a payment system reports about customers and tenants.
 *
 * <p>What {@link dev.allotment} says about values, use cases, errors and compatibility applies here, too.
 */
@NullMarked
package dev.allotment.billing;

import org.jspecify.annotations.NullMarked;
