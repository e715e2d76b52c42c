// SPDX-License-Identifier: Apache-2.0
/** Makes files of the distribution from the documentation, when the distribution is built. Not a part of it. */
@NullMarked
package dev.allotment.distribution;

import org.jspecify.annotations.NullMarked;
