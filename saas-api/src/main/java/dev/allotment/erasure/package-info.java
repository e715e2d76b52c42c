// SPDX-License-Identifier: Apache-2.0
/**
 * The erasure of personal data, and its proof.
 *
 * <p>What {@link dev.allotment} says about values, use cases, errors and compatibility applies here, too.
 */
@NullMarked
package dev.allotment.erasure;

import org.jspecify.annotations.NullMarked;
