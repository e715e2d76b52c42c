// SPDX-License-Identifier: Apache-2.0
/** Migrates tenant databases with Flyway. */
@NullMarked
package dev.allotment.flyway;

import org.jspecify.annotations.NullMarked;
