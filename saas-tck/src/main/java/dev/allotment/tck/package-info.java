// SPDX-License-Identifier: Apache-2.0
/**
 * The conformance kit. Authors of backends extend its contracts in their tests. It is as stable as the SPI that it
 * tests.
 */
@NullMarked
package dev.allotment.tck;

import org.jspecify.annotations.NullMarked;
