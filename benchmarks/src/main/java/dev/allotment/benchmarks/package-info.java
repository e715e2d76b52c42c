// SPDX-License-Identifier: Apache-2.0
/**
 * Measures the performance that the project promises, and what the same costs without the project. A program, not an
 * API.
 */
@NullMarked
package dev.allotment.benchmarks;

import org.jspecify.annotations.NullMarked;
