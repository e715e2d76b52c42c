// SPDX-License-Identifier: Apache-2.0
/**
 * What an operator runs: database servers, campaigns that change many tenants, maintenance, nodes, and the repair
 * of differences between the catalog and the servers.
 *
 * <p>What {@link dev.allotment} says about values, use cases, errors and compatibility applies here, too.
 */
@NullMarked
package dev.allotment.fleet;

import org.jspecify.annotations.NullMarked;
