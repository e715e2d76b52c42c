// SPDX-License-Identifier: Apache-2.0
/**
 * Copies a tenant database to another PostgreSQL server. Used by the {@code database} package and {@code
 * PostgresDatabases}.
 */
@NullMarked
package dev.allotment.postgres.transfer;

import org.jspecify.annotations.NullMarked;
