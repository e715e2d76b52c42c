// SPDX-License-Identifier: Apache-2.0
/** Targets for a coverage-guided fuzzer. */
@NullMarked
package dev.allotment.fuzz;

import org.jspecify.annotations.NullMarked;
