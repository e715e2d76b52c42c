// SPDX-License-Identifier: Apache-2.0
/** Migrates tenant databases with Liquibase. */
@NullMarked
package dev.allotment.liquibase;

import org.jspecify.annotations.NullMarked;
