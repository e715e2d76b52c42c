// SPDX-License-Identifier: Apache-2.0
/** What the author of a backend implements, and the records that a backend stores. Embedders do not need it. */
@NullMarked
package dev.allotment.spi.backend;

import org.jspecify.annotations.NullMarked;
