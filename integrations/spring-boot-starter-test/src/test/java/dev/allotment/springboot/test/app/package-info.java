// SPDX-License-Identifier: Apache-2.0
/** An application whose tests are tested. */
@NullMarked
package dev.allotment.springboot.test.app;

import org.jspecify.annotations.NullMarked;
