// SPDX-License-Identifier: Apache-2.0
/** The conformance kit on H2, and tests of what only H2 does. */
@NullMarked
package dev.allotment.h2;

import org.jspecify.annotations.NullMarked;
