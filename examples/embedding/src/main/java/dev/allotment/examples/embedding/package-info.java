// SPDX-License-Identifier: Apache-2.0
/**
 * A plain Java program that embeds Allotment: an example to read and copy.
 */
@NullMarked
package dev.allotment.examples.embedding;

import org.jspecify.annotations.NullMarked;
