// SPDX-License-Identifier: Apache-2.0
/** The example does what it says, and the README and docs/embedding.md show it unchanged. */
@NullMarked
package dev.allotment.examples.embedding;

import org.jspecify.annotations.NullMarked;
