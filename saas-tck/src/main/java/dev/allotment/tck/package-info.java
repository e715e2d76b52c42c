// SPDX-License-Identifier: Apache-2.0
/**
 * The conformance kit: backend authors extend its contracts in their tests. It follows the stability of the SPI that it
 * checks.
 */
@NullMarked
package dev.allotment.tck;

import org.jspecify.annotations.NullMarked;
