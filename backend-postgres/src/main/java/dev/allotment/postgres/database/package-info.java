// SPDX-License-Identifier: Apache-2.0
/**
 * Creates, copies, adopts and connects to tenant databases, and owns their roles. Used by {@code PostgresDatabases}.
 */
@NullMarked
package dev.allotment.postgres.database;

import org.jspecify.annotations.NullMarked;
