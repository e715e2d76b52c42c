// SPDX-License-Identifier: Apache-2.0
/**
 * Tests that kill real processes on real databases at random moments, and inspect the state from outside with plain SQL.
 */
@NullMarked
package dev.allotment.crash;

import org.jspecify.annotations.NullMarked;
