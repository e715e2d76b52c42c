// SPDX-License-Identifier: Apache-2.0
/**
 * Webhooks: events of the control plane, sent as signed HTTP requests to the programs of customers and operators.
 *
 * <p>What {@link dev.allotment} says about values, use cases, errors and compatibility applies here, too.
 */
@NullMarked
package dev.allotment.webhook;

import org.jspecify.annotations.NullMarked;
