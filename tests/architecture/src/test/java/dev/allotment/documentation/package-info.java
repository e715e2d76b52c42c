// SPDX-License-Identifier: Apache-2.0
/** Tests that the documentation is true and complete, as far as a test can check. */
@NullMarked
package dev.allotment.documentation;

import org.jspecify.annotations.NullMarked;
