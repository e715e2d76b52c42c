// SPDX-License-Identifier: Apache-2.0
/**
 * The brand: name, colours, images, font, addresses and texts that the portal, the pages of tenants and emails show.
 *
 * <p>What {@link dev.allotment} says about values, use cases, errors and compatibility applies here, too.
 */
@NullMarked
package dev.allotment.brand;

import org.jspecify.annotations.NullMarked;
