// SPDX-License-Identifier: Apache-2.0
/**
 * The domain of Allotment. {@link dev.allotment.Saas#builder} uses its one public class; everything else in here is
 * internal and may change at any time.
 */
@NullMarked
package dev.allotment.core;

import org.jspecify.annotations.NullMarked;
