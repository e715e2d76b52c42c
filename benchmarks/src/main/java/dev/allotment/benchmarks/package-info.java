// SPDX-License-Identifier: Apache-2.0
/** Measures what the project promises, beside what it costs without the project, in one run. A program, and no API. */
@NullMarked
package dev.allotment.benchmarks;

import org.jspecify.annotations.NullMarked;
