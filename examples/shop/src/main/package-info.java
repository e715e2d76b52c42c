// SPDX-License-Identifier: Apache-2.0
/** The example does what it says, and stands in the README as it is. */
@NullMarked
package dev.allotment.examples.embedding;

import org.jspecify.annotations.NullMarked;
