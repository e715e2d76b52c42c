// SPDX-License-Identifier: Apache-2.0
/** What the tests of the kit need from the inside of the memory backend. */
@NullMarked
package dev.allotment.testing;

import org.jspecify.annotations.NullMarked;
