// SPDX-License-Identifier: Apache-2.0
/**
 * A plain Java program that embeds Allotment. To be read and copied.
 */
@NullMarked
package dev.allotment.examples.embedding;

import org.jspecify.annotations.NullMarked;
