// SPDX-License-Identifier: Apache-2.0
/** The programs do what the page says, and the page shows all of them. */
@NullMarked
package dev.allotment.examples.guides;

import org.jspecify.annotations.NullMarked;
