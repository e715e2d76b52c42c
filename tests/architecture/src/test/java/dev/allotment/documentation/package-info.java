// SPDX-License-Identifier: Apache-2.0
/** What the documentation says is true of the code, as far as a test can tell. */
@NullMarked
package dev.allotment.documentation;

import org.jspecify.annotations.NullMarked;
