// SPDX-License-Identifier: Apache-2.0
/** Tests of the public API as a whole: how records grow, which fields queries can name, and what is documented. */
@NullMarked
package dev.allotment.api;

import org.jspecify.annotations.NullMarked;
