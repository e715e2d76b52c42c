// SPDX-License-Identifier: Apache-2.0
/** The pages on which administrators change the brand. For this module only. */
@NullMarked
package dev.allotment.portal.brand;

import org.jspecify.annotations.NullMarked;
