// SPDX-License-Identifier: Apache-2.0
/** The conformance kit on H2, and what is particular to it. */
@NullMarked
package dev.allotment.h2;

import org.jspecify.annotations.NullMarked;
