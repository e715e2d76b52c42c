// SPDX-License-Identifier: Apache-2.0
/** What the author of a wire protocol implements. Embedders do not need it. */
@NullMarked
package dev.allotment.spi.protocol;

import org.jspecify.annotations.NullMarked;
