// SPDX-License-Identifier: Apache-2.0
/** The settings that backends and protocols read. Authors of backends and protocols use it. */
@NullMarked
package dev.allotment.spi;

import org.jspecify.annotations.NullMarked;
